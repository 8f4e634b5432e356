import * as z from 'zod'
import { MovieDetails, MovieId, MovieList, MovieSearch, SimilarMovies, SimilarOptions } from '#core/schemas/api.ts'
import { blockedItems } from '#recommend/constraints.ts'
import { searchMovies } from '#recommend/search.ts'
import { similarMovies } from '#recommend/similar.ts'
import type { ServedModel } from '../open-model.ts'
import { itemIndexOf, movieSummary } from './present.ts'
import { listLength, type Route, route } from './route.ts'

const MovieParams = z.strictObject({ movieId: MovieId })

async function details({ model }: ServedModel, movieId: number): Promise<MovieDetails> {
  const { catalog } = model
  const itemIndex = itemIndexOf(catalog, movieId)
  const { table, row } = await model.details.row(itemIndex)
  const imdbId = catalog.imdbIds[itemIndex]!
  return {
    ...movieSummary(catalog, itemIndex),
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
    handle({ served, query: { q, k, ...constraints } }) {
      const blocked = blockedItems(served.model, new Int32Array(0), constraints)
      const found = searchMovies(q ?? '', blocked, listLength(k, served.manifest), served.model)
      return { modelId: served.modelId, items: Array.from(found, (item) => movieSummary(served.model.catalog, item)) }
    },
  }),
  route({
    method: 'get',
    path: '/movies/{movieId}',
    isSameForAll: true,
    tag: 'movies',
    summary: 'One movie with its texts',
    params: MovieParams,
    answer: MovieDetails,
    errors: [404],
    handle: ({ served, params }) => details(served, params.movieId),
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
    handle({ served, params: { movieId }, query }) {
      const { catalog } = served.model
      const similar = similarMovies(
        itemIndexOf(catalog, movieId),
        query,
        listLength(query.k, served.manifest),
        served.model,
      )
      return {
        modelId: served.modelId,
        movieId,
        items: similar.map(({ itemIndex, similarity, shares }) => ({
          ...movieSummary(catalog, itemIndex),
          similarity,
          shares,
        })),
      }
    },
  }),
]
