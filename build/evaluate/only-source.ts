import type { Model } from '#core/model.ts'
import type { Source } from '#core/schemas/config.ts'

/**
 * The model with one source alone, the others mute: what it lists by that source is what the whole model lists by it, without
 * the time that the others take. Popularity is looked up and always there.
 */
export function onlySource(model: Model, source: Source): Model {
  const { numItems } = model.catalog
  const none = new Int32Array(numItems + 1)
  const isWanted = (wanted: Source) => source === wanted
  return {
    ...model,
    ...(!isWanted('cf') && { hasFactors: new Uint8Array(numItems), tower: null }),
    ...(!isWanted('next') && { next: [] }),
    ...(!isWanted('neighbours') && { neighbours: { ...model.neighbours, offsets: none } }),
    ...(!isWanted('content') && { content: { ...model.content, numTerms: 0 } }),
  }
}
