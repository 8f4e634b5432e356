/**
 * Lists to learn a ranker from: the first movies of users' blended lists, in that order, one row each. List l has the rows
 * [offsets[l], offsets[l + 1]).
 */
export interface RankingLists {
  /** numLists + 1 */
  offsets: Uint32Array
  numFeatures: number
  /** row-major (rows × numFeatures) */
  features: Float32Array
  /** rows; 1 for a movie that the user turned out to like */
  relevant: Uint8Array
  /** numLists; how many such movies there are, in the list and anywhere else */
  numRelevant: Uint32Array
}

/** Rows whose values lie in bins: what trees are grown on. */
export interface BinnedLists extends RankingLists {
  /** row-major (rows × numFeatures): the bin of each value; a leaf's rows are scattered, so a row is read at once */
  bins: Uint8Array
  /** of each feature, the largest value of each bin but the last, ascending */
  edges: Float32Array[]
}

/** Most bins of a feature. */
export const MAX_BINS = 64

/** Values that quantiles are read off: more would change the edges little. */
const MAX_SAMPLED = 20_000

/** Divide each feature's values into bins of about as many rows each; equal values share a bin. */
export function binLists(lists: RankingLists): BinnedLists {
  const { numFeatures, features } = lists
  const rows = lists.relevant.length
  const bins = new Uint8Array(numFeatures * rows)
  const edges = Array.from({ length: numFeatures }, (_, feature) => {
    const own = binEdges(columnOf(features, feature, numFeatures))
    for (let row = 0; row < rows; row++)
      bins[row * numFeatures + feature] = binOf(features[row * numFeatures + feature]!, own)
    return own
  })
  return { ...lists, bins, edges }
}

/** At most MAX_BINS − 1 different values that divide the others into about equal parts. */
export function binEdges(values: Float32Array): Float32Array {
  const step = Math.max(1, Math.floor(values.length / MAX_SAMPLED))
  const sorted = values.filter((_, position) => position % step === 0).sort()
  const edges: number[] = []
  for (let bin = 1; bin < MAX_BINS; bin++) {
    const edge = sorted[Math.floor((bin * sorted.length) / MAX_BINS)]
    if (edge !== undefined && edge !== edges.at(-1) && edge < sorted.at(-1)!) edges.push(edge)
  }
  return Float32Array.from(edges)
}

/** The first bin whose edge is not below the value; the last one has no edge. */
function binOf(value: number, edges: Float32Array): number {
  let [low, high] = [0, edges.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if (value <= edges[middle]!) high = middle
    else low = middle + 1
  }
  return low
}

function columnOf(features: Float32Array, feature: number, numFeatures: number): Float32Array {
  return Float32Array.from(
    { length: features.length / numFeatures },
    (_, row) => features[row * numFeatures + feature]!,
  )
}
