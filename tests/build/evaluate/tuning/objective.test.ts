import { expect, test } from 'vitest'
import { OBJECTIVE_SOURCES, parseObjective } from '../../../../build/evaluate/tuning/objective.ts'

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
