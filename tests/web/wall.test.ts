import { expect, test } from 'vitest'
import type { MovieSummary } from '../../functions/client/index.ts'
import { createPageClient } from '../../functions/web/client.ts'
import { genresByFrequency, interleave, loadWall } from '../../functions/web/wall.ts'

const { signal } = new AbortController()

const movie = (movieId: number, ...genres: string[]): MovieSummary => ({
  movieId,
  title: `Movie ${movieId}`,
  year: 1995,
  genres,
  meanRating: 4,
  numRatings: 10,
})

test('lists take turns, and each movie comes once', () => {
  const lists = [[movie(1), movie(2), movie(3)], [movie(1), movie(4)], [movie(5)]]
  expect(interleave(lists, 10).map(({ movieId }) => movieId)).toEqual([1, 4, 5, 2, 3])
  expect(interleave(lists, 2).map(({ movieId }) => movieId)).toEqual([1, 4])
})

test('genres are counted, and the marker for none is not a genre', () => {
  const movies = [movie(1, 'War', 'Drama'), movie(2, 'Drama'), movie(3, '(no genres listed)'), movie(4, 'Comedy')]
  expect(genresByFrequency(movies)).toEqual(['Drama', 'Comedy', 'War'])
})

test('a genre that cannot be had leaves the rest of the wall standing', async () => {
  const client = createPageClient(async (url) => {
    const params = new URL(url, 'http://localhost').searchParams
    if (params.get('genres') === 'Horror')
      return new Response('{"error":{"code":"internal","message":"x"}}', { status: 500 })
    const items =
      params.has('genres') || params.has('yearTo') ? [movie(7, 'Drama')] : [movie(1, 'Drama'), movie(2, 'Horror')]
    return new Response(JSON.stringify({ modelId: '0', items }))
  })
  const wall = await loadWall(client, signal)
  expect(wall.movies.map(({ movieId }) => movieId)).toEqual([1, 7, 2])
  expect(wall.genres).toContain('Horror')
})
