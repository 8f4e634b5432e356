import { describe, expect, test } from 'vitest'
import { historyOf } from '#core/history.ts'
import type { Llm, YesNoCall } from '#recommend/handles.ts'
import type { JudgedUser } from '../../../../build/evaluate/judged-users.ts'
import { readPrompts } from '../../../../build/evaluate/prompts.ts'
import { judgeRerank } from '../../../../build/evaluate/rerank/judge-rerank.ts'
import { stepHandles } from '../../../helpers/step-handles.ts'
import { tinyItem, tinyModel } from '../../../helpers/tiny-model.ts'

const model = tinyModel()
const SETTINGS = { seed: 42, bootstrapSamples: 200 }
const prompts = readPrompts()

/** Forty viewers of one space film each, who will like the one that the scores put last. */
const users: JudgedUser[] = Array.from({ length: 40 }, (_, user) => ({
  history: historyOf([{ itemIndex: tinyItem(user % 2 ? 10 : 20), rating: 5, timestamp: 1 }]),
  relevant: new Set([tinyItem(90)]),
}))

/** A language model that answers by these odds. */
function answering(oddsOf: (item: string) => number): Llm {
  const refusal = async () => ({ ok: false as const, reason: 'refused' as const })
  return {
    isOn: true,
    canScore: true,
    json: refusal,
    text: refusal,
    yesNo: async ({ items }: YesNoCall) => ({ ok: true, value: items.map(oddsOf), isCached: false }),
  }
}
const judge = (llm: Llm) => judgeRerank(users, model, 10, { llm, prompts }, SETTINGS, stepHandles())

describe('what a re-ranking is worth', () => {
  test('is a gain with its interval above 0 where the model knows better', async () => {
    const { evidence, scoreWeight, byWeight } = await judge(answering((item) => (item.includes('New Orbit') ? 4 : -4)))
    expect(evidence!.users).toBe(40)
    expect(evidence!['ndcg@10'].low).toBeGreaterThan(0)
    // each candidate is asked about by itself: the order in which they are put changes nothing
    expect(evidence!.shuffled).toEqual({ 'ndcg@10': evidence!['ndcg@10'] })
    expect(scoreWeight).toBeLessThan(1)
    expect(byWeight.at(-1)!.scoreWeight).toBe(1)
    expect(byWeight[0]!['ndcg@10']).toBeGreaterThan(byWeight.at(-1)!['ndcg@10'])
  })

  test('is nothing, at the weight that leaves the order, where the model knows worse', async () => {
    const { evidence, scoreWeight } = await judge(answering((item) => (item.includes('New Orbit') ? -4 : 4)))
    expect(scoreWeight).toBe(1)
    expect(evidence!['ndcg@10']).toEqual({ mean: 0, low: 0, high: 0 })
  })

  test('is not known where the model never answers, and the reasons are counted', async () => {
    const silent: Llm = { ...answering(() => 0), yesNo: async () => ({ ok: false, reason: 'late' }) }
    expect(await judge(silent)).toMatchObject({ evidence: null, failures: { late: 40 } })
  })
})
