import type { ServeKernels } from '#core/kernels/serve.ts'
import type { Shares } from '#core/schemas/api.ts'
import { type BlendWeights, SOURCES, type Source } from '#core/schemas/config.ts'
import type { BlendTable } from '#core/schemas/manifest.ts'
import { topK } from '#core/scoring/top-k.ts'
import type { SourceScores } from './retrieve.ts'

/** A movie of the blended list with what each source gave to its score. */
export interface Blended {
  itemIndex: number
  score: number
  shares: Shares
}

/** What a score is multiplied with, by source: 1 over its score farthest from 0 of an allowed movie; 0 without scores. */
export type Normalizers = Record<Source, number>

/** Weights learned for that many likes: the last row that asks for no more. */
export function weightsFor(blend: BlendTable, numLikes: number): BlendWeights {
  let weights = blend[0]!.weights
  for (const row of blend) if (row.minLikes <= numLikes) weights = row.weights
  return weights
}

/** The weights of a list by one source alone. */
export function alone(source: Source): BlendWeights {
  return bySource((other) => (other === source ? 1 : 0))
}

/**
 * The k movies of the largest `Σ weight · score / score farthest from 0`, both of the allowed movies. So every source
 * lies within −1 and 1, weights mean the same in every request, and a source that speaks against a movie cannot do so
 * more loudly than its weight: dividing by the largest score alone would blow a filtered list's noise up when only
 * movies with scores at and below 0 are left.
 * @param blocked numItems flags; 1 is never returned
 * @param kernels blend in one pass with the same result; left out, or for a list beyond their room, a loop a source does
 */
export function blend(
  sources: SourceScores,
  weights: BlendWeights,
  blocked: Uint8Array,
  k: number,
  kernels?: Pick<ServeKernels, 'blendBest'>,
): Blended[] {
  const { items, scores, normalizers } =
    (kernels && bestByKernels(sources, weights, blocked, k, kernels)) ?? bestByLoops(sources, weights, blocked, k)
  return Array.from(items, (itemIndex, position) => ({
    itemIndex,
    score: scores[position]!,
    shares: sharesOf(itemIndex, sources, weights, normalizers),
  }))
}

/** What each source gives to a movie's blended score. */
export function sharesOf(
  itemIndex: number,
  sources: SourceScores,
  weights: BlendWeights,
  normalizers: Normalizers,
): Shares {
  return bySource((source) => {
    const scores = sources[source]
    return scores ? weights[source] * normalizers[source] * scores[itemIndex]! : 0
  })
}

interface Best {
  items: Int32Array
  scores: Float64Array
  normalizers: Normalizers
}

function bestByKernels(
  sources: SourceScores,
  weights: BlendWeights,
  blocked: Uint8Array,
  k: number,
  kernels: Pick<ServeKernels, 'blendBest'>,
): Best | null {
  const { present, rows, weightOfRows } = rowsOf(sources, weights)
  const best = kernels.blendBest(rows, weightOfRows, blocked, k)
  return best && { ...best, normalizers: normalizersBy(present, best.farthest) }
}

/**
 * Blended score of every movie, NaN where blocked, by the kernels: the same numbers as `blendScores` makes.
 * @param inParts in parts of the best one, 0 to 1; below 0 and blocked become 0
 */
export function scoreAll(
  sources: SourceScores,
  weights: BlendWeights,
  blocked: Uint8Array,
  kernels: Pick<ServeKernels, 'blendScores'>,
  inParts = false,
): { scores: Float64Array; normalizers: Normalizers } {
  const { present, rows, weightOfRows } = rowsOf(sources, weights)
  const { scores, farthest } = kernels.blendScores(rows, weightOfRows, blocked, inParts)
  return { scores, normalizers: normalizersBy(present, farthest) }
}

/** The sources that take part in a blend. */
function rowsOf(
  sources: SourceScores,
  weights: BlendWeights,
): { present: Source[]; rows: Float32Array[]; weightOfRows: number[] } {
  const present = SOURCES.filter((source) => sources[source] !== null && weights[source] !== 0)
  return {
    present,
    rows: present.map((source) => sources[source]!),
    weightOfRows: present.map((source) => weights[source]),
  }
}

/** @param farthest score farthest from 0 of each of these sources */
function normalizersBy(present: readonly Source[], farthest: readonly number[]): Normalizers {
  return bySource((source) => {
    const row = present.indexOf(source)
    return row < 0 ? 0 : 1 / farthest[row]!
  })
}

function bestByLoops(sources: SourceScores, weights: BlendWeights, blocked: Uint8Array, k: number): Best {
  const normalizers = normalizersOf(sources, blocked)
  return { ...topK(blendScores(sources, normalizers, weights, blocked), k), normalizers }
}

/** @param kernels do it in one pass with the same result */
export function normalizersOf(
  sources: SourceScores,
  blocked: Uint8Array,
  kernels?: Pick<ServeKernels, 'blendBest'>,
): Normalizers {
  const present = SOURCES.filter((source) => sources[source] !== null)
  const rows = present.map((source) => sources[source]!)
  // a list of nobody: only how far the scores reach
  const { farthest } = kernels?.blendBest(
    rows,
    rows.map(() => 0),
    blocked,
    0,
  ) ?? {
    farthest: rows.map((scores) => farthestFromZero(scores, blocked)),
  }
  return normalizersBy(present, farthest)
}

/**
 * Blended score of every movie; NaN where blocked. A multiply-add an item and source.
 * @param out numItems
 */
export function blendScores(
  sources: SourceScores,
  normalizers: Normalizers,
  weights: BlendWeights,
  blocked: Uint8Array,
  out: Float64Array = new Float64Array(blocked.length),
): Float64Array {
  out.fill(0)
  for (const source of SOURCES) {
    const scores = sources[source]
    if (scores) add(scores, weights[source] * normalizers[source], out)
  }
  for (let item = 0; item < blocked.length; item++) if (blocked[item] === 1) out[item] = Number.NaN
  return out
}

/** out += scale · scores */
function add(scores: Float32Array, scale: number, out: Float64Array): void {
  if (scale === 0) return
  for (let item = 0; item < out.length; item++) out[item]! += scale * scores[item]!
}

/** Largest |score| of an allowed movie; 1 when all are 0, so that dividing by it is safe. */
export function farthestFromZero(scores: Float32Array, blocked: Uint8Array): number {
  let farthest = 0
  for (let item = 0; item < scores.length; item++) {
    const size = Math.abs(scores[item]!)
    if (size > farthest && blocked[item] === 0) farthest = size
  }
  return farthest > 0 ? farthest : 1
}

function bySource(of: (source: Source) => number): Record<Source, number> {
  return {
    cf: of('cf'),
    next: of('next'),
    neighbours: of('neighbours'),
    content: of('content'),
    popularity: of('popularity'),
  }
}
