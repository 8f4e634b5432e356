import type { MovieSummary } from '../client/index.ts'
import type { Client } from './client.ts'
import { inLanguage } from './strings.ts'

/** movies on the wall */
const WALL_SIZE = 24
/** genres that get a request of their own */
const GENRES_ASKED = 6
/** movies asked a genre or era: enough to have some left when the best known are on the wall already */
const PER_KIND = 8
/** the best-known movies of a small data set lean to one era: ask for an older and a newer one too */
const ERAS = [{ yearTo: 1979 }, { yearFrom: 2005 }]

export interface Wall {
  movies: MovieSummary[]
  /** genres seen on the way, most frequent first: what the filters offer */
  genres: string[]
}

/**
 * Well-known movies of many kinds: the most popular, mixed with the most popular of the genres that are rare
 * among those and of other eras. A genre or era that fails is left out; the first request must succeed.
 * @throws {MarqueeError} of the first request
 */
export async function loadWall(client: Client, signal: AbortSignal): Promise<Wall> {
  const popular = (await client.movies(inLanguage(), { signal })).items
  const rareGenres = genresByFrequency(popular).reverse().slice(0, GENRES_ASKED)
  const kinds = [...rareGenres.map((genre) => ({ genres: [genre] })), ...ERAS]
  const answers = await Promise.allSettled(
    kinds.map((kind) => client.movies({ ...kind, k: PER_KIND, ...inLanguage() }, { signal })),
  )
  signal.throwIfAborted()
  const lists = answers.map((answer) => (answer.status === 'fulfilled' ? answer.value.items : []))
  return {
    movies: interleave([popular, ...lists], WALL_SIZE),
    genres: genresByFrequency([...popular, ...lists.flat()]),
  }
}

/** One from each list in turn, each movie once, until `size` or all lists are used up. */
export function interleave(lists: MovieSummary[][], size: number): MovieSummary[] {
  const picked = new Map<number, MovieSummary>()
  const queues = lists.map((list) => [...list])
  while (picked.size < size && queues.some((queue) => queue.length > 0)) {
    for (const queue of queues) {
      while (queue.length > 0 && picked.has(queue[0].movieId)) queue.shift()
      const movie = queue.shift()
      if (movie !== undefined && picked.size < size) picked.set(movie.movieId, movie)
    }
  }
  return [...picked.values()]
}

/** Genre names, most frequent first, ties by name; the placeholder "(no genres listed)" left out. */
export function genresByFrequency(movies: Pick<MovieSummary, 'genres'>[]): string[] {
  const counts = new Map<string, number>()
  for (const { genres } of movies)
    for (const genre of genres) if (!genre.startsWith('(')) counts.set(genre, (counts.get(genre) ?? 0) + 1)
  return [...counts].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1)).map(([genre]) => genre)
}
