import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { DataConfig } from '#core/schemas/config.ts'
import { hashInputs } from '../../../build/ingest/index.ts'
import { handlesWithLog, ingestFolder, ML_TINY, refusal, temporaryFolder, tinyWith } from './workspace.ts'

const HEADER = '{"format":"marquee-feedback","version":1}'
const NEW = 1_700_000_000
let version = 0
const event = (userId: number, kind: string, rest: object = {}) =>
  JSON.stringify({ version: ++version, userId, at: NEW, kind, ...rest })

function fileWith(...lines: string[]): string {
  const file = join(temporaryFolder(), 'feedback.jsonl')
  writeFileSync(file, [HEADER, ...lines, ''].join('\n'))
  return file
}

type Row = { userId: number; movieId: number; rating: number; timestamp: number }

/** ml-tiny with feedback laid over: what came of it, and the ratings of some users as `movie:stars`. */
async function laidOver(lines: string[], users: number[], logged = handlesWithLog()) {
  const feedback = fileWith(...lines)
  const { database, ...dataset } = await ingestFolder(ML_TINY, { feedback }, logged)
  const rows = await database.rows<Row>(
    `SELECT "userId", "movieId", rating, "timestamp" FROM ratings WHERE "userId" IN (${users}) ORDER BY "userId", "movieId"`,
  )
  const of = (userId: number) =>
    rows.filter((row) => row.userId === userId).map((row) => `${row.movieId}:${row.rating}`)
  return { ...dataset, database, ratingsOf: of, feedbackFile: feedback, rows, ...logged }
}

describe('feedback laid over the ratings', () => {
  test('adds, replaces and takes back, the last word of each movie counts', async () => {
    const { ratingsOf, feedback, rows } = await laidOver(
      [
        event(6, 'rated', { movieId: 2, halfStars: 9 }),
        event(6, 'rated', { movieId: 1, halfStars: 3 }),
        event(6, 'rated', { movieId: 1, halfStars: 7 }),
        event(6, 'unrated', { movieId: 10 }),
        event(6, 'unrated', { movieId: 11 }),
      ],
      [6],
    )
    expect(ratingsOf(6)).toEqual(['1:3.5', '2:4.5'])
    expect(rows.every(({ timestamp }) => timestamp === NEW)).toBe(true)
    expect(feedback).toEqual({
      events: 5,
      lastVersion: expect.any(Number),
      leftOut: {},
      users: 1,
      added: 1,
      replaced: 1,
      removed: 1,
      erasedUsers: 0,
      erasedRatings: 0,
    })
  })

  test('counts likes and dislikes as the Worker does, until a rating comes after them; seen and snoozed say nothing', async () => {
    const { ratingsOf } = await laidOver(
      [
        event(6, 'liked', { movieId: 2 }),
        event(6, 'rated', { movieId: 1, halfStars: 8 }),
        event(6, 'disliked', { movieId: 1 }),
        event(6, 'liked', { movieId: 3 }),
        event(6, 'rated', { movieId: 3, halfStars: 5 }),
        event(6, 'seen', { movieId: 4 }),
        event(6, 'snoozed', { movieId: 5, until: NEW + 60 }),
      ],
      [6],
    )
    expect(ratingsOf(6)).toEqual(['1:1', '2:5', '3:2.5', '10:3'])
  })

  test('forgets a user whole, with tags, and keeps what was said after', async () => {
    const { ratingsOf, feedback, database } = await laidOver(
      [
        event(2, 'rated', { movieId: 9, halfStars: 10 }),
        event(2, 'erased'),
        event(2, 'rated', { movieId: 3, halfStars: 8 }),
        event(5, 'erased'),
      ],
      [2, 5],
    )
    expect(ratingsOf(2)).toEqual(['3:4'])
    expect(ratingsOf(5)).toEqual([])
    expect(feedback).toMatchObject({ erasedUsers: 2, erasedRatings: 10, added: 1 })
    expect(await database.count('SELECT count(*) FROM tags WHERE "userId" IN (2, 5)')).toBe(0)
  })

  test('takes in people whom the sources do not know', async () => {
    const { ratingsOf } = await laidOver([event(900, 'liked', { movieId: 2 })], [900])
    expect(ratingsOf(900)).toEqual(['2:5'])
  })

  test('leaves a rating of the sources that is later', async () => {
    const early = { at: 999 }
    const { ratingsOf, feedback } = await laidOver(
      [event(6, 'rated', { movieId: 1, halfStars: 1, ...early }), event(6, 'unrated', { movieId: 10, ...early })],
      [6],
    )
    expect(ratingsOf(6)).toEqual(['1:4', '10:3'])
    expect(feedback).toMatchObject({ added: 0, replaced: 0, removed: 0 })
  })

  test('leaves out what it cannot use, counted and named, and goes on', async () => {
    const { ratingsOf, feedback, sources, warnings, feedbackFile } = await laidOver(
      [
        event(6, 'rated', { movieId: 2, halfStars: 9 }),
        '{"version":1,"userId":6,"movieId":3,"ki',
        event(6, 'rated', { movieId: 3, halfStars: 99 }),
        event(6, 'rated', { movieId: 777, halfStars: 9 }),
        event(6, 'liked', { movieId: 3 }),
        event(6, 'liked', { movieId: 4 }),
      ],
      [6],
    )
    expect(ratingsOf(6)).toEqual(['1:4', '2:4.5', '3:5', '4:5', '10:3'])
    expect(Object.values(feedback!.leftOut)).toEqual([1, 1, 1])
    expect(sources.at(-1)).toMatchObject({ file: feedbackFile, rowsRead: 6, rowsKept: 3, dropped: feedback!.leftOut })
    expect(warnings.join('\n')).toContain(
      `${feedbackFile}:3: found {"version":1,"userId":6,"movieId":3,"ki, expected a line`,
    )
    expect(warnings.join('\n')).toMatch(/1 of 6 rows left out: movieId is not among the movies/)
    expect(warnings.join('\n')).toMatch(/feedback\.jsonl:4: found .*, expected an event \(halfStars: /)
  })

  test('may be gzipped, and may be empty', async () => {
    const file = join(temporaryFolder(), 'feedback.jsonl.gz')
    writeFileSync(file, gzipSync(`${HEADER}\n`))
    const { feedback } = await ingestFolder(ML_TINY, { feedback: file })
    expect(feedback).toMatchObject({ events: 0, added: 0 })
  })

  test('is an input that a build is known by', async () => {
    const hashesWith = async (feedback: string | null) =>
      hashInputs(DataConfig.parse({ sources: [{ path: ML_TINY }], feedback }))
    const [none, one, other] = [
      await hashesWith(null),
      await hashesWith(fileWith(event(6, 'liked', { movieId: 1 }))),
      await hashesWith(fileWith(event(6, 'liked', { movieId: 2 }))),
    ]
    expect([one.length, other.length]).toEqual([none.length + 1, none.length + 1])
    expect(one.at(-1)!.sha256).not.toBe(other.at(-1)!.sha256)
  })

  test('gives the same ratings as before where there is none', async () => {
    const { feedback, database } = await ingestFolder(ML_TINY)
    expect(feedback).toBeNull()
    expect(await database.count('SELECT count(*) FROM ratings')).toBe(29)
  })
})

describe('a file of feedback is refused', () => {
  test('when it is something else', async () => {
    const file = join(temporaryFolder(), 'other.jsonl')
    writeFileSync(file, '{"userId":1}\n')
    expect(await refusal(ML_TINY, { feedback: file })).toMatch(
      /other\.jsonl:1: found \{"userId":1\}, expected \{"format":"marquee-feedback","version":1\}/,
    )
  })

  test('when most of its rows are of another catalogue', async () => {
    const lines = [1, 2, 3].map((movie) => event(6, 'liked', { movieId: 500 + movie }))
    expect(await refusal(ML_TINY, { feedback: fileWith(...lines, event(6, 'liked', { movieId: 1 })) })).toMatch(
      /3 of 4 rows cannot be used \(3 movieId is not among the movies\), expected at most half/,
    )
  })

  test('when it is not there, or was cut off', async () => {
    expect(await refusal(ML_TINY, { feedback: '/nowhere/feedback.jsonl' })).toContain('no such file')
    const file = join(temporaryFolder(), 'feedback.jsonl.gz')
    const whole = gzipSync([HEADER, ...Array.from({ length: 500 }, () => event(6, 'liked', { movieId: 1 }))].join('\n'))
    writeFileSync(file, whole.subarray(0, whole.length / 2))
    expect(await refusal(ML_TINY, { feedback: file })).toMatch(/found a damaged gzip stream/)
  })

  test('when the ids of the data are numbered anew each time', async () => {
    const folder = tinyWith({})
    const plays = join(folder, 'plays.csv')
    writeFileSync(plays, 'userId,itemId,rating,timestamp\nann,1,4,1000\nbob,1,5,1000\n')
    const sources = [{ path: plays, format: 'interactions' as const }]
    expect(await refusal(folder, { sources, feedback: fileWith(event(1, 'liked', { movieId: 1 })) })).toMatch(
      /the ids of the data's users are text, which is numbered anew in each build/,
    )
  })
})
