import { rm } from 'node:fs/promises'
import type { ModelConfig, Source } from '#core/schemas/config.ts'
import { encodeArtifacts } from '../export/index.ts'
import type { StepHandles } from '../io/handles.ts'
import type { ArtifactFiles, Catalog, Part, PreparedRatings, Trained } from '../nouns.ts'
import { type TrainOptions, train } from '../train/index.ts'

/** Learn and export a model of one source or of all, without histories: these come with the users. */
export function learner(split: PreparedRatings, seed: number, options: TrainOptions, handles: StepHandles) {
  const numItems = split.catalog.movieIds.length
  const nothing: Pick<Trained, 'factors' | 'itemFactors'> = { factors: 8, itemFactors: new Float32Array(numItems * 8) }
  const withoutTexts = { ...split.catalog, ...noTexts(numItems) }
  const quiet = quietly(handles)
  return async (model: ModelConfig, parts: Part[], source: Source | 'all'): Promise<ArtifactFiles> => {
    const isWanted = (wanted: Source) => source === 'all' || source === wanted
    const ratings = isWanted('content') ? split : { ...split, catalog: withoutTexts }
    const neighbours = isWanted('neighbours') ? model.neighbours : { ...model.neighbours, type: 'none' as const }
    const next = isWanted('next') ? model.next : { ...model.next, type: 'none' as const }
    const stars = { ...model.stars, type: 'none' as const }
    const settings = { model: { ...model, next, neighbours, stars }, seed, imported: isWanted('cf') ? null : nothing }
    const trained = await train(ratings, parts, settings, source === 'all' ? handles : quiet, options)
    // the next training is another one: it goes on from nothing
    await rm(options.checkpointFile, { force: true })
    return encodeArtifacts(trained, ratings, () => false)
  }
}

/** Of so many trainings only the warnings are news, and no measures of each are kept. */
export function quietly({ log, signal }: StepHandles): StepHandles {
  return { log: { ...log, info: log.debug }, progress: { update() {} }, track() {}, signal }
}

/** Of movies of which nothing is told. */
function noTexts(numItems: number): Pick<Catalog, 'genres' | 'texts'> {
  const text = { overview: '', tagline: '', keywords: [], cast: [], directors: [], poster: '', source: '' }
  return { genres: Array.from({ length: numItems }, () => []), texts: new Array(numItems).fill(text) }
}
