import type { History } from '#core/history.ts'
import type { Model } from '#core/model.ts'
import type { Locale } from '#core/schemas/api.ts'
import { type BlendWeights, SOURCES } from '#core/schemas/config.ts'
import { type Normalizers, sharesOf, weightsFor } from '../blend.ts'
import { explainAll } from '../explain.ts'
import { nameOf } from '../movie-name.ts'
import { retrieve, type SourceScores, tasteOf } from '../retrieve.ts'

/** What a viewer's history says of every movie. */
export interface Viewer {
  sources: SourceScores
  /** of their own blend */
  weights: BlendWeights
  /** titles of their history that carried each of some movies; right away only, before the kernels are asked again */
  because(itemIndices: readonly number[], normalizers: Normalizers, language: Locale): string[][]
}

/**
 * @param forBest cf's scores are read by one blend by the kernels alone, as `RetrieveUse` says
 * @returns null for one of whom no like is known
 */
export function viewerOf(history: History, model: Model, forBest = false): Viewer | null {
  const taste = tasteOf(history, model)
  if (taste.likes.length === 0) return null
  const weights = weightsFor(model.blend, taste.likes.length)
  const wanted = SOURCES.filter((source) => weights[source] > 0)
  const sources = retrieve(taste, model, { reuse: true, forBest, wanted })
  return {
    sources,
    weights,
    because(itemIndices, normalizers, language) {
      const list = itemIndices.map((itemIndex) => {
        const shares = sharesOf(itemIndex, sources, weights, normalizers)
        return { itemIndex, score: SOURCES.reduce((sum, source) => sum + shares[source], 0), shares }
      })
      return explainAll(list, taste, model, { locale: language }).map(({ because }) => because.map(nameOf))
    },
  }
}
