import { multiplyAdd } from '../rows'
import { Step } from './step'

/** One minus the decays of the moments; read, as V8 makes constants of a loop anew each time. */
const NEWNESS = memory.data<f32>([1 - 0.9, 1 - 0.999], 16)

/**
 * A step of Adam (Kingma & Ba 2015) with decoupled weight decay (Loshchilov & Hutter 2019); `step.rate` and `step.epsilon`
 * have the bias corrections of the step in them.
 * @param moments of the gradient; those of its square stand `size` numbers behind them
 * @param count a multiple of 4
 */
export function adam(step: Step, weights: usize, moments: usize, size: u32, gradients: usize, count: u32): void {
  adamBy(step.rate, step.epsilon, step.decay, weights, moments, size, gradients, count)
}

/** The same with the numbers of another network's step. */
export function adamBy(
  stepRate: f32,
  stepEpsilon: f32,
  stepDecay: f32,
  weights: usize,
  moments: usize,
  size: u32,
  gradients: usize,
  count: u32,
): void {
  const squares = moments + (<usize>size << 2)
  const first = v128.load32_splat(NEWNESS)
  const second = v128.load32_splat(NEWNESS, 4)
  const rate = f32x4.splat(-stepRate)
  const epsilon = f32x4.splat(stepEpsilon)
  const keep = f32x4.splat(1 - stepDecay)
  for (let at: usize = 0; at < <usize>count << 2; at += 16) {
    const gradient = v128.load(gradients + at)
    const moment = multiplyAdd(first, f32x4.sub(gradient, v128.load(moments + at)), v128.load(moments + at))
    const square = multiplyAdd(
      second,
      f32x4.sub(f32x4.mul(gradient, gradient), v128.load(squares + at)),
      v128.load(squares + at),
    )
    v128.store(moments + at, moment)
    v128.store(squares + at, square)
    const turn = f32x4.div(moment, f32x4.add(f32x4.sqrt(square), epsilon))
    v128.store(weights + at, multiplyAdd(rate, turn, f32x4.mul(keep, v128.load(weights + at))))
  }
}
