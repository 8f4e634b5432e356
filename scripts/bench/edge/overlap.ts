import { openServeKernels } from '#core/kernels/serve.ts'
import { randomSource } from '#core/random.ts'
import { topK } from '#core/scoring/top-k.ts'
import { gramianOf, quantizeRows } from '../../../build/export/quantize.ts'
import { compileKernel } from '../../../build/io/kernels.ts'

const SEED = 11
const VIEWERS = 50
const LIKES = 30
const K = 20

/**
 * How much of a float model's list the served kernels give: the mean share of the 20 movies of the largest yᵀx in f32 factors
 * that int8 factors and their scan put among theirs too. Factors are drawn, so that scores lie closer together than a trained
 * model's.
 */
export function topKOverlap(numItems: number, factors: number): number {
  const { uniform, normal } = randomSource(SEED)
  const rows = Float32Array.from({ length: numItems * factors }, () => 0.1 * normal())
  const { quantized, scales } = quantizeRows(rows, numItems, factors)
  const kernels = openServeKernels(compileKernel('serve'), {
    numItems,
    factors,
    quantized,
    scales,
    gramian: gramianOf(quantized, scales, factors),
    unobservedWeight: 0.2,
    regularization: 4,
  })
  let shared = 0
  for (let viewer = 0; viewer < VIEWERS; viewer++) {
    const likes = Int32Array.from({ length: LIKES }, () => Math.floor(uniform() * numItems))
    const x = kernels.foldIn(likes)
    const served = new Set(topK(kernels.scan(x), K).items)
    for (const item of topK(plainScores(rows, x, numItems), K).items) if (served.has(item)) shared++
  }
  return shared / (VIEWERS * K)
}

function plainScores(rows: Float32Array, x: Float32Array, numItems: number): Float64Array {
  const scores = new Float64Array(numItems)
  for (let item = 0; item < numItems; item++) {
    let sum = 0
    for (let k = 0; k < x.length; k++) sum += rows[item * x.length + k]! * x[k]!
    scores[item] = sum
  }
  return scores
}
