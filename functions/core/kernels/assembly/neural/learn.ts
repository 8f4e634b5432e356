import { multiply } from '../gemm'
import { add, laneSum, multiplyAdd } from '../rows'
import { adam } from './adam'
import { forward } from './forward'
import {
  addJointScores,
  clearJointGradients,
  jointGradients,
  jointItemGradients,
  jointOutputGradients,
  jointWeightGradients,
} from './joint'
import { scoreGradients } from './loss'
import {
  endOf,
  fallsOut,
  jointLayerOf,
  jointWidth,
  Layer,
  layerOf,
  normsOf,
  scoreRow,
  Slots,
  startOf,
  Step,
  weightAt,
} from './step'

/** Rows of a batch that go through the network together: their scores of 1,024 candidates take 192 KiB of L2. */
const CHUNK: usize = 48

/** Rows of a matrix whose gradient is made at a time; kernels/train/neural.ts says the same number. */
export const ROWS_TOGETHER: u32 = 24

// @ts-ignore: decorator
@inline
export function roundedUp(rows: u32): u32 {
  return ((rows + ROWS_TOGETHER - 1) / ROWS_TOGETHER) * ROWS_TOGETHER
}

/**
 * Sweep 2, rows of the batch: their histories through the user tower, scores of all candidates, the loss, and what it
 * gives back to every layer and to the pooled histories. Leaves the gradient of the scores where the scores were.
 * @param begin a multiple of ROWS_TOGETHER with joint layers, else of 4; @param end as much beyond it at most, a multiple of 4
 * @param scratch `alike` numbers, and what joint layers take
 * @returns the loss of these rows
 */
export function towerUsers(begin: u32, end: u32, scratch: usize, at: usize): f64 {
  const step = changetype<Step>(at)
  const last = layerOf(step, step.layers - 1)
  const stride = <usize>step.factors << 2
  const scoreBytes = scoreRow(step)
  const isJoint = jointWidth(step) > 0
  const chunk = begin / ROWS_TOGETHER
  const jointScratch = scratch + (<usize>step.alike << 2)
  let loss: f64 = 0
  if (isJoint) clearJointGradients(step, chunk)
  for (let first = <usize>begin; first < <usize>end; first += CHUNK) {
    const rows = min(CHUNK, <usize>end - first)
    forward(step, first, rows, step.dropout)
    const users = last.activations + first * stride
    const scores = step.scores + first * scoreBytes
    multiply(
      users,
      stride,
      4,
      step.panels,
      32,
      stride << 3,
      scores,
      scoreBytes,
      rows,
      step.products,
      step.candidates,
    )
    const gradients = last.gradients + first * stride
    for (let b: usize = 0; b < rows; b++) {
      const row = scores + b * scoreBytes
      if (isJoint) addJointScores(step, users + b * stride, row, jointScratch)
      loss += scoreGradients(step, <u32>(first + b), row, scratch)
      if (isJoint) jointGradients(step, chunk, row, gradients + b * stride, jointScratch)
    }
    multiply(
      scores,
      scoreBytes,
      4,
      step.vectors,
      stride,
      32,
      gradients,
      stride,
      rows,
      step.candidates,
      step.products,
    )
    backward(step, first, rows)
  }
  return loss
}

/** From the gradient of the last layer's outputs to that of all before it, and of the pooled histories. */
function backward(step: Step, first: usize, rows: usize): void {
  const keep: f32 = 1 / (1 - step.dropout)
  for (let number = step.layers - 1; ; number--) {
    const layer = layerOf(step, number)
    const inputs = <usize>layer.inputs << 2
    const outputs = <usize>layer.outputs << 2
    const from = layer.gradients + first * outputs
    const below = number > 0 ? layerOf(step, number - 1).gradients : step.inputGradients
    const to = below + first * inputs
    multiply(from, outputs, 4, layer.transposed, inputs, 32, to, inputs, rows, layer.outputs, layer.inputs)
    if (number === 0) break
    passRectified(to, layerOf(step, number - 1).activations + first * inputs, rows * inputs, keep)
  }
  if (!step.normalizes) return
  const inputBytes = <usize>(step.scales * step.factors) << 2
  for (let b = first; b < first + rows; b++) {
    const inverse = load<f32>(normsOf(step, <u32>b) + (<usize>step.scales << 2))
    passNormalized(step.inputGradients + b * inputBytes, step.inputs + b * inputBytes, inputBytes, inverse)
  }
}

/** The gradient before dropout and ReLU: that after them, times `keep`, where something came through. */
export function passRectified(gradients: usize, activations: usize, end: usize, keep: f32): void {
  const lanes = f32x4.splat(keep)
  const zero = f32x4.splat(0)
  for (let at: usize = 0; at < end; at += 16) {
    const passes = f32x4.gt(v128.load(activations + at), zero)
    v128.store(gradients + at, v128.and(passes, f32x4.mul(lanes, v128.load(gradients + at))))
  }
}

/** The gradient before the layer norm: (g − mean g − x · mean(g·x)) / deviation, where x is what came out of it. */
function passNormalized(gradients: usize, normalized: usize, end: usize, inverseDeviation: f32): void {
  const count = <f32>(end >> 2)
  let sum = f32x4.splat(0)
  let along = sum
  for (let at: usize = 0; at < end; at += 16) {
    const gradient = v128.load(gradients + at)
    sum = f32x4.add(sum, gradient)
    along = multiplyAdd(gradient, v128.load(normalized + at), along)
  }
  const mean = f32x4.splat(laneSum(sum) / count)
  const slope = f32x4.splat(laneSum(along) / count)
  const inverse = f32x4.splat(inverseDeviation)
  for (let at: usize = 0; at < end; at += 16) {
    const rest = f32x4.sub(v128.load(gradients + at), mean)
    const across = f32x4.sub(rest, f32x4.mul(slope, v128.load(normalized + at)))
    v128.store(gradients + at, f32x4.mul(inverse, across))
  }
}

/**
 * Sweep 3, rows of all that are numbered one after another: gradients of the candidates' vectors, then, each layer starting
 * on a multiple of ROWS_TOGETHER, the layers' weights, which take their step at once; then those of the joint layers.
 * @param begin a multiple of ROWS_TOGETHER; @param end as much beyond it at most, a multiple of 8
 */
export function towerWeights(begin: u32, end: u32, scratch: usize, at: usize): void {
  const step = changetype<Step>(at)
  if (begin < step.candidates) {
    const stride = <usize>step.factors << 2
    const users = layerOf(step, step.layers - 1).activations
    const rows = min(end, step.candidates) - begin
    multiply(
      step.scores + (<usize>begin << 2),
      4,
      scoreRow(step),
      users,
      stride,
      32,
      step.vectorGradients + begin * stride,
      stride,
      rows,
      step.batch,
      step.products,
    )
    if (jointWidth(step) > 0) jointItemGradients(step, begin, rows)
    return
  }
  let first = begin - roundedUp(step.candidates)
  let inputs = step.inputs
  for (let number: u32 = 0; number < step.layers; number++) {
    const layer = layerOf(step, number)
    const padded = roundedUp(layer.inputs)
    if (first < padded) {
      layerStep(step, layer, inputs, first, min(ROWS_TOGETHER, layer.inputs - first), scratch)
      return
    }
    first -= padded
    inputs = layer.activations
  }
  for (let number: u32 = 0; number < step.jointLayers; number++) {
    const layer = jointLayerOf(step, number)
    const padded = roundedUp(layer.inputs)
    if (first < padded) {
      const rows = min(ROWS_TOGETHER, layer.inputs - first)
      jointWeightGradients(step, number, first, rows, scratch)
      weightStep(step, layer, first, rows, scratch)
      if (first > 0) return
      jointWeightGradients(step, number, layer.inputs, 1, scratch)
      adam(step, layer.bias, layer.biasMoments, layer.outputs, scratch, layer.outputs)
      return
    }
    first -= padded
  }
  const size = jointOutputGradients(step, scratch)
  adam(step, step.jointOutput, step.jointOutputMoments, size, scratch, size)
}

/** Rows of a layer's weights, and with the first ones its bias. @param scratch ROWS_TOGETHER × outputs */
function layerStep(step: Step, layer: Layer, inputs: usize, first: u32, rows: u32, scratch: usize): void {
  const stride = <usize>layer.outputs << 2
  const inputBytes = <usize>layer.inputs << 2
  const from = inputs + (<usize>first << 2)
  multiply(
    from,
    4,
    inputBytes,
    layer.gradients,
    stride,
    32,
    scratch,
    stride,
    rows,
    step.batch,
    layer.outputs,
  )
  weightStep(step, layer, first, rows, scratch)
  if (first > 0) return
  memory.fill(scratch, 0, stride)
  for (let b: usize = 0; b < step.batch; b++) add(scratch, layer.gradients + b * stride, 1, stride)
  adam(step, layer.bias, layer.biasMoments, layer.outputs, scratch, layer.outputs)
}

/** @param gradients of the rows */
function weightStep(step: Step, layer: Layer, first: u32, rows: u32, gradients: usize): void {
  const stride = <usize>layer.outputs << 2
  const inputBytes = <usize>layer.inputs << 2
  const weights = layer.weights + first * stride
  const size = layer.inputs * layer.outputs
  adam(step, weights, layer.moments + first * stride, size, gradients, rows * layer.outputs)
  // the next step's backward pass reads the weights by columns
  for (let row: u32 = 0; row < rows; row++) {
    for (let column: u32 = 0; column < layer.outputs; column++) {
      const value = load<f32>(weights + row * stride + (<usize>column << 2))
      store<f32>(layer.transposed + column * inputBytes + (<usize>(first + row) << 2), value)
    }
  }
}

/**
 * Sweep 4, rows of all that are numbered one after another: the projection's, then each item of the histories, then each of
 * the candidates. Only rows that had a part in the batch take a step (lazy Adam).
 * @param begin a multiple of ROWS_TOGETHER, as the projection's rows are
 */
export function towerEmbeddings(begin: u32, end: u32, scratch: usize, at: usize): void {
  const step = changetype<Step>(at)
  const stride = <usize>step.factors << 2
  if (begin < step.width) {
    const rows = min(end, step.width) - begin
    multiply(
      step.features + (<usize>begin << 2),
      4,
      <usize>step.width << 2,
      step.vectorGradients,
      stride,
      32,
      scratch,
      stride,
      rows,
      step.candidates,
      step.factors,
    )
    const from = begin * stride
    const size = step.width * step.factors
    adam(step, step.projection + from, step.projectionMoments + from, size, scratch, rows * step.factors)
    return
  }
  const histories = changetype<Slots>(step.historySlots)
  for (let row = begin - step.width; row < end - step.width; row++) {
    if (row < histories.count) historyStep(step, histories, row, scratch)
    else embeddingStep(step, changetype<Slots>(step.candidateSlots), row - histories.count, scratch)
  }
}

function historyStep(step: Step, slots: Slots, slot: u32, sum: usize): void {
  const stride = <usize>step.factors << 2
  memory.fill(sum, 0, stride)
  for (let entry = startOf(slots, slot); entry < endOf(slots, slot); entry++) {
    const packed = load<u32>(slots.entries + (<usize>entry << 2))
    const b = packed >>> 16
    const since = packed & 0xffff
    const place = load<u32>(step.places + (<usize>b << 2)) - since
    const norms = normsOf(step, b)
    for (let scale: u32 = 0; scale < step.scales; scale++) {
      if (since > load<u32>(step.lengths + (<usize>scale << 2))) continue
      const weight = load<f32>(norms + (<usize>scale << 2)) * weightAt(step, scale, place, since)
      add(sum, step.inputGradients + (b * step.scales + scale) * stride, weight, stride)
    }
  }
  rowStep(step, step.history, step.historyMoments, load<u32>(slots.items + (<usize>slot << 2)), sum)
}

function embeddingStep(step: Step, slots: Slots, slot: u32, sum: usize): void {
  const stride = <usize>step.factors << 2
  memory.fill(sum, 0, stride)
  let had = false
  for (let entry = startOf(slots, slot); entry < endOf(slots, slot); entry++) {
    const n = load<u32>(slots.entries + (<usize>entry << 2))
    if (fallsOut(step.seed, n, step.idDropout)) continue
    add(sum, step.vectorGradients + n * stride, 1, stride)
    had = true
  }
  if (had) rowStep(step, step.embeddings, step.embeddingMoments, load<u32>(slots.items + (<usize>slot << 2)), sum)
}

function rowStep(step: Step, rows: usize, moments: usize, item: u32, gradient: usize): void {
  const from = item * (<usize>step.factors << 2)
  adam(step, rows + from, moments + from, step.numItems * step.factors, gradient, step.factors)
}
