import { exponential } from './loss'
import { ratingLayer, RatingStep } from './rating-step'

/**
 * Of the last layer's outputs (stars above the usual, then a logit a level) the loss, and its gradient: (1 − distribution) ·
 * (stars − value)² + distribution · cross-entropy of the levels, where a rating between two levels is partly each.
 * Fillers behind the first `count` rows have neither.
 */
export function ratingLoss(step: RatingStep, first: u32, rows: u32, count: u32): f64 {
  const last = ratingLayer(step, step.layers - 1)
  const stride = <usize>last.outputs << 2
  memory.fill(last.gradients + first * stride, 0, rows * stride)
  let loss: f64 = 0
  for (let t = first; t < first + count; t++) {
    const outputs = last.activations + t * stride
    const gradients = last.gradients + t * stride
    const miss = load<f32>(outputs) - load<f32>(step.values + (<usize>t << 2))
    const squared: f32 = (1 - step.distribution) * step.share
    store<f32>(gradients, 2 * squared * miss)
    loss += <f64>(squared * miss * miss) + crossEntropy(step, outputs + 4, gradients + 4, load<f32>(step.positions + (<usize>t << 2)))
  }
  return loss
}

/** @param position of the rating among the levels, from 0 up; gradient p − t, of the softmax and of the rating */
function crossEntropy(step: RatingStep, logits: usize, gradients: usize, position: f32): f64 {
  const weight = step.distribution * step.share
  const end = <usize>step.levels << 2
  let most = load<f32>(logits)
  for (let k: usize = 4; k < end; k += 4) most = max(most, load<f32>(logits + k))
  let sum: f32 = 0
  for (let k: usize = 0; k < end; k += 4) {
    const value = f32x4.extract_lane(exponential(f32x4.splat(load<f32>(logits + k) - most)), 0)
    store<f32>(gradients + k, value)
    sum += value
  }
  const total = Math.log(sum) + <f64>most
  for (let k: usize = 0; k < end; k += 4) store<f32>(gradients + k, (weight / sum) * load<f32>(gradients + k))
  const below = min(<u32>position, step.levels - 2)
  const above = position - <f32>below
  const low = <usize>below << 2
  store<f32>(gradients + low, load<f32>(gradients + low) - weight * (1 - above))
  store<f32>(gradients + low + 4, load<f32>(gradients + low + 4) - weight * above)
  const expected = (<f32>1 - above) * load<f32>(logits + low) + above * load<f32>(logits + low + 4)
  return <f64>weight * (total - <f64>expected)
}
