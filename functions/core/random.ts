/** A stream of random numbers that its seed decides. */
export interface RandomSource {
  /** in [0, 1), multiples of 2⁻³² */
  uniform(): number
  /** about normal, mean 0 and variance 1; never beyond ±6 */
  normal(): number
}

/**
 * mulberry32 (Tommy Ettinger, public domain): 32 bits of state, passes gjrand.
 * Normals are twelve uniforms less 6 (Irwin–Hall): additions only, where Box–Muller's log and cos may differ in the
 * last bit from engine to engine. So a seed gives the same numbers everywhere.
 */
export function randomSource(seed: number): RandomSource {
  let state = seed >>> 0
  const uniform = () => {
    state = (state + 0x6d2b79f5) | 0
    let bits = Math.imul(state ^ (state >>> 15), state | 1)
    bits ^= bits + Math.imul(bits ^ (bits >>> 7), bits | 61)
    return ((bits ^ (bits >>> 14)) >>> 0) / 0x1_0000_0000
  }
  const normal = () => {
    let sum = -6
    for (let draw = 0; draw < 12; draw++) sum += uniform()
    return sum
  }
  return { uniform, normal }
}
