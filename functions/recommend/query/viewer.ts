import type { History } from '#core/history.ts'
import type { Model } from '#core/model.ts'
import { SOURCES } from '#core/schemas/config.ts'
import { normalizersOf, sharesOf, weightsFor } from '../blend.ts'
import { explain } from '../explain.ts'
import { retrieve, tasteOf } from '../retrieve.ts'

/** What a viewer's history says of every movie. */
export interface Viewer {
  /** their own blend */
  scores: Float32Array
  /** titles of their history that carried a movie; right away only, before the kernels are asked again */
  because(itemIndex: number): string[]
}

/**
 * @param blocked numItems flags; each source is taken in parts of its score farthest from 0 of the others
 * @returns null for one of whom no like is known
 */
export function viewerOf(history: History, blocked: Uint8Array, model: Model): Viewer | null {
  const taste = tasteOf(history, model)
  if (taste.likes.length === 0) return null
  const sources = retrieve(taste, model, true)
  const normalizers = normalizersOf(sources, blocked, model.kernels)
  const weights = weightsFor(model.blend, taste.likes.length)
  const scores = new Float32Array(blocked.length)
  for (const source of SOURCES) {
    const scoresOfSource = sources[source]
    const scale = weights[source] * normalizers[source]
    if (scoresOfSource && scale !== 0) addTo(scores, scoresOfSource, scale)
  }
  return {
    scores,
    because(itemIndex) {
      const shares = sharesOf(itemIndex, sources, weights, normalizers)
      const { because } = explain({ itemIndex, score: scores[itemIndex]!, shares }, taste, model, {})
      return because.map(({ title }) => title)
    },
  }
}

/** sum += scale · scores */
function addTo(sum: Float32Array, scores: Float32Array, scale: number): void {
  for (let item = 0; item < sum.length; item++) sum[item]! += scale * scores[item]!
}
