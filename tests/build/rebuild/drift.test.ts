import { expect, onTestFinished, test } from 'vitest'
import { Database } from '../../../build/io/database.ts'
import { divergence } from '../../../build/rebuild/drift.ts'
import { measureDrift } from '../../../build/rebuild/index.ts'

/** Twenty movies, two a tenth; movie 1 is rated by users 1 to 10, the others by user 1 alone. Odd ones are Drama. */
async function databaseWith(live: [userId: number, movieId: number, rating: number][]): Promise<Database> {
  const database = await Database.open({ threads: 1 })
  onTestFinished(() => database.close())
  await database.run(`
    CREATE TABLE movies AS SELECT n::INTEGER AS "movieId", CASE WHEN n % 2 = 1 THEN ['Drama'] ELSE ['Comedy', 'Romance'] END AS genres
      FROM range(1, 21) t(n);
    CREATE TABLE ratings ("userId" INTEGER, "movieId" INTEGER, rating DOUBLE, "timestamp" BIGINT);
    INSERT INTO ratings SELECT n, 1, 4, 0 FROM range(1, 11) t(n);
    INSERT INTO ratings SELECT 1, n, 3, 0 FROM range(2, 21) t(n);
    CREATE TABLE feedback_ratings ("userId" INTEGER, "movieId" INTEGER, rating DOUBLE, "timestamp" DOUBLE)`)
  for (const [user, movie, rating] of live)
    await database.run(`
      DELETE FROM ratings WHERE "userId" = ${user} AND "movieId" = ${movie};
      INSERT INTO ratings VALUES (${user}, ${movie}, ${rating}, 9);
      INSERT INTO feedback_ratings VALUES (${user}, ${movie}, ${rating}, 9)`)
  return database
}

test('live ratings are held against the others, by popularity, genre and what is new', async () => {
  // of four: two by the user with 19 others, two by somebody new; one of the movie with ten ratings
  const drift = await measureDrift(
    await databaseWith([
      [1, 1, 5],
      [1, 4, 5],
      [77, 6, 5],
      [77, 8, 5],
    ]),
  )
  expect(drift!.ratings).toEqual({ live: 4, base: 27 })
  expect(drift!.meanStars.live).toBe(5)
  expect(drift!.popularity.live[0]).toBe(0.25)
  // nine of movie 1 and one of the next by number
  expect(drift!.popularity.base[0]).toBeCloseTo(10 / 27, 10)
  expect(drift!.popularity.live.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 10)
  expect(drift!.genres.shares).toContainEqual({ genre: 'Comedy', live: 0.375, base: expect.closeTo(9 / 54, 10) })
  // movies 4, 6 and 8 have fewer than five ratings; user 77 has none besides
  expect(drift!.cold).toEqual({ movies: 0.75, users: 0.5 })
})

test('without live ratings there is no drift to be told', async () => {
  expect(await measureDrift(await databaseWith([]))).toBeNull()
})

test('the divergence is 0 of equal distributions and 1 of those with nothing in common', () => {
  expect(divergence([0.5, 0.5, 0], [0.5, 0.5, 0])).toBe(0)
  expect(divergence([1, 0], [0, 1])).toBe(1)
  // p = (1, 0), q = (½, ½), m = (¾, ¼): ½·log2(4/3) + ½·(½·log2(2/3) + ½·log2(2)) = 0.31128
  expect(divergence([1, 0], [0.5, 0.5])).toBeCloseTo(0.31128, 5)
})
