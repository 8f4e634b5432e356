import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Recommendations, WhatIf, WhatIfRequest } from '#core/schemas/api.ts'
import { startTinyWorker, type TinyWorker } from '../helpers/tiny-worker.ts'

let worker: TinyWorker
beforeAll(async () => {
  worker = await startTinyWorker()
  await worker.publish('0000000000000001')
}, 30_000)
afterAll(() => worker.stop())

async function ask(body: unknown): Promise<WhatIf> {
  const { status, json } = await worker.call('/what-if', { body })
  expect({ status, json }).toMatchObject({ status: 200 })
  return WhatIf.strict().parse(json)
}
const history = [
  { movieId: 10, rating: 5, timestamp: 1 },
  { movieId: 50, rating: 2, timestamp: 2 },
]

test('the new list is the one that the changed history gets', async () => {
  const { items, after } = await ask({
    history,
    add: [{ movieId: 60 }, { movieId: 20, rating: 4 }],
    remove: [10],
    change: [{ movieId: 50, rating: 4.5 }],
  })
  const { json } = await worker.call('/recommend/history', {
    body: {
      history: [
        { movieId: 50, rating: 4.5, timestamp: 2 },
        { movieId: 60, timestamp: 2 },
        { movieId: 20, rating: 4, timestamp: 2 },
      ],
    },
  })
  const plain = Recommendations.parse(json)
  expect(items).toEqual(plain.items)
  expect(after).toMatchObject({ rung: plain.rung, weights: plain.weights, ...{ ratings: 3, likes: 3 } })
})

test('says what moved, from where to where, by how much and why', async () => {
  const { moved, before } = await ask({ userId: 1, add: [{ movieId: 60 }], k: 4 })
  expect(before).toMatchObject({ ratings: 3, likes: 2 })
  const entered = moved.find(({ movieId }) => movieId === 70)!
  expect(entered).toMatchObject({
    kind: 'entered',
    text: 'Comes in because of Letters in July.',
    because: [{ movieId: 60, title: 'Letters in July' }],
  })
  expect(entered.scoreChange).toBeCloseTo(entered.after!.score - entered.before!.score, 12)
  const changes = Object.values(entered.shareChanges!).reduce((sum: number, change) => sum + (change ?? 0), 0)
  expect(changes).toBeCloseTo(entered.scoreChange!, 12)
  expect(moved.find(({ movieId }) => movieId === 60)).toMatchObject({
    kind: 'left',
    after: null,
    text: 'Is in the history now.',
  })
})

test('what was removed may come back, first of all', async () => {
  const { moved } = await ask({ history: [...history, { movieId: 20 }], remove: [20] })
  expect(moved.find(({ movieId }) => movieId === 20)).toMatchObject({
    kind: 'entered',
    before: null,
    text: 'Is not in the history any more.',
  })
})

test('stores nothing', async () => {
  await ask({ userId: 1, add: [{ movieId: 60 }] })
  expect((await worker.call('/users/1')).json.numRatings).toBe(3)
})

test('movies that nobody knows, or that the history lacks, are passed over and named', async () => {
  const answer = await ask({ history, add: [{ movieId: 5555 }], remove: [30], change: [{ movieId: 40, rating: 1 }] })
  expect(answer.unknownMovieIds).toEqual([5555])
  expect(answer.ignoredMovieIds).toEqual([30, 40])
  expect(answer.moved).toEqual([])
})

describe('bad input', () => {
  test.each([
    ['no change', { history }, ''],
    ['nobody', { add: [{ movieId: 10 }] }, ''],
    ['two ways to say who', { history, userId: 1, add: [{ movieId: 10 }] }, ''],
    ['a page of it', { history, add: [{ movieId: 10 }], cursor: 'AAAA' }, 'cursor'],
    ['stars that do not exist', { history, change: [{ movieId: 10, rating: 6 }] }, 'change.0.rating'],
  ])('%s', async (_, body, path) => {
    const { status, json } = await worker.call('/what-if', { body })
    expect({ status, path: json.error.path }).toEqual({ status: 400, path })
  })
})

test('the example of the description works', async () => {
  for (const example of WhatIfRequest.meta()!.examples as unknown[])
    expect((await ask(example)).moved.length).toBeGreaterThan(0)
})
