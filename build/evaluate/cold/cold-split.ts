import { randomSource } from '#core/random.ts'
import { type Interactions, PART } from '../../nouns.ts'
import type { Candidates } from '../judged-users.ts'

/** Of the movies that are learned from. */
const COLD_SHARE = 0.2

export interface ColdSplit {
  interactions: Interactions
  /** ascending */
  coldItems: Int32Array
  /** the cold movies, for every user */
  candidates: Candidates
}

/**
 * A share of the movies, drawn by seed, is taken out of the training whole: all of their ratings are the test part,
 * whenever they were given, so no history tells of them either. What was the test part of the other movies joins the
 * validation part.
 */
export function coldSplit(interactions: Interactions, numItems: number, seed: number): ColdSplit {
  const { itemIndices, parts } = interactions
  const isUsed = new Uint8Array(numItems)
  for (const [entry, item] of itemIndices.entries()) if (parts[entry] !== PART.historyOnly) isUsed[item] = 1
  const { uniform } = randomSource(seed)
  const isCold = isUsed.map((used) => (used === 1 && uniform() < COLD_SHARE ? 1 : 0))
  const partOf = (part: number, item: number) => {
    if (isCold[item] === 1) return PART.test
    return part === PART.test ? PART.validation : part
  }
  const coldItems = Int32Array.from(isCold.keys()).filter((item) => isCold[item] === 1)
  const candidates = new Set(coldItems)
  return {
    interactions: { ...interactions, parts: parts.map((part, entry) => partOf(part, itemIndices[entry]!)) },
    coldItems,
    candidates: new Map(Array.from(interactions.userIds.keys(), (user) => [user, candidates])),
  }
}
