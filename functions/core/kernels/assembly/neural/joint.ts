import { multiply } from '../gemm'
import { add, dot } from '../rows'
import { rectify } from './forward'
import { passRectified, ROWS_TOGETHER, roundedUp } from './learn'
import { jointLayerOf, jointWidth, scoreRow, layerOf, Step } from './step'

/**
 * Neural collaborative filtering (NeuMF, He et al. 2017) over the vectors of two towers. The first `products` numbers of u
 * and v are multiplied, as there (GMF, whose output weights are in v). The others are the user's and the item's part of the
 * first of the joint layers, as a layer over both is one over each, and their sum:
 *   score = Σ u·v + output · h,  h = layers of ReLU over max(0, u + v)
 * So a pair costs the layers behind it alone, and what comes of a candidate is made once a batch.
 *
 * What a chunk of ROWS_TOGETHER examples gives back stands in a block of its own, so that sums do not hang on the threads:
 * candidates × jointWidth, then of each layer inputs × outputs and outputs, then the output's.
 */

/** Sweep of ranking: rows of the batch whose u are in the last layer's activations; their scores of all candidates. */
export function towerScores(begin: u32, end: u32, scratch: usize, at: usize): void {
  const step = changetype<Step>(at)
  const stride = <usize>step.factors << 2
  const scoreBytes = scoreRow(step)
  const users = layerOf(step, step.layers - 1).activations + begin * stride
  const scores = step.scores + begin * scoreBytes
  const rows = end - begin
  multiply(users, stride, 4, step.panels, 32, stride << 3, scores, scoreBytes, rows, step.products, step.candidates)
  if (jointWidth(step) === 0) return
  for (let b: usize = 0; b < rows; b++) addJointScores(step, users + b * stride, scores + b * scoreBytes, scratch)
}

/**
 * To the scores of a user what the joint layers say.
 * @param scratch candidates × (jointWidth and the outputs of all joint layers): their activations, left there; behind them
 * twice candidates × the widest of these, for the way back
 */
export function addJointScores(step: Step, user: usize, scores: usize, scratch: usize): void {
  const stride = <usize>step.factors << 2
  const products = <usize>step.products << 2
  let inputBytes = <usize>jointWidth(step) << 2
  const rows = <usize>step.candidates
  for (let n: usize = 0; n < rows; n++) {
    const vector = step.vectors + n * stride + products
    for (let k: usize = 0; k < inputBytes; k += 16) {
      const sum = f32x4.add(v128.load(user + products + k), v128.load(vector + k))
      v128.store(scratch + n * inputBytes + k, f32x4.max(f32x4.splat(0), sum))
    }
  }
  let from = scratch
  for (let number: u32 = 0; number < step.jointLayers; number++) {
    const layer = jointLayerOf(step, number)
    const outputBytes = <usize>layer.outputs << 2
    const to = from + rows * inputBytes
    for (let n: usize = 0; n < rows; n++) memory.copy(to + n * outputBytes, layer.bias, outputBytes)
    multiply(from, inputBytes, 4, layer.weights, outputBytes, 32, to, outputBytes, rows, layer.inputs, layer.outputs, true)
    rectify(to, rows * outputBytes)
    from = to
    inputBytes = outputBytes
  }
  for (let n: usize = 0; n < rows; n++) {
    const score = scores + (n << 2)
    store<f32>(score, load<f32>(score) + dot(step.jointOutput, from + n * inputBytes, inputBytes))
  }
}

/**
 * What the gradient of a user's scores gives back to the candidates and the joint layers, into the chunk's block, and to the
 * user.
 * @param user gradient of u; its joint numbers are written
 * @param scratch as `addJointScores` left it
 */
export function jointGradients(step: Step, chunk: u32, scores: usize, user: usize, scratch: usize): void {
  const rows = <usize>step.candidates
  const joint = <usize>jointWidth(step) << 2
  const block = blockOf(step, chunk)
  const activations = scratch + activationBytes(step)
  let outputBytes = lastWidth(step) << 2
  let above = activations - rows * outputBytes
  let gradients = activations
  let spare = activations + rows * (widest(step) << 2)
  const ofOutput = block + blockBytes(step) - outputBytes
  for (let n: usize = 0; n < rows; n++) {
    const slope = load<f32>(scores + (n << 2))
    const row = gradients + n * outputBytes
    memory.fill(row, 0, outputBytes)
    add(row, step.jointOutput, slope, outputBytes)
    add(ofOutput, above + n * outputBytes, slope, outputBytes)
  }
  passRectified(gradients, above, rows * outputBytes, 1)
  let weights = ofOutput
  for (let number = <i32>step.jointLayers - 1; number >= 0; number--) {
    const layer = jointLayerOf(step, number)
    const inputBytes = <usize>layer.inputs << 2
    const below = above - rows * inputBytes
    weights -= (layer.inputs + 1) * outputBytes
    multiply(below, 4, inputBytes, gradients, outputBytes, 32, weights, outputBytes, layer.inputs, rows, layer.outputs, true)
    const bias = weights + layer.inputs * outputBytes
    for (let n: usize = 0; n < rows; n++) add(bias, gradients + n * outputBytes, 1, outputBytes)
    multiply(gradients, outputBytes, 4, layer.transposed, inputBytes, 32, spare, inputBytes, rows, layer.outputs, layer.inputs)
    passRectified(spare, below, rows * inputBytes, 1)
    const free = gradients
    gradients = spare
    spare = free
    above = below
    outputBytes = inputBytes
  }
  const own = user + (<usize>step.products << 2)
  memory.fill(own, 0, joint)
  for (let n: usize = 0; n < rows; n++) add(own, gradients + n * joint, 1, joint)
  add(block, gradients, 1, rows * joint)
}

export function clearJointGradients(step: Step, chunk: u32): void {
  memory.fill(blockOf(step, chunk), 0, blockBytes(step))
}

/** Of the vectors of candidates: the sums of the chunks. */
export function jointItemGradients(step: Step, first: u32, rows: u32): void {
  const joint = <usize>jointWidth(step) << 2
  const stride = <usize>step.factors << 2
  for (let n = <usize>first; n < <usize>(first + rows); n++) {
    const to = step.vectorGradients + n * stride + (<usize>step.products << 2)
    sumChunks(step, n * joint, joint, to)
  }
}

/** Of rows of a layer's weights, and of its bias, which stands behind them. */
export function jointWeightGradients(step: Step, number: u32, first: u32, rows: u32, to: usize): void {
  let offset = <usize>(step.candidates * jointWidth(step)) << 2
  for (let before: u32 = 0; before < number; before++) offset += layerBytes(step, before)
  const stride = <usize>jointLayerOf(step, number).outputs << 2
  sumChunks(step, offset + first * stride, rows * stride, to)
}

/** @returns how many numbers they are */
export function jointOutputGradients(step: Step, to: usize): u32 {
  const size = <u32>lastWidth(step)
  sumChunks(step, blockBytes(step) - (<usize>size << 2), <usize>size << 2, to)
  return size
}

function sumChunks(step: Step, offset: usize, end: usize, to: usize): void {
  const chunks = roundedUp(step.batch) / ROWS_TOGETHER
  memory.fill(to, 0, end)
  for (let chunk: u32 = 0; chunk < chunks; chunk++) add(to, blockOf(step, chunk) + offset, 1, end)
}

function blockOf(step: Step, chunk: u32): usize {
  return step.jointGradients + chunk * blockBytes(step)
}

function blockBytes(step: Step): usize {
  let bytes = (<usize>(step.candidates * jointWidth(step)) << 2) + (lastWidth(step) << 2)
  for (let number: u32 = 0; number < step.jointLayers; number++) bytes += layerBytes(step, number)
  return bytes
}

/** Of its weights and its bias. */
function layerBytes(step: Step, number: u32): usize {
  const layer = jointLayerOf(step, number)
  return <usize>((layer.inputs + 1) * layer.outputs) << 2
}

function activationBytes(step: Step): usize {
  let width = jointWidth(step)
  for (let number: u32 = 0; number < step.jointLayers; number++) width += jointLayerOf(step, number).outputs
  return <usize>(step.candidates * width) << 2
}

function widest(step: Step): usize {
  let width = jointWidth(step)
  for (let number: u32 = 0; number < step.jointLayers; number++) width = max(width, jointLayerOf(step, number).outputs)
  return width
}

/** Numbers that the output weighs. */
function lastWidth(step: Step): usize {
  return step.jointLayers > 0 ? jointLayerOf(step, step.jointLayers - 1).outputs : jointWidth(step)
}
