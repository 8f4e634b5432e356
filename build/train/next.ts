import type { ModelConfig } from '#core/schemas/config.ts'
import type { StepHandles } from '../io/handles.ts'
import type { Interactions, Part, Trained } from '../nouns.ts'
import { likesOf } from './likes.ts'
import { trainNearestNext } from './sequence/nearest-next.ts'
import { trainNext as trainScales } from './sequence/next.ts'

export interface NextInput {
  interactions: Interactions
  numItems: number
  /** of the split, to learn from */
  parts: readonly Part[]
  model: ModelConfig
}

/**
 * What comes next after a history, at the time scales that are configured; no scales with `none`. Learned from every
 * rating, whatever its stars: what is taken up next does not depend on how it is liked then.
 * @throws as `trainNext` and `trainNearestNext` of sequence/
 */
export async function trainNext(
  { interactions, numItems, parts, model: { next } }: NextInput,
  handles: StepHandles,
  threads: number,
): Promise<Trained['next']> {
  if (next.type === 'none') return { scales: [] }
  const taken = likesOf(interactions, parts, Number.NEGATIVE_INFINITY)
  const weights =
    next.type === 'nearest'
      ? await trainNearestNext(taken, numItems, { ...next.nearest, scales: next.scales }, handles, threads)
      : await trainScales(taken, numItems, { ...next, minOccurrences: next.minRatings }, handles, threads)
  return {
    scales: next.scales.map(({ length, recencyHalfLife }, scale) => ({
      length,
      recencyHalfLife,
      weights: weights[scale]!,
    })),
  }
}
