import { multiply } from '../gemm'
import { laneSum, multiplyAdd } from '../rows'
import { exponential } from './loss'

/** Of what may not be attended to. */
const NEVER: f32 = -1e30

/**
 * One history and what is asked of it: softmax attention (Vaswani et al. 2017) of each question over the keys, head by
 * head, with one more key that says nothing and whose score is 0, so that a history that is beside the point says little.
 * Matrices are row-major f32, `width` wide; a head has `width / heads` columns of its own. Strides are in bytes.
 */
// @ts-ignore: decorator
@unmanaged
export class Attention {
  /** of questions even, of keys a multiple of 8; the keys from `known` on are fillers */
  questions: u32
  keys: u32
  known: u32
  width: u32
  heads: u32
  /** i32 a question: the key that it may not attend to, −1 for none */
  own: usize
  /** questions × width */
  asked: usize
  /** keys × width, and the same in panels of eight keys: width × 8 */
  keyRows: usize
  keyPanels: usize
  /** keys × width, likewise */
  saidRows: usize
  saidPanels: usize
  /** heads × questions × `shareRow` bytes: the shares, and room for their gradient */
  shares: usize
  shareGradients: usize
  shareRow: usize
}

/** @param out questions × width, Σ share · said of each; `outRow` from one to the next */
export function attend(a: Attention, out: usize, outRow: usize): void {
  const row = <usize>a.width << 2
  const columns = a.width / a.heads
  for (let head: u32 = 0; head < a.heads; head++) {
    const from = <usize>(head * columns) << 2
    const shares = a.shares + head * a.questions * a.shareRow
    multiply(a.asked + from, row, 4, a.keyPanels + (from << 3), 32, row << 3, shares, a.shareRow, a.questions, columns, a.keys)
    for (let q: u32 = 0; q < a.questions; q++) softmax(a, q, shares + q * a.shareRow)
    multiply(shares, a.shareRow, 4, a.saidRows + from, row, 32, out + from, outRow, a.questions, a.keys, columns)
  }
}

/**
 * From the gradient of `attend`'s result to those of all that it was made of.
 * @param asked, keys, said out, each with a stride of its own
 */
export function attendBackward(
  a: Attention,
  gradients: usize,
  gradientRow: usize,
  asked: usize,
  askedRow: usize,
  keys: usize,
  keyRow: usize,
  said: usize,
  saidRow: usize,
): void {
  const row = <usize>a.width << 2
  const columns = a.width / a.heads
  const shareRow = a.shareRow
  const questions = a.questions
  for (let head: u32 = 0; head < a.heads; head++) {
    const from = <usize>(head * columns) << 2
    const shares = a.shares + head * questions * shareRow
    const slopes = a.shareGradients + head * questions * shareRow
    const upper = gradients + from
    multiply(shares, 4, shareRow, upper, gradientRow, 32, said + from, saidRow, a.keys, questions, columns)
    multiply(upper, gradientRow, 4, a.saidPanels + (from << 3), 32, row << 3, slopes, shareRow, questions, columns, a.keys)
    for (let q: u32 = 0; q < questions; q++) passSoftmax(a, shares + q * shareRow, slopes + q * shareRow)
    multiply(slopes, shareRow, 4, a.keyRows + from, row, 32, asked + from, askedRow, questions, a.keys, columns)
    multiply(slopes, 4, shareRow, a.asked + from, row, 32, keys + from, keyRow, a.keys, questions, columns)
  }
}

// @ts-ignore: decorator
@inline
function slopeOf(a: Attention): f32 {
  return 1 / sqrt<f32>(<f32>(a.width / a.heads))
}

function softmax(a: Attention, question: u32, scores: usize): void {
  const end = <usize>a.keys << 2
  for (let key = a.known; key < a.keys; key++) store<f32>(scores + (<usize>key << 2), NEVER)
  const own = load<i32>(a.own + (<usize>question << 2))
  if (own >= 0) store<f32>(scores + (<usize>own << 2), NEVER)
  const slope = f32x4.splat(slopeOf(a))
  let most = f32x4.splat(0)
  for (let at: usize = 0; at < end; at += 16) {
    const score = f32x4.mul(slope, v128.load(scores + at))
    v128.store(scores + at, score)
    most = f32x4.max(most, score)
  }
  most = f32x4.max(most, v128.shuffle<f32>(most, most, 2, 3, 0, 1))
  const largest = f32x4.splat(max(f32x4.extract_lane(most, 0), f32x4.extract_lane(most, 1)))
  let sum = f32x4.splat(0)
  for (let at: usize = 0; at < end; at += 16) {
    const value = exponential(f32x4.sub(v128.load(scores + at), largest))
    v128.store(scores + at, value)
    sum = f32x4.add(sum, value)
  }
  const silent = f32x4.extract_lane(exponential(f32x4.neg(largest)), 0)
  const factor = f32x4.splat(1 / (laneSum(sum) + silent))
  for (let at: usize = 0; at < end; at += 16) v128.store(scores + at, f32x4.mul(factor, v128.load(scores + at)))
}

/** share · (slope − Σ share · slope) / √columns, in place of the slope; the silent key's slope is 0. */
function passSoftmax(a: Attention, shares: usize, slopes: usize): void {
  const end = <usize>a.keys << 2
  let sum = f32x4.splat(0)
  for (let at: usize = 0; at < end; at += 16)
    sum = multiplyAdd(v128.load(shares + at), v128.load(slopes + at), sum)
  const along = f32x4.splat(laneSum(sum))
  const scale = f32x4.splat(slopeOf(a))
  for (let at: usize = 0; at < end; at += 16) {
    const across = f32x4.sub(v128.load(slopes + at), along)
    v128.store(slopes + at, f32x4.mul(f32x4.mul(scale, v128.load(shares + at)), across))
  }
}
