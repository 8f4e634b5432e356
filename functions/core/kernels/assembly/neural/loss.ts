import { laneSum, multiplyAdd } from '../rows'
import { spreadOut } from './diversity'
import { Step } from './step'

/** As LOSSES of kernels/train/neural.ts has them; the other one is the softmax. */
const PAIRWISE: u32 = 1
const CROSS_ENTROPY: u32 = 2

/** A score that no candidate reaches: of one that stands for the right item once more. */
const NEVER: f32 = -1e30

/** Beyond ±30 a chance is as good as certain, and products of 16 of them stay above 0 in f64. */
const SCORE_LIMIT: f32 = 30

/**
 * Of a row of scores the loss, and in their place its gradient, both divided by the rows of the batch: (1 − mse) times a
 * ranking loss and mse times (score of the right one − its value)². Candidate b is the right one of row b.
 * @param scratch `alike` numbers
 */
export function scoreGradients(step: Step, b: u32, scores: usize, scratch: usize): f64 {
  const share: f32 = 1 / <f32>step.batch
  const right = scores + (<usize>b << 2)
  const miss = load<f32>(right) - load<f32>(step.values + (<usize>b << 2))
  const ranking: f32 = (1 - step.mse) * share
  let loss: f64
  if (step.loss === PAIRWISE) loss = pairwise(step, b, scores, ranking)
  else if (step.loss === CROSS_ENTROPY) loss = crossEntropy(step, b, scores, ranking)
  else loss = softmax(step, b, scores, ranking, scratch)
  store<f32>(right, load<f32>(right) + 2 * step.mse * share * miss)
  return <f64>ranking * loss + <f64>(step.mse * share * miss * miss)
}

/**
 * −ln of the right one's share of Σ exp(score − correction), where the correction is the logarithm of how many times the
 * item is expected among the candidates (sampled softmax, Yi et al. 2019), and `diversity` times how alike movies are that
 * the shares draw. Gradient times `scale`.
 */
function softmax(step: Step, b: u32, scores: usize, scale: f32, scratch: usize): f64 {
  const end = <usize>step.candidates << 2
  const right = <usize>b << 2
  const item = load<u32>(step.candidateItems + right)
  const rightScore = load<f32>(scores + right) - load<f32>(step.corrections + right)
  const same = i32x4.splat(item)
  const never = f32x4.splat(NEVER)
  let most = f32x4.splat(rightScore)
  let mostHigh = most
  for (let at: usize = 0; at < end; at += 32) {
    const low = f32x4.sub(v128.load(scores + at), v128.load(step.corrections + at))
    const high = f32x4.sub(v128.load(scores + at, 16), v128.load(step.corrections + at, 16))
    const isSame = i32x4.eq(v128.load(step.candidateItems + at), same)
    const isSameHigh = i32x4.eq(v128.load(step.candidateItems + at, 16), same)
    const others = v128.bitselect(never, low, isSame)
    const othersHigh = v128.bitselect(never, high, isSameHigh)
    v128.store(scores + at, others)
    v128.store(scores + at, othersHigh, 16)
    most = f32x4.pmax(most, others)
    mostHigh = f32x4.pmax(mostHigh, othersHigh)
  }
  store<f32>(scores + right, rightScore)
  most = f32x4.pmax(most, mostHigh)
  most = f32x4.pmax(most, v128.shuffle<f32>(most, most, 2, 3, 0, 1))
  const largest = max(f32x4.extract_lane(most, 0), f32x4.extract_lane(most, 1))
  const lanes = f32x4.splat(largest)
  let sum = f32x4.splat(0)
  let sumHigh = sum
  for (let at: usize = 0; at < end; at += 32) {
    const low = exponential(f32x4.sub(v128.load(scores + at), lanes))
    const high = exponential(f32x4.sub(v128.load(scores + at, 16), lanes))
    v128.store(scores + at, low)
    v128.store(scores + at, high, 16)
    sum = f32x4.add(sum, low)
    sumHigh = f32x4.add(sumHigh, high)
  }
  const total = laneSum(f32x4.add(sum, sumHigh))
  const factor = f32x4.splat(scale / total)
  for (let at: usize = 0; at < end; at += 32) {
    const low = f32x4.mul(factor, v128.load(scores + at))
    const high = f32x4.mul(factor, v128.load(scores + at, 16))
    v128.store(scores + at, low)
    v128.store(scores + at, high, 16)
  }
  const likeness = step.diversity * scale > 0 ? spreadOut(step, scores, scale, scratch) : 0
  store<f32>(scores + right, load<f32>(scores + right) - scale)
  return Math.log(total) - <f64>(rightScore - largest) + <f64>step.diversity * likeness
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
 * −ln σ(right one) − Σ ln σ(−other) of the scores − corrections: binary cross-entropy (He et al. 2017), which with the
 * corrections is noise-contrastive estimation (Gutmann & Hyvärinen 2010). Gradient times `scale`.
 */
function crossEntropy(step: Step, b: u32, scores: usize, scale: f32): f64 {
  const end = <usize>step.candidates << 2
  const right = <usize>b << 2
  const same = i32x4.splat(load<u32>(step.candidateItems + right))
  const rightScore = load<f32>(scores + right) - load<f32>(step.corrections + right)
  const one = f32x4.splat(1)
  const limit = f32x4.splat(SCORE_LIMIT)
  const factor = f32x4.splat(scale)
  let loss: f64 = 0
  let product: f64 = 1
  for (let at: usize = 0; at < end; at += 16) {
    const score = f32x4.sub(v128.load(scores + at), v128.load(step.corrections + at))
    const size = f32x4.min(limit, f32x4.max(f32x4.neg(limit), score))
    const isOther = v128.not(i32x4.eq(v128.load(step.candidateItems + at), same))
    // 1 + e^x is 1 / σ(−x), and σ(x) is 1 − σ(−x)
    const odds = f32x4.add(one, exponential(size))
    const slope = v128.and(isOther, f32x4.sub(one, f32x4.div(one, odds)))
    v128.store(scores + at, f32x4.mul(factor, slope))
    const inverse = v128.bitselect(odds, one, isOther)
    product *= <f64>f32x4.extract_lane(inverse, 0) * <f64>f32x4.extract_lane(inverse, 1)
    product *= <f64>f32x4.extract_lane(inverse, 2) * <f64>f32x4.extract_lane(inverse, 3)
    if ((at & 48) === 48) {
      loss += Math.log(product)
      product = 1
    }
  }
  const size = min(SCORE_LIMIT, max(-SCORE_LIMIT, rightScore))
  const odds: f32 = 1 + f32x4.extract_lane(exponential(f32x4.splat(-size)), 0)
  store<f32>(scores + right, -scale * (1 - 1 / odds))
  return loss + Math.log(product) + Math.log(odds)
}

/** Cephes' expf: log2 e, what rounds to whole numbers, ln 2 in two parts, the polynomial, 1, and the least x. */
const EXPONENTIAL = memory.data<f32>(
  [
    1.44269504, 12582912, -0.693359375, 2.12194440e-4, 1.9875691500e-4, 1.3981999507e-3, 8.3334519073e-3,
    4.1665795894e-2, 1.6666665459e-1, 5.0000001201e-1, 1, -87,
  ],
  16,
)

/**
 * e^x of four numbers, off by 2 · 10⁻⁷ of it at most: 2^n · e^r with |r| ≤ ln 2 / 2. 0 below −87; x may not be above 88.
 * The constants are read, as V8 would make each of them anew for every four numbers: 0.65 ms of 512 × 512, and 0.9 so.
 */
// @ts-ignore: decorator
@inline
export function exponential(x: v128): v128 {
  // n stands in the lowest bits of the sum with 1.5 · 2²³
  const shifted = multiplyAdd(x, constant(0), constant(4))
  const n = f32x4.sub(shifted, constant(4))
  const r = multiplyAdd(n, constant(12), multiplyAdd(n, constant(8), x))
  let sum = multiplyAdd(constant(16), r, constant(20))
  sum = multiplyAdd(sum, r, constant(24))
  sum = multiplyAdd(sum, r, constant(28))
  sum = multiplyAdd(sum, r, constant(32))
  sum = multiplyAdd(sum, r, constant(36))
  const power = f32x4.add(multiplyAdd(f32x4.mul(r, r), sum, r), constant(40))
  const scale = i32x4.add(i32x4.shl(shifted, 23), constant(40))
  return v128.and(f32x4.gt(x, constant(44)), f32x4.mul(power, scale))
}

// @ts-ignore: decorator
@inline
function constant(at: usize): v128 {
  return v128.load32_splat(EXPONENTIAL + at)
}
