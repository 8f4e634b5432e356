import { Layer } from './step'

/**
 * What the sweeps of the rating network work on, as in step.ts: the order of the fields is that of RATING_STEP_FIELDS in
 * kernels/train/rating-network.ts, which says what each of them is; all are four bytes long.
 */

// @ts-ignore: decorator
@unmanaged
export class RatingStep {
  width: u32
  heads: u32
  features: u32
  reach: u32
  layers: u32
  levels: u32
  numItems: u32
  numBuckets: u32
  poolDamping: f32
  // told of the movies
  allFeatures: usize
  peopleEnds: usize
  people: usize
  // learned
  embeddings: usize
  embeddingMoments: usize
  projection: usize
  projectionMoments: usize
  peopleRows: usize
  peopleMoments: usize
  layerAt: usize
  // the batch
  groups: u32
  examples: u32
  slots: u32
  buckets: u32
  slotItems: usize
  historyCounts: usize
  historySlots: usize
  historyStars: usize
  targetEnds: usize
  targetCounts: usize
  targetSlots: usize
  targetPlaces: usize
  targetIds: usize
  scalars: usize
  values: usize
  positions: usize
  historyEnds: usize
  historyEntries: usize
  askedEnds: usize
  askedEntries: usize
  bucketItems: usize
  bucketEnds: usize
  bucketEntries: usize
  // room
  slotFeatures: usize
  contents: usize
  inputs: usize
  inputGradients: usize
  historyGradients: usize
  targetGradients: usize
  slotGradients: usize
  // this step
  learns: u32
  seed: u32
  dropout: f32
  distribution: f32
  share: f32
  rate: f32
  epsilon: f32
  decay: f32
  rowDecay: f32
}

/** Numbers of an example beside its vectors; kernels/train/rating-network.ts says the same number. */
export const SCALARS: u32 = 8

/** Blocks of an item's vector, each `width` long: what it asks as a candidate, and what it says of itself as one; what it
 * is asked by in a history, what having been rated says, and what a star above the usual adds to that. */
export const BLOCKS: u32 = 5

// @ts-ignore: decorator
@inline
export function ratingLayer(step: RatingStep, number: u32): Layer {
  return changetype<Layer>(step.layerAt + <usize>number * offsetof<Layer>())
}

/** Numbers of a row that goes into the first layer: the candidate, the attended, the pooled, a product, and the scalars. */
// @ts-ignore: decorator
@inline
export function inputWidth(step: RatingStep): u32 {
  return 4 * step.width + SCALARS
}

/** The `number`-th u32 of a table. */
// @ts-ignore: decorator
@inline
export function at(table: usize, number: u32): u32 {
  return load<u32>(table + (<usize>number << 2))
}

/** Where the `number`-th list starts in a table of ends. */
// @ts-ignore: decorator
@inline
export function startAt(ends: usize, number: u32): u32 {
  return number > 0 ? at(ends, number - 1) : 0
}
