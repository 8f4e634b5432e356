import { type History, likedItems } from '#core/history.ts'
import type { Model } from '#core/model.ts'
import { SOURCES, type Source } from '#core/schemas/config.ts'
import { contentScores } from '#core/scoring/content-scores.ts'
import { neighbourScores } from '#core/scoring/neighbour-scores.ts'
import { hasNextScores, nextScores } from '#core/scoring/next-scores.ts'
import { towerReach } from '#core/scoring/user-tower.ts'

/** What a history says about its viewer. */
export interface Taste {
  /** item indices of the likes, in the order of time */
  likes: Int32Array
  /**
   * what the collaborative score is made from, in the order of time: those of the likes that have factors; where the model
   * has a user tower, all that was rated last, liked or not, as far back as it looks
   */
  foldedItems: Int32Array
  /** what each of these weighs: 1 the newest like, less the older ones; for a tower by its stars */
  foldedWeights: Float32Array
  /** the last of all that was rated, liked or not, the oldest first, as far back as `next` looks; none where it is mute */
  lastRated: Int32Array
  /** how much each of these counts beside its age, by its stars */
  lastRatedCounts: Float32Array
  /** those of the likes that have item–item weights */
  likesWithNeighbours: Int32Array
  /** how much what each of these says counts: 1 the newest, less the older ones */
  neighbourStrengths: Float32Array
}

/**
 * One score a movie and source, by itemIndex; null where the source has nothing to go by.
 * - cf: predicted preference, about 0 to 1; a view that the next retrieve on this model overwrites
 * - next: grows with the chance of each to be taken up next; some are below 0
 * - neighbours: sum of the likes' item–item weights; below 0 where they speak against a movie
 * - content: cosine with the profile of the likes, 0 to 1
 * - popularity: damped popularity, 0 to 1
 */
export interface SourceScores extends Record<Source, Float32Array | null> {
  popularity: Float32Array
}

export function tasteOf(history: History, model: Model): Taste {
  const { hasFactors } = model
  const { offsets } = model.neighbours
  const likes = likedItems(history, model.likedFrom)
  // loops: with callbacks they take five times as long
  const withFactors = new Int32Array(likes.length)
  const withNeighbours = new Int32Array(likes.length)
  let [numWithFactors, numWithNeighbours] = [0, 0]
  for (let at = 0; at < likes.length; at++) {
    const item = likes[at]!
    if (hasFactors[item] === 1) withFactors[numWithFactors++] = item
    if (offsets[item]! < offsets[item + 1]!) withNeighbours[numWithNeighbours++] = item
  }
  const likesWithFactors = withFactors.subarray(0, numWithFactors)
  const likesWithNeighbours = withNeighbours.subarray(0, numWithNeighbours)
  return {
    likes,
    ...(model.tower ? lastTowerItems(history, model.tower) : foldedLikes(likesWithFactors, model)),
    ...lastRatedOf(history, model),
    likesWithNeighbours,
    neighbourStrengths: recencyWeights(likesWithNeighbours.length, model.neighbourHalfLife),
  }
}

/** What scores are for. */
export interface RetrieveUse {
  /** put all where the next such call on this model overwrites them, for who is done with them by then */
  reuse?: boolean
  /** cf's are read by one `blend` by the kernels alone, in which they weigh something: they hold for the movies of its list */
  forBest?: boolean
  wanted?: readonly Source[]
  /** cf's, made by `scanTogether` */
  cf?: Float32Array | null
}

/** Scores by cf of several tastes, in one pass over the factors; the kernels hold the fold-in of the last one that has any. */
export function cfTogether(tastes: readonly Taste[], { kernels }: Model): (Float32Array | null)[] {
  const folded = tastes.filter(({ foldedItems }) => foldedItems.length > 0)
  const rows = kernels.scanTogether(
    folded.map(({ foldedItems, foldedWeights }) => kernels.foldIn(foldedItems, foldedWeights)),
  )
  return tastes.map((taste) => rows[folded.indexOf(taste)] ?? null)
}

/**
 * Score the whole catalogue by every source: fold in and scan in WASM, add up rows, walk the postings, look up popularity.
 * @returns null also for a source that is not wanted
 */
export function retrieve(
  taste: Taste,
  model: Model,
  { reuse = false, forBest = false, wanted = SOURCES, cf: made }: RetrieveUse = {},
): SourceScores {
  const { likes, foldedItems, foldedWeights, lastRated, lastRatedCounts, likesWithNeighbours, neighbourStrengths } =
    taste
  const { kernels, next, neighbours, content, catalog, tower } = model
  const speaks = (source: Source, items: Int32Array) => items.length > 0 && wanted.includes(source)
  // a tower's shares are of all scores
  const scan = forBest && tower?.scores !== 'shares' ? kernels.scanForBest : kernels.scan
  const cfScores = () => (speaks('cf', foldedItems) ? scan(kernels.foldIn(foldedItems, foldedWeights)) : null)
  const cf = made === undefined ? cfScores() : made
  // after the fold-in, which may make the kernels' memory grow
  const [forNext, forNeighbours, forContent] = reuse ? kernels.rooms() : []
  return {
    cf,
    next: speaks('next', lastRated) ? nextScores(next, lastRated, lastRatedCounts, catalog.numItems, forNext) : null,
    neighbours: speaks('neighbours', likesWithNeighbours)
      ? neighbourScores(neighbours, likesWithNeighbours, neighbourStrengths, forNeighbours)
      : null,
    content: speaks('content', likes) && content.numTerms > 0 ? contentScores(content, likes, forContent) : null,
    popularity: catalog.popularity,
  }
}

function foldedLikes(likes: Int32Array, { recencyHalfLife }: Model): Pick<Taste, 'foldedItems' | 'foldedWeights'> {
  return { foldedItems: likes, foldedWeights: recencyWeights(likes.length, recencyHalfLife) }
}

/** The last of the history that says something to the tower. */
function lastTowerItems(
  { itemIndices, ratings }: History,
  tower: NonNullable<Model['tower']>,
): Pick<Taste, 'foldedItems' | 'foldedWeights'> {
  const known: number[] = []
  const most = towerReach(tower)
  for (let at = itemIndices.length - 1; at >= 0 && known.length < most; at--)
    if (tower.historyScales[itemIndices[at]!]! > 0) known.push(at)
  known.reverse()
  return {
    foldedItems: Int32Array.from(known, (at) => itemIndices[at]!),
    foldedWeights: Float32Array.from(known, (at) => Math.max(0, ratings[at]!) ** tower.ratingExponent),
  }
}

function lastRatedOf(
  { itemIndices, ratings }: History,
  { next, nextRatingExponent }: Model,
): Pick<Taste, 'lastRated' | 'lastRatedCounts'> {
  if (!hasNextScores(next, itemIndices)) return { lastRated: new Int32Array(0), lastRatedCounts: new Float32Array(0) }
  const longest = Math.max(...next.map(({ length }) => length))
  return {
    lastRated: itemIndices.slice(-longest),
    lastRatedCounts: ratings.slice(-longest).map((stars) => Math.max(0, stars) ** nextRatingExponent),
  }
}

/** 1 for the newest of n likes, the last one, and half of it every `halfLife` likes before; 1 each with null. */
function recencyWeights(n: number, halfLife: number | null): Float32Array {
  const weights = new Float32Array(n)
  for (let position = 0; position < n; position++)
    weights[position] = 2 ** ((position + 1 - n) / (halfLife ?? Number.POSITIVE_INFINITY))
  return weights
}
