import { laneSum } from '../rows'
import { Step } from './step'

/** A score that no candidate reaches: of one that stands for the right item once more. */
const NEVER: f32 = -1e30

/** Beyond ±30 a chance is as good as certain, and products of 16 of them stay above 0 in f64. */
const SCORE_LIMIT: f32 = 30

/**
 * Of a row of scores the loss, and in their place its gradient, both divided by the rows of the batch: (1 − mse) times a
 * ranking loss and mse times (score of the right one − its value)². Candidate b is the right one of row b.
 */
export function scoreGradients(step: Step, b: u32, scores: usize): f64 {
  const share: f32 = 1 / <f32>step.batch
  const right = scores + (<usize>b << 2)
  const miss = load<f32>(right) - load<f32>(step.values + (<usize>b << 2))
  const ranking: f32 = (1 - step.mse) * share
  const loss =
    <f64>ranking * (step.pairwise ? pairwise(step, b, scores, ranking) : softmax(step, b, scores, ranking))
  store<f32>(right, load<f32>(right) + 2 * step.mse * share * miss)
  return loss + <f64>(step.mse * share * miss * miss)
}

/**
 * −ln of the right one's share of Σ exp(score − correction), where the correction is the logarithm of how many times the
 * item is expected among the candidates (sampled softmax, Yi et al. 2019). Gradient times `scale`.
 */
function softmax(step: Step, b: u32, scores: usize, scale: f32): f64 {
  const end = <usize>step.candidates << 2
  const right = <usize>b << 2
  const item = load<u32>(step.candidateItems + right)
  const rightScore = load<f32>(scores + right) - load<f32>(step.corrections + right)
  const same = i32x4.splat(item)
  const never = f32x4.splat(NEVER)
  let most = f32x4.splat(rightScore)
  for (let at: usize = 0; at < end; at += 16) {
    const corrected = f32x4.sub(v128.load(scores + at), v128.load(step.corrections + at))
    const others = v128.bitselect(never, corrected, i32x4.eq(v128.load(step.candidateItems + at), same))
    v128.store(scores + at, others)
    most = f32x4.max(most, others)
  }
  store<f32>(scores + right, rightScore)
  most = f32x4.max(most, v128.shuffle<f32>(most, most, 2, 3, 0, 1))
  const largest = max(f32x4.extract_lane(most, 0), f32x4.extract_lane(most, 1))
  const lanes = f32x4.splat(largest)
  let sum = f32x4.splat(0)
  for (let at: usize = 0; at < end; at += 16) {
    const value = exponential(f32x4.sub(v128.load(scores + at), lanes))
    v128.store(scores + at, value)
    sum = f32x4.add(sum, value)
  }
  const total = laneSum(sum)
  const factor = f32x4.splat(scale / total)
  for (let at: usize = 0; at < end; at += 16) v128.store(scores + at, f32x4.mul(factor, v128.load(scores + at)))
  store<f32>(scores + right, load<f32>(scores + right) - scale)
  return Math.log(total) - <f64>(rightScore - largest)
}

/** The mean of −ln σ(right − other) over the other candidates (Rendle et al. 2009). Gradient times `scale`. */
function pairwise(step: Step, b: u32, scores: usize, scale: f32): f64 {
  const end = <usize>step.candidates << 2
  const right = <usize>b << 2
  const same = i32x4.splat(load<u32>(step.candidateItems + right))
  const rightScore = f32x4.splat(load<f32>(scores + right))
  const one = f32x4.splat(1)
  const limit = f32x4.splat(SCORE_LIMIT)
  let sum = f32x4.splat(0)
  let others: f32 = 0
  let loss: f64 = 0
  let product: f64 = 1
  for (let at: usize = 0; at < end; at += 16) {
    const ahead = f32x4.sub(rightScore, v128.load(scores + at))
    const size = f32x4.min(limit, f32x4.max(f32x4.neg(limit), ahead))
    const isOther = v128.not(i32x4.eq(v128.load(step.candidateItems + at), same))
    // 1 + e^−x is 1 / σ(x), and σ(−x) is 1 − σ(x)
    const odds = f32x4.add(one, exponential(f32x4.neg(size)))
    const slope = v128.and(isOther, f32x4.sub(one, f32x4.div(one, odds)))
    v128.store(scores + at, slope)
    sum = f32x4.add(sum, slope)
    const inverse = v128.bitselect(odds, one, isOther)
    product *= <f64>f32x4.extract_lane(inverse, 0) * <f64>f32x4.extract_lane(inverse, 1)
    product *= <f64>f32x4.extract_lane(inverse, 2) * <f64>f32x4.extract_lane(inverse, 3)
    others += <f32>popcnt(i32x4.bitmask(isOther))
    if ((at & 48) === 48) {
      loss += Math.log(product)
      product = 1
    }
  }
  loss += Math.log(product)
  if (others === 0) return 0
  const factor = f32x4.splat(scale / others)
  for (let at: usize = 0; at < end; at += 16) v128.store(scores + at, f32x4.mul(factor, v128.load(scores + at)))
  store<f32>(scores + right, -(scale / others) * laneSum(sum))
  return loss / <f64>others
}

/**
 * e^x of four numbers, off by 2 · 10⁻⁷ of it at most: 2^n · e^r with |r| ≤ ln 2 / 2 (Cephes' expf). 0 below −87; x may not
 * be above 88.
 */
// @ts-ignore: decorator
@inline
function exponential(x: v128): v128 {
  const n = f32x4.nearest(f32x4.mul(x, f32x4.splat(1.44269504)))
  // ln 2 in two parts, so that the subtraction loses nothing
  const r = f32x4.sub(f32x4.sub(x, f32x4.mul(n, f32x4.splat(0.693359375))), f32x4.mul(n, f32x4.splat(-2.12194440e-4)))
  let sum = f32x4.splat(1.9875691500e-4)
  sum = f32x4.add(f32x4.mul(sum, r), f32x4.splat(1.3981999507e-3))
  sum = f32x4.add(f32x4.mul(sum, r), f32x4.splat(8.3334519073e-3))
  sum = f32x4.add(f32x4.mul(sum, r), f32x4.splat(4.1665795894e-2))
  sum = f32x4.add(f32x4.mul(sum, r), f32x4.splat(1.6666665459e-1))
  sum = f32x4.add(f32x4.mul(sum, r), f32x4.splat(5.0000001201e-1))
  const power = f32x4.add(f32x4.add(f32x4.mul(f32x4.mul(r, r), sum), r), f32x4.splat(1))
  const scale = i32x4.shl(i32x4.add(i32x4.trunc_sat_f32x4_s(n), i32x4.splat(127)), 23)
  return v128.and(f32x4.gt(x, f32x4.splat(-87)), f32x4.mul(power, scale))
}
