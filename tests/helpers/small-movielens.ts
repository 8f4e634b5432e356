import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const NUM_USERS = 40
const NUM_MOVIES = 60
const GENRES = ['Action', 'Comedy', 'Drama', 'Horror']

/**
 * A MovieLens folder small enough to build in a second: 40 users, each with 20 of 60 movies, who like the
 * genre of their number. No chance is involved.
 */
export function writeSmallMovieLens(folder: string): void {
  mkdirSync(folder, { recursive: true })
  const movies = Array.from({ length: NUM_MOVIES }, (_, n) => n + 1)
  const ratings: string[] = []
  for (let userId = 1; userId <= NUM_USERS; userId++)
    for (let n = 0; n < 20; n++) {
      const movieId = ((userId * 7 + n * 3) % NUM_MOVIES) + 1
      const rating = movieId % GENRES.length === userId % GENRES.length ? 5 : 2 + (n % 3)
      ratings.push(`${userId},${movieId},${rating},${1_000_000_000 + userId * 1000 + n * 60}`)
    }
  const write = (name: string, header: string, rows: string[]) =>
    writeFileSync(join(folder, name), `${[header, ...rows].join('\n')}\n`)
  write(
    'movies.csv',
    'movieId,title,genres',
    movies.map((id) => `${id},Movie ${id} (${1950 + id}),${GENRES[id % GENRES.length]}`),
  )
  write(
    'links.csv',
    'movieId,imdbId,tmdbId',
    movies.map((id) => `${id},${String(id).padStart(7, '0')},${id}`),
  )
  write('ratings.csv', 'userId,movieId,rating,timestamp', ratings)
}
