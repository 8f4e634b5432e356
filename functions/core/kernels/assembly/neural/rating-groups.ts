import { multiply } from '../gemm'
import { add } from '../rows'
import { Attention, attend, attendBackward } from './attention'
import { drop, rectify } from './forward'
import { passRectified } from './learn'
import { ratingLoss } from './rating-loss'
import { at, BLOCKS, inputWidth, ratingLayer, RatingStep, SCALARS, startAt } from './rating-step'

/** Blocks of an item's vector, in their order. */
const ASKS: u32 = 0
const IS: u32 = 1
const KEY: u32 = 2
const SAYS: u32 = 3
const PER_STAR: u32 = 4

/**
 * Sweep 2, a row a group: one user's history and the ratings that are asked of it, through attention and layers to the
 * stars; and where the step learns the loss, and what it gives back to every layer and to the items' vectors.
 * @param scratch as `ratingScratchBytes` says
 * @returns the loss of these rows
 */
export function ratingGroups(begin: u32, end: u32, scratch: usize, address: usize): f64 {
  const step = changetype<RatingStep>(address)
  let loss: f64 = 0
  for (let group = begin; group < end; group++) loss += ofGroup(step, group, scratch)
  return loss
}

function ofGroup(step: RatingStep, group: u32, scratch: usize): f64 {
  const width = step.width
  const row = <usize>width << 2
  const first = startAt(step.targetEnds, group)
  const rows = at(step.targetEnds, group) - first
  const inputBytes = <usize>inputWidth(step) << 2
  const inputs = step.inputs + first * inputBytes

  const a = changetype<Attention>(scratch)
  let room = scratch + offsetof<Attention>()
  room = (room + 63) & ~63
  a.questions = rows
  a.known = at(step.historyCounts, group)
  a.keys = (a.known + 7) & ~7
  a.width = width
  a.heads = step.heads
  a.own = step.targetPlaces + (<usize>first << 2)
  const most = <usize>step.reach * row
  a.keyRows = room
  a.keyPanels = room + most
  a.saidRows = room + 2 * most
  a.saidPanels = room + 3 * most
  a.shareRow = (<usize>step.reach << 2) + 64
  room += 4 * most
  a.asked = room
  room += <usize>rows * row
  a.shares = room
  room += <usize>(step.heads * rows) * a.shareRow
  a.shareGradients = room
  room += <usize>(step.heads * rows) * a.shareRow
  const sum = room

  gatherHistory(step, group, a, sum)
  for (let t: u32 = 0; t < rows; t++)
    gatherTarget(step, group, first, t, a.asked + t * row, inputs + t * inputBytes)
  attend(a, inputs + row, inputBytes)
  for (let t: u32 = 0; t < at(step.targetCounts, group); t++)
    pool(a, sum, poolShare(step, a, t), t, inputs + t * inputBytes, row)
  forward(step, first, rows)
  if (!step.learns) return 0
  const loss = ratingLoss(step, first, rows, at(step.targetCounts, group))
  backward(step, first, rows)
  passInputs(step, group, a, sum)
  return loss
}

/** Keys, and what each rating says: the movie's row and one for each star above the usual. @param sum out, Σ of these */
function gatherHistory(step: RatingStep, group: u32, a: Attention, sum: usize): void {
  const row = <usize>step.width << 2
  memory.fill(sum, 0, row)
  for (let place: u32 = 0; place < a.keys; place++) {
    const key = a.keyRows + place * row
    const said = a.saidRows + place * row
    if (place < a.known) {
      const entry = group * step.reach + place
      const slot = at(step.historySlots, entry)
      const content = step.contents + <usize>slot * BLOCKS * row
      const own = step.embeddings + <usize>at(step.slotItems, slot) * BLOCKS * row
      const stars = load<f32>(step.historyStars + (<usize>entry << 2))
      memory.copy(key, content + KEY * row, row)
      add(key, own + KEY * row, 1, row)
      memory.copy(said, content + SAYS * row, row)
      add(said, own + SAYS * row, 1, row)
      add(said, content + PER_STAR * row, stars, row)
      add(said, own + PER_STAR * row, stars, row)
      add(sum, said, 1, row)
    } else {
      memory.fill(key, 0, row)
      memory.fill(said, 0, row)
    }
    const panel = <usize>(place >> 3) * (row << 3) + ((place & 7) << 2)
    for (let k: usize = 0; k < row; k += 4) {
      store<f32>(a.keyPanels + panel + (k << 3), load<f32>(key + k))
      store<f32>(a.saidPanels + panel + (k << 3), load<f32>(said + k))
    }
  }
}

/** What the candidate asks, what it is, and the scalars; zeros for a filler. */
function gatherTarget(step: RatingStep, group: u32, first: u32, t: u32, asked: usize, input: usize): void {
  const row = <usize>step.width << 2
  memory.fill(input, 0, <usize>inputWidth(step) << 2)
  if (t >= at(step.targetCounts, group)) {
    memory.fill(asked, 0, row)
    return
  }
  const example = first + t
  const slot = at(step.targetSlots, example)
  const content = step.contents + <usize>slot * BLOCKS * row
  memory.copy(asked, content + ASKS * row, row)
  memory.copy(input, content + IS * row, row)
  if (at(step.targetIds, example)) {
    const own = step.embeddings + <usize>at(step.slotItems, slot) * BLOCKS * row
    add(asked, own + ASKS * row, 1, row)
    add(input, own + IS * row, 1, row)
  }
  const scalars = step.scalars + <usize>example * (SCALARS << 2)
  memory.copy(input + 4 * row, scalars, SCALARS << 2)
}

/** 1 / (ratings of the history without the example's own + damping). */
// @ts-ignore: decorator
@inline
function poolShare(step: RatingStep, a: Attention, t: u32): f32 {
  const own = load<i32>(a.own + (<usize>t << 2)) >= 0
  return 1 / (<f32>(a.known - u32(own)) + step.poolDamping)
}

/** The damped mean of what the history says, the example's own rating left out, and its product with the candidate. */
function pool(a: Attention, sum: usize, share: f32, t: u32, input: usize, row: usize): void {
  const to = input + 2 * row
  add(to, sum, share, row)
  const own = load<i32>(a.own + (<usize>t << 2))
  if (own >= 0) add(to, a.saidRows + <usize>own * row, -share, row)
  for (let k: usize = 0; k < row; k += 16)
    v128.store(to + row + k, f32x4.mul(v128.load(to + k), v128.load(input + k)))
}

function forward(step: RatingStep, first: u32, rows: u32): void {
  let from = step.inputs
  for (let number: u32 = 0; number < step.layers; number++) {
    const layer = ratingLayer(step, number)
    const inputs = <usize>layer.inputs << 2
    const outputs = <usize>layer.outputs << 2
    const to = layer.activations + first * outputs
    for (let t: usize = 0; t < rows; t++) memory.copy(to + t * outputs, layer.bias, outputs)
    from += first * inputs
    multiply(from, inputs, 4, layer.weights, outputs, 32, to, outputs, rows, layer.inputs, layer.outputs, true)
    if (number + 1 < step.layers) {
      rectify(to, rows * outputs)
      if (step.learns && step.dropout > 0)
        drop(to, rows * layer.outputs, step.seed + number + 1, <usize>first * layer.outputs, step.dropout)
    }
    from = layer.activations
  }
}

function backward(step: RatingStep, first: u32, rows: u32): void {
  const keep: f32 = 1 / (1 - step.dropout)
  for (let number = step.layers - 1; ; number--) {
    const layer = ratingLayer(step, number)
    const inputs = <usize>layer.inputs << 2
    const outputs = <usize>layer.outputs << 2
    const from = layer.gradients + first * outputs
    const below = number > 0 ? ratingLayer(step, number - 1).gradients : step.inputGradients
    const to = below + first * inputs
    multiply(from, outputs, 4, layer.transposed, inputs, 32, to, inputs, rows, layer.outputs, layer.inputs)
    if (number === 0) return
    passRectified(to, ratingLayer(step, number - 1).activations + first * inputs, rows * inputs, keep)
  }
}

/** From the gradient of the first layer's inputs to those of the items' vectors, of the history and of the candidates. */
function passInputs(step: RatingStep, group: u32, a: Attention, sum: usize): void {
  const row = <usize>step.width << 2
  const first = startAt(step.targetEnds, group)
  const inputBytes = <usize>inputWidth(step) << 2
  const inputs = step.inputs + first * inputBytes
  const gradients = step.inputGradients + first * inputBytes
  const asked = step.targetGradients + first * 2 * row
  const keys = step.historyGradients + <usize>(group * step.reach) * 2 * row
  memory.fill(sum, 0, row)
  for (let t: u32 = 0; t < a.questions; t++) {
    const input = inputs + t * inputBytes
    const gradient = gradients + t * inputBytes
    const candidate = asked + t * 2 * row + row
    const share = f32x4.splat(poolShare(step, a, t))
    for (let k: usize = 0; k < row; k += 16) {
      const ofProduct = v128.load(gradient + 3 * row + k)
      const ofCandidate = f32x4.mul(ofProduct, v128.load(input + 2 * row + k))
      v128.store(candidate + k, f32x4.add(v128.load(gradient + k), ofCandidate))
      const ofPool = f32x4.add(v128.load(gradient + 2 * row + k), f32x4.mul(ofProduct, v128.load(input + k)))
      v128.store(gradient + 2 * row + k, f32x4.mul(share, ofPool))
    }
    add(sum, gradient + 2 * row, 1, row)
  }
  attendBackward(a, gradients + row, inputBytes, asked, 2 * row, keys, 2 * row, keys + row, 2 * row)
  for (let place: u32 = 0; place < a.known; place++) add(keys + place * 2 * row + row, sum, 1, row)
  for (let t: u32 = 0; t < a.questions; t++) {
    const own = load<i32>(a.own + (<usize>t << 2))
    if (own >= 0) add(keys + <usize>own * 2 * row + row, gradients + t * inputBytes + 2 * row, -1, row)
  }
}
