import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { GroupRecommendations, GroupRequest, Recommendations } from '#core/schemas/api.ts'
import { startTinyWorker, type TinyWorker } from '../helpers/tiny-worker.ts'

let worker: TinyWorker
beforeAll(async () => {
  worker = await startTinyWorker()
  await worker.publish('0000000000000001')
}, 30_000)
afterAll(() => worker.stop())

async function ask(body: unknown): Promise<GroupRecommendations> {
  const { status, json } = await worker.call('/recommend/group', { body })
  expect({ status, json }).toMatchObject({ status: 200 })
  return GroupRecommendations.strict().parse(json)
}
const refused = async (body: unknown) => {
  const { status, json } = await worker.call('/recommend/group', { body })
  return { status, ...json.error }
}
const ids = (items: { movieId: number }[]) => items.map(({ movieId }) => movieId)
const SPACE = { history: [{ movieId: 10, rating: 5 }] }
const WEEPIES = { history: [{ movieId: 50, rating: 5 }] }

test('members are stored users, histories that are sent along, or both; the answer adds up', async () => {
  const answer = await ask({ members: [{ userId: 1 }, WEEPIES], k: 4 })
  expect(answer).toMatchObject({ modelId: '0000000000000001', seed: null, strategy: 'average', degraded: [] })
  // user 1 has rated 10, 20 and 50, and liked the first two
  expect(answer.members.map(({ ratings, likes, rung }) => ({ ratings, likes, rung }))).toEqual([
    { ratings: 3, likes: 2, rung: 'personalized' },
    { ratings: 1, likes: 1, rung: 'personalized' },
  ])
  expect(answer.items.map(({ rank }) => rank)).toEqual([1, 2, 3, 4])
  for (const { score, members } of answer.items)
    expect(members.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(score, 12)
  for (const [member, { meanFit }] of answer.members.entries())
    expect(meanFit).toBeCloseTo(answer.items.reduce((sum, { members }) => sum + members[member]!.fit, 0) / 4, 12)
  expect(answer.fairness.leastMeanFit).toBe(Math.min(...answer.members.map(({ meanFit }) => meanFit)))
})

test('each member’s stars are those that they alone would be told', async () => {
  const { items } = await ask({ members: [SPACE, WEEPIES], k: 20 })
  for (const [member, viewer] of [SPACE, WEEPIES].entries()) {
    const { json } = await worker.call('/recommend/history', { body: { ...viewer, k: 20 } })
    const alone = new Map(
      Recommendations.parse(json).items.map(({ movieId, predictedStars }) => [movieId, predictedStars]),
    )
    for (const { movieId, members } of items) expect(members[member]!.predictedStars).toBe(alone.get(movieId))
  }
})

test('a newcomer among them stands on popularity, and so does the answer', async () => {
  const { rung, members } = await ask({ members: [SPACE, { history: [] }] })
  expect({ rung, of: members.map((member) => member.rung) }).toEqual({
    rung: 'popularity',
    of: ['personalized', 'popularity'],
  })
})

test('pages go on without a repeat, and what all have seen is named as seen', async () => {
  const body = { members: [SPACE, WEEPIES], seenBy: 'all', k: 6 }
  const first = await ask(body)
  const second = await ask({ ...body, cursor: first.nextCursor })
  expect(ids([...first.items, ...second.items]).sort((a, b) => a - b)).toEqual([
    10, 20, 30, 40, 50, 60, 70, 80, 90, 100,
  ])
  expect(second.items[0]!.rank).toBe(7)
  expect(second.nextCursor).toBeNull()
  const ten = [...first.items, ...second.items].find(({ movieId }) => movieId === 10)!
  expect(ten.members.map(({ seen }) => seen)).toEqual([true, false])
})

test('the filters and the diversity of a list are those of a group too', async () => {
  const answer = await ask({ members: [SPACE, WEEPIES], genres: ['Drama'], runtimeTo: 130, diversity: 0.5 })
  expect(ids(answer.items).sort((a, b) => a - b)).toEqual([60, 70])
  expect(answer.diversity).toMatchObject({ asked: 0.5 })
})

test('without D1 everybody has the published history, and the answer says whose live one is missing', async () => {
  const other = await startTinyWorker()
  try {
    await other.publish('0000000000000001')
    await (await other.getD1()).exec('DROP TABLE live_feedback')
    const { status, json } = await other.call('/recommend/group', { body: { members: [{ userId: 1 }, WEEPIES] } })
    expect({ status, degraded: json.degraded }).toEqual({ status: 200, degraded: ['liveRatings'] })
    expect(json.members.map(({ degraded }: { degraded: string[] }) => degraded)).toEqual([['liveRatings'], []])
  } finally {
    await other.stop()
  }
})

describe('bad input', () => {
  test.each([
    ['one member', { members: [SPACE] }, 'members'],
    ['nine members', { members: Array.from({ length: 9 }, () => SPACE) }, 'members'],
    ['nobody', { members: [SPACE, {}] }, 'members.1'],
    ['two ways to say who', { members: [SPACE, { ...WEEPIES, userId: 2 }] }, 'members.1'],
    ['a weight of nothing', { members: [SPACE, { ...WEEPIES, weight: 0 }] }, 'members.1.weight'],
    ['an unknown genre', { members: [SPACE, { ...WEEPIES, vetoGenres: ['Opera'] }] }, 'members.1.vetoGenres'],
    ['an unknown strategy', { members: [SPACE, WEEPIES], strategy: 'dictator' }, 'strategy'],
    ['a broken cursor', { members: [SPACE, WEEPIES], cursor: 'AAAA' }, 'cursor'],
  ])('%s', async (_, body, path) => {
    expect(await refused(body)).toMatchObject({ status: 400, code: 'bad_request', path })
  })
})

test('the example of the description works', async () => {
  for (const example of GroupRequest.meta()!.examples as unknown[])
    expect((await ask(example)).items.length).toBeGreaterThan(0)
})
