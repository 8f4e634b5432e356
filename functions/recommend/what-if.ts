import { type History, seenItems } from '#core/history.ts'
import type { Model } from '#core/model.ts'
import type { Move, Reason, Rung, Shares, WhatIfOptions } from '#core/schemas/api.ts'
import type { RankerModel } from '#core/scoring/ranker.ts'
import { ranksOf } from '#core/scoring/ranks.ts'
import { topK } from '#core/scoring/top-k.ts'
import { type Blended, scoreAll, sharesOf, weightsFor } from './blend.ts'
import { blockedItems } from './constraints.ts'
import { contributionsTo, type Scored } from './contributions.ts'
import { explainAll } from './explain.ts'
import { rungOf } from './index.ts'
import { type ListOrigin, rankerFor, rankPool } from './rank-pool.ts'
import { retrieve, type SourceScores, tasteOf } from './retrieve.ts'

const MAX_BECAUSE = 2

/** How the whole catalogue stands with one history; the sources are its own, whatever is retrieved next. */
interface Standings extends Scored {
  rung: Rung
  /** NaN where a movie may not be recommended */
  scores: Float64Array
  /** of the movies that the ranker has put in order, what that added to the score; null where it has not */
  added: ReadonlyMap<number, number> | null
}

type Asked = Omit<WhatIfOptions, 'add' | 'remove' | 'change'>

/** Where a movie stands; null where it may not be recommended. */
export type Place = { rank: number; score: number; shares: Shares } | null

export interface Moved {
  itemIndex: number
  kind: Move['kind']
  before: Place
  after: Place
  /** changed items of the history that moved the score in its direction, the strongest first */
  because: { itemIndex: number; effect: number }[]
}

export interface WhatIfRanking {
  before: Pick<Standings, 'weights' | 'rung' | 'taste'>
  after: Pick<Standings, 'weights' | 'rung' | 'taste'>
  /** the new list */
  blended: Blended[]
  reasons: Reason[]
  /** in the order of the new list, then those that left it in the order of the old one */
  moved: Moved[]
}

/**
 * What a change of the history does to the list of the k best: two retrievals, and for each movie of either list its place
 * in both, with the changed movies that carried the difference.
 * @throws {UnknownNameError} for a genre that no movie has
 */
export function whatIf(
  historyBefore: History,
  historyAfter: History,
  options: Asked,
  k: number,
  model: Model,
): WhatIfRanking {
  const before = standingsOf(historyBefore, options, model)
  const after = standingsOf(historyAfter, options, model)
  const [listBefore, listAfter] = [before, after].map(({ scores }) => topK(scores, k).items) as [Int32Array, Int32Array]
  const left = listBefore.filter((item) => !listAfter.includes(item))
  const items = Int32Array.of(...listAfter, ...left)
  const placesBefore = placesOf(items, before)
  const placesAfter = placesOf(items, after)

  const blended = Array.from(listAfter, (itemIndex, place): Blended => {
    const { score, shares } = placesAfter[place]!
    return { itemIndex, score, shares }
  })
  // the kernels hold the fold-in of the history after
  const reasons = explainAll(blended, after.taste, model, options)
  const moved = Array.from(items, (itemIndex, at): Moved => {
    const [from, to] = [placesBefore[at]!, placesAfter[at]!]
    const kind = kindOf(listBefore.includes(itemIndex), at < listAfter.length, from, to)
    return { itemIndex, kind, before: from, after: to, because: [] }
  }).filter((move) => move.before?.rank !== move.after?.rank)
  nameCauses(moved, [historyBefore, before], [historyAfter, after], model)
  return { before, after, blended, reasons, moved }
}

/**
 * Fill in what moved each movie that has a score on both sides: what the changed items give after less what they gave before.
 * The kernels must hold the fold-in of the history after.
 */
function nameCauses(moved: Moved[], before: [History, Standings], after: [History, Standings], model: Model): void {
  const changed = changedItems(before[0], after[0])
  const caused = moved.filter((move) => move.before && move.after)
  const items = Int32Array.from(caused, ({ itemIndex }) => itemIndex)
  /** none where no changed item is in the history: they gave nothing */
  const given = ([history, standings]: [History, Standings]) =>
    changed.some((item) => history.itemIndices.includes(item)) ? contributionsTo(items, standings, model) : []
  const givenAfter = given(after)
  const { foldedItems, foldedWeights } = before[1].taste
  if (before[1].sources.cf) model.kernels.foldIn(foldedItems, foldedWeights)
  const givenBefore = given(before)
  for (const [at, move] of caused.entries()) {
    const effects = changed.map((item) => ({
      itemIndex: item,
      effect: (givenAfter[at]?.get(item) ?? 0) - (givenBefore[at]?.get(item) ?? 0),
    }))
    move.because = strongest(effects, move.after!.score - move.before!.score)
  }
}

function standingsOf(history: History, options: Asked, model: Model): Standings {
  const taste = tasteOf(history, model)
  const weights = options.weights ?? weightsFor(model.blend, taste.likes.length)
  const blocked = blockedItems(model, seenItems(history), options)
  const retrieved = retrieve(taste, model)
  // a view that the next retrieval overwrites
  const sources: SourceScores = { ...retrieved, cf: retrieved.cf?.slice() ?? null }
  const { scores, normalizers } = scoreAll(sources, weights, blocked, model.kernels)
  const ranker = rankerFor(model, history, options)
  return {
    taste,
    weights,
    rung: rungOf(sources, weights, options.genres ?? []),
    sources,
    normalizers,
    added: ranker && rankInPlace(scores, ranker, { history, taste, sources }, { weights, normalizers }, model),
    scores,
  }
}

/** Gives the best of all movies the ranker's scores. @returns what that added */
function rankInPlace(
  scores: Float64Array,
  ranker: RankerModel,
  origin: ListOrigin,
  { weights, normalizers }: Pick<Standings, 'weights' | 'normalizers'>,
  model: Model,
): Map<number, number> {
  const best = topK(scores, ranker.pool)
  const pool = Array.from(best.items, (itemIndex, place): Blended => {
    const shares = sharesOf(itemIndex, origin.sources, weights, normalizers)
    return { itemIndex, score: best.scores[place]!, shares }
  })
  const ranked = rankPool(pool, ranker, origin, model)
  for (const { itemIndex, score } of ranked) scores[itemIndex] = score
  return new Map(ranked.map(({ itemIndex, shares }) => [itemIndex, shares.ranker ?? 0]))
}

/** Rank, score and shares of some movies among all. O(numItems · log items). */
function placesOf(items: Int32Array, { scores, added, sources, weights, normalizers }: Standings): Place[] {
  const ranks = ranksOf(items, scores)
  return Array.from(items, (item, at) => {
    if (Number.isNaN(scores[item]!)) return null
    const shares = sharesOf(item, sources, weights, normalizers)
    return {
      rank: ranks[at]!,
      score: scores[item]!,
      shares: { ...shares, ...(added && { ranker: added.get(item) ?? 0 }) },
    }
  })
}

/** Items that only one of the histories has, or that have other stars in the other. */
function changedItems(before: History, after: History): number[] {
  const starsOf = ({ itemIndices, ratings }: History) =>
    new Map(Array.from(itemIndices, (item, position) => [item, ratings[position]!]))
  const [earlier, later] = [starsOf(before), starsOf(after)]
  return [...new Set([...earlier.keys(), ...later.keys()])].filter((item) => earlier.get(item) !== later.get(item))
}

/** Those in the direction of the change, the strongest first. */
function strongest(effects: Moved['because'], change: number): Moved['because'] {
  return effects
    .filter(({ effect }) => effect * change > 0)
    .sort((a, b) => Math.abs(b.effect) - Math.abs(a.effect) || a.itemIndex - b.itemIndex)
    .slice(0, MAX_BECAUSE)
}

function kindOf(wasListed: boolean, isListed: boolean, before: Place, after: Place): Move['kind'] {
  if (!wasListed) return 'entered'
  if (!isListed) return 'left'
  return after!.rank < before!.rank ? 'up' : 'down'
}
