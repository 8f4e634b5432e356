import { describe, expect, test } from 'vitest'
import { openRanker } from '#core/format/ranker.ts'
import { historyOf } from '#core/history.ts'
import { randomSource } from '#core/random.ts'
import { RankerConfig } from '#core/schemas/config.ts'
import { rank } from '#recommend/index.ts'
import type { JudgedUser } from '../../../../build/evaluate/judged-users.ts'
import { learnRanker } from '../../../../build/evaluate/ranker/learn-ranker.ts'
import { encodeRanker } from '../../../../build/export/encode-ranker.ts'
import { stepHandles } from '../../../helpers/step-handles.ts'
import { tinyItem, tinyModel } from '../../../helpers/tiny-model.ts'

const MODEL = tinyModel()
const SETTINGS = {
  ...RankerConfig.parse({ trees: 20, minRows: 10, learningRate: 0.3, pool: 10 }),
  ...{ seed: 1, bootstrapSamples: 200 },
}
const HISTORY = historyOf([{ itemIndex: tinyItem(10), rating: 5, timestamp: 1 }])
const MOVIES = [20, 30, 40, 50, 60, 70, 80, 90, 100]

const usersWho = (likes: (user: number) => number): JudgedUser[] =>
  Array.from({ length: 120 }, (_, user) => ({ history: HISTORY, relevant: new Set([tinyItem(likes(user))]) }))

describe('learnRanker', () => {
  test('learns an order that the blend does not have, and ships it with the evidence', () => {
    const handles = stepHandles()
    const { ranker, card } = learnRanker(
      usersWho(() => 80),
      MODEL,
      SETTINGS,
      handles,
    )
    expect(card).toMatchObject({ shipped: true, pool: 10, minRatings: 1, users: 120, folds: 5 })
    expect(card!['ndcg@10'].low).toBeGreaterThan(0.3)
    expect(Object.values(card!.gains).reduce((sum, part) => sum + part, 0)).toBeCloseTo(1, 2)
    expect(handles.labels.at(-1)).toBe('learn the ranker 20/20')

    const [first] = rank(HISTORY, {}, 5, { ...MODEL, ranker }).blended
    expect(first!.itemIndex).toBe(tinyItem(80))
    expect(rank(HISTORY, {}, 5, MODEL).blended[0]!.itemIndex).not.toBe(tinyItem(80))
  })

  test('its file says the same as it does', () => {
    const { ranker } = learnRanker(
      usersWho(() => 80),
      MODEL,
      SETTINGS,
      stepHandles(),
    )
    expect(openRanker(encodeRanker(ranker)[0]![1])).toEqual(ranker)
  })

  test('ships nothing where what users like is chance', () => {
    const { uniform } = randomSource(3)
    const users = usersWho(() => MOVIES[Math.floor(uniform() * MOVIES.length)]!)
    const { ranker, card } = learnRanker(users, MODEL, SETTINGS, stepHandles())
    expect(ranker).toBeNull()
    expect(card).toMatchObject({ shipped: false, gains: {} })
    expect(card!['ndcg@10'].low).toBeLessThanOrEqual(0)
  })

  test('the same users and seed give the same ranker', () => {
    const learn = () =>
      learnRanker(
        usersWho((user) => (user % 3 === 0 ? 80 : 70)),
        MODEL,
        SETTINGS,
        stepHandles(),
      )
    expect(learn()).toEqual(learn())
  })

  test('does not try with too few lists that have anything to be found', () => {
    const few = usersWho(() => 80).slice(0, 49)
    expect(learnRanker(few, MODEL, SETTINGS, stepHandles())).toEqual({ ranker: null, card: null })
  })

  test('stops when it is asked to', () => {
    const handles = stepHandles(AbortSignal.abort())
    expect(() =>
      learnRanker(
        usersWho(() => 80),
        MODEL,
        SETTINGS,
        handles,
      ),
    ).toThrow('aborted')
  })
})
