import { likedItems } from '#core/history.ts'
import { ndcgAtK } from '#core/metrics.ts'
import type { Model } from '#core/model.ts'
import { randomSource } from '#core/random.ts'
import type { RerankEvidence } from '#core/schemas/manifest.ts'
import type { Llm, LlmFailure, Prompts } from '#recommend/handles.ts'
import { rank } from '#recommend/index.ts'
import { movieLine } from '#recommend/query/index.ts'
import { MAX_RERANKED, modelOdds } from '#recommend/query/model-odds.ts'
import { rerankedOrder } from '#recommend/query/rerank.ts'
import type { StepHandles } from '../../io/handles.ts'
import { estimate, resampleUsers } from '../bootstrap.ts'
import type { JudgedUser } from '../judged-users.ts'

const CUTOFF = 10
/** Weights of the score beside the model's log-odds that are tried; 1 leaves the order. */
const SCORE_WEIGHTS = [0, 0.25, 0.5, 0.6, 0.7, 0.8, 0.9, 1]

/** A user's list, and what the model said of it. */
interface Asked {
  relevant: ReadonlySet<number>
  itemIndices: number[]
  scores: number[]
  /** of the list as it is, and of the same in an order of chance */
  odds: { asIs: number[]; shuffled: number[] }
}

export interface RerankJudgement {
  /** the gain of a weight that was chosen on the other half of the users; null where the model never answered */
  evidence: Omit<RerankEvidence, 'model' | 'prompt'> | null
  /** chosen on all users */
  scoreWeight: number
  maxMove: number
  /** mean NDCG@10 by weight, of the list as it is */
  byWeight: { scoreWeight: number; 'ndcg@10': number }[]
  usersAsked: number
  /** why the model gave no reply, and how often */
  failures: Partial<Record<LlmFailure, number>>
}

/**
 * What a language model's re-ranking is worth: the best 50 of every user's list are put to it, as the API does, once in
 * their order and once in an order of chance, and NDCG@10 is compared, paired by user. Nobody is judged by a weight that was
 * chosen by him: the halves of the users choose for each other.
 * @param users of the validation part
 * @param model learned without the validation part, with its blend
 */
export async function judgeRerank(
  users: readonly JudgedUser[],
  model: Model,
  maxMove: number,
  { llm, prompts }: { llm: Llm; prompts: Prompts },
  { seed, bootstrapSamples }: { seed: number; bootstrapSamples: number },
  handles: StepHandles,
): Promise<RerankJudgement> {
  const { uniform } = randomSource(seed)
  const asked: Asked[] = []
  const failures: RerankJudgement['failures'] = {}
  for (const [number, user] of users.entries()) {
    handles.signal.throwIfAborted()
    handles.progress.update('re-rank', number, users.length, `${asked.length} answered`)
    const { blended } = rank(user.history, { exclude: user.exclude }, MAX_RERANKED, model)
    const itemIndices = blended.map(({ itemIndex }) => itemIndex)
    const asIs = await oddsOf(itemIndices, user, model, { llm, prompts })
    const mixed = itemIndices.map((item) => ({ item, key: uniform() })).sort((a, b) => a.key - b.key)
    // an answer to each candidate by itself does not depend on their order
    const shuffled = llm.canScore
      ? asIs
      : await oddsOf(
          mixed.map(({ item }) => item),
          user,
          model,
          { llm, prompts },
        )
    const failed = [asIs, shuffled].find((reply) => !reply.ok)
    if (failed && !failed.ok) failures[failed.reason] = (failures[failed.reason] ?? 0) + 1
    if (!asIs.ok || !shuffled.ok) continue
    const oddsByItem = new Map(shuffled.value)
    asked.push({
      relevant: user.relevant,
      itemIndices,
      scores: blended.map(({ score }) => score),
      odds: { asIs: asIs.value.map(([, odds]) => odds), shuffled: itemIndices.map((item) => oddsByItem.get(item)!) },
    })
  }
  handles.progress.update('re-rank', users.length, users.length)

  const resamples = resampleUsers(asked.length, bootstrapSamples, seed)
  const gain = (order: keyof Asked['odds']) => {
    const weights = [0, 1].map((half) =>
      bestWeight(
        asked.filter((_, at) => at % 2 !== half),
        order,
        maxMove,
      ),
    )
    const gains = asked.map((one, at) => ndcgBy(one, order, weights[at % 2]!, maxMove) - ndcgBy(one, order, 1, maxMove))
    return estimate(Float64Array.from(gains), resamples)
  }
  return {
    evidence:
      asked.length === 0
        ? null
        : { users: asked.length, 'ndcg@10': gain('asIs'), shuffled: { 'ndcg@10': gain('shuffled') } },
    scoreWeight: bestWeight(asked, 'asIs', maxMove),
    maxMove,
    byWeight: SCORE_WEIGHTS.map((scoreWeight) => ({
      scoreWeight,
      'ndcg@10': meanNdcg(asked, 'asIs', scoreWeight, maxMove),
    })),
    usersAsked: users.length,
    failures,
  }
}

async function oddsOf(
  itemIndices: number[],
  { history }: JudgedUser,
  model: Model,
  handles: { llm: Llm; prompts: Prompts },
): Promise<{ ok: true; value: [item: number, odds: number][] } | { ok: false; reason: LlmFailure }> {
  const liked = likedItems(history, model.likedFrom).toReversed()
  const question = {
    query: null,
    liked: Array.from(liked, (item) => movieLine(item, [], model)),
    candidates: itemIndices.map((item) => movieLine(item, [], model)),
    profileVersion: null,
  }
  const reply = await modelOdds(question, handles)
  return reply.ok ? { ok: true, value: itemIndices.map((item, at) => [item, reply.value[at]!]) } : reply
}

function ndcgBy(
  { relevant, itemIndices, scores, odds }: Asked,
  order: keyof Asked['odds'],
  scoreWeight: number,
  maxMove: number,
): number {
  const positions = rerankedOrder(scores, odds[order], { scoreWeight, maxMove })
  return ndcgAtK(
    positions.map((position) => itemIndices[position]!),
    relevant,
    CUTOFF,
  )
}

function meanNdcg(asked: readonly Asked[], order: keyof Asked['odds'], scoreWeight: number, maxMove: number): number {
  return asked.length === 0
    ? 0
    : asked.reduce((sum, one) => sum + ndcgBy(one, order, scoreWeight, maxMove), 0) / asked.length
}

/** Of equal ones the one that leaves the order most. */
function bestWeight(asked: readonly Asked[], order: keyof Asked['odds'], maxMove: number): number {
  let best = 1
  let most = meanNdcg(asked, order, 1, maxMove)
  for (const weight of SCORE_WEIGHTS.toReversed()) {
    const mean = meanNdcg(asked, order, weight, maxMove)
    if (mean > most) [best, most] = [weight, mean]
  }
  return best
}
