import type { CatalogIndex } from '#core/format/catalog.ts'
import type { History } from '#core/history.ts'
import type { Degraded, MovieSummary, Recommendations, RecommendedMovie, RecommendOptions } from '#core/schemas/api.ts'
import { recommend } from '#recommend/index.ts'
import type { ServedModel } from '../open-model.ts'
import { ProblemError } from './errors.ts'
import { listLength } from './route.ts'

export function movieSummary(catalog: CatalogIndex, itemIndex: number): MovieSummary {
  const numRatings = catalog.numRatings[itemIndex]!
  return {
    movieId: catalog.movieIds[itemIndex]!,
    title: catalog.title(itemIndex),
    year: catalog.years[itemIndex] || null,
    genres: catalog.genres(itemIndex),
    meanRating: numRatings > 0 ? round(catalog.meanRatings[itemIndex]!, 2) : null,
    numRatings,
  }
}

/** @throws {ProblemError} not_found for a movie that the catalogue lacks */
export function itemIndexOf(catalog: CatalogIndex, movieId: number): number {
  const itemIndex = catalog.itemIndexOf(movieId)
  if (itemIndex < 0) throw new ProblemError('not_found', `movie ${movieId} is not in the catalogue`, 'movieId')
  return itemIndex
}

/** What every recommend route answers with. */
export function recommendations(
  served: ServedModel,
  history: History,
  options: RecommendOptions,
  about: { degraded: Degraded; unknownMovieIds: number[] },
): Recommendations {
  const { model, modelId, manifest } = served
  const { rung, weights, taste, blended, reasons } = recommend(history, options, listLength(options.k, manifest), model)
  const items = blended.map(
    ({ itemIndex, score, shares }, position): RecommendedMovie => ({
      rank: position + 1,
      ...movieSummary(model.catalog, itemIndex),
      score,
      shares,
      reason: reasons[position]!,
    }),
  )
  return {
    modelId,
    rung,
    weights,
    history: { ratings: history.itemIndices.length, likes: taste.likes.length, unknownMovieIds: about.unknownMovieIds },
    degraded: about.degraded,
    items,
  }
}

export function round(value: number, digits: number): number {
  return Number(value.toFixed(digits))
}
