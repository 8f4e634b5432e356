import { mixed, STEP } from '../random'

/**
 * What the sweeps of the two-tower network work on: blocks of addresses and numbers that the caller lays out, so nothing
 * is allocated here. The order of the fields is that of STEP_FIELDS, LAYER_FIELDS and SLOT_FIELDS in
 * kernels/train/neural.ts, which says what each of them is; all are four bytes long.
 */

// @ts-ignore: decorator
@unmanaged
export class Step {
  batch: u32
  candidates: u32
  factors: u32
  scales: u32
  reach: u32
  width: u32
  layers: u32
  numItems: u32
  // histories
  items: usize
  strengths: usize
  lengths: usize
  powers: usize
  // the batch
  firstPlaces: usize
  places: usize
  values: usize
  norms: usize
  inputs: usize
  inputGradients: usize
  layerAt: usize
  // candidates
  candidateItems: usize
  corrections: usize
  vectors: usize
  panels: usize
  vectorGradients: usize
  features: usize
  scores: usize
  // learned
  history: usize
  historyMoments: usize
  embeddings: usize
  embeddingMoments: usize
  projection: usize
  projectionMoments: usize
  allFeatures: usize
  // items of the batch, each once, and where they stand
  slotOf: usize
  historySlots: usize
  candidateSlots: usize
  // this step
  seed: u32
  dropout: f32
  idDropout: f32
  rate: f32
  epsilon: f32
  decay: f32
  mse: f32
  loss: u32
  normalizes: u32
  diversity: f32
  alike: u32
  // neural CF
  products: u32
  jointLayers: u32
  jointAt: usize
  jointOutput: usize
  jointOutputMoments: usize
  jointGradients: usize
}

// @ts-ignore: decorator
@unmanaged
export class Layer {
  inputs: u32
  outputs: u32
  weights: usize
  transposed: usize
  bias: usize
  moments: usize
  biasMoments: usize
  activations: usize
  gradients: usize
}

/** Items of a batch, each once: `count` of them, item and end of its entries, and entries by item. */
// @ts-ignore: decorator
@unmanaged
export class Slots {
  count: u32
  items: usize
  ends: usize
  entries: usize
}

// @ts-ignore: decorator
@inline
export function layerOf(step: Step, number: u32): Layer {
  return changetype<Layer>(step.layerAt + <usize>number * offsetof<Layer>())
}

// @ts-ignore: decorator
@inline
export function jointLayerOf(step: Step, number: u32): Layer {
  return changetype<Layer>(step.jointAt + <usize>number * offsetof<Layer>())
}

/** Numbers of u and v that go into the joint layers, behind those that are multiplied; 0: there are none. */
// @ts-ignore: decorator
@inline
export function jointWidth(step: Step): u32 {
  return step.factors - step.products
}

/** Whether what has this number falls out with a chance of `share`. */
// @ts-ignore: decorator
@inline
export function fallsOut(seed: u32, number: u32, share: f32): bool {
  return <f32>(mixed(seed + number * STEP) >>> 8) < share * 16777216
}

/** From one row of scores to the next: a line more than they take, as columns a power of two apart fall on few lines of L1. */
// @ts-ignore: decorator
@inline
export function scoreRow(step: Step): usize {
  return (<usize>step.candidates << 2) + 64
}

/** How far back the history of a row of the batch is seen. */
// @ts-ignore: decorator
@inline
export function backOf(step: Step, b: u32): u32 {
  const at = <usize>b << 2
  return min(step.reach, load<u32>(step.places + at) - load<u32>(step.firstPlaces + at))
}

// @ts-ignore: decorator
@inline
export function itemAt(step: Step, place: u32): u32 {
  return load<u32>(step.items + (<usize>place << 2))
}

/** What the item at a place of a history counts at a scale that it is `since` items before the end of. */
// @ts-ignore: decorator
@inline
export function weightAt(step: Step, scale: u32, place: u32, since: u32): f32 {
  const power = step.powers + (<usize>(scale * (step.reach + 1) + since) << 2)
  return load<f32>(power) * load<f32>(step.strengths + (<usize>place << 2))
}

// @ts-ignore: decorator
@inline
export function startOf(slots: Slots, slot: u32): u32 {
  return slot > 0 ? load<u32>(slots.ends + (<usize>(slot - 1) << 2)) : 0
}

// @ts-ignore: decorator
@inline
export function endOf(slots: Slots, slot: u32): u32 {
  return load<u32>(slots.ends + (<usize>slot << 2))
}

/** One over the length of the weights of each scale, then one over the deviation that the inputs were divided by. */
// @ts-ignore: decorator
@inline
export function normsOf(step: Step, b: u32): usize {
  return step.norms + (<usize>(b * (step.scales + 1)) << 2)
}
