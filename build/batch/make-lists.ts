import type { History } from '#core/history.ts'
import type { Model } from '#core/model.ts'
import { type BlendWeights, SOURCES, type Source } from '#core/schemas/config.ts'
import { contentScores } from '#core/scoring/content-scores.ts'
import { toShares } from '#core/scoring/user-tower.ts'
import { type Blended, weightsFor } from '#recommend/blend.ts'
import { rankerFor, rankPool } from '#recommend/rank-pool.ts'
import { type Taste, tasteOf } from '#recommend/retrieve.ts'
import { openContentProfile } from './content-profile.ts'
import { CHUNK_USERS, type FactorRanker, type ServedFactors } from './factor-lists.ts'
import { openFactorScores } from './factor-scores.ts'
import { openTargetScores } from './target-scores.ts'

/**
 * Movies that are blended for a user: the best by the factors, by what item–item weights say together, and the most popular.
 * 99 in a hundred movies of the sample's served lists stand in the first half of one of these. For lists of 50; more for longer
 * ones.
 */
const CANDIDATES = { cf: 120, weights: 120, popularity: 60 }
const LIST = 50
/** Mark of a movie whose score by the factors is known. */
const LISTED = 2
const SAID_BEFORE_TEXTS = ['cf', 'next', 'neighbours', 'popularity'] as const
const NO_SHARES = { cf: 0, next: 0, neighbours: 0, content: 0, popularity: 0 }

export interface ListMaker {
  /**
   * The list of each user: item indices, best first, nothing that the history holds.
   * @param histories at most CHUNK_USERS, in the order of time
   */
  lists(histories: readonly History[]): Int32Array[]
}

/** Length that the factors' lists must have for lists of k. */
export function factorListLength(k: number, model: Pick<Model, 'ranker' | 'catalog'>): number {
  return Math.min(model.catalog.numItems, Math.ceil(CANDIDATES.cf * growth(k, model)))
}

function growth(k: number, { ranker }: Pick<Model, 'ranker'>): number {
  return Math.max(1, Math.max(k, (ranker?.pool ?? 0) / 2) / LIST)
}

/** What a user's list is made from. */
interface Told {
  history: History
  taste: Taste
  /** folded in */
  vector: Float32Array
  /** the best by the factors, −1 behind the last */
  best: { items: Int32Array; scores: Float32Array }
  /** product of the first of them, where scores are shares of it */
  highest: number
}

/** Movies that a list is made from. */
interface Gathered {
  /** ascending */
  items: Int32Array
  /** what each source says of them; nothing where it is not asked */
  scores: Record<Source, Float32Array>
  /** by source, the score farthest from 0 of all movies; null where it has nothing to go by, or is not asked */
  farthest: Record<Source, number | null>
}

/**
 * Lists as the Worker makes them, of some hundred candidates instead of the whole catalogue. What is not the same: a blend
 * divides each source by its score farthest from 0 of all movies, and here that of factors and texts is only guessed, from
 * the candidates' and from how far beyond them it lies for other users.
 * @param module compiled train kernels
 * @param k length of the lists
 * @param others some users' histories, to learn that from
 */
export function openListMaker(
  module: WebAssembly.Module,
  model: Model,
  served: ServedFactors,
  byFactors: FactorRanker,
  k: number,
  others: readonly History[],
): ListMaker {
  const { catalog, kernels, content } = model
  const { numItems, popularity } = catalog
  const more = growth(k, model)
  const factorLength = factorListLength(k, model)
  const mostPopular = Int32Array.from(
    Array.from({ length: numItems }, (_, item) => item).sort((a, b) => popularity[b]! - popularity[a]! || a - b),
  )
  const byWeights = openTargetScores(module, model, mostPopular)
  const texts = openContentProfile(module, content, mostPopular)
  const factors = openFactorScores(module, served)
  /** of a user's turn t: 3t, seen; 3t + 1, a candidate; 3t + 2, one of the factors' list, whose score is in `listed` */
  const marks = new Int32Array(numItems)
  let turn = 0
  const listed = new Float32Array(numItems)
  // of the candidates, one behind the other
  const found = new Int32Array(numItems)
  const unlisted = new Int32Array(numItems)
  const products = new Float32Array(numItems)
  const columns = columnsOf(() => new Float32Array(numItems))
  // of the candidates by item, where the ranker looks them up
  const rows = columnsOf(() => new Float32Array(model.ranker ? numItems : 0))
  const nobody = new Float32Array(served.factors)
  const inShares = model.tower?.scores === 'shares'
  // nothing is known of it while it is learned
  let beyond = { cf: 1, content: 1 }
  beyond = meanBeyond(others)

  return {
    lists(histories) {
      if (histories.length > CHUNK_USERS)
        throw new RangeError(`batch: ${histories.length} users at once, expected at most ${CHUNK_USERS}`)
      return toldOf(histories).map(listOf)
    },
  }

  function toldOf(histories: readonly History[]): Told[] {
    const tastes = histories.map((history) => tasteOf(history, model))
    const vectors = tastes.map(({ foldedItems, foldedWeights }) =>
      foldedItems.length > 0 ? kernels.foldIn(foldedItems, foldedWeights) : nobody,
    )
    const seen = histories.map(({ itemIndices }) => itemIndices)
    const { items, scores } = byFactors.rank(vectors, seen)
    return histories.map((history, user) => {
      const [from, to] = [user * factorLength, (user + 1) * factorLength]
      const best = { items: items.subarray(from, to), scores: scores.subarray(from, to) }
      const highest = best.items[0]! >= 0 ? best.scores[0]! : 0
      if (inShares) toShares(best.scores, highest)
      return { history, taste: tastes[user]!, vector: vectors[user]!, best, highest }
    })
  }

  function listOf(told: Told): Int32Array {
    const { history, taste } = told
    const ranker = rankerFor(model, history, {})
    const weights = weightsFor(model.blend, taste.likes.length)
    const length = Math.max(k, ranker?.pool ?? 0)
    // the ranker asks what every source says
    const gathered = gather(told, weights, length, (source) => ranker !== null || weights[source] > 0)
    const { items, scores, farthest } = gathered
    const blendedScores = blended(gathered, weights)
    const first = bestPlaces(blendedScores, length)
    if (!ranker) return Int32Array.from(first, (place) => items[place]!)

    const pool = first.map(
      (place): Blended => ({ itemIndex: items[place]!, score: blendedScores[place]!, shares: NO_SHARES }),
    )
    const has = (source: Source) => {
      if (farthest[source] === null) return null
      for (const place of first) rows[source][items[place]!] = scores[source][place]!
      return rows[source]
    }
    const sources = {
      cf: has('cf'),
      next: has('next'),
      neighbours: has('neighbours'),
      content: has('content'),
      popularity,
    }
    const ranked = rankPool(pool, ranker, { history, taste, sources }, model)
    return Int32Array.from(ranked.slice(0, k), ({ itemIndex }) => itemIndex)
  }

  function blended({ items, scores, farthest }: Gathered, weights: BlendWeights, without?: Source): Float64Array {
    const sums = new Float64Array(items.length)
    for (const source of SOURCES) {
      const reach = farthest[source]
      if (reach === null || weights[source] === 0 || source === without) continue
      const scale = weights[source] / (reach || 1)
      const column = scores[source]
      for (let place = 0; place < items.length; place++) sums[place]! += scale * column[place]!
    }
    return sums
  }

  /**
   * Movies that may come into a list of `length`, ascending, with what each source says of them, and its score farthest from
   * 0 of all movies, which is a guess of factors and texts. They stay until the next user's are gathered.
   */
  function gather(told: Told, weights: BlendWeights, length: number, isAsked: (source: Source) => boolean): Gathered {
    turn++
    const seen = 3 * turn
    const { history, taste, vector, best, highest } = told
    const { itemIndices } = history
    for (let at = 0; at < itemIndices.length; at++) marks[itemIndices[at]!] = seen
    let count = 0
    const add = (item: number) => {
      if (marks[item]! >= seen) return
      marks[item] = seen + 1
      found[count++] = item
    }
    const farthest: Gathered['farthest'] = { cf: null, next: null, neighbours: null, content: null, popularity: 0 }

    if (taste.foldedItems.length > 0 && isAsked('cf')) {
      farthest.cf = 0
      for (let place = 0; place < best.items.length && best.items[place]! >= 0; place++) {
        farthest.cf = Math.max(farthest.cf, Math.abs(best.scores[place]!))
        listed[best.items[place]!] = best.scores[place]!
        marks[best.items[place]!] = seen + LISTED
        found[count++] = best.items[place]!
      }
      farthest.cf *= beyond.cf
    }
    const asked = { next: isAsked('next'), neighbours: isAsked('neighbours') }
    const spoken = byWeights.score(taste, itemIndices, asked, weights, CANDIDATES.weights * more)
    farthest.next = spoken.farthest.next
    farthest.neighbours = spoken.farthest.neighbours
    for (let place = 0; place < spoken.best.length; place++) add(spoken.best[place]!)
    const numPopular = Math.max(k, CANDIDATES.popularity * more)
    for (let place = 0, taken = 0; place < numItems && taken < numPopular; place++) {
      const item = mostPopular[place]!
      if (marks[item] === seen) continue
      if (taken++ === 0) farthest.popularity = popularity[item]!
      add(item)
    }

    const hasTexts = taste.likes.length > 0 && content.numTerms > 0 && isAsked('content') && texts.open(taste.likes)
    const all = { items: found.subarray(0, count).sort(), scores: columns, farthest }
    spoken.look(all.items, columns.next, columns.neighbours)
    for (let place = 0; place < count; place++) columns.popularity[place] = popularity[all.items[place]!]!
    if (farthest.cf !== null) lookUpFactors(all.items, vector, highest)
    const items = hasTexts ? withinReach(all, weights, weights.content / beyond.content, length) : all.items
    if (hasTexts) {
      texts.scores(items, columns.content)
      farthest.content = 0
      for (let place = 0; place < items.length; place++)
        farthest.content = Math.max(farthest.content, columns.content[place]!)
      farthest.content *= beyond.content
    }
    return { items, scores: columns, farthest }
  }

  /** Puts the factors' scores beside the items: of most their list holds them. */
  function lookUpFactors(items: Int32Array, vector: Float32Array, highest: number): void {
    let count = 0
    for (let place = 0; place < items.length; place++)
      if (marks[items[place]!] !== 3 * turn + LISTED) unlisted[count++] = items[place]!
    factors.scores(unlisted.subarray(0, count), vector, products)
    if (inShares) toShares(products.subarray(0, count), highest)
    for (let place = 0, next = 0; place < items.length; place++)
      columns.cf[place] = items[place] === unlisted[next] && next < count ? products[next++]! : listed[items[place]!]!
  }

  /**
   * Leaves out what would not come into the list whatever texts said of it; the columns follow.
   * @param texts what these can add at most
   */
  function withinReach(all: Gathered, weights: BlendWeights, texts: number, length: number): Int32Array {
    const { items } = all
    const without = blended(all, weights, 'content')
    const least = leastOf(without, length) - texts
    let count = 0
    for (let place = 0; place < items.length; place++) {
      if (without[place]! < least) continue
      for (const source of SAID_BEFORE_TEXTS) columns[source][count] = columns[source][place]!
      items[count++] = items[place]!
    }
    return items.subarray(0, count)
  }

  /** How many times the candidates' score farthest from 0 that of all movies is: geometric means over some users. */
  function meanBeyond(histories: readonly History[]): { cf: number; content: number } {
    const factor = geometricMean()
    const text = geometricMean()
    for (let from = 0; from < histories.length; from += CHUNK_USERS)
      for (const told of toldOf(histories.slice(from, from + CHUNK_USERS))) {
        const { likes } = told.taste
        const { farthest } = gather(told, weightsFor(model.blend, likes.length), k, () => true)
        const farthestOfAll = (scores: Float32Array) => {
          for (const item of told.history.itemIndices) scores[item] = 0
          return scores.reduce((most, score) => Math.max(most, Math.abs(score)), 0)
        }
        // the best share of what is not seen is 1
        if (farthest.cf && !inShares) factor.add(farthestOfAll(kernels.scan(told.vector).slice()) / farthest.cf)
        if (farthest.content) text.add(farthestOfAll(contentScores(content, likes)) / farthest.content)
      }
    return { cf: factor.mean(), content: text.mean() }
  }
}

/** The places of the largest scores, best first; of equal ones the first. */
function bestPlaces(scores: Float64Array, count: number): number[] {
  const least = leastOf(scores, count)
  const places: number[] = []
  for (let place = 0; place < scores.length; place++) if (scores[place]! >= least) places.push(place)
  return places.sort((a, b) => scores[b]! - scores[a]! || a - b).slice(0, count)
}

/** The least of the `count` largest. */
function leastOf(scores: Float64Array, count: number): number {
  return scores.length <= count ? Number.NEGATIVE_INFINITY : scores.slice().sort()[scores.length - count]!
}

function columnsOf<T>(make: () => T): Record<Source, T> {
  return { cf: make(), next: make(), neighbours: make(), content: make(), popularity: make() }
}

/** 1 of nothing. */
function geometricMean(): { add(ratio: number): void; mean(): number } {
  let sum = 0
  let count = 0
  return {
    add(ratio) {
      sum += Math.log(ratio)
      count++
    },
    mean: () => Math.exp(sum / Math.max(1, count)),
  }
}
