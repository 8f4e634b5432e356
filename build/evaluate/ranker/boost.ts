import { randomSource } from '#core/random.ts'
import { type Derivatives, growTree, type Tree, type TreeSettings } from './grow-tree.ts'
import type { BinnedLists } from './lists.ts'

export interface BoostSettings extends TreeSettings {
  /** share of a tree's values that is taken */
  learningRate: number
  seed: number
}

/** Of the lists and of the features, what share each tree is grown on. */
const LIST_SHARE = 0.5
const FEATURE_SHARE = 0.5

/** A tree, and the margins of all rows with it. */
export interface Boosted {
  tree: Tree
  /** the next tree changes them */
  margins: Float64Array
}

/**
 * Gradient boosting (Friedman 2001) of the listwise softmax loss (Cao et al. 2007, ListNet): −Σ y log p, where p is the
 * softmax of the margins within a list and y its relevant movies, 1 together. One tree after the other, without an end.
 * @param teachers lists to learn from; the margins of all others are followed too
 * @param start margins of all rows: what the trees only correct
 */
export function* boost(
  lists: BinnedLists,
  teachers: readonly number[],
  start: Float64Array,
  { learningRate, seed, ...settings }: BoostSettings,
): Generator<Boosted, never> {
  const { uniform } = randomSource(seed)
  const margins = start.slice()
  const derivatives = { gradients: new Float64Array(margins.length), curvatures: new Float64Array(margins.length) }
  const all = Array.from({ length: lists.numFeatures }, (_, feature) => feature)
  const numAsked = Math.ceil(FEATURE_SHARE * all.length)
  for (;;) {
    const drawn = teachers.filter(() => uniform() < LIST_SHARE)
    const draws = all.map(() => uniform())
    const features = all.toSorted((a, b) => draws[a]! - draws[b]!).slice(0, numAsked)
    for (const list of drawn) softmaxDerivatives(lists, list, margins, derivatives)
    const tree = growTree(lists, derivatives, rowsOfAll(lists, drawn), features, settings)
    tree.value = tree.value.map((value) => learningRate * value)
    addTree(lists, tree, margins)
    yield { tree, margins }
  }
}

/** Of one list's loss by its margins: p − y, and p (1 − p). */
export function softmaxDerivatives(
  lists: Pick<BinnedLists, 'offsets' | 'relevant'>,
  list: number,
  margins: Float64Array,
  { gradients, curvatures }: Derivatives,
): void {
  const [from, to] = rowsOf(lists, list)
  let largest = Number.NEGATIVE_INFINITY
  let hits = 0
  for (let row = from; row < to; row++) {
    largest = Math.max(largest, margins[row]!)
    hits += lists.relevant[row]!
  }
  let sum = 0
  for (let row = from; row < to; row++) sum += gradients[row] = Math.exp(margins[row]! - largest)
  for (let row = from; row < to; row++) {
    const share = gradients[row]! / sum
    gradients[row] = share - lists.relevant[row]! / hits
    curvatures[row] = share * (1 - share)
  }
}

export function rowsOf({ offsets }: Pick<BinnedLists, 'offsets'>, list: number): [from: number, to: number] {
  return [offsets[list]!, offsets[list + 1]!]
}

function rowsOfAll(lists: BinnedLists, drawn: readonly number[]): Uint32Array {
  const rows = new Uint32Array(drawn.reduce((sum, list) => sum + lists.offsets[list + 1]! - lists.offsets[list]!, 0))
  let at = 0
  for (const list of drawn) for (let [row, to] = rowsOf(lists, list); row < to; row++) rows[at++] = row
  return rows
}

/** Adds what a tree says of every row. */
function addTree(
  { bins, numFeatures }: Pick<BinnedLists, 'bins' | 'numFeatures'>,
  tree: Tree,
  margins: Float64Array,
): void {
  const [feature, bin, left] = [tree.feature, tree.bin, tree.left].map((entries) => Int32Array.from(entries)) as [
    Int32Array,
    Int32Array,
    Int32Array,
  ]
  for (let row = 0; row < margins.length; row++) {
    const first = row * numFeatures
    let node = 0
    while (feature[node]! >= 0) node = left[node]! + (bins[first + feature[node]!]! <= bin[node]! ? 0 : 1)
    margins[row]! += tree.value[node]!
  }
}
