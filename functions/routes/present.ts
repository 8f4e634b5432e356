import type { CatalogIndex } from '#core/format/catalog.ts'
import { type History, likedItems } from '#core/history.ts'
import type { Model } from '#core/model.ts'
import type {
  Degraded,
  ExperimentMark,
  Locale,
  MovieSummary,
  Reason,
  Recommendations,
  RecommendedMovie,
  RecommendOptions,
} from '#core/schemas/api.ts'
import { rankBatch } from '#recommend/batch.ts'
import type { Blended } from '#recommend/blend.ts'
import { recommend } from '#recommend/index.ts'
import { movieName } from '#recommend/movie-name.ts'
import { expectedStars } from '#recommend/predict-stars.ts'
import type { OpenedModel } from '../open-model.ts'
import { ProblemError } from './errors.ts'
import { pageOf } from './paging.ts'
import { replayOf } from './replay-receipt.ts'
import { listLength } from './route.ts'

/** @param locale whose title it is to have too */
export function movieSummary(catalog: CatalogIndex, itemIndex: number, locale?: Locale): MovieSummary {
  const numRatings = catalog.numRatings[itemIndex]!
  return {
    ...movieName(itemIndex, catalog, locale),
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
 * @param about `starred` is the part of the history that has stars of the viewer's own; `experiment` where the answer
 * belongs to one
 * @param time of the request, in seconds since 1970
 */
export function recommendations(
  served: OpenedModel,
  history: History,
  options: RecommendOptions,
  about: { starred: History; degraded: Degraded; unknownMovieIds: number[]; experiment?: ExperimentMark | undefined },
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
    ...(about.experiment && { experiment: about.experiment }),
    degraded: about.degraded,
    ...fields(
      blended.map(({ itemIndex }) => itemIndex),
      hasMore,
    ),
    items: recommendedMovies(model, blended, reasons, about.starred, time, options.locale, numShown),
    ...(replay && {
      replay: replayOf(served, time, [{ history, ...about }], { recommend: asked, experiment: about.experiment }),
    }),
  }
}

/**
 * A list that was computed beforehand, as an answer.
 * @param movieIds best first
 * @param about `history` as far as it is known
 */
export function batchRecommendations(
  served: OpenedModel,
  movieIds: readonly number[],
  options: RecommendOptions,
  about: { history: History; starred: History; degraded: Degraded; experiment?: ExperimentMark | undefined },
): Recommendations {
  const { model, modelId, manifest } = served
  const { history, starred, degraded, experiment } = about
  const { shown, numShown, fields } = pageOf(options.cursor, served)
  const k = listLength(options.k, manifest)
  const { blended, reasons, diversity, hasMore } = rankBatch(movieIds, history, options, k, model, shown)
  return {
    modelId,
    seed: null,
    rung: 'batch',
    weights: { cf: 0, next: 0, neighbours: 0, content: 0, popularity: 0 },
    history: {
      ratings: history.itemIndices.length,
      likes: likedItems(history, model.likedFrom).length,
      unknownMovieIds: [],
    },
    ...(diversity && { diversity }),
    ...(experiment && { experiment }),
    degraded,
    ...fields(
      blended.map(({ itemIndex }) => itemIndex),
      hasMore,
    ),
    items: recommendedMovies(model, blended, reasons, starred, nowSeconds(), options.locale, numShown),
  }
}

/** A list as answers show it. @param numShown movies of the pages before */
export function recommendedMovies(
  model: Model,
  blended: Blended[],
  reasons: Reason[],
  starred: History,
  time: number,
  locale: Locale | undefined,
  numShown = 0,
): RecommendedMovie[] {
  const items = blended.map(({ itemIndex }) => itemIndex)
  const predicted = model.stars && expectedStars(starred, items, model.stars, time)
  return blended.map(({ itemIndex, score, shares }, position) => ({
    rank: numShown + position + 1,
    ...movieSummary(model.catalog, itemIndex, locale),
    score,
    shares,
    reason: reasons[position]!,
    predictedStars: predicted && round(predicted[position]!, 2),
  }))
}

export function nowSeconds(): number {
  return Math.floor(Date.now() / 1000)
}

/** What “last year” in a wish counts from. */
export function yearNow(): number {
  return new Date().getUTCFullYear()
}

export function round(value: number, digits: number): number {
  return Number(value.toFixed(digits))
}
