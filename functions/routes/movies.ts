import * as z from 'zod'
import { lexiconOf } from '#core/query/lexicon.ts'
import { seriesPart } from '#core/query/series.ts'
import {
  DetailsOptions,
  type Locale,
  MovieDetails,
  MovieId,
  MovieList,
  MovieSearch,
  SimilarMovies,
  SimilarOptions,
} from '#core/schemas/api.ts'
import { blockedItems } from '#recommend/constraints.ts'
import { behind } from '#recommend/page.ts'
import { searchMovies } from '#recommend/search.ts'
import { similarMovies } from '#recommend/similar.ts'
import type { RequestLog } from '../context.ts'
import type { ServedModel } from '../open-model.ts'
import { ProblemError } from './errors.ts'
import { pageOf, positionOf } from './paging.ts'
import { itemIndexOf, movieSummary } from './present.ts'
import { listLength, type Route, route } from './route.ts'

const MovieParams = z.strictObject({ movieId: MovieId })

async function details(
  { model }: ServedModel,
  movieId: number,
  locale: Locale | undefined,
  log: RequestLog,
): Promise<MovieDetails> {
  const { catalog } = model
  const itemIndex = itemIndexOf(catalog, movieId)
  const { table, row } = await model.details.row(itemIndex).catch((error: unknown) => {
    log({ event: 'texts not read', reason: String(error) })
    throw new ProblemError('unavailable', 'the texts of the movie could not be read')
  })
  const imdbId = catalog.imdbIds[itemIndex]!
  return {
    ...movieSummary(catalog, itemIndex, locale),
    overview: table.text('overview', row),
    tagline: table.text('tagline', row),
    keywords: table.texts('keywords', row),
    cast: table.texts('cast', row),
    directors: table.texts('directors', row),
    runtime: catalog.runtimes[itemIndex] || null,
    poster: table.text('poster', row),
    source: table.text('source', row),
    imdbId: imdbId ? `tt${String(imdbId).padStart(7, '0')}` : null,
    tmdbId: catalog.tmdbIds[itemIndex] || null,
  }
}

export const movieRoutes: Route[] = [
  route({
    method: 'get',
    path: '/movies',
    isSameForAll: true,
    tag: 'movies',
    summary: 'Movies whose title matches, best match first; without a query the most popular ones',
    query: MovieSearch,
    answer: MovieList,
    handle({ served, query: { q, k, cursor, locale, ...constraints } }) {
      const { model } = served
      const series = (search: string) => seriesPart(search, () => lexiconOf(model).titles)
      const blocked = blockedItems(model, new Int32Array(0), constraints)
      const length = listLength(k, served.manifest)
      const { start, fields } = positionOf(cursor, served)
      // one more than is shown says whether there is more
      const found = searchMovies(q ?? '', blocked, start + length + 1, { ...model, series }, locale).slice(start)
      const items = Array.from(found.slice(0, length), (item) => movieSummary(model.catalog, item, locale))
      return { modelId: served.modelId, ...fields(items.length, found.length > length), items }
    },
  }),
  route({
    method: 'get',
    path: '/movies/{movieId}',
    isSameForAll: true,
    tag: 'movies',
    summary: 'One movie with its texts',
    params: MovieParams,
    query: DetailsOptions,
    answer: MovieDetails,
    errors: [404],
    handle: ({ served, log, params, query }) => details(served, params.movieId, query.locale, log),
  }),
  route({
    method: 'get',
    path: '/movies/{movieId}/similar',
    isSameForAll: true,
    tag: 'movies',
    summary: 'Movies liked by the same people and about the same things',
    params: MovieParams,
    query: SimilarOptions,
    answer: SimilarMovies,
    errors: [404],
    handle({ served, params: { movieId }, query: { k, cursor, locale, ...constraints } }) {
      const { catalog } = served.model
      const length = listLength(k, served.manifest)
      const { shown, fields } = pageOf(cursor, served)
      const best = similarMovies(itemIndexOf(catalog, movieId), constraints, shown.length + length + 1, served.model)
      const { list, hasMore } = behind(best, shown, length)
      return {
        modelId: served.modelId,
        movieId,
        ...fields(
          list.map(({ itemIndex }) => itemIndex),
          hasMore,
        ),
        items: list.map(({ itemIndex, similarity, shares }) => ({
          ...movieSummary(catalog, itemIndex, locale),
          similarity,
          shares,
        })),
      }
    },
  }),
]
