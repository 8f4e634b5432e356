import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { armOf } from '#core/experiment-arm.ts'
import { EventsAnswer, Recommendations, UserData } from '#core/schemas/api.ts'
import { EXPERIMENT_KEY, Experiment } from '#core/schemas/experiment.ts'
import { Manifest } from '#core/schemas/manifest.ts'
import { type CallOptions, startTinyWorker, type TinyWorker } from '../helpers/tiny-worker.ts'

const CURRENT = '0000000000000001'
const OTHER = '0000000000000002'
const lines: string[] = []
const note = (line: string) => lines.push(line)
let worker: TinyWorker
beforeAll(async () => {
  worker = await startTinyWorker({
    vars: { CORS_ORIGINS: 'https://app.example' },
    log: { error: note, warn: note, info: note, debug: note },
  })
  await worker.publish(OTHER)
  await worker.publish(CURRENT)
}, 30_000)
afterAll(() => worker.stop())
beforeEach(async () => {
  lines.length = 0
  await sql('DELETE FROM experiment_exposures; DELETE FROM experiment_events; DELETE FROM live_feedback')
})

async function sql(statements: string) {
  const database = await worker.getD1()
  for (const statement of statements.split(';')) await database.exec(statement)
}
async function rows(table: string) {
  return (await (await worker.getD1()).prepare(`SELECT * FROM ${table}`).all<Record<string, unknown>>()).results
}

/** Put it beside the pointer, and wait until this isolate has seen it. */
async function run(
  experiment: unknown,
  isSeen: (name: unknown) => boolean = (name) => name !== undefined,
): Promise<void> {
  const bucket = await worker.getR2()
  if (experiment === null) await bucket.delete(EXPERIMENT_KEY)
  else await bucket.put(EXPERIMENT_KEY, typeof experiment === 'string' ? experiment : JSON.stringify(experiment))
  await vi.waitFor(async () => expect(isSeen((await list(1)).experiment?.name)).toBe(true))
}
const stop = () => run(null, (name) => name === undefined)

async function list(userId: number, query = '', options: CallOptions = {}): Promise<Recommendations> {
  const { status, json } = await worker.call(`/recommend/user/${userId}?k=20${query}`, options)
  expect({ status, json }).toMatchObject({ status: 200 })
  return Recommendations.parse(json)
}
const ids = ({ items }: Recommendations) => items.map(({ movieId }) => movieId)

let names = 0
/** Half as served, half by popularity alone; each with a name of its own, as days and arms are kept by it. */
function experiment(change: Partial<Experiment> = {}): Experiment {
  names++
  return Experiment.parse({
    name: `test-${names}`,
    startedAt: '2026-01-01T00:00:00.000Z',
    salt: 'salt',
    arms: [
      { name: 'control', share: 0.5 },
      { name: 'popular', share: 0.5, options: { weights: { popularity: 1 } } },
    ],
    ...change,
  })
}
/** The first user from 1 on that an arm has. */
function userOf(arm: string, from: Experiment): number {
  for (let userId = 1; ; userId++) if (armOf(from, `u${userId}`).name === arm) return userId
}

describe('without an experiment', () => {
  test('answers name none, and nothing is stored', async () => {
    const { status, json, headers } = await worker.call('/recommend/user/1')
    expect(status).toBe(200)
    expect(json).not.toHaveProperty('experiment')
    expect(headers.get('x-experiment')).toBeNull()
    expect(
      (await worker.call('/events', { body: { userId: 1, events: [{ kind: 'play', movieId: 10 }] } })).json,
    ).toEqual({
      experiment: null,
      stored: 0,
    })
    expect([await rows('experiment_exposures'), await rows('experiment_events')]).toEqual([[], []])
  })
})

describe('two configurations', () => {
  const running = experiment()
  beforeAll(() => run(running))
  afterAll(stop)
  const [inControl, inPopular] = [userOf('control', running), userOf('popular', running)]

  test('each viewer is answered by their arm, which the answer names', async () => {
    const control = await list(inControl)
    expect(control.experiment).toEqual({ name: running.name, arm: 'control' })
    const popular = await list(inPopular)
    expect(popular.experiment).toEqual({ name: running.name, arm: 'popular' })
    expect(popular.weights).toEqual({ cf: 0, next: 0, neighbours: 0, content: 0, popularity: 1 })
    expect(control.weights).not.toEqual(popular.weights)
    const { headers } = await worker.call(`/recommend/user/${inPopular}`, {
      headers: { origin: 'https://app.example' },
    })
    expect(headers.get('x-experiment')).toBe(`${running.name}/popular`)
    expect(headers.get('access-control-expose-headers')).toContain('X-Experiment')
    const profile = await worker.call('/users/1')
    expect(profile.json.recommendations.experiment.arm).toBe(armOf(running, 'u1').name)
  })

  test('a request that says itself what an arm would say is in no arm', async () => {
    for (const userId of [inControl, inPopular])
      expect(await list(userId, '&weights[cf]=1')).not.toHaveProperty('experiment')
    expect(await list(inPopular, '&diversity=0.2')).toHaveProperty('experiment')
  })

  test('an anonymous viewer keeps an arm by X-Viewer-Id, and is in none without', async () => {
    const ask = async (headers: Record<string, string>) =>
      (await worker.call('/recommend/history', { body: { history: [{ movieId: 10 }] }, headers })).json.experiment
    const arms = new Set<string>()
    for (let viewer = 0; viewer < 12; viewer++) {
      const headers = { 'x-viewer-id': `viewer-${viewer}` }
      const mark = await ask(headers)
      expect(await ask(headers)).toEqual(mark)
      arms.add(mark.arm)
    }
    expect([...arms].sort()).toEqual(['control', 'popular'])
    expect(await ask({})).toBeUndefined()
    expect(await ask({ 'x-viewer-id': 'not "sane"' })).toBeUndefined()
  })

  test('a receipt gives the same bytes again, the arm in it', async () => {
    const { json: answer } = await worker.call(`/recommend/user/${inPopular}?replay=true&k=3`)
    expect(answer.replay).toMatchObject({ experiment: { arm: 'popular' }, recommend: { weights: { popularity: 1 } } })
    expect((await worker.call('/replay', { body: answer.replay })).json).toEqual(answer)
  })

  test('pages go on in the arm that they began in', async () => {
    const whole = ids(await list(inPopular))
    const first = (await worker.call(`/recommend/user/${inPopular}?k=3`)).json
    const second = (await worker.call(`/recommend/user/${inPopular}?k=3&cursor=${first.nextCursor}`)).json
    expect([...ids(first), ...ids(second)]).toEqual(whole.slice(0, 6))
    expect(second.modelChanged).toBe(false)
  })

  test('an exposure is stored once a day, of a user by id and of others by a hash', async () => {
    const fresh = experiment()
    await run(fresh, (name) => name === fresh.name)
    const viewer = { body: { history: [] }, headers: { 'x-viewer-id': 'viewer-secret' } }
    for (let times = 0; times < 3; times++) {
      await list(7)
      await worker.call('/recommend/history', viewer)
    }
    const stored = async () => (await rows('experiment_exposures')).filter(({ user_id }) => user_id !== 1)
    await expect.poll(async () => (await stored()).length).toBe(2)
    const [anonymous, user] = (await stored()).sort((a, b) => (String(a.unit) < String(b.unit) ? -1 : 1))
    const day = Math.floor(Date.now() / 86_400_000)
    expect(user).toMatchObject({ experiment: fresh.name, arm: armOf(fresh, 'u7').name, unit: 'u7', user_id: 7, day })
    expect(anonymous).toMatchObject({ arm: armOf(fresh, 'kviewer-secret').name, user_id: null })
    expect(anonymous!.unit).toMatch(/^k[0-9a-f]{32}$/)
  })

  test('an exposure that cannot be stored costs no answer, and the next one stores it', async () => {
    const fresh = experiment()
    await run(fresh, (name) => name === fresh.name)
    await sql('ALTER TABLE experiment_exposures RENAME TO away')
    expect((await list(777)).experiment?.name).toBe(fresh.name)
    await expect.poll(() => lines.some((line) => JSON.parse(line).event === 'exposure not stored')).toBe(true)
    await sql('ALTER TABLE away RENAME TO experiment_exposures')
    await list(777)
    await expect.poll(async () => (await rows('experiment_exposures')).map(({ unit }) => unit)).toContain('u777')
  })
})

describe('POST /events', () => {
  const running = experiment()
  beforeAll(() => run(running))
  afterAll(stop)
  const send = (body: unknown, headers: Record<string, string> = {}) => worker.call('/events', { body, headers })

  test('keeps an event once a day, however often it is sent', async () => {
    const body = {
      userId: 5,
      events: [
        { kind: 'click', movieId: 10 },
        { kind: 'play', movieId: 10 },
      ],
    }
    const first = EventsAnswer.parse((await send(body)).json)
    expect(first).toEqual({ experiment: { name: running.name, arm: armOf(running, 'u5').name }, stored: 2 })
    expect((await send(body)).json.stored).toBe(0)
    expect((await send({ userId: 5, events: [{ kind: 'complete', movieId: 10 }] })).json.stored).toBe(1)
    expect(await rows('experiment_events')).toHaveLength(3)
  })

  test('of one viewer and day it keeps 500', async () => {
    for (let batch = 0; batch < 11; batch++) {
      const events = Array.from({ length: 50 }, (_, at) => ({ kind: 'click', movieId: batch * 50 + at + 1 }))
      expect((await send({ events }, { 'x-viewer-id': 'a-noisy-player' })).json.stored).toBe(batch < 10 ? 50 : 0)
    }
  })

  test('is refused without a viewer, with too many or with none', async () => {
    const event = { kind: 'play', movieId: 10 }
    expect((await send({ events: [event] })).json.error.message).toMatch(/neither userId nor X-Viewer-Id/)
    for (const body of [
      { userId: 1, events: [] },
      { userId: 1, events: Array.from({ length: 51 }, () => event) },
      { userId: 1, events: [{ ...event, kind: 'bought' }] },
    ])
      expect((await send(body)).status).toBe(400)
  })
})

describe('what is kept of a user', () => {
  const running = experiment()
  beforeAll(() => run(running))
  afterAll(stop)

  test('is in their data, and goes with it', async () => {
    await list(300)
    await worker.call('/events', { body: { userId: 300, events: [{ kind: 'play', movieId: 10 }] } })
    await expect.poll(async () => (await worker.call('/users/300/data')).json.experiments.exposures).toHaveLength(1)
    const { experiments } = UserData.parse((await worker.call('/users/300/data')).json)
    expect(experiments).toEqual({
      exposures: [{ name: running.name, arm: armOf(running, 'u300').name, exposedAt: expect.any(Number) }],
      events: [{ experiment: running.name, kind: 'play', movieId: 10, at: expect.any(Number) }],
    })
    expect((await worker.call('/users/300/data', { method: 'DELETE' })).json).toMatchObject({
      erased: true,
      removed: 0,
    })
    expect((await worker.call('/users/300/data')).json.experiments).toEqual({ exposures: [], events: [] })
  })
})

describe('two models', () => {
  const running = experiment({
    arms: [
      { name: 'control', share: 0.5, modelId: null, options: null },
      { name: 'other', share: 0.5, modelId: OTHER, options: null },
    ],
  })
  beforeAll(() => run(running))
  afterAll(stop)

  test('answer side by side, and each answer is replayed by its own, also when the experiment is over', async () => {
    const answers: { replay: unknown }[] = []
    for (const [arm, modelId] of [
      ['control', CURRENT],
      ['other', OTHER],
    ] as const) {
      const userId = userOf(arm, running)
      const { json: answer } = await worker.call(`/recommend/user/${userId}?replay=true`)
      expect(answer).toMatchObject({ modelId, experiment: { arm } })
      answers.push(answer)
    }
    const replayed = () =>
      Promise.all(answers.map(async ({ replay }) => (await worker.call('/replay', { body: replay })).json))
    expect(await replayed()).toEqual(answers)
    await stop()
    expect(await replayed()).toEqual(answers)
  })
})

describe('what cannot be run is not', () => {
  const refusal = () =>
    lines.map((line) => JSON.parse(line)).find(({ event }) => event === 'experiment refused')?.problem as string
  const refused = async (experiment: unknown) => {
    await run(experiment, (name) => name === undefined)
    await expect.poll(refusal).toBeDefined()
    await stop()
    return refusal()
  }

  test('a file that is no JSON', async () => {
    expect(await refused('{"name": ')).toMatch(/JSON/)
  })

  test('an experiment whose shares do not sum to 1', async () => {
    expect(
      await refused({
        ...experiment(),
        arms: [
          { name: 'a', share: 0.5 },
          { name: 'b', share: 0.1 },
        ],
      }),
    ).toMatch(/the shares must sum to 1/)
  })

  test('an arm by a model that is not stored: no arm is answered by another’s', async () => {
    const { arms } = experiment()
    const absent = experiment({ arms: [arms[0]!, { ...arms[1]!, modelId: 'ffffffffffffffff' }] })
    expect(await refused(absent)).toBe('models/ffffffffffffffff/manifest.json: not in the bucket')
  })

  test('models that find no room together', async () => {
    const bucket = await worker.getR2()
    const manifest = Manifest.parse(await (await bucket.get(`models/${OTHER}/manifest.json`))!.json())
    manifest.files['factors.arrow']!.sizeBytes = 90_000_000
    await bucket.put(
      'models/0000000000000003/manifest.json',
      JSON.stringify({ ...manifest, buildId: '0000000000000003' }),
    )
    const { arms } = experiment()
    const large = experiment({ arms: [arms[0]!, { ...arms[1]!, modelId: '0000000000000003' }] })
    expect(await refused(large)).toBe(
      `${EXPERIMENT_KEY}: with model 0000000000000003 the models take 90.0 MB; at most 80.0 MB`,
    )
  })
})
