import type { Model } from '#core/model.ts'
import type { RankerConfig } from '#core/schemas/config.ts'
import type { RankerCard } from '#core/schemas/manifest.ts'
import { RANKER_FEATURES, type RankerModel, rankerMargins } from '#core/scoring/ranker.ts'
import type { StepHandles } from '../../io/handles.ts'
import { estimate, resampleUsers } from '../bootstrap.ts'
import type { JudgedUser } from '../judged-users.ts'
import { sampleOf } from '../sample-of.ts'
import { type BoostSettings, boost, rowsOf } from './boost.ts'
import type { Tree } from './grow-tree.ts'
import { type BinnedLists, binLists, type RankingLists } from './lists.ts'
import { teachingLists } from './teach.ts'

/** Parts of the users, each judged by trees that were grown on the others. */
const FOLDS = 5
/** More users would make a build slower: a thousand take about 12 s of a core (ML-1M, 100 trees). */
const MAX_USERS = 4000
/** With fewer lists to learn from no ranker is tried. */
const FEWEST_LISTS = 50
/** Lists are judged by NDCG at this cutoff. */
const CUTOFF = 10
/**
 * What the first blended score is worth at the start, in units of the margins: the softmax of 0, 3 and 8 gave NDCG@10
 * +0.0122, +0.0129 and +0.0095 on ML-1M's validation, leave one out.
 */
const START_SCALE = 3
/** Trees without a better NDCG after which no more are grown. */
const PATIENCE = 20
/** Added to a leaf's curvature. */
const REGULARIZATION = 10
/** Share of the users, those with the shortest histories, that the ranker is not trusted with. */
const TOO_SHORT = 0.05

export interface RankerSettings extends RankerConfig {
  seed: number
  bootstrapSamples: number
  /** that the ranker is learned by */
  maxUsers?: number | undefined
}

/** What was learned; null where it has not proved itself. */
export interface LearnedRanker {
  ranker: RankerModel | null
  /** null where there were too few lists to try */
  card: RankerCard | null
}

/**
 * Learn to put the first movies of blended lists in order, on validation. It is shipped only where it makes the lists
 * better than they are, with a 95 % interval above 0, paired by user: every fifth of the users is judged by trees that were
 * grown on the others, and as many of them as suit the users outside of this fifth best. The shipped trees are grown on
 * all, as many as suit all best.
 * @param model opened from exported bytes of a model that has not seen the validation part, with its blend
 */
export function learnRanker(
  users: JudgedUser[],
  model: Model,
  settings: RankerSettings,
  handles: StepHandles,
): LearnedRanker {
  const { seed, bootstrapSamples, maxUsers = MAX_USERS, pool } = settings
  const asked = sampleOf(users, maxUsers, seed)
  const { lists: plain, users: taught } = teachingLists(asked, model, pool)
  if (taught.length < FEWEST_LISTS) return { ranker: null, card: null }
  const lists = binLists(plain)
  const start = startOf(lists)
  const boosting = { ...settings, regularization: REGULARIZATION }
  const gains = gainsByTree(lists, start, boosting, settings.trees, handles)

  const difference = new Float64Array(asked.length)
  for (let fold = 0; fold < FOLDS; fold++) {
    const numTrees = bestNumber(gains, (list) => list % FOLDS !== fold)
    for (let list = fold; list < taught.length && numTrees > 0; list += FOLDS)
      difference[taught[list]!] = gains[numTrees - 1]![list]!
  }
  const evidence = estimate(difference, resampleUsers(asked.length, bootstrapSamples, seed))
  const numTrees = bestNumber(gains, () => true)
  const shipped = evidence.low > 0 && numTrees > 0

  const trees: Tree[] = []
  if (shipped)
    for (const { tree } of boost(lists, [...taught.keys()], start, boosting)) if (trees.push(tree) === numTrees) break
  const minRatings = lengthAt(asked, TOO_SHORT)
  const card: RankerCard = {
    ...{ shipped, pool, minRatings, trees: numTrees, users: asked.length, folds: FOLDS },
    ...{ 'ndcg@10': evidence, gains: gainsOf(trees) },
  }
  handles.log.debug(`ranker: ${JSON.stringify(card)}`)
  return { ranker: shipped ? flattened(trees, lists, { pool, minRatings, scale: START_SCALE }) : null, card }
}

/**
 * What the first so many trees change each list's NDCG by, of trees that were grown on the other folds' lists. Stops when
 * PATIENCE more trees have made the lists no better.
 */
function gainsByTree(
  lists: BinnedLists,
  start: Float64Array,
  boosting: BoostSettings,
  most: number,
  { progress, signal, track }: StepHandles,
): Float64Array[] {
  const all = Array.from(lists.numRelevant.keys())
  const before = all.map((list) => ndcgOf(lists, list, start))
  const folds = Array.from({ length: FOLDS }, (_, fold) => ({
    own: all.filter((list) => list % FOLDS === fold),
    boosted: boost(
      lists,
      all.filter((list) => list % FOLDS !== fold),
      start,
      boosting,
    ),
  }))
  const gains: Float64Array[] = []
  while (gains.length < most && gains.length < bestNumber(gains, () => true) + PATIENCE) {
    signal.throwIfAborted()
    progress.update('learn the ranker', gains.length, most)
    const changed = new Float64Array(all.length)
    for (const { own, boosted } of folds) {
      const { margins } = boosted.next().value
      for (const list of own) changed[list] = ndcgOf(lists, list, margins) - before[list]!
    }
    gains.push(changed)
    track({ 'ranker.gain': changed.reduce((sum, gain) => sum + gain, 0) / changed.length }, gains.length)
  }
  progress.update('learn the ranker', most, most)
  return gains
}

/** What the served ranker starts from: its margins without any trees. */
function startOf({ features }: RankingLists): Float64Array {
  const nothing = { pool: 0, minRatings: 0, scale: START_SCALE, roots: new Int32Array(0) }
  const [none, integers] = [new Float32Array(0), new Int32Array(0)]
  const model = { ...nothing, features: new Int16Array(0), thresholds: none, left: integers, values: none }
  return rankerMargins(model, features)
}

/** How many trees change the NDCG of these lists for the better the most; the fewest of equals, none where none does. */
function bestNumber(gains: readonly Float64Array[], counts: (list: number) => boolean): number {
  let [best, most] = [0, 0]
  for (const [tree, ofLists] of gains.entries()) {
    let sum = 0
    for (let list = 0; list < ofLists.length; list++) if (counts(list)) sum += ofLists[list]!
    if (sum > most) [best, most] = [tree + 1, sum]
  }
  return best
}

/** With ties in the order of the blended list, and what is relevant but not in the list in the ideal one. */
function ndcgOf(lists: BinnedLists, list: number, margins: Float64Array): number {
  const [from, to] = rowsOf(lists, list)
  let gain = 0
  for (let row = from; row < to; row++) {
    if (lists.relevant[row] === 0) continue
    const margin = margins[row]!
    let rank = 1
    for (let other = from; other < to && rank <= CUTOFF; other++)
      if (margins[other]! > margin || (margins[other] === margin && other < row)) rank++
    if (rank <= CUTOFF) gain += 1 / Math.log2(rank + 1)
  }
  let ideal = 0
  for (let rank = 1; rank <= Math.min(CUTOFF, lists.numRelevant[list]!); rank++) ideal += 1 / Math.log2(rank + 1)
  return gain / ideal
}

/** Ratings of a user's history such that so small a share of the users has fewer. */
function lengthAt(users: readonly JudgedUser[], share: number): number {
  const lengths = Uint32Array.from(users, ({ history }) => history.itemIndices.length).sort()
  return lengths[Math.floor(share * lengths.length)]!
}

/** Of each feature that the trees ask for, the part of all that they gained, the largest first. */
function gainsOf(trees: readonly Tree[]): Record<string, number> {
  const sums = new Float64Array(RANKER_FEATURES.length)
  for (const { feature, gain } of trees)
    for (const [node, asked] of feature.entries()) if (asked >= 0) sums[asked]! += gain[node]!
  const total = sums.reduce((sum, gain) => sum + gain, 0)
  const parts = RANKER_FEATURES.map((name, feature) => [name, Number((sums[feature]! / total).toFixed(4))] as const)
  return Object.fromEntries(parts.filter(([, part]) => part > 0).sort(([, a], [, b]) => b - a))
}

/** The trees as they are served: one after the other, asking for values where they asked for bins. */
export function flattened(
  trees: readonly Tree[],
  { edges }: Pick<BinnedLists, 'edges'>,
  about: Pick<RankerModel, 'pool' | 'minRatings' | 'scale'>,
): RankerModel {
  const roots: number[] = []
  let numNodes = 0
  for (const { feature } of trees) {
    roots.push(numNodes)
    numNodes += feature.length
  }
  const flat = trees.flatMap(({ feature, bin, left, value }, tree) =>
    feature.map((asked, node) => ({
      asked,
      threshold: asked >= 0 ? edges[asked]![bin[node]!]! : 0,
      left: asked >= 0 ? roots[tree]! + left[node]! : 0,
      value: value[node]!,
    })),
  )
  return {
    ...about,
    roots: Int32Array.from(roots),
    features: Int16Array.from(flat, ({ asked }) => asked),
    thresholds: Float32Array.from(flat, ({ threshold }) => threshold),
    left: Int32Array.from(flat, ({ left }) => left),
    values: Float32Array.from(flat, ({ value }) => value),
  }
}
