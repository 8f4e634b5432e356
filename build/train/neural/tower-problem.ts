import type { TowerLoss } from '#core/kernels/train/neural.ts'
import type { SparseRows } from '../sparse-rows.ts'

/** How one pool looks at a history. */
export interface TowerScale {
  /** items back from its end that it sees */
  length: number
  /** items after which an older one weighs half */
  recencyHalfLife: number
}

/** What the towers are about. */
export interface TowerProblem {
  /** users × items, each user's in the order of time, with how much each counts beside its age */
  histories: SparseRows & { strengths: Float32Array }
  numItems: number
  /**
   * of the items: numItems × width, row-major; width is a multiple of 24. By the first `alike` of them, a multiple of 8, movies
   * are alike
   */
  features: { width: number; rows: Float32Array; alike: number }
  /** places of the histories that are to be told from what stands before them in theirs */
  examples: Uint32Array
  /** of each example, what its score should be by the squared error */
  values: Float32Array
}

/** What makes neural CF of two towers (assembly/neural/joint.ts). */
export interface JointOptions {
  /** numbers of the vectors that are multiplied, a multiple of 8 below `factors`; the others are parts of the first joint layer */
  products: number
  /** outputs of the joint layers behind it, multiples of 8 */
  hidden: readonly number[]
}

export interface TowerOptions {
  /** of a vector, a multiple of 8 */
  factors: number
  scales: readonly TowerScale[]
  /** outputs of the layers before the last one, multiples of 8 */
  hidden: readonly number[]
  /** layers over user and item; null: the score is the product alone */
  joint: JointOptions | null
  /** examples a step, a multiple of 8 */
  batch: number
  /** items that a batch scores beside its right ones, drawn alike from all that are right somewhere; a multiple of 8 */
  negatives: number
  /** what a right one is to be ahead of the others by */
  loss: TowerLoss
  /** whether the softmax and the cross-entropy take off what popular candidates are drawn more often */
  logQ: boolean
  /** share of the squared error of the score in the loss */
  mse: number
  /** what it costs beside the softmax how alike two different movies are that it draws */
  diversity: number
  /** of the pools */
  layerNorm: boolean
  /** share of the hidden numbers that fall out */
  dropout: number
  /** share of the candidates that stand there by their features alone, as a movie that nobody rated does */
  idDropout: number
  /** of Adam's first step; falls in a straight line to a tenth of it in the last */
  learningRate: number
  /** share of the learning rate that a step takes off a weight */
  weightDecay: number
}

/** What of it shapes the network in memory. */
export interface TowerShape
  extends Pick<TowerOptions, 'factors' | 'scales' | 'hidden' | 'joint' | 'batch' | 'loss' | 'mse' | 'diversity'> {
  candidates: number
  normalizes: boolean
}

/** All that is learned: what the served towers are made of. */
export interface TowerWeights {
  /** numItems × factors: what an item of the history says */
  history: Float32Array
  /** numItems × factors */
  embeddings: Float32Array
  /** width × factors */
  projection: Float32Array
  /** from the pools to the user's vector; weights inputs × outputs, row-major */
  layers: TowerLayer[]
  /** over user and item, and what weighs the last one's numbers; none without joint layers */
  joint: { layers: TowerLayer[]; output: Float32Array }
}

export interface TowerLayer {
  inputs: number
  outputs: number
  weights: Float32Array
  bias: Float32Array
}
