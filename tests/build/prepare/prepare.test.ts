import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test, vi } from 'vitest'
import { DataConfig, SplitConfig } from '#core/schemas/config.ts'
import { type Dataset, PART, type Prepared } from '../../../build/nouns.ts'
import { prepare } from '../../../build/prepare/index.ts'
import { handlesWithLog, ingestFolder, ML_TINY, SAMPLE, temporaryFolder } from '../ingest/workspace.ts'

const tiny = () => ingestFolder(ML_TINY, { metadata: join(ML_TINY, 'movie-text.jsonl') })

async function prepareIn(
  outputDir: string,
  dataset: Dataset,
  data: Partial<DataConfig> = {},
  split: Partial<SplitConfig> = {},
  log = handlesWithLog(),
): Promise<Prepared> {
  return prepare(
    dataset,
    {
      data: DataConfig.parse({ minRatingsPerUser: 1, minRatingsPerMovie: 1, ...data }),
      split: SplitConfig.parse(split),
      seed: 1,
      outputDir,
    },
    log.handles,
  )
}

const prepareTiny = async (data = {}, split = {}) =>
  prepareIn(join(temporaryFolder(), 'tables'), await tiny(), data, split)

test('the catalogue has every movie, also those that nobody rated', async () => {
  const { catalog } = await prepareTiny()
  expect([...catalog.movieIds]).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12])
  expect(catalog.titles[1]).toBe('The Matrix')
  expect([...catalog.years.slice(5, 8)]).toEqual([1998, 0, 0])
  expect([...catalog.tmdbIds.slice(4, 6)]).toEqual([2048, 0])
  expect(catalog.runtimes[1]).toBe(136)
  expect(catalog.texts[11]).toEqual({
    overview: '',
    tagline: '',
    keywords: [],
    cast: [],
    directors: [],
    poster: '',
    source: '',
  })
})

test('a tag becomes a keyword when enough different users gave it, whatever its spelling', async () => {
  const { catalog } = await prepareTiny({ minTags: 3 })
  expect(catalog.texts[1].keywords).toEqual(['science fiction', 'cyberpunk']) // also a tag of three users: once
  expect(catalog.texts[9].keywords).toEqual(['romance', 'paris'])
  expect(catalog.texts[0].keywords).toEqual(['animated', 'comedy']) // "pixar" by two users, four times
})

test('interactions are rows by user, in the order of time', async () => {
  const { catalog, interactions } = await prepareTiny()
  expect([...interactions.userIds]).toEqual([1, 2, 3, 4, 5, 6])
  expect([...interactions.indptr]).toEqual([0, 7, 12, 17, 22, 27, 29])
  const moviesOf = (user: number) =>
    [...interactions.itemIndices.subarray(...interactions.indptr.subarray(user, user + 2))].map(
      (item) => catalog.movieIds[item],
    )
  expect(moviesOf(0)).toEqual([1, 2, 3, 4, 5, 10, 9])
  expect(moviesOf(2)).toEqual([2, 4, 5, 7, 1])
  expect([...interactions.ratings.subarray(12, 17)]).toEqual([5, 4.5, 4, 3, 3])
  expect(interactions.timestamps[12]).toBe(1_000_003_000)
})

test('ratings that fail the filters stay as history', async () => {
  // at least 3 a movie: 6, 7, 8, 9 and 11 go; then at least 3 a user: only user 6 has fewer
  const { interactions, summary } = await prepareTiny({ minRatingsPerUser: 3, minRatingsPerMovie: 3 })
  expect([...interactions.parts.subarray(27)]).toEqual([PART.historyOnly, PART.historyOnly])
  expect(summary).toMatchObject({ users: 6, movies: 12, ratings: 29, usedRatings: 21, usedUsers: 5, usedMovies: 6 })
  expect(summary.parts.train + summary.parts.validation + summary.parts.test).toBe(21)
})

test('the summary says how far texts reach, and from when to when ratings are', async () => {
  const log = handlesWithLog()
  const { summary } = await prepareIn(join(temporaryFolder(), 'tables'), await tiny(), {}, {}, log)
  expect(summary.coverage).toEqual({ overview: 3, cast: 3, directors: 3, keywords: 3 })
  expect([summary.firstRating, summary.lastRating]).toEqual(['2001-09-09', '2001-09-09'])
  // 6 + 4 + 4 of 29 ratings
  expect(log.infos).toContain('overview: 3 of 12 movies (25.0 %), with 48.3 % of the ratings')
})

test('the tables are written as Parquet, a part with each rating', async () => {
  const outputDir = join(temporaryFolder(), 'tables')
  const dataset = await tiny()
  const { tables, interactions } = await prepareIn(outputDir, dataset)
  expect(tables.map(({ name, rows }) => [name, rows])).toEqual([
    ['ratings', 29],
    ['movies', 12],
    ['movies_metadata', 3],
    ['movies_cast_crew', 9],
  ])
  const read = (name: string) => dataset.database.rows<Record<string, unknown>>(`FROM '${outputDir}/${name}.parquet'`)
  expect((await read('ratings')).map(({ part }) => part)).toEqual([...interactions.parts])
  expect((await read('ratings'))[0]).toEqual({
    userId: 1,
    movieId: 1,
    rating: 5,
    timestamp: 1_000_001_000,
    part: PART.train,
  })
  expect((await read('movies_cast_crew')).slice(3, 7)).toEqual([
    { movieId: 2, role: 'cast', position: 0, name: 'Keanu Reeves' },
    { movieId: 2, role: 'cast', position: 1, name: 'Carrie-Anne Moss' },
    { movieId: 2, role: 'director', position: 0, name: 'Lana Wachowski' },
    { movieId: 2, role: 'director', position: 1, name: 'Lilly Wachowski' },
  ])
  expect(readdirSync(join(outputDir, '..'))).toEqual(['tables'])
})

test('an interrupted prepare leaves the earlier tables', async () => {
  const outputDir = join(temporaryFolder(), 'tables')
  mkdirSync(outputDir)
  writeFileSync(join(outputDir, 'ratings.parquet'), 'earlier')
  const dataset = await tiny()
  vi.spyOn(dataset.database, 'writeParquet').mockRejectedValue(new Error('the disk is full'))
  await expect(prepareIn(outputDir, dataset)).rejects.toThrow('the disk is full')
  expect(readFileSync(join(outputDir, 'ratings.parquet'), 'utf8')).toBe('earlier')
  expect(readdirSync(join(outputDir, '..'))).toEqual(['tables'])
})

test.each([
  [{ minRatingsPerMovie: 500 }, 'no rating is left: minRatingsPerMovie is 500, the most-rated movie has 6'],
  [{ minRatingsPerUser: 50 }, 'no rating is left: minRatingsPerUser is 50, the busiest user has 7'],
  [
    { minRatingsPerUser: 7, minRatingsPerMovie: 2 },
    'no rating is left, as each filter takes from what the other needs: ' +
      'minRatingsPerMovie is 2, the most-rated movie has 6; minRatingsPerUser is 7, the busiest user has 7',
  ],
])('filters that leave nothing are named with the largest count there is: %o', async (data, message) => {
  await expect(prepareTiny(data)).rejects.toThrow(expect.objectContaining({ name: 'DataError', message }))
})

test('the sample is prepared within seconds, and to the same bytes twice', async () => {
  const folder = temporaryFolder()
  const config = { metadata: join(SAMPLE, 'movie-text.jsonl.gz') }
  const defaults = { minRatingsPerUser: 5, minRatingsPerMovie: 5 }
  const results = []
  for (const name of ['first', 'second']) {
    const dataset = await ingestFolder(join(SAMPLE, 'ml-latest-small'), config)
    const start = performance.now()
    results.push(await prepareIn(join(folder, name), dataset, defaults))
    expect(performance.now() - start).toBeLessThan(5000) // 0.6 s on 2 idle cores
  }
  const [first, second] = results
  expect(first.summary).toMatchObject({ users: 610, movies: 9742, ratings: 100_836 })
  expect(first.summary.usedRatings).toBe(90_274)
  expect(second.interactions).toEqual(first.interactions)
  for (const { name } of first.tables)
    expect(
      readFileSync(join(folder, 'second', `${name}.parquet`)).equals(
        readFileSync(join(folder, 'first', `${name}.parquet`)),
      ),
    ).toBe(true)
})
