import { METRIC_AT_K, METRICS } from '#core/metrics.ts'
import type { Model } from '#core/model.ts'
import { randomSource } from '#core/random.ts'
import { type BlendWeights, type Config, SOURCES } from '#core/schemas/config.ts'
import type { Estimate, ModelMetrics } from '#core/schemas/manifest.ts'
import { topK } from '#core/scoring/top-k.ts'
import { alone, blendScores, normalizersOf, weightsFor } from '#recommend/blend.ts'
import { blockedItems } from '#recommend/constraints.ts'
import { rank } from '#recommend/index.ts'
import { retrieve, tasteOf } from '#recommend/retrieve.ts'
import { estimate, type Resamples } from './bootstrap.ts'
import type { JudgedUser } from './judged-users.ts'

/** The name of the served blend among the report's rows. */
export const SERVED = 'marquee'

/** A user's list of k items, best first; fewer when fewer are left. */
export type Ranker = (user: JudgedUser, k: number) => ArrayLike<number>

/** Per metric and cutoff one value a user, and the coverage of the lists. */
export interface Judgement {
  byMetric: Map<string, Float64Array>
  coverage: Record<string, number>
}

/**
 * What is judged, by name: the served blend, each source that the config has alone, and chance. Every list is of the
 * whole catalogue but the user's history, or of the user's candidates where there are some.
 */
export function rankers(model: Model, { project, model: { cf, neighbours } }: Config): [string, Ranker][] {
  const served =
    (weights?: BlendWeights): Ranker =>
    (user, k) =>
      user.candidates
        ? rankCandidates(user, user.candidates, weights, k, model)
        : rank(user.history, { weights }, k, model).blended.map(({ itemIndex }) => itemIndex)
  const nameOf = { cf: cf.type, neighbours: neighbours.type, content: 'content', popularity: 'popularity' }
  const present = SOURCES.filter((source) => nameOf[source] !== 'none')
  const { uniform } = randomSource(project.seed)
  return [
    [SERVED, served()],
    ...present.map((source): [string, Ranker] => [nameOf[source], served(alone(source))]),
    [
      'random',
      ({ history, candidates }, k) => {
        const blocked = blockedItems(model, history.itemIndices, {})
        const isOut = (item: number) => blocked[item] === 1 || (candidates && !candidates.has(item))
        const scores = Float64Array.from(blocked, (_, item) => (isOut(item) ? Number.NaN : uniform()))
        return topK(scores, k).items
      },
    ],
  ]
}

/** The served scores of the whole catalogue, as `rank` has them, and of these the best candidates. */
function rankCandidates(
  { history }: JudgedUser,
  candidates: ReadonlySet<number>,
  weights: BlendWeights | undefined,
  k: number,
  model: Model,
): Int32Array {
  const taste = tasteOf(history, model)
  const blocked = blockedItems(model, history.itemIndices, {})
  const sources = retrieve(taste, model)
  const wanted = weights ?? weightsFor(model.blend, taste.likes.length)
  const scores = blendScores(sources, normalizersOf(sources, blocked), wanted, blocked)
  return topK(
    scores.map((score, item) => (candidates.has(item) ? score : Number.NaN)),
    k,
  ).items
}

/** All metrics of a ranker's lists at all cutoffs, a value a user. */
export function judge(users: JudgedUser[], ranker: Ranker, cutoffs: number[], numItems: number): Judgement {
  const byMetric = new Map<string, Float64Array>()
  for (const metric of METRICS)
    for (const cutoff of cutoffs) byMetric.set(`${metric}@${cutoff}`, new Float64Array(users.length))
  const covered = cutoffs.map(() => new Set<number>())
  const longest = Math.max(...cutoffs)
  for (const [index, user] of users.entries()) {
    const ranked = ranker(user, longest)
    for (const [position, cutoff] of cutoffs.entries()) {
      for (const metric of METRICS)
        byMetric.get(`${metric}@${cutoff}`)![index] = METRIC_AT_K[metric](ranked, user.relevant, cutoff)
      for (let at = 0; at < Math.min(cutoff, ranked.length); at++) covered[position]!.add(ranked[at]!)
    }
  }
  const coverage = Object.fromEntries(
    cutoffs.map((cutoff, position) => [`coverage@${cutoff}`, covered[position]!.size / numItems]),
  )
  return { byMetric, coverage }
}

export function modelMetrics(name: string, { byMetric, coverage }: Judgement, resamples: Resamples): ModelMetrics {
  const metrics = Object.fromEntries([...byMetric].map(([key, values]) => [key, estimate(values, resamples)]))
  return { name, metrics, coverage }
}

export function differences(a: Judgement, b: Judgement, resamples: Resamples): Record<string, Estimate> {
  return Object.fromEntries(
    [...a.byMetric].map(([key, values]) => {
      const others = b.byMetric.get(key)!
      return [
        key,
        estimate(
          values.map((value, user) => value - others[user]!),
          resamples,
        ),
      ]
    }),
  )
}
