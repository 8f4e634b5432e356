import { multiply } from '../gemm'
import { add } from '../rows'
import { adamBy } from './adam'
import { ROWS_TOGETHER, roundedUp } from './learn'
import { at, BLOCKS, ratingLayer, RatingStep, startAt } from './rating-step'
import { Layer } from './step'

/**
 * Sweep 1, a row a slot: what is told of each item of the batch, as a vector: features · projection + Σ people / √people.
 * @param begin even; one row behind an odd end is written too
 */
export function ratingItems(begin: u32, end: u32, _scratch: usize, address: usize): void {
  const step = changetype<RatingStep>(address)
  const stride = <usize>(BLOCKS * step.width) << 2
  const featureBytes = <usize>step.features << 2
  for (let slot = <usize>begin; slot < end; slot++) {
    const item = <usize>at(step.slotItems, <u32>slot)
    memory.copy(step.slotFeatures + slot * featureBytes, step.allFeatures + item * featureBytes, featureBytes)
  }
  const rows = (end - begin + 1) & ~1
  const from = step.slotFeatures + begin * featureBytes
  const to = step.contents + begin * stride
  multiply(from, featureBytes, 4, step.projection, stride, 32, to, stride, rows, step.features, BLOCKS * step.width)
  for (let slot = <usize>begin; slot < end; slot++) {
    const item = at(step.slotItems, <u32>slot)
    const last = at(step.peopleEnds, item)
    const share = peopleShare(step, item)
    for (let entry = startAt(step.peopleEnds, item); entry < last; entry++)
      add(step.contents + slot * stride, step.peopleRows + <usize>at(step.people, entry) * stride, share, stride)
  }
}

/**
 * Sweep 3, rows of all that are numbered one after another: each layer's weights, starting on a multiple of ROWS_TOGETHER,
 * then the slots: the gradient of each one's vector, and the step of its embedding (lazy Adam).
 * @param begin a multiple of ROWS_TOGETHER; @param end as much beyond it at most
 */
export function ratingLearn(begin: u32, end: u32, scratch: usize, address: usize): void {
  const step = changetype<RatingStep>(address)
  let first = begin
  let inputs = step.inputs
  for (let number: u32 = 0; number < step.layers; number++) {
    const layer = ratingLayer(step, number)
    const padded = roundedUp(layer.inputs)
    if (first < padded) {
      layerStep(step, layer, inputs, first, min(ROWS_TOGETHER, layer.inputs - first), scratch)
      return
    }
    first -= padded
    inputs = layer.activations
  }
  const last = min(first + (end - begin), step.slots)
  for (let slot = first; slot < last; slot++) slotStep(step, slot, scratch)
}

/** @param scratch ROWS_TOGETHER × outputs */
function layerStep(step: RatingStep, layer: Layer, inputs: usize, first: u32, rows: u32, scratch: usize): void {
  const stride = <usize>layer.outputs << 2
  const inputBytes = <usize>layer.inputs << 2
  const from = inputs + (<usize>first << 2)
  multiply(from, 4, inputBytes, layer.gradients, stride, 32, scratch, stride, rows, step.examples, layer.outputs)
  const weights = layer.weights + first * stride
  const size = layer.inputs * layer.outputs
  const rate = step.rate
  const epsilon = step.epsilon
  const decay = step.decay
  adamBy(rate, epsilon, decay, weights, layer.moments + first * stride, size, scratch, rows * layer.outputs)
  for (let row: u32 = 0; row < rows; row++) {
    for (let column: u32 = 0; column < layer.outputs; column++) {
      const value = load<f32>(weights + row * stride + (<usize>column << 2))
      store<f32>(layer.transposed + column * inputBytes + (<usize>(first + row) << 2), value)
    }
  }
  if (first > 0) return
  memory.fill(scratch, 0, stride)
  for (let t: usize = 0; t < step.examples; t++) add(scratch, layer.gradients + t * stride, 1, stride)
  adamBy(rate, epsilon, 0, layer.bias, layer.biasMoments, layer.outputs, scratch, layer.outputs)
}

/** Candidates give back to the first two blocks, histories to the other three; without its id a candidate teaches only what is told of it. */
function slotStep(step: RatingStep, slot: u32, scratch: usize): void {
  const row = <usize>step.width << 2
  const stride = BLOCKS * row
  const told = step.slotGradients + slot * stride
  memory.fill(told, 0, stride)
  memory.fill(scratch, 0, stride)
  let hasPart = false
  for (let entry = startAt(step.askedEnds, slot); entry < at(step.askedEnds, slot); entry++) {
    const example = at(step.askedEntries, entry)
    const hasId = at(step.targetIds, example) !== 0
    add(hasId ? scratch : told, step.targetGradients + <usize>example * 2 * row, 1, 2 * row)
    if (hasId) hasPart = true
  }
  for (let entry = startAt(step.historyEnds, slot); entry < at(step.historyEnds, slot); entry++) {
    const place = at(step.historyEntries, entry)
    const gradient = step.historyGradients + <usize>place * 2 * row
    add(scratch + 2 * row, gradient, 1, 2 * row)
    add(scratch + 4 * row, gradient + row, load<f32>(step.historyStars + (<usize>place << 2)), row)
    hasPart = true
  }
  add(told, scratch, 1, stride)
  if (!hasPart) return
  const from = <usize>at(step.slotItems, slot) * stride
  const numbers = BLOCKS * step.width
  const size = step.numItems * numbers
  adamBy(step.rate, step.epsilon, step.rowDecay, step.embeddings + from, step.embeddingMoments + from, size, scratch, numbers)
}

/** Sweep 4: the projection's rows, then each bucket of people that has a part in the batch. @param begin a multiple of ROWS_TOGETHER */
export function ratingContents(begin: u32, end: u32, scratch: usize, address: usize): void {
  const step = changetype<RatingStep>(address)
  const numbers = BLOCKS * step.width
  const stride = <usize>numbers << 2
  const rate = step.rate
  const epsilon = step.epsilon
  if (begin < step.features) {
    const rows = min(end, step.features) - begin
    const from = step.slotFeatures + (<usize>begin << 2)
    const featureBytes = <usize>step.features << 2
    multiply(from, 4, featureBytes, step.slotGradients, stride, 32, scratch, stride, rows, step.slots, numbers)
    const to = begin * stride
    const size = step.features * numbers
    adamBy(rate, epsilon, step.decay, step.projection + to, step.projectionMoments + to, size, scratch, rows * numbers)
    return
  }
  for (let number = begin - step.features; number < end - step.features; number++) {
    memory.fill(scratch, 0, stride)
    for (let entry = startAt(step.bucketEnds, number); entry < at(step.bucketEnds, number); entry++) {
      const slot = at(step.bucketEntries, entry)
      const share = peopleShare(step, at(step.slotItems, slot))
      add(scratch, step.slotGradients + <usize>slot * stride, share, stride)
    }
    const from = <usize>at(step.bucketItems, number) * stride
    const size = step.numBuckets * numbers
    adamBy(rate, epsilon, step.rowDecay, step.peopleRows + from, step.peopleMoments + from, size, scratch, numbers)
  }
}

// @ts-ignore: decorator
@inline
function peopleShare(step: RatingStep, item: u32): f32 {
  const count = at(step.peopleEnds, item) - startAt(step.peopleEnds, item)
  return count > 0 ? 1 / sqrt<f32>(<f32>count) : 0
}
