import type { CatalogIndex } from '#core/format/catalog.ts'
import type { History } from '#core/history.ts'
import type { Degraded, MovieSummary, Recommendations, RecommendedMovie, RecommendOptions } from '#core/schemas/api.ts'
import { recommend } from '#recommend/index.ts'
import { predictStars } from '#recommend/predict-stars.ts'
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

/**
 * What every recommend route answers with.
 * @param about `starred` is the part of the history that has stars of the viewer's own
 */
export function recommendations(
  served: ServedModel,
  history: History,
  options: RecommendOptions,
  about: { starred: History; degraded: Degraded; unknownMovieIds: number[] },
): Recommendations {
  const { model, modelId, manifest } = served
  const { rung, weights, taste, blended, diversity, reasons } = recommend(
    history,
    options,
    listLength(options.k, manifest),
    model,
  )
  const recommended = blended.map(({ itemIndex }) => itemIndex)
  const predicted = model.stars && predictStars(about.starred, recommended, model.stars, nowSeconds())
  const items = blended.map(
    ({ itemIndex, score, shares }, position): RecommendedMovie => ({
      rank: position + 1,
      ...movieSummary(model.catalog, itemIndex),
      score,
      shares,
      reason: reasons[position]!,
      predictedStars: predicted && round(predicted.stars[position]!, 2),
    }),
  )
  return {
    modelId,
    rung,
    weights,
    history: { ratings: history.itemIndices.length, likes: taste.likes.length, unknownMovieIds: about.unknownMovieIds },
    ...(diversity && { diversity }),
    degraded: about.degraded,
    items,
  }
}

export function nowSeconds(): number {
  return Math.floor(Date.now() / 1000)
}

export function round(value: number, digits: number): number {
  return Number(value.toFixed(digits))
}
