/**
 * A two-tower network (Yi et al. 2019): the score of an item for a history is u · v. With joint layers it is neural
 * collaborative filtering (NeuMF, He et al. 2017): the last numbers of u and v are a layer's parts that are summed instead,
 * and what the layers behind it say of the pair is added to the product of the others (assembly/neural/joint.ts).
 *   v = embedding of the item + its features · projection                                        the item tower
 *   u = layers of ReLU over the pools, the last one linear                                        the user tower
 *   pool of a scale = Σ weight · history row / √Σ weight²,  weight = 2^(−items since / half-life) · strength
 * An example is a place of a history: what stands there is to be told from what stands before it. Each example of a batch
 * scores the same candidates, the right ones of all examples first. One step is four sweeps (items, users, weights,
 * embeddings), each over rows that no other row writes, so the result does not depend on who does which. Matrices are
 * row-major f32; a weight takes its step (Adam) in the sweep that knows its gradient. All draws hang on `seed` and a number.
 */
export interface ParallelNeuralKernels {
  /**
   * Whole steps, with as many rows as workers, who do them together: each sweep's rows are claimed, ROWS_TOGETHER at a time.
   * Scratch: ROWS_TOGETHER × the widest layer's outputs, `alike` numbers at least; with joint layers `jointScratch` besides.
   * @param steps `count` blocks of STEP_FIELDS, one behind another
   * @param claims CLAIM_WORDS u32 a step, zeros
   * @param losses out, an f64 for each step and each ROWS_TOGETHER examples: their part of the batch's mean
   */
  towerSteps(
    begin: number,
    end: number,
    scratch: number,
    steps: number,
    count: number,
    claims: number,
    losses: number,
  ): undefined
  /**
   * The first sweep alone, ARRANGING_ROWS and a row a candidate: v of each into `vectors`.
   * @param begin, end multiples of 8; @param step address of a block of STEP_FIELDS
   */
  towerItems(begin: number, end: number, scratch: number, step: number): undefined
  /** A row an example: u of its history into the last layer's activations, nothing dropped. A multiple of 2 rows. */
  towerVectors(begin: number, end: number, scratch: number, step: number): undefined
  /** A row an example, u in the last layer's activations, v as `towerItems` left them: scores of all candidates. A multiple of 2 rows. */
  towerScores(begin: number, end: number, scratch: number, step: number): undefined
}

/** What ranks: the softmax, BPR, or binary cross-entropy; the number of each is `loss` of a step. */
export const LOSSES = ['softmax', 'bpr', 'bce'] as const
export type TowerLoss = (typeof LOSSES)[number]

/** What the workers keep count of, u32 a step. */
export const CLAIM_WORDS = 10

/** Rows of sweep 1 that come before the candidates'. */
export const ARRANGING_ROWS = 8

/** Rows of a matrix that are multiplied at a time in sweeps 3 and 4. */
export const ROWS_TOGETHER = 24

/** Numbers behind each row of scores that nobody reads. */
export const SCORE_PADDING = 16

/** Of each four bytes of a step's block, in their order: a count (u32), an address, or a number (f32). */
export const STEP_FIELDS = {
  /** examples, a multiple of 4, below 2¹⁶ */
  batch: 'count',
  /** a multiple of 8, `batch` or more */
  candidates: 'count',
  /** of a vector, a multiple of 8 */
  factors: 'count',
  scales: 'count',
  /** the longest length of a scale, below 2¹⁶ */
  reach: 'count',
  /** features of an item, a multiple of ROWS_TOGETHER */
  width: 'count',
  layers: 'count',
  numItems: 'count',
  /** item of each place of the histories, one behind another, in the order of time */
  items: 'address',
  /** f32 a place */
  strengths: 'address',
  /** u32 a scale: items back from the end of the history that it sees */
  lengths: 'address',
  /** scales × (reach + 1): of the item `since` back, from 1 on */
  powers: 'address',
  /** u32 an example: where its history starts, and where it ends */
  firstPlaces: 'address',
  places: 'address',
  /** f32 an example: what the score of the right one should be, by `mse` */
  values: 'address',
  /** batch × (scales + 1) */
  norms: 'address',
  /** batch × (scales · factors) */
  inputs: 'address',
  inputGradients: 'address',
  /** blocks of LAYER_FIELDS, one behind another */
  layerAt: 'address',
  /** u32, the right ones of the batch first */
  candidateItems: 'address',
  /** f32, taken off each one's scores before the softmax */
  corrections: 'address',
  /** candidates × factors, three times */
  vectors: 'address',
  panels: 'address',
  vectorGradients: 'address',
  /** candidates × width */
  features: 'address',
  /** batch × (candidates + SCORE_PADDING) */
  scores: 'address',
  /** numItems × factors; moments of it and of its squares, twice as long */
  history: 'address',
  historyMoments: 'address',
  embeddings: 'address',
  embeddingMoments: 'address',
  /** width × factors */
  projection: 'address',
  projectionMoments: 'address',
  /** numItems × width */
  allFeatures: 'address',
  /** i32 an item, all −1 */
  slotOf: 'address',
  /** blocks of SLOT_FIELDS */
  historySlots: 'address',
  candidateSlots: 'address',
  seed: 'count',
  /** share of the hidden numbers that fall out */
  dropout: 'number',
  /** share of the candidates that stand there by their features alone */
  idDropout: 'number',
  /** Adam's, with the bias corrections in it */
  rate: 'number',
  epsilon: 'number',
  /** share of a weight that a step takes off it */
  decay: 'number',
  /** share of the squared error in the loss */
  mse: 'number',
  /** of LOSSES */
  loss: 'count',
  /** 1: inputs have a layer norm */
  normalizes: 'count',
  /** what it costs in the loss how alike two movies are that the softmax draws */
  diversity: 'number',
  /** features from the first on by which movies are alike, a multiple of 8 */
  alike: 'count',
  /** numbers of u and v that are multiplied, a multiple of 8; the others of `factors` go into the joint layers */
  products: 'count',
  jointLayers: 'count',
  /** blocks of LAYER_FIELDS, without activations and gradients */
  jointAt: 'address',
  /** what the last of them is weighed by, and moments of it */
  jointOutput: 'address',
  jointOutputMoments: 'address',
  /** `jointGradientNumbers` for each ROWS_TOGETHER examples */
  jointGradients: 'address',
} as const

/** f32 of scratch that joint layers take. @param widths of the first one and those behind it; none: 0 */
export function jointScratch(widths: readonly number[], candidates: number): number {
  const activations = widths.reduce((sum, width) => sum + width, 0)
  return candidates * (activations + 2 * Math.max(0, ...widths))
}

/** Numbers that a chunk of examples gives back to joint layers. */
export function jointGradientNumbers(widths: readonly number[], candidates: number): number {
  const [first = 0] = widths
  const ofLayers = widths.slice(1).map((outputs, layer) => (widths[layer]! + 1) * outputs)
  return candidates * first + ofLayers.reduce((sum, count) => sum + count, 0) + (widths.at(-1) ?? 0)
}

export const LAYER_FIELDS = {
  /** multiples of 8 */
  inputs: 'count',
  outputs: 'count',
  /** inputs × outputs, and the same transposed */
  weights: 'address',
  transposed: 'address',
  bias: 'address',
  moments: 'address',
  biasMoments: 'address',
  /** batch × outputs */
  activations: 'address',
  gradients: 'address',
} as const

/** Items, each once, with their entries: `ends` of each one's in `entries`. All u32. */
export const SLOT_FIELDS = { count: 'count', items: 'address', ends: 'address', entries: 'address' } as const

type Kind = 'count' | 'address' | 'number'

/** The values of a block's fields, to be written as they stand in memory. */
export function fieldBytes<Fields extends Record<string, Kind>>(
  fields: Fields,
  values: Record<keyof Fields, number>,
): Uint32Array<ArrayBuffer> {
  const bytes = new Uint32Array(Object.keys(fields).length)
  const floats = new Float32Array(bytes.buffer)
  for (const [at, [name, kind]] of Object.entries(fields).entries()) {
    if (kind === 'number') floats[at] = values[name]!
    else bytes[at] = values[name]!
  }
  return bytes
}
