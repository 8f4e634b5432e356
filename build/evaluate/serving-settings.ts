import type { ServingSettings } from '#core/model.ts'
import type { Config, TwoTowerConfig } from '#core/schemas/config.ts'
import type { BlendTable } from '#core/schemas/manifest.ts'

/** The part of the config that travels in the model card. */
export function servingSettings({ model }: Config, blend: BlendTable): ServingSettings {
  const { likedFrom, cf, next, neighbours } = model
  const scales = next.type === 'none' ? [] : next.scales
  return {
    likedFrom,
    recencyHalfLife: cf.recencyHalfLife,
    neighbourHalfLife: neighbours.recencyHalfLife,
    next: scales.map(({ length, recencyHalfLife }) => ({ length, recencyHalfLife })),
    nextRatingExponent: next.ratingExponent,
    ...(cf.type === 'two_tower' && { tower: towerSettings(cf.twoTower) }),
    blend,
  }
}

function towerSettings({ scales, layerNorm, ratingExponent, mse }: TwoTowerConfig): ServingSettings['tower'] {
  return {
    scales: scales.map(({ length, recencyHalfLife }) => ({ length, recencyHalfLife })),
    layerNorm,
    ratingExponent,
    // what learns the stars too is no logarithm of a chance
    scores: mse === 0 ? 'shares' : 'products',
  }
}
