import { randomSource } from '#core/random.ts'
import { type Interactions, PART, type Part } from '../../nouns.ts'
import type { Candidates } from '../judged-users.ts'

/**
 * Candidates for the validation part as a protocol has them for the test part: what the user has rated there, and as many
 * movies that are new to the user as stand beside what is in the test, drawn by the seed. The test is not looked at: what
 * the user has rated there may be among the drawn ones.
 * @param ofTest by userIndex
 * @returns of every user with ratings in the validation part
 */
export function drawCandidates(
  { indptr, itemIndices, parts }: Interactions,
  ofTest: Candidates,
  numItems: number,
  seed: number,
): Candidates {
  const { uniform } = randomSource(seed)
  const most = Math.max(...[...ofTest.values()].map(({ size }) => size))
  const drawn = new Map<number, ReadonlySet<number>>()
  for (let user = 0; user + 1 < indptr.length; user++) {
    const [from, to] = [indptr[user]!, indptr[user + 1]!]
    const rated = (isWanted: (part: number) => boolean) =>
      itemIndices.subarray(from, to).filter((_, place) => isWanted(parts[from + place]!))
    const inPart = (wanted: Part) => rated((part) => part === wanted)
    const candidates = new Set(inPart(PART.validation))
    if (candidates.size === 0) continue
    const known = new Set(rated((part) => part !== PART.test))
    const size = ofTest.get(user)?.size ?? most
    const numNegatives = Math.min(size - inPart(PART.test).length, numItems - known.size)
    for (const wanted = candidates.size + numNegatives; candidates.size < wanted; ) {
      const item = Math.floor(uniform() * numItems)
      if (!known.has(item)) candidates.add(item)
    }
    drawn.set(user, candidates)
  }
  return drawn
}
