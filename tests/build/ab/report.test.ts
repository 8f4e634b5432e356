import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { beforeEach, describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { Experiment, ExperimentPlan } from '#core/schemas/experiment.ts'
import { report } from '../../../build/ab/index.ts'

const MIGRATIONS = join(import.meta.dirname, '../../../functions/migrations')
const LIKED_FROM = 4
const NOW = new Date('2026-02-01T00:00:00Z')

let database: DatabaseSync
beforeEach(() => {
  database = new DatabaseSync(':memory:')
  for (const name of readdirSync(MIGRATIONS).sort()) database.exec(readFileSync(join(MIGRATIONS, name), 'utf8'))
})

const EXPERIMENT = Experiment.parse({
  name: 'order',
  startedAt: '2026-01-01T00:00:00.000Z',
  salt: 's',
  arms: [
    { name: 'control', share: 0.5 },
    { name: 'other', share: 0.5, options: { ranker: false } },
  ],
})
const told = (experiment = EXPERIMENT) =>
  report(experiment, { all: async (sql, ...params) => database.prepare(sql).all(...params) as never }, LIKED_FROM, NOW)

/** A user whom an arm answered at a second. */
function exposed(userId: number, arm: string, at = 1000, experiment = 'order') {
  database
    .prepare('INSERT INTO experiment_exposures VALUES (?, ?, ?, ?, ?, ?)')
    .run(experiment, arm, `u${userId}`, userId, Math.floor(at / 86_400), at)
}
function anonymous(key: string, arm: string, at = 1000) {
  database
    .prepare('INSERT INTO experiment_exposures VALUES (?, ?, ?, NULL, ?, ?)')
    .run('order', arm, `k${key}`, Math.floor(at / 86_400), at)
}
function feedback(userId: number, kind: string, halfStars: number | null, at: number, movieId = 10) {
  database
    .prepare('INSERT INTO live_feedback (user_id, movie_id, kind, half_stars, updated_at) VALUES (?, ?, ?, ?, ?)')
    .run(userId, movieId, kind, halfStars, at)
}
function event(unit: string, kind: string, at: number, movieId = 10, experiment = 'order') {
  database
    .prepare('INSERT INTO experiment_events VALUES (?, ?, NULL, ?, ?, ?, ?)')
    .run(experiment, unit, kind, movieId, Math.floor(at / 86_400), at)
}
const outcome = async (name: string, experiment = EXPERIMENT) =>
  (await told(experiment)).outcomes.find((one) => one.name === name)!
const acted = async (name: string) => (await outcome(name)).arms.map((arm) => arm.acted)

test('the plan of docs/ab.md is one', () => {
  const page = readFileSync(join(import.meta.dirname, '../../../docs/ab.md'), 'utf8')
  const [, plan] = /^```yaml\n(.*?)^```/ms.exec(page)!
  expect(ExperimentPlan.parse(parse(plan!)).arms.map(({ name }) => name)).toEqual(['control', 'diverse'])
})

describe('what counts', () => {
  test('a like, and a rating from the stars of a like up', async () => {
    for (const userId of [1, 2, 3, 4]) exposed(userId, 'control')
    exposed(5, 'other')
    feedback(1, 'liked', null, 1001)
    feedback(2, 'rated', 8, 1001)
    feedback(3, 'rated', 7, 1001)
    const { arms } = await outcome('liked')
    expect(arms.map(({ viewers, acted }) => [viewers, acted])).toEqual([
      [4, 2],
      [1, 0],
    ])
    expect(await acted('rated')).toEqual([2, 0])
  })

  test('only what was done from the first answer on', async () => {
    exposed(1, 'control', 1000)
    exposed(1, 'control', 200_000)
    feedback(1, 'liked', null, 999)
    expect(await acted('liked')).toEqual([0, 0])
    feedback(1, 'liked', null, 1000, 20)
    expect(await acted('liked')).toEqual([1, 0])
  })

  test('and until the end of an experiment that has ended', async () => {
    exposed(1, 'control')
    feedback(1, 'liked', null, 2001)
    const ended = { ...EXPERIMENT, endedAt: new Date(2_000_000).toISOString() }
    expect((await outcome('liked', ended)).arms[0]!.acted).toBe(0)
    expect((await told(ended)).until).toBe(ended.endedAt)
  })

  test('a viewer once, however many days and likes', async () => {
    exposed(1, 'control', 1000)
    exposed(1, 'control', 100_000)
    for (const movieId of [10, 20, 30]) feedback(1, 'liked', null, 1001, movieId)
    const { arms } = await outcome('liked')
    expect(arms[0]).toMatchObject({ viewers: 1, acted: 1, perViewer: { mean: 3 } })
  })

  test('events of anonymous viewers, who can give no feedback', async () => {
    anonymous('a', 'control')
    anonymous('b', 'other')
    exposed(1, 'other')
    event('ka', 'play', 1001)
    event('u1', 'play', 1001)
    event('kb', 'play', 1001, 10, 'another')
    expect((await outcome('play')).arms.map(({ viewers, acted }) => [viewers, acted])).toEqual([
      [1, 1],
      [2, 1],
    ])
    expect((await outcome('liked')).arms.map(({ viewers }) => viewers)).toEqual([0, 1])
  })

  test('nothing of who was answered by two arms, or in another experiment', async () => {
    exposed(1, 'control', 1000)
    exposed(1, 'other', 100_000)
    exposed(2, 'control', 1000, 'another')
    exposed(3, 'other')
    for (const userId of [1, 2, 3]) feedback(userId, 'liked', null, 200_000)
    const { arms, moved } = await told()
    expect([arms.map(({ viewers }) => viewers), moved]).toEqual([[0, 1], 1])
    expect(await acted('liked')).toEqual([0, 1])
  })
})

describe('what is concluded', () => {
  /** So many users an arm, of whom so many like something. */
  function users(arm: string, from: number, count: number, likes: number) {
    for (let at = 0; at < count; at++) {
      exposed(from + at, arm)
      if (at < likes) feedback(from + at, 'liked', null, 1001)
    }
  }

  test('nothing where nobody came', async () => {
    expect((await told()).conclusions).toEqual(['Nobody has been answered by an arm yet.'])
  })

  test('nothing of few viewers, and that it is so', async () => {
    users('control', 1, 50, 10)
    users('other', 1001, 50, 40)
    const { conclusions } = await told()
    expect((await outcome('liked')).comparisons[0]!.verdict).toBe('tooFew')
    expect(conclusions).toHaveLength(1)
    expect(conclusions[0]).toMatch(/^Too little yet to say anything of liked of other, /)
  })

  test('more, where the interval lies above 0', async () => {
    users('control', 1, 400, 40)
    users('other', 1001, 400, 80)
    const { conclusions, balance } = await told()
    expect(balance).toEqual({ probability: 1, isBalanced: true })
    expect(conclusions[0]).toMatch(
      /^liked: more of other than of control, by 10\.00 points \(95 %: 5\.\d\d points to 14/,
    )
    expect(conclusions.at(-1)).toMatch(/^These are 7 comparisons at 95 % each/)
  })

  test('no difference shown, and how large a one would have been missed', async () => {
    users('control', 1, 400, 40)
    users('other', 1001, 400, 44)
    expect((await outcome('liked')).comparisons[0]!.verdict).toBe('unclear')
    expect((await told()).conclusions[0]).toMatch(
      /^No difference is shown in liked of other \(one under 6\.\d\d points would probably not show\): that is not the same/,
    )
  })

  test('that something is wrong where viewers did not come by the shares', async () => {
    users('control', 1, 500, 50)
    users('other', 1001, 300, 60)
    const { balance, conclusions } = await told()
    expect(balance.isBalanced).toBe(false)
    expect(conclusions[0]).toMatch(/^The viewers did not come as the shares say/)
  })
})
