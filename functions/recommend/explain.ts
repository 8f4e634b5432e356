import type { Model } from '#core/model.ts'
import type { Reason, RecommendOptions } from '#core/schemas/api.ts'
import type { Source } from '#core/schemas/config.ts'
import { nearestByContent } from '#core/scoring/content-scores.ts'
import { neighbourContributionsOf } from '#core/scoring/neighbour-scores.ts'
import { nextContributionsOf } from '#core/scoring/next-scores.ts'
import type { Blended } from './blend.ts'
import { movieName, nameOf } from './movie-name.ts'
import { REASON_WORDS, type ReasonWords } from './reason-words.ts'
import type { Taste } from './retrieve.ts'

const MAX_SHARED_TERMS = 3
/** Share of the score from which popularity speaks: below it, what is personal about the movie says more. */
const POPULARITY_SPEAKS_FROM = 2 / 3

/**
 * A template reason for each movie of a list, from its real score shares. The movies of the history that carried it are
 * exact: for collaborative filtering by Hu, Koren & Volinsky 2008, eq. 8, for neighbours and for what comes next by their
 * weights. Must run right after `retrieve` for the same taste: the kernels hold its fold-in.
 * @param options the genre filter, named by the popularity reason, and the language of the texts
 */
export function explainAll(
  list: readonly Blended[],
  taste: Taste,
  model: Model,
  { genres: wantedGenres = [], locale = 'en' }: Pick<RecommendOptions, 'genres' | 'locale'>,
): Reason[] {
  const words = REASON_WORDS[locale]
  const { likes, foldedItems, foldedWeights, lastRated, lastRatedCounts } = taste
  const { likesWithNeighbours, neighbourStrengths } = taste
  const { kernels, next, neighbours } = model
  const voices = list.map(voiceOf)
  // one walk along the history's rows for all movies that they speak for
  const spokenFor = (voice: Source) =>
    Int32Array.from(
      list.filter((_, at) => voices[at] === voice),
      ({ itemIndex }) => itemIndex,
    )
  const [ofNext, ofNeighbours] = [spokenFor('next'), spokenFor('neighbours')]
  const fromNext = nextContributionsOf(next, ofNext, lastRated, lastRatedCounts)
  const fromNeighbours = neighbourContributionsOf(neighbours, ofNeighbours, likesWithNeighbours, neighbourStrengths)
  const reasonBy: Record<Source, (itemIndex: number) => Reason> = {
    cf(itemIndex) {
      const given = kernels.contributions(itemIndex, foldedItems, foldedWeights)
      if (model.placedByTexts[itemIndex] === 1) return placedReason(foldedItems, given, model, words)
      // a tower looks at all that was rated last, like what comes next
      const reason = model.tower ? nextReason : likedReason
      return reason(foldedItems, given, model, words)
    },
    next: (itemIndex) => nextReason(lastRated, rowOf(itemIndex, ofNext, fromNext), model, words),
    neighbours: (itemIndex) =>
      likedReason(likesWithNeighbours, rowOf(itemIndex, ofNeighbours, fromNeighbours), model, words),
    content: (itemIndex) => contentReason(itemIndex, likes, model, words),
    popularity: (itemIndex) => popularityReason(itemIndex, model, wantedGenres, words),
  }
  return list.map(({ itemIndex }, at) => reasonBy[voices[at]!](itemIndex))
}

/** Popularity speaks for a movie that owes it most of its blended score, else the largest one of the personal sources. */
function voiceOf({ score, shares: { cf, next, neighbours, content, popularity, ranker = 0 } }: Blended): Source {
  const largest = Math.max(cf, next, neighbours, content)
  if (largest <= 0 || popularity >= POPULARITY_SPEAKS_FROM * (score - ranker)) return 'popularity'
  if (largest === cf) return 'cf'
  if (largest === next) return 'next'
  return largest === neighbours ? 'neighbours' : 'content'
}

/** A movie's row of a matrix that has one for each of some items. */
function rowOf(itemIndex: number, items: Int32Array, matrix: Float32Array): Float32Array {
  const columns = matrix.length / items.length
  const row = items.indexOf(itemIndex)
  return matrix.subarray(row * columns, (row + 1) * columns)
}

/** @param contributions what each of the liked movies gave */
function likedReason(liked: Int32Array, contributions: Float32Array, model: Model, words: ReasonWords): Reason {
  const because = strongest(liked, contributions, model, words)
  const text = because.length > 0 ? words.liked(titles(because, words)) : words.likedByTaste
  return { kind: 'liked', text, because }
}

/** Nobody has liked the movie: what is known of it says who would. */
function placedReason(liked: Int32Array, contributions: Float32Array, model: Model, words: ReasonWords): Reason {
  const because = strongest(liked, contributions, model, words)
  const text = because.length > 0 ? words.placed(titles(because, words)) : words.placedByTaste
  return { kind: 'content', text, because }
}

/** The history need not have liked what carried the movie: it says what was taken up, and what others took up then. */
function nextReason(lastRated: Int32Array, contributions: Float32Array, model: Model, words: ReasonWords): Reason {
  const because = strongest(lastRated, contributions, model, words)
  return { kind: 'next', text: words.next(titles(because, words)), because }
}

/** The two movies that gave most, the strongest first; of equally strong ones the lower item. */
function strongest(
  items: Int32Array,
  contributions: Float32Array,
  { catalog }: Model,
  { locale }: ReasonWords,
): Reason['because'] {
  const isStronger = (a: number, b: number) =>
    b < 0 || contributions[a]! > contributions[b]! || (contributions[a] === contributions[b] && items[a]! < items[b]!)
  let [first, second] = [-1, -1]
  for (let position = 0; position < items.length; position++) {
    if (!(contributions[position]! > 0)) continue
    if (isStronger(position, first)) {
      second = first
      first = position
    } else if (isStronger(position, second)) second = position
  }
  return [first, second]
    .filter((position) => position >= 0)
    .map((position) => movieName(items[position]!, catalog, locale))
}

function titles(because: Reason['because'], { and }: ReasonWords): string {
  return because.map(nameOf).join(and)
}

function contentReason(itemIndex: number, likes: Int32Array, model: Model, words: ReasonWords): Reason {
  const nearest = nearestByContent(model.content, itemIndex, likes)!
  const liked = movieName(nearest.itemIndex, model.catalog, words.locale)
  const shared = nearest.terms.slice(0, MAX_SHARED_TERMS).map((term) => readable(term, words))
  return { kind: 'content', text: words.similar(nameOf(liked), shared.join(', ')), because: [liked] }
}

function popularityReason(
  itemIndex: number,
  model: Model,
  wantedGenres: readonly string[],
  words: ReasonWords,
): Reason {
  const { meanRatings, numRatings } = model.catalog
  const genres = model.catalog.genres(itemIndex)
  const genre = wantedGenres
    .map((wanted) => genres.find((name) => name.toLowerCase() === wanted.toLowerCase()))
    .find((name) => name !== undefined)
  const where = genre ? words.popularIn(genre) : words.popular
  const ratings = numRatings[itemIndex]!
  const text = ratings > 0 ? words.stars(where, meanRatings[itemIndex]!.toFixed(1), ratings) : `${where}.`
  return { kind: genre ? 'genre' : 'popular', text, because: [] }
}

/** `cast:tom hanks` → `Tom Hanks`, `time travel` as the language has it */
function readable(term: string, { term: named }: ReasonWords): string {
  const name = term.slice(term.indexOf(':') + 1)
  return /^(?:cast|director):/.test(term)
    ? name.replace(/(?<=^|[ -])\p{Ll}/gu, (letter) => letter.toUpperCase())
    : named(name)
}
