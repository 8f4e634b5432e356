import type { CatalogIndex } from '#core/format/catalog.ts'
import type { History } from '#core/history.ts'
import type { Model } from '#core/model.ts'
import type {
  Degraded,
  MovieSummary,
  Reason,
  Recommendations,
  RecommendedMovie,
  RecommendOptions,
} from '#core/schemas/api.ts'
import type { Blended } from '#recommend/blend.ts'
import { recommend } from '#recommend/index.ts'
import { expectedStars } from '#recommend/predict-stars.ts'
import type { OpenedModel } from '../open-model.ts'
import { ProblemError } from './errors.ts'
import { pageOf } from './paging.ts'
import { replayOf } from './replay-receipt.ts'
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
 * @param time of the request, in seconds since 1970
 */
export function recommendations(
  served: OpenedModel,
  history: History,
  options: RecommendOptions,
  about: { starred: History; degraded: Degraded; unknownMovieIds: number[] },
  time: number = nowSeconds(),
): Recommendations {
  const { model, modelId, manifest } = served
  const { shown, numShown, fields } = pageOf(options.cursor, served)
  const { rung, weights, taste, blended, diversity, reasons, hasMore } = recommend(
    history,
    options,
    listLength(options.k, manifest),
    model,
    shown,
  )
  const { replay, ...asked } = options
  return {
    modelId,
    seed: null,
    rung,
    weights,
    history: { ratings: history.itemIndices.length, likes: taste.likes.length, unknownMovieIds: about.unknownMovieIds },
    ...(diversity && { diversity }),
    degraded: about.degraded,
    ...fields(
      blended.map(({ itemIndex }) => itemIndex),
      hasMore,
    ),
    items: recommendedMovies(model, blended, reasons, about.starred, time, numShown),
    ...(replay && { replay: replayOf(served, time, [{ history, ...about }], { recommend: asked }) }),
  }
}

/** A list as answers show it. @param numShown movies of the pages before */
export function recommendedMovies(
  model: Model,
  blended: Blended[],
  reasons: Reason[],
  starred: History,
  time: number,
  numShown = 0,
): RecommendedMovie[] {
  const items = blended.map(({ itemIndex }) => itemIndex)
  const predicted = model.stars && expectedStars(starred, items, model.stars, time)
  return blended.map(({ itemIndex, score, shares }, position) => ({
    rank: numShown + position + 1,
    ...movieSummary(model.catalog, itemIndex),
    score,
    shares,
    reason: reasons[position]!,
    predictedStars: predicted && round(predicted[position]!, 2),
  }))
}

export function nowSeconds(): number {
  return Math.floor(Date.now() / 1000)
}

export function round(value: number, digits: number): number {
  return Number(value.toFixed(digits))
}
