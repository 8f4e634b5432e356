/**
 * A network that predicts stars (cross-attention, Vaswani et al. 2017, from a candidate over a history):
 *   x of an item = its embedding, if it has ratings, + its features · projection + Σ rows of its people / √people
 * in RATING_BLOCKS blocks: what it asks and what it is as a candidate, its key in a history, what having been rated says, and
 * what a star above the usual adds to that. For a candidate c and a history of items j with s_j stars above the usual
 *   said_j = x_j's fourth block + s_j · its fifth,  o = Σ softmax(asks_c · key_j) said_j,  m = Σ said_j / (n + damping)
 *   outputs = layers of ReLU over (is_c, o, m, is_c ∘ m, scalars): stars above the usual, and a logit for each level of stars
 * The loss is (1 − distribution) · squared error + distribution · cross-entropy. A step is four sweeps (items, groups, learn,
 * contents), each over rows that no other row writes, so the result does not depend on who does which.
 */
export interface ParallelRatingNetworkKernels {
  /** Sweep 1, a row a slot. @param begin even; @param step address of a block of RATING_STEP_FIELDS */
  ratingItems(begin: number, end: number, scratch: number, step: number): undefined
  /** Sweep 2, a row a group: the last layer's activations, and where `learns` the gradients. @returns their part of the loss */
  ratingGroups(begin: number, end: number, scratch: number, step: number): number
  /** Sweep 3: rows of the layers, each layer starting on a multiple of ROWS_TOGETHER, then the slots; chunks of ROWS_TOGETHER. */
  ratingLearn(begin: number, end: number, scratch: number, step: number): undefined
  /** Sweep 4: the projection's rows, then the buckets; chunks of ROWS_TOGETHER. */
  ratingContents(begin: number, end: number, scratch: number, step: number): undefined
}

/** Blocks of an item's vector, each `width` numbers. */
export const RATING_BLOCKS = 5

/** Numbers of an example beside vectors. */
export const RATING_SCALARS = 8

/** Outputs of the last layer: the stars, and a logit for each of 15 levels at most. */
export const RATING_OUTPUTS = 16

/** Of a worker, in bytes. @param questions most of a group */
export function ratingScratchBytes(shape: {
  width: number
  heads: number
  reach: number
  questions: number
  widest: number
}): number {
  const { width, heads, reach, questions, widest } = shape
  const ofGroup = 128 + 4 * ((4 * reach + questions + 1) * width + 2 * heads * questions * (reach + 16))
  return Math.max(ofGroup, 4 * 24 * Math.max(widest, RATING_BLOCKS * width))
}

/** Of each four bytes of a step's block, in their order: a count (u32), an address, or a number (f32). */
export const RATING_STEP_FIELDS = {
  /** of a block of an item's vector, a multiple of 8 · heads */
  width: 'count',
  heads: 'count',
  /** of an item, a multiple of ROWS_TOGETHER */
  features: 'count',
  /** most of a history, a multiple of 8 */
  reach: 'count',
  layers: 'count',
  /** of stars, 2 to 15 */
  levels: 'count',
  numItems: 'count',
  numBuckets: 'count',
  /** ratings that the pooled mean is damped by */
  poolDamping: 'number',
  /** numItems × features */
  allFeatures: 'address',
  /** u32 an item: end of its list in `people`, which holds buckets */
  peopleEnds: 'address',
  people: 'address',
  /** numItems × (RATING_BLOCKS · width); moments of it and of its squares, twice as long */
  embeddings: 'address',
  embeddingMoments: 'address',
  /** features × (RATING_BLOCKS · width) */
  projection: 'address',
  projectionMoments: 'address',
  /** numBuckets × (RATING_BLOCKS · width) */
  peopleRows: 'address',
  peopleMoments: 'address',
  /** blocks of LAYER_FIELDS, one behind another; the first has 4 · width + RATING_SCALARS inputs, the last RATING_OUTPUTS */
  layerAt: 'address',
  groups: 'count',
  /** rows of all groups, fillers among them */
  examples: 'count',
  slots: 'count',
  buckets: 'count',
  /** u32 a slot: the items of the batch, each once */
  slotItems: 'address',
  /** u32 a group, `reach` at most */
  historyCounts: 'address',
  /** groups × reach, u32 and f32: slot, and stars above the usual */
  historySlots: 'address',
  historyStars: 'address',
  /** u32 a group: end of its rows, even, and how many of them are no fillers */
  targetEnds: 'address',
  targetCounts: 'address',
  /** u32 an example */
  targetSlots: 'address',
  /** i32 an example: place of its own rating in the history, −1 where it is not there */
  targetPlaces: 'address',
  /** u32 an example: 1 with the item's embedding, 0 with what is told of it alone */
  targetIds: 'address',
  /** examples × RATING_SCALARS */
  scalars: 'address',
  /** f32 an example: stars above the usual, and the rating's place among the levels */
  values: 'address',
  positions: 'address',
  /** u32 a slot and u32: places of the histories (group · reach + place), and examples, by slot */
  historyEnds: 'address',
  historyEntries: 'address',
  askedEnds: 'address',
  askedEntries: 'address',
  /** the same of the buckets: their slots */
  bucketItems: 'address',
  bucketEnds: 'address',
  bucketEntries: 'address',
  /** slots × features, and × (RATING_BLOCKS · width) */
  slotFeatures: 'address',
  contents: 'address',
  /** examples × (4 · width + RATING_SCALARS) */
  inputs: 'address',
  inputGradients: 'address',
  /** groups × reach × (2 · width): of the key and of what it says */
  historyGradients: 'address',
  /** examples × (2 · width): of what it asks and is */
  targetGradients: 'address',
  slotGradients: 'address',
  /** 1: groups leave gradients, and numbers fall out */
  learns: 'count',
  seed: 'count',
  dropout: 'number',
  distribution: 'number',
  /** 1 / examples that are no fillers */
  share: 'number',
  /** Adam's, with the bias corrections in it */
  rate: 'number',
  epsilon: 'number',
  /** shares of a weight, and of a row of an embedding or a person, that a step takes off it */
  decay: 'number',
  rowDecay: 'number',
} as const
