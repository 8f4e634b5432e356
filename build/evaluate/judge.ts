import type { NeighbourIndex } from '#core/format/neighbours.ts'
import { METRIC_AT_K, METRICS } from '#core/metrics.ts'
import type { Model } from '#core/model.ts'
import { randomSource } from '#core/random.ts'
import { type BlendWeights, type Config, SOURCES, type Source } from '#core/schemas/config.ts'
import type { Estimate, ModelMetrics } from '#core/schemas/manifest.ts'
import { alone, blend, weightsFor } from '#recommend/blend.ts'
import { rank } from '#recommend/index.ts'
import { rankerFor, rankPool } from '#recommend/rank-pool.ts'
import { retrieve, tasteOf } from '#recommend/retrieve.ts'
import { estimate, type Resamples } from './bootstrap.ts'
import { type JudgedUser, leftOut } from './judged-users.ts'
import { TRAITS, type Trait, type TraitAtK } from './list-traits.ts'
import { onlySource } from './only-source.ts'

/** The name of the served blend among the report's rows. */
export const SERVED = 'marquee'
/** The row of the served blend without the ranker, where one is served. */
export const BLEND = 'blend'
/** The row of item-kNN, the type of neighbours that it is. */
export const ITEM_KNN = 'itemKnn' satisfies Config['model']['neighbours']['type']

/** The row of chance, drawn by the seed. */
export const RANDOM = 'random'

/** A user's list of k items, best first; fewer when fewer are left. */
export type Ranker = (user: JudgedUser, k: number) => ArrayLike<number>

/** Per metric or trait and cutoff one value a user, and the coverage of the lists. */
export interface Judgement {
  byMetric: Map<string, Float64Array>
  coverage: Record<string, number>
}

/**
 * What is judged, by name: the served lists, these without the ranker where there is one, each source that the config has alone, item-kNN, and chance. Every list is
 * of the whole catalogue but the user's history, or of the user's candidates where there are some.
 * @param itemKnn weights to compare with; null where they are the configured neighbours, or there are none
 */
export function rankers(
  model: Model,
  { project, model: { cf, next, neighbours } }: Config,
  itemKnn: NeighbourIndex | null,
): [string, Ranker][] {
  const served =
    (weights?: BlendWeights, by = model): Ranker =>
    (user, k) =>
      listOf(user, weights, k, by)
  const baseline = itemKnn && { ...model, neighbours: itemKnn }
  const nameOf: Record<Source, string> = {
    cf: cf.type,
    next: next.type === 'none' ? 'none' : 'next',
    neighbours: neighbours.type,
    content: 'content',
    popularity: 'popularity',
  }
  const present = SOURCES.filter((source) => nameOf[source] !== 'none')
  const { uniform } = randomSource(project.seed)
  return [
    [SERVED, served()],
    ...(model.ranker ? [[BLEND, served(undefined, { ...model, ranker: null })] satisfies [string, Ranker]] : []),
    ...present.map((source): [string, Ranker] => [nameOf[source], served(alone(source), onlySource(model, source))]),
    ...(baseline
      ? [[ITEM_KNN, served(alone('neighbours'), onlySource(baseline, 'neighbours'))] satisfies [string, Ranker]]
      : []),
    [RANDOM, (user, k) => drawnFrom(leftOut(user, model), k, uniform)],
  ]
}

/** k of the items without a flag, each as likely as another; all in some order where they are fewer. */
function drawnFrom(blocked: Uint8Array, k: number, uniform: () => number): Int32Array {
  const allowed = new Int32Array(blocked.length)
  let count = 0
  for (let item = 0; item < blocked.length; item++) if (blocked[item] === 0) allowed[count++] = item
  const length = Math.min(k, count)
  for (let place = 0; place < length; place++) {
    const other = place + Math.floor(uniform() * (count - place))
    const drawn = allowed[other]!
    allowed[other] = allowed[place]!
    allowed[place] = drawn
  }
  return allowed.subarray(0, length)
}

/** The served list: of the whole catalogue but the history, or of the user's candidates. @param weights in place of the model's */
export function listOf(user: JudgedUser, weights: BlendWeights | undefined, k: number, model: Model): number[] {
  if (user.candidates) return rankCandidates(user, weights, k, model)
  const { blended } = rank(user.history, { weights, exclude: user.exclude }, k, model)
  return blended.map(({ itemIndex }) => itemIndex)
}

/** The best candidates, as `rank` would have them where only they may be recommended. */
function rankCandidates(user: JudgedUser, weights: BlendWeights | undefined, k: number, model: Model): number[] {
  const { history } = user
  const taste = tasteOf(history, model)
  const sources = retrieve(taste, model, { reuse: true })
  const ranker = rankerFor(model, history, { weights })
  const wanted = weights ?? weightsFor(model.blend, taste.likes.length)
  const blended = blend(sources, wanted, leftOut(user, model), Math.max(k, ranker?.pool ?? 0), model.kernels)
  const ranked = ranker ? rankPool(blended, ranker, { history, taste, sources }, model) : blended
  return ranked.slice(0, k).map(({ itemIndex }) => itemIndex)
}

/** Every user's list, as long as the longest that is judged. */
export function rankAll(users: JudgedUser[], ranker: Ranker, k: number): ArrayLike<number>[] {
  return users.map((user) => ranker(user, k))
}

/** All metrics and traits of lists at all cutoffs, a value a user. */
export function judge(
  users: Pick<JudgedUser, 'relevant'>[],
  lists: ArrayLike<number>[],
  cutoffs: readonly number[],
  traits: Record<Trait, TraitAtK>,
  numItems: number,
): Judgement {
  const byMetric = new Map<string, Float64Array>()
  for (const cutoff of cutoffs) {
    for (const metric of METRICS)
      byMetric.set(
        `${metric}@${cutoff}`,
        Float64Array.from(lists, (list, user) => METRIC_AT_K[metric](list, users[user]!.relevant, cutoff)),
      )
    for (const trait of TRAITS)
      byMetric.set(
        `${trait}@${cutoff}`,
        Float64Array.from(lists, (list) => traits[trait](list, cutoff)),
      )
  }
  return { byMetric, coverage: coverageOf(lists, cutoffs, numItems) }
}

/** Share of the catalogue that stands in at least one list, by cutoff. */
function coverageOf(lists: ArrayLike<number>[], cutoffs: readonly number[], numItems: number): Judgement['coverage'] {
  const share = (cutoff: number) => {
    const covered = new Set<number>()
    for (const list of lists) for (let at = 0; at < Math.min(cutoff, list.length); at++) covered.add(list[at]!)
    return covered.size / numItems
  }
  return Object.fromEntries(cutoffs.map((cutoff) => [`coverage@${cutoff}`, share(cutoff)]))
}

export function modelMetrics(name: string, { byMetric, coverage }: Judgement, resamples: Resamples): ModelMetrics {
  const metrics = Object.fromEntries([...byMetric].map(([key, values]) => [key, estimate(values, resamples)]))
  return { name, metrics, coverage }
}

/** What is compared: the served lists, which come first, with every other row, and each of these with the baseline. */
export function comparisons<Row extends readonly [name: string, ...unknown[]]>(
  [served, ...others]: Row[],
  baseline: string,
): [Row, Row][] {
  const compared = others.find(([name]) => name === baseline)!
  return [
    ...others.map((other): [Row, Row] => [served!, other]),
    ...others.filter((other) => other !== compared).map((other): [Row, Row] => [other, compared]),
  ]
}

/** a minus b, paired by user. */
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
