import { type BinnedLists, MAX_BINS } from './lists.ts'

/** First and second derivatives of the loss by the margin, one a row. */
export interface Derivatives {
  gradients: Float64Array
  curvatures: Float64Array
}

export interface TreeSettings {
  /** most leaves */
  leaves: number
  /** fewest rows of a leaf */
  minRows: number
  /** what is added to a leaf's curvature: the larger, the less a leaf of little evidence says */
  regularization: number
}

/** One entry a node, the root first. A leaf has a value; another node sends rows at or below the bin to `left`, the rest behind it. */
export interface Tree {
  /** that a node asks for; −1 a leaf */
  feature: number[]
  bin: number[]
  /** place of the left child; the right one stands behind it; 0 for a leaf */
  left: number[]
  /** of a leaf; 0 elsewhere */
  value: number[]
  /** how much a division lowers the loss, to second order, twice; 0 for a leaf */
  gain: number[]
}

/** Rows of a leaf that may still be divided. */
interface Leaf {
  node: number
  from: number
  to: number
  histogram: Float64Array
  best: { feature: number; bin: number; gain: number } | null
}

/** What a bin holds: sums of gradients and of curvatures, and rows. */
const PER_BIN = 3

/**
 * A regression tree by Newton steps on a loss (Friedman 2001; Chen & Guestrin 2016, eq. 6 and 7): the leaf whose division
 * lowers the loss most is divided first, until there are enough. O(rows · features · depth), half of it saved as a leaf's
 * histogram less one half's is the other's.
 * @param rows that it is grown on; reordered
 * @param features that it may ask for
 * @returns leaf values are −Σ gradients / (Σ curvatures + regularization), without any rate
 */
export function growTree(
  { bins, edges, numFeatures }: Pick<BinnedLists, 'bins' | 'edges' | 'numFeatures'>,
  { gradients, curvatures }: Derivatives,
  rows: Uint32Array,
  features: readonly number[],
  { leaves, minRows, regularization }: TreeSettings,
): Tree {
  const asked = Int32Array.from(features)
  const half = (gradient: number, curvature: number) => (gradient * gradient) / (curvature + regularization)

  function histogramOf(from: number, to: number): Float64Array {
    const histogram = new Float64Array(features.length * MAX_BINS * PER_BIN)
    for (let at = from; at < to; at++) {
      const row = rows[at]!
      const gradient = gradients[row]!
      const curvature = curvatures[row]!
      const first = row * numFeatures
      for (let position = 0; position < asked.length; position++) {
        const bin = PER_BIN * (position * MAX_BINS + bins[first + asked[position]!]!)
        histogram[bin]! += gradient
        histogram[bin + 1]! += curvature
        histogram[bin + 2]! += 1
      }
    }
    return histogram
  }

  /** The division of the largest gain above 0; of equal ones the first feature's and the lowest bin. */
  function bestOf(histogram: Float64Array, from: number, to: number): Leaf['best'] {
    const [gradient, curvature] = sumsOf(histogram)
    let best: Leaf['best'] = null
    for (const [position, feature] of features.entries()) {
      let [leftGradient, leftCurvature, leftRows] = [0, 0, 0]
      for (let bin = 0; bin < edges[feature]!.length; bin++) {
        const at = (position * MAX_BINS + bin) * PER_BIN
        leftGradient += histogram[at]!
        leftCurvature += histogram[at + 1]!
        leftRows += histogram[at + 2]!
        if (leftRows < minRows) continue
        if (to - from - leftRows < minRows) break
        const gain =
          half(leftGradient, leftCurvature) +
          half(gradient - leftGradient, curvature - leftCurvature) -
          half(gradient, curvature)
        if (gain > (best?.gain ?? 0)) best = { feature, bin, gain }
      }
    }
    return best
  }

  /** Of one feature's bins, as each feature's hold all rows. */
  function sumsOf(histogram: Float64Array): [gradient: number, curvature: number] {
    let [gradient, curvature] = [0, 0]
    for (let bin = 0; bin < MAX_BINS; bin++) {
      gradient += histogram[bin * PER_BIN]!
      curvature += histogram[bin * PER_BIN + 1]!
    }
    return [gradient, curvature]
  }

  function leafOf(from: number, to: number, histogram: Float64Array): Leaf {
    const [gradient, curvature] = sumsOf(histogram)
    for (const entries of [tree.bin, tree.left, tree.gain]) entries.push(0)
    const node = tree.feature.push(-1) - 1
    tree.value.push(-gradient / (curvature + regularization))
    return { node, from, to, histogram, best: bestOf(histogram, from, to) }
  }

  const tree: Tree = { feature: [], bin: [], left: [], value: [], gain: [] }
  const open = [leafOf(0, rows.length, histogramOf(0, rows.length))]
  for (let count = 1; count < leaves; count++) {
    const leaf = open.reduce((best, other) => ((other.best?.gain ?? 0) > (best.best?.gain ?? 0) ? other : best))
    if (!leaf.best) break
    const { node, from, to, best } = leaf
    const middle = divide(rows, from, to, (row) => bins[row * numFeatures + best.feature]! <= best.bin)
    const isLeftSmaller = middle - from <= to - middle
    const smaller = isLeftSmaller ? histogramOf(from, middle) : histogramOf(middle, to)
    const larger = leaf.histogram.map((sum, at) => sum - smaller[at]!)
    const left = leafOf(from, middle, isLeftSmaller ? smaller : larger)
    const right = leafOf(middle, to, isLeftSmaller ? larger : smaller)
    tree.feature[node] = best.feature
    tree.bin[node] = best.bin
    tree.gain[node] = best.gain
    tree.left[node] = left.node
    tree.value[node] = 0
    open.splice(open.indexOf(leaf), 1, left, right)
  }
  return tree
}

/** Rows [from, to) with those that go left first, in their order. @returns where the others begin */
function divide(rows: Uint32Array, from: number, to: number, goesLeft: (row: number) => boolean): number {
  const others = new Uint32Array(to - from)
  let [middle, count] = [from, 0]
  for (let at = from; at < to; at++) {
    const row = rows[at]!
    if (goesLeft(row)) rows[middle++] = row
    else others[count++] = row
  }
  rows.set(others.subarray(0, count), middle)
  return middle
}
