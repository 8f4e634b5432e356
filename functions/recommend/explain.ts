import type { Model } from '#core/model.ts'
import type { Reason } from '#core/schemas/api.ts'
import { nearestByContent } from '#core/scoring/content-scores.ts'
import { neighbourContributions } from '#core/scoring/neighbour-scores.ts'
import type { Blended } from './blend.ts'
import type { Taste } from './retrieve.ts'

const MAX_BECAUSE = 2
const MAX_SHARED_TERMS = 3
/** Share of the score from which popularity speaks: below it, what is personal about the movie says more. */
const POPULARITY_SPEAKS_FROM = 2 / 3

/**
 * A template reason from the real score shares. Popularity speaks for a movie that owes it most of its score, else
 * the largest one of the personal sources. The liked movies that carried it are exact: for collaborative filtering by
 * Hu, Koren & Volinsky 2008, eq. 8, for neighbours by their weights.
 * Must run right after `retrieve` for the same taste: the kernels hold its fold-in.
 * @param wantedGenres the request's genre filter, named by the popularity reason
 */
export function explain(blended: Blended, taste: Taste, model: Model, wantedGenres: readonly string[]): Reason {
  const { itemIndex, score, shares } = blended
  const { cf, neighbours, content, popularity } = shares
  const largest = Math.max(cf, neighbours, content)
  if (largest <= 0 || popularity >= POPULARITY_SPEAKS_FROM * score)
    return popularityReason(itemIndex, model, wantedGenres)
  if (largest === cf) {
    const { likesWithFactors, foldInWeights } = taste
    return likedReason(likesWithFactors, model.kernels.contributions(itemIndex, likesWithFactors, foldInWeights), model)
  }
  if (largest === neighbours) {
    const { likesWithNeighbours: liked, neighbourStrengths } = taste
    return likedReason(liked, neighbourContributions(model.neighbours, itemIndex, liked, neighbourStrengths), model)
  }
  return contentReason(itemIndex, taste, model)
}

/** @param contributions what each of the liked movies gave */
function likedReason(liked: Int32Array, contributions: Float32Array, model: Model): Reason {
  const strongest = Array.from(liked, (item, position) => ({ item, share: contributions[position]! }))
    .filter(({ share }) => share > 0)
    .sort((a, b) => b.share - a.share || a.item - b.item)
    .slice(0, MAX_BECAUSE)
  const because = strongest.map(({ item }) => named(item, model))
  return {
    kind: 'liked',
    text:
      because.length > 0
        ? `Because you liked ${because.map(({ title }) => title).join(' and ')}.`
        : 'Liked by viewers with your taste.',
    because,
  }
}

function contentReason(itemIndex: number, taste: Taste, model: Model): Reason {
  const nearest = nearestByContent(model.content, itemIndex, taste.likes)!
  const liked = named(nearest.itemIndex, model)
  const shared = nearest.terms.slice(0, MAX_SHARED_TERMS).map(readable)
  return { kind: 'content', text: `Similar to ${liked.title}: ${shared.join(', ')}.`, because: [liked] }
}

function popularityReason(itemIndex: number, model: Model, wantedGenres: readonly string[]): Reason {
  const { meanRatings, numRatings } = model.catalog
  const genres = model.catalog.genres(itemIndex)
  const genre = wantedGenres
    .map((wanted) => genres.find((name) => name.toLowerCase() === wanted.toLowerCase()))
    .find((name) => name !== undefined)
  const where = genre ? `Popular in ${genre}` : 'Popular with all viewers'
  const ratings = numRatings[itemIndex]!
  const text =
    ratings > 0 ? `${where}: ${meanRatings[itemIndex]!.toFixed(1)} stars from ${ratings} ratings.` : `${where}.`
  return { kind: genre ? 'genre' : 'popular', text, because: [] }
}

function named(itemIndex: number, model: Model): Reason['because'][number] {
  return { movieId: model.catalog.movieIds[itemIndex]!, title: model.catalog.title(itemIndex) }
}

/** `cast:tom hanks` → `tom hanks` */
function readable(term: string): string {
  return term.slice(term.indexOf(':') + 1)
}
