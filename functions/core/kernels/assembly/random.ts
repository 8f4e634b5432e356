/** A stream of random numbers as core/random.ts has it, for draws that hang on a seed and a number alone. */

/** What the state of mulberry32 grows by from one output to the next. */
export const STEP: u32 = 0x6d2b79f5

/** The output at a state. */
// @ts-ignore: decorator
@inline
export function mixed(state: u32): u32 {
  let bits = (state ^ (state >>> 15)) * (state | 1)
  bits ^= bits + (bits ^ (bits >>> 7)) * (bits | 61)
  return bits ^ (bits >>> 14)
}
