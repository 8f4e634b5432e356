import { openPlacement, PLACEMENT_FILE, type PlacementIndex } from '#core/format/placement.ts'
import { openToldRows, RATING_NETWORK_TOLD_FILE } from '#core/format/rating-network.ts'
import type { Model } from '#core/model.ts'
import type { Env } from './env.ts'
import { readChecked, type ServedModel } from './open-model.ts'

// what an isolate that nobody asks about new movies does without; forgotten along with its model
const opened = new WeakMap<Model, PlacementIndex>()

/**
 * What places movies that are not in the catalogue: read when it is first asked for, then kept beside the model.
 * @returns null for a model that places none
 * @throws {ArtifactError} when it is not as the manifest says; R2's own error when it cannot be read
 */
export async function openedPlacement(
  { model, modelId, manifest }: ServedModel,
  { MODELS }: Env,
): Promise<PlacementIndex | null> {
  const file = manifest.files[PLACEMENT_FILE]
  if (!file || !model.stars) return null
  const kept = opened.get(model)
  if (kept) return kept
  const bytes = await readChecked(MODELS, `models/${modelId}/${PLACEMENT_FILE}`, file.sha256)
  const { numTerms } = model.content
  const { network } = model.stars
  const toldFile = network && manifest.files[RATING_NETWORK_TOLD_FILE]
  const told = toldFile
    ? openToldRows(await readChecked(MODELS, `models/${modelId}/${RATING_NETWORK_TOLD_FILE}`, toldFile.sha256), {
        ...{ numTerms, width: network.width },
      })
    : null
  const shape = { numTerms, factors: manifest.card.model.factors, starSize: model.stars.size }
  const placement = openPlacement(bytes, shape, told)
  opened.set(model, placement)
  return placement
}
