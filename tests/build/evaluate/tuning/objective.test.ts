import { expect, test } from 'vitest'
import { historyOf } from '#core/history.ts'
import type { JudgedUser } from '../../../../build/evaluate/judged-users.ts'
import { judgeObjective, OBJECTIVE_SOURCES, parseObjective } from '../../../../build/evaluate/tuning/objective.ts'
import { stepHandles } from '../../../helpers/step-handles.ts'
import { TINY_CONFIG, tinyFiles, tinyItem } from '../../../helpers/tiny-model.ts'

test.each([
  ['ndcg@10', { metric: 'ndcg', cutoff: 10 }],
  ['hitRate@1', { metric: 'hitRate', cutoff: 1 }],
  ['ndcg', null],
  ['ndcg@0', null],
  ['NDCG@10', null],
  ['rmse@10', null],
  ['ndcg@10@5', null],
])('%j is %j', (text, objective) => {
  expect(parseObjective(text)).toEqual(objective)
})

test('the blend may be the objective, and each source alone', () => {
  expect(OBJECTIVE_SOURCES).toEqual(expect.arrayContaining(['marquee', 'cf', 'neighbours', 'content', 'popularity']))
})

/** Who liked 10 turns out to like 80, the least popular of the rated. */
const USER: JudgedUser = {
  history: historyOf([{ itemIndex: tinyItem(10), rating: 5, timestamp: 1 }]),
  relevant: new Set([tinyItem(80)]),
}

test('a user with candidates is judged by the list of these alone', () => {
  const among = (...movieIds: number[]) => ({ ...USER, candidates: new Set(movieIds.map(tinyItem)) })
  const objective = { metric: 'hitRate', cutoff: 1, source: 'popularity' } as const
  const users = [USER, among(80, 90, 100), among(20, 80)]
  // 90 and 100 have no likes at all, 20 has more
  expect([...judgeObjective(tinyFiles(), TINY_CONFIG, users, objective, stepHandles())]).toEqual([0, 1, 0])
})

test('the served lists are in the order that other users taught, where that proves itself', () => {
  const users = Array.from({ length: 240 }, () => USER)
  const { model } = TINY_CONFIG
  const found = (enabled: 'auto' | 'off') => {
    const ranker = { ...model.ranker, trees: 20, minRows: 10, learningRate: 0.3, pool: 10, enabled }
    const config = { ...TINY_CONFIG, model: { ...model, ranker, hybrid: { weights: 'learned' as const } } }
    const objective = { metric: 'hitRate', cutoff: 1, source: 'marquee' } as const
    const values = judgeObjective(tinyFiles(), config, users, objective, stepHandles())
    return values.reduce((sum, value) => sum + value, 0)
  }
  // no source puts 80 first, and so no blend does
  expect(found('off')).toBe(0)
  expect(found('auto')).toBe(240)
})
