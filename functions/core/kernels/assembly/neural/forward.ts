import { multiply } from '../gemm'
import { add, laneSum, multiplyAdd } from '../rows'
import { arrangeCandidates, arrangeHistories } from './arrange'
import { backOf, fallsOut, itemAt, layerOf, normsOf, Step, weightAt } from './step'

/** Rows before the candidates' in `towerItems`: the first stands for the arranging, the others for nothing. */
export const ARRANGING_ROWS: u32 = 8

/**
 * Sweep 1. Row 0: the items of the batch's histories and candidates, each once, with their entries. Rows from 8 on: vectors
 * of the candidates, embedding + features · projection, and the same in panels of eight for the products to come.
 * @param begin, end multiples of 8
 */
export function towerItems(begin: u32, end: u32, _scratch: usize, at: usize): void {
  const step = changetype<Step>(at)
  if (begin === 0) {
    arrangeHistories(step)
    arrangeCandidates(step)
    begin = ARRANGING_ROWS
  }
  if (begin < end) itemVectors(step, begin - ARRANGING_ROWS, end - ARRANGING_ROWS)
}

function itemVectors(step: Step, begin: usize, end: usize): void {
  const stride = <usize>step.factors << 2
  const widthBytes = <usize>step.width << 2
  for (let n = begin; n < end; n++) {
    const item = <usize>load<u32>(step.candidateItems + (n << 2))
    memory.copy(step.features + n * widthBytes, step.allFeatures + item * widthBytes, widthBytes)
  }
  const from = step.features + begin * widthBytes
  const to = step.vectors + begin * stride
  multiply(from, widthBytes, 4, step.projection, stride, 32, to, stride, end - begin, step.width, step.factors)
  for (let n = begin; n < end; n++) {
    const item = <usize>load<u32>(step.candidateItems + (n << 2))
    const vector = step.vectors + n * stride
    if (!fallsOut(step.seed, <u32>n, step.idDropout)) add(vector, step.embeddings + item * stride, 1, stride)
    const panel = step.panels + (n >> 3) * (stride << 3) + ((n & 7) << 2)
    for (let k: usize = 0; k < stride; k += 4) store<f32>(panel + (k << 3), load<f32>(vector + k))
  }
}

/** Rows of the batch: their histories through the user tower, nothing dropped. */
export function towerVectors(begin: u32, end: u32, _scratch: usize, at: usize): void {
  forward(changetype<Step>(at), begin, end - begin, 0)
}

/** Histories of `rows` rows of the batch to the last layer's activations; a multiple of 4. */
export function forward(step: Step, first: usize, rows: usize, dropout: f32): void {
  const inputBytes = <usize>(step.scales * step.factors) << 2
  for (let b = <u32>first; b < <u32>(first + rows); b++) {
    pool(step, b)
    if (step.normalizes)
      normalize(step.inputs + b * inputBytes, inputBytes, normsOf(step, b) + (<usize>step.scales << 2))
  }
  let from = step.inputs
  for (let number: u32 = 0; number < step.layers; number++) {
    const layer = layerOf(step, number)
    const inputs = <usize>layer.inputs << 2
    const outputs = <usize>layer.outputs << 2
    const to = layer.activations + first * outputs
    for (let b: usize = 0; b < rows; b++) memory.copy(to + b * outputs, layer.bias, outputs)
    from += first * inputs
    multiply(from, inputs, 4, layer.weights, outputs, 32, to, outputs, rows, layer.inputs, layer.outputs, true)
    if (number + 1 < step.layers) {
      rectify(to, rows * outputs)
      if (dropout > 0) drop(to, rows * layer.outputs, step.seed + number + 1, first * layer.outputs, dropout)
    }
    from = layer.activations
  }
}

/** A row of inputs: for each scale Σ weight · history row over what it sees, divided by √Σ weight². */
function pool(step: Step, b: u32): void {
  const stride = <usize>step.factors << 2
  const place = load<u32>(step.places + (<usize>b << 2))
  const back = backOf(step, b)
  let sum = step.inputs + b * step.scales * stride
  memory.fill(sum, 0, step.scales * stride)
  for (let scale: u32 = 0; scale < step.scales; scale++) {
    const length = min(back, load<u32>(step.lengths + (<usize>scale << 2)))
    let squares: f32 = 0
    for (let since: u32 = 1; since <= length; since++) {
      const weight = weightAt(step, scale, place - since, since)
      squares += weight * weight
    }
    const norm: f32 = squares > 0 ? 1 / sqrt<f32>(squares) : 0
    store<f32>(normsOf(step, b) + (<usize>scale << 2), norm)
    for (let since: u32 = 1; since <= length; since++) {
      const weight = norm * weightAt(step, scale, place - since, since)
      add(sum, step.history + itemAt(step, place - since) * stride, weight, stride)
    }
    sum += stride
  }
}

/** Layer norm (Ba et al. 2016) without gain and bias, which the layer after it has. */
function normalize(row: usize, end: usize, inverseDeviation: usize): void {
  const count = <f32>(end >> 2)
  let sum = f32x4.splat(0)
  for (let at: usize = 0; at < end; at += 16) sum = f32x4.add(sum, v128.load(row + at))
  const mean = f32x4.splat(laneSum(sum) / count)
  let squares = f32x4.splat(0)
  for (let at: usize = 0; at < end; at += 16) {
    const centered = f32x4.sub(v128.load(row + at), mean)
    v128.store(row + at, centered)
    squares = multiplyAdd(centered, centered, squares)
  }
  const inverse: f32 = 1 / sqrt<f32>(laneSum(squares) / count + 1e-5)
  store<f32>(inverseDeviation, inverse)
  const lanes = f32x4.splat(inverse)
  for (let at: usize = 0; at < end; at += 16) v128.store(row + at, f32x4.mul(lanes, v128.load(row + at)))
}

/** max(0, x), in place. */
export function rectify(values: usize, end: usize): void {
  const zero = f32x4.splat(0)
  for (let at: usize = 0; at < end; at += 16) v128.store(values + at, f32x4.max(zero, v128.load(values + at)))
}

/** Zeros where a number falls out, the others larger by as much as there are fewer. */
export function drop(values: usize, count: usize, seed: u32, first: usize, share: f32): void {
  const keep: f32 = 1 / (1 - share)
  for (let at: usize = 0; at < count; at++) {
    const value = values + (at << 2)
    store<f32>(value, fallsOut(seed, <u32>(first + at), share) ? 0 : keep * load<f32>(value))
  }
}
