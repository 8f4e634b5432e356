import type { History } from '#core/history.ts'
import type { Model } from '#core/model.ts'
import { type BlendWeights, SOURCES, type Source } from '#core/schemas/config.ts'
import { contentScores } from '#core/scoring/content-scores.ts'
import { topK } from '#core/scoring/top-k.ts'
import { type Blended, weightsFor } from '#recommend/blend.ts'
import { rankerFor, rankPool } from '#recommend/rank-pool.ts'
import { type Taste, tasteOf } from '#recommend/retrieve.ts'
import { contentProfile } from './content-profile.ts'
import { CHUNK_USERS, type FactorRanker, type ServedFactors } from './factor-lists.ts'
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
}

/** Movies that a list is made from. */
interface Gathered {
  /** ascending */
  items: Int32Array
  /** by source, the score farthest from 0 of all movies; null where it has nothing to go by, or is not asked */
  farthest: Record<Source, number | null>
}

/**
 * Lists as the Worker makes them, of some hundred candidates instead of the whole catalogue. What is not the same: a blend
 * divides each source by its score farthest from 0 of all movies, and here that of factors and texts is only guessed, from
 * the candidates' and from how far beyond them it lies for other users.
 * @param k length of the lists
 * @param others some users' histories, to learn that from
 */
export function openListMaker(
  model: Model,
  { factors, quantized, scales }: ServedFactors,
  byFactors: FactorRanker,
  k: number,
  others: readonly History[],
): ListMaker {
  const { catalog, kernels, content } = model
  const { numItems, popularity } = catalog
  const more = growth(k, model)
  const factorLength = factorListLength(k, model)
  const byWeights = openTargetScores(model)
  const texts = contentProfile(content)
  const mostPopular = Int32Array.from(
    Array.from({ length: numItems }, (_, item) => item).sort((a, b) => popularity[b]! - popularity[a]! || a - b),
  )
  /** of a user's turn t: 3t, seen; 3t + 1, a candidate; 3t + 2, one of the factors' list, whose score is known */
  const marks = new Int32Array(numItems)
  let turn = 0
  // of the candidates alone; the ranker looks them up
  const rows: Record<Source, Float32Array> = {
    cf: new Float32Array(numItems),
    next: new Float32Array(numItems),
    neighbours: new Float32Array(numItems),
    content: new Float32Array(numItems),
    popularity,
  }
  const nobody = new Float32Array(factors)
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
      return { history, taste: tastes[user]!, vector: vectors[user]!, best }
    })
  }

  function listOf(told: Told): Int32Array {
    const { history, taste } = told
    const ranker = rankerFor(model, history, {})
    const weights = weightsFor(model.blend, taste.likes.length)
    const length = Math.max(k, ranker?.pool ?? 0)
    // the ranker asks what every source says
    const { items, farthest } = gather(told, weights, length, (source) => ranker !== null || weights[source] > 0)
    const first = topK(blended(items, weights, farthest), length)
    if (!ranker) return first.items.map((place) => items[place]!)

    const pool = Array.from(
      first.items,
      (place, at): Blended => ({ itemIndex: items[place]!, score: first.scores[at]!, shares: NO_SHARES }),
    )
    const has = (source: Source) => (farthest[source] === null ? null : rows[source])
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

  /** @param farthest null leaves a source out */
  function blended(items: Int32Array, weights: BlendWeights, farthest: Gathered['farthest']): Float64Array {
    const scores = new Float64Array(items.length)
    for (const source of SOURCES) {
      const reach = farthest[source]
      if (reach === null || weights[source] === 0) continue
      const scale = weights[source] / (reach || 1)
      const row = rows[source]
      for (let place = 0; place < items.length; place++) scores[place]! += scale * row[items[place]!]!
    }
    return scores
  }

  /**
   * Leaves out what would not come into the list whatever factors and texts said of it.
   * @param leastListed no movie beyond the factors' list has a better score by them
   * @param texts what these can add
   */
  function withinReach(
    items: Int32Array,
    weights: BlendWeights,
    farthest: Gathered['farthest'],
    leastListed: number,
    texts: number,
    length: number,
  ): Int32Array {
    const scores = blended(items, weights, { ...farthest, cf: null })
    const ofFactors = farthest.cf === null ? 0 : weights.cf / (farthest.cf || 1)
    const sure = new Float64Array(items.length)
    for (let place = 0; place < items.length; place++) {
      const isListed = marks[items[place]!] === 3 * turn + LISTED
      scores[place]! += ofFactors * (isListed ? rows.cf[items[place]!]! : leastListed)
      sure[place] = isListed || ofFactors === 0 ? scores[place]! : Number.NaN
    }
    const best = topK(sure, length)
    const least = best.scores.length < length ? Number.NEGATIVE_INFINITY : best.scores.at(-1)!
    return items.filter((_, place) => scores[place]! + texts >= least)
  }

  function factorScore(item: number, vector: Float32Array): number {
    let sum = 0
    for (let at = 0, from = item * factors; at < factors; at++) sum += quantized[from + at]! * vector[at]!
    return scales[item]! * sum
  }

  /**
   * Movies that may come into a list of `length`, ascending, with what each source says of them in `rows`, and its score
   * farthest from 0 of all movies, which is a guess of factors and texts.
   */
  function gather(told: Told, weights: BlendWeights, length: number, isAsked: (source: Source) => boolean): Gathered {
    turn++
    const seen = 3 * turn
    const { history, taste, vector, best } = told
    const { itemIndices } = history
    for (let at = 0; at < itemIndices.length; at++) marks[itemIndices[at]!] = seen
    const found: number[] = []
    const add = (item: number) => {
      if (marks[item]! >= seen) return
      marks[item] = seen + 1
      found.push(item)
    }
    const farthest: Gathered['farthest'] = { cf: null, next: null, neighbours: null, content: null, popularity: 0 }

    if (taste.foldedItems.length > 0 && isAsked('cf')) {
      farthest.cf = 0
      for (let place = 0; place < best.items.length && best.items[place]! >= 0; place++) {
        farthest.cf = Math.max(farthest.cf, Math.abs(best.scores[place]!))
        rows.cf[best.items[place]!] = best.scores[place]!
        marks[best.items[place]!] = seen + LISTED
        found.push(best.items[place]!)
      }
      farthest.cf *= beyond.cf
    }
    const leastListed = found.length > 0 ? best.scores[found.length - 1]! : 0
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
    const all = new Int32Array(found)
    spoken.look(all, rows.next, rows.neighbours)
    const items = withinReach(all, weights, farthest, leastListed, hasTexts ? weights.content : 0, length)
    for (let place = 0; place < items.length && farthest.cf !== null; place++)
      if (marks[items[place]!] !== seen + LISTED) rows.cf[items[place]!] = factorScore(items[place]!, vector)
    items.sort()
    if (hasTexts) {
      farthest.content = 0
      for (let place = 0; place < items.length; place++) {
        const score = texts.scoreOf(items[place]!)
        rows.content[items[place]!] = score
        if (score > farthest.content) farthest.content = score
      }
      farthest.content *= beyond.content
    }
    return { items, farthest }
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
        if (farthest.cf) factor.add(farthestOfAll(kernels.scan(told.vector).slice()) / farthest.cf)
        if (farthest.content) text.add(farthestOfAll(contentScores(content, likes)) / farthest.content)
      }
    return { cf: factor.mean(), content: text.mean() }
  }
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
