import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ApiError, Replay } from '#core/schemas/api.ts'
import { Manifest } from '#core/schemas/manifest.ts'
import { startTinyWorker, type TinyWorker } from '../helpers/tiny-worker.ts'

const FIRST = '0000000000000001'
const SECOND = '0000000000000002'
const LARGE = '0000000000000003'

let worker: TinyWorker
beforeAll(async () => {
  worker = await startTinyWorker()
  await worker.publish(FIRST)
}, 30_000)
afterAll(() => worker.stop())

/** The bytes of an answer. */
async function text(path: string, body?: unknown): Promise<string> {
  const response = await worker.fetch(`http://localhost${path}`, {
    ...(body !== undefined && {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    }),
  })
  const found = await response.text()
  expect({ status: response.status, found }).toMatchObject({ status: 200 })
  return found
}
async function refused(body: unknown) {
  const { status, json } = await worker.call('/replay', { body })
  return { status, ...ApiError.parse(json).error }
}

const HISTORY = [{ movieId: 10, rating: 5 }, { movieId: 60 }, { movieId: 5555 }]
const ASKED: [path: string, body?: unknown][] = [
  ['/recommend/user/1?k=3&replay=true&genres=Drama,Sci-Fi&weights[cf]=0.5&weights[popularity]=0.1'],
  ['/recommend/user/9?replay=true'],
  ['/recommend/history', { history: HISTORY, replay: true, diversity: 0.4, k: 4, exclude: [30] }],
  [
    '/recommend/group',
    {
      members: [
        { userId: 1, weight: 2 },
        { history: HISTORY, vetoGenres: ['Comedy'] },
      ],
      seenBy: 'all',
      replay: true,
      k: 3,
    },
  ],
  ['/what-if', { userId: 1, add: [{ movieId: 60 }], remove: [20], replay: true, k: 3 }],
]

test('an answer that was not asked to be replayed carries nothing', async () => {
  expect(JSON.parse(await text('/recommend/user/1'))).not.toHaveProperty('replay')
  expect(JSON.parse(await text('/recommend/user/1?replay=false'))).not.toHaveProperty('replay')
})

test.each(ASKED)('%s gives the same bytes again', async (path, body) => {
  const answer = await text(path, body)
  expect(await text('/replay', JSON.parse(answer).replay)).toBe(answer)
})

test('so does a page behind another', async () => {
  const { nextCursor } = JSON.parse(await text('/recommend/user/1?k=2'))
  const answer = await text(`/recommend/user/1?k=2&replay=true&cursor=${nextCursor}`)
  expect(await text('/replay', JSON.parse(answer).replay)).toBe(answer)
})

test('an answer with live feedback stays what it was after the feedback has changed', async () => {
  await worker.call('/users/700/ratings/10', { method: 'PUT', body: { rating: 5 } })
  await worker.call('/users/700/feedback/20', { method: 'PUT', body: { kind: 'seen' } })
  await worker.call('/users/700/feedback/60', { method: 'PUT', body: { kind: 'liked' } })
  const answer = await text('/recommend/user/700?replay=true')
  const { replay, items } = JSON.parse(answer)
  expect(items.map(({ movieId }: { movieId: number }) => movieId)).not.toContain(20)
  await worker.call('/users/700/ratings/70', { method: 'PUT', body: { rating: 5 } })
  expect(await text('/replay', replay)).toBe(answer)
})

test('a receipt names no user', async () => {
  expect(await text('/recommend/user/1?replay=true')).not.toContain('userId')
})

describe('after the model was swapped', () => {
  const answers: string[] = []
  beforeAll(async () => {
    for (const [path, body] of ASKED) answers.push(await text(path, body))
    await worker.publish(SECOND)
    await worker.call('/readyz')
  })

  test('the old one is opened beside the new one, and gives the same bytes', async () => {
    expect((await worker.call('/model')).json.modelId).toBe(SECOND)
    for (const answer of answers) expect(await text('/replay', JSON.parse(answer).replay)).toBe(answer)
    expect((await worker.call('/model')).json.modelId).toBe(SECOND)
  })

  test('many at once are all answered', async () => {
    const replays = answers.map((answer) => text('/replay', JSON.parse(answer).replay))
    expect(await Promise.all(replays)).toEqual(answers)
  })

  test('a model that is not stored is not found', async () => {
    const { replay } = JSON.parse(answers[0]!)
    expect(await refused({ ...replay, modelId: '00000000000000ff' })).toEqual({
      status: 404,
      code: 'not_found',
      message: 'model 00000000000000ff is not stored',
      path: 'modelId',
    })
  })

  test('one that an isolate has no room for beside the current one is a conflict, with the figures', async () => {
    const bucket = await worker.getR2()
    const manifest = Manifest.parse(await (await bucket.get(`models/${FIRST}/manifest.json`))!.json())
    manifest.files['factors.arrow']!.sizeBytes = 90_000_000
    await bucket.put(`models/${LARGE}/manifest.json`, JSON.stringify({ ...manifest, buildId: LARGE }))
    const { replay } = JSON.parse(answers[0]!)
    const { status, code, message } = await refused({ ...replay, modelId: LARGE })
    expect({ status, code }).toEqual({ status: 409, code: 'conflict' })
    expect(message).toBe(
      `model ${LARGE} takes 90.0 MB and what answers, ${SECOND}, 0.0 MB; together they may take 80.0 MB`,
    )
  })

  test('one that was altered is refused, and the current one goes on', async () => {
    const bucket = await worker.getR2()
    await bucket.put(`models/${FIRST}/factors.arrow`, new Uint8Array(4096))
    const { replay } = JSON.parse(answers[0]!)
    expect(await refused(replay)).toMatchObject({ status: 503, code: 'unavailable' })
    expect((await worker.call('/recommend/user/1')).status).toBe(200)
  })
})

describe('bad input', () => {
  const [example] = Replay.meta()!.examples as Replay[]
  test.each([
    ['two answers at once', { ...example, whatIf: { add: [{ movieId: 10 }] } }, ''],
    ['none', { ...example, recommend: undefined }, ''],
    ['too many viewers', { ...example, viewers: [...example!.viewers, ...example!.viewers] }, ''],
    ['no model’s id', { ...example, modelId: '../../etc' }, 'modelId'],
    ['a genre that no movie has', { ...example, modelId: SECOND, recommend: { genres: ['Opera'] } }, 'genres'],
  ])('%s', async (_, body, path) => {
    expect(await refused(body)).toMatchObject({ status: 400, path })
  })
})
