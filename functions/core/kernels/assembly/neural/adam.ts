import { multiplyAdd } from '../rows'
import { Step } from './step'

const FIRST: f32 = 0.9
const SECOND: f32 = 0.999

/**
 * A step of Adam (Kingma & Ba 2015) with decoupled weight decay (Loshchilov & Hutter 2019); `step.rate` and `step.epsilon`
 * have the bias corrections of the step in them.
 * @param moments of the gradient; those of its square stand `size` numbers behind them
 * @param count a multiple of 4
 */
export function adam(step: Step, weights: usize, moments: usize, size: u32, gradients: usize, count: u32): void {
  const squares = moments + (<usize>size << 2)
  const rate = f32x4.splat(-step.rate)
  const epsilon = f32x4.splat(step.epsilon)
  const keep = f32x4.splat(1 - step.decay)
  for (let at: usize = 0; at < <usize>count << 2; at += 16) {
    const gradient = v128.load(gradients + at)
    const moment = multiplyAdd(
      f32x4.splat(1 - FIRST),
      f32x4.sub(gradient, v128.load(moments + at)),
      v128.load(moments + at),
    )
    const square = multiplyAdd(
      f32x4.splat(1 - SECOND),
      f32x4.sub(f32x4.mul(gradient, gradient), v128.load(squares + at)),
      v128.load(squares + at),
    )
    v128.store(moments + at, moment)
    v128.store(squares + at, square)
    const turn = f32x4.div(moment, f32x4.add(f32x4.sqrt(square), epsilon))
    v128.store(weights + at, multiplyAdd(rate, turn, f32x4.mul(keep, v128.load(weights + at))))
  }
}
