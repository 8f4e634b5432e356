import type { ModelConfig } from '#core/schemas/config.ts'
import type { Trained } from '../nouns.ts'

/** The settings of the final model, which learns from all, as long as the draft was best on validation. */
export function asDrafted(model: ModelConfig, { losses, tower }: Pick<Trained, 'losses' | 'tower'>): ModelConfig {
  const iterations = losses.length || model.cf.iterations
  const stopAfter = tower ? iterations : model.cf.twoTower.stopAfter
  return { ...model, cf: { ...model.cf, iterations, twoTower: { ...model.cf.twoTower, stopAfter } } }
}
