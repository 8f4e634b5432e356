import { afterAll, describe, expect, test } from 'vitest'
import { DataConfig } from '#core/schemas/config.ts'
import { explore } from '../../../build/eda/index.ts'
import { measure } from '../../../build/eda/measure.ts'
import { ingest } from '../../../build/ingest/index.ts'
import { handlesWithLog, ingestFolder, ML_TINY, tinyWith } from '../ingest/workspace.ts'

const { handles } = handlesWithLog()
const tiny = await ingest(DataConfig.parse({ sources: [{ path: ML_TINY }] }), handles)
afterAll(() => tiny.database.close())

describe('what is measured in ml-tiny, counted by hand', async () => {
  const facts = await measure(tiny, handles)

  test('totals', () => {
    expect(facts.totals).toMatchObject({ users: 6, movies: 12, ratedMovies: 11, ratings: 29 })
  })

  test('ratings by value', () => {
    expect(facts.histogram.map(({ value, n }) => [value, n])).toEqual([
      [0.5, 1],
      [1, 1],
      [2, 2],
      [2.5, 1],
      [3, 4],
      [3.5, 4],
      [4, 8],
      [4.5, 4],
      [5, 4],
    ])
  })

  test('tails start with the most: user 1 has 7 ratings, movie 1 has 6', () => {
    expect(facts.activity).toMatchObject({ most: 7, median: 5, topTenth: 7 / 29 })
    expect(facts.activity.points[0]).toEqual({ rank: 1, n: 7 })
    expect(facts.activity.points.at(-1)).toEqual({ rank: 6, n: 2 })
    expect(facts.popularity).toMatchObject({ most: 6, topTenth: 6 / 29 })
  })

  test('both Action movies are Sci-Fi, and two of three Sci-Fi movies are Action', () => {
    const names = facts.genres.map(({ genre }) => genre)
    const [action, sciFi] = [names.indexOf('Action'), names.indexOf('Sci-Fi')]
    expect(facts.genres[sciFi]!.movies).toBe(3)
    expect([facts.together[action]![sciFi], facts.together[sciFi]![action]]).toEqual([1, 2 / 3])
  })

  test('all was rated on Sunday 9 September 2001, 22 ratings from 2:00 UTC and 7 from 3:00', () => {
    expect(facts.times).toMatchObject({
      first: '2001-09-09',
      last: '2001-09-09',
      months: [{ month: '2001-09', n: 29 }],
    })
    expect(facts.times!.week[6]!.slice(1, 5)).toEqual([0, 22, 7, 0])
    expect(facts.times!.week.flat().reduce((sum, n) => sum + n, 0)).toBe(29)
  })

  test('six rated movies are of the 1990s, three of the 2000s', () => {
    expect(facts.decades.map(({ decade, movies }) => [decade, movies])).toEqual([
      [1990, 6],
      [2000, 3],
    ])
  })

  test('one user and eleven movies have fewer than 5 ratings', () => {
    expect(facts.cold.users[0]).toEqual({ below: 5, n: 1, ratingShare: 2 / 29 })
    expect(facts.cold.movies[0]).toEqual({ below: 5, n: 11, ratingShare: 23 / 29 })
  })

  test('two movies, with a rating each, have no year', () => {
    expect(facts.missing.find(({ field }) => field === 'release year')).toEqual({
      field: 'release year',
      movies: 2,
      ratingShare: 2 / 29,
    })
  })

  test('the sample of so few is the whole matrix', () => {
    expect(facts.sample).toMatchObject({ users: 6, movies: 11 })
    expect(facts.sample.dots).toHaveLength(29)
  })
})

describe('oddities', () => {
  /** User 1 rates `n` movies 4 stars, ten seconds apart; user 2 one of them. */
  function hasty(n: number) {
    const movies = Array.from({ length: n }, (_, index) => `${index + 1},Movie ${index + 1} (2005),Drama`)
    const ratings = movies.map((_, index) => `1,${index + 1},4.0,${999_997_200 + index * 10}`)
    return ingestFolder(
      tinyWith({
        'movies.csv': `movieId,title,genres\n${movies.join('\n')}\n`,
        'ratings.csv': `userId,movieId,rating,timestamp\n${ratings.join('\n')}\n2,1,3.0,1200000000\n`,
        'links.csv': 'movieId,imdbId,tmdbId\n',
        'tags.csv': 'userId,movieId,tag,timestamp\n',
      }),
    )
  }
  const counts = async (n: number) =>
    Object.fromEntries((await measure(await hasty(n), handles)).oddities.map(({ what, n }) => [what.split(' (')[0], n]))

  test('201 ratings in an hour are too many, 200 are not', async () => {
    expect(await counts(201)).toMatchObject({ 'More than 200 ratings in an hour': 1 })
    expect(await counts(200)).toMatchObject({ 'More than 200 ratings in an hour': 0 })
  })

  test('a user of one value, a history of a day and movies rated before their release are counted', async () => {
    expect(await counts(20)).toMatchObject({
      'One value for everything': 1,
      'Whole history within 24 hours': 1,
      'Rated before the year of release': 20,
      'Same second as another rating of the user': 0,
    })
  })
})

describe('the report', async () => {
  const report = await explore(tiny, 'tiny <data> & more', handles)

  test('is the same every time, and leaves no table behind', async () => {
    expect(await explore(tiny, 'tiny <data> & more', handles)).toBe(report)
    const left = await tiny.database.count(
      `SELECT count(*) FROM information_schema.tables WHERE table_name LIKE 'eda%'`,
    )
    expect(left).toBe(0)
  })

  test('fetches nothing and runs nothing', () => {
    expect(report).not.toMatch(/<script|<link|<img|@import|url\(|https?:|\son\w+=/)
  })

  test('names the data, as text', () => {
    expect(report).toContain('<h1>What is in tiny &lt;data&gt; &amp; more</h1>')
  })

  test('every plot has a title, a description and the numbers as a table', () => {
    const figures = report.split('<figure').slice(1)
    expect(figures).toHaveLength(14)
    for (const figure of figures) {
      expect(figure).toMatch(/<figcaption>\S/)
      expect(figure).toContain('<table>')
      // one for desks, one for phones
      if (figure.includes('<svg'))
        expect(figure.match(/<svg [^>]*role="img"><title>[^<]+<\/title><desc>[^<]+/g)).toHaveLength(2)
    }
  })

  test('no number in it is NaN, undefined or infinite', () => {
    expect(report.match(/.{30}(NaN|undefined|Infinity|null).{30}/g)).toBeNull()
  })
})

test('data without times, genres and years still gives a report', async () => {
  const folder = tinyWith({
    'movies.csv': 'movieId,title,genres\n1,One,(no genres listed)\n2,Two,(no genres listed)\n',
    'ratings.csv': 'userId,movieId,rating,timestamp\n1,1,3.0,0\n2,2,3.0,0\n',
    'links.csv': 'movieId,imdbId,tmdbId\n',
    'tags.csv': 'userId,movieId,tag,timestamp\n',
  })
  const report = await explore(await ingestFolder(folder), 'bare', handles)
  expect(report).not.toContain('Ratings per month')
  expect(report.match(/.{30}(NaN|undefined|Infinity|null).{30}/g)).toBeNull()
})
