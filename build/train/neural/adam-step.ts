/** Adam's, by Kingma & Ba 2015; those of the moments are the kernel's. */
const FIRST_DECAY = 0.9
const SECOND_DECAY = 0.999
const EPSILON = 1e-8

/**
 * A step's rate and ε with Adam's bias corrections in them, so that the kernel has none to make.
 * @param number of the step, from 1 on
 */
export function adamStep(rate: number, number: number): { rate: number; epsilon: number } {
  const correction = Math.sqrt(1 - SECOND_DECAY ** number)
  return { rate: (rate * correction) / (1 - FIRST_DECAY ** number), epsilon: EPSILON * correction }
}
