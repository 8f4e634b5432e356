import type { ServingSettings } from '#core/model.ts'
import type { Config } from '#core/schemas/config.ts'
import type { BlendTable } from '#core/schemas/manifest.ts'

/** The part of the config that travels in the model card. */
export function servingSettings({ model }: Config, blend: BlendTable): ServingSettings {
  const { likedFrom, cf, neighbours } = model
  return { likedFrom, recencyHalfLife: cf.recencyHalfLife, neighbourHalfLife: neighbours.recencyHalfLife, blend }
}
