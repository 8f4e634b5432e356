import { describe, expect, test } from 'vitest'
import type { ContentIndex } from '#core/format/content.ts'
import { openContentKernels } from '#core/kernels/content.ts'
import { randomSource } from '#core/random.ts'
import { contentScores, profileOf } from '#core/scoring/content-scores.ts'
import { openContentProfile } from '../../../build/batch/content-profile.ts'
import { openFactorScores } from '../../../build/batch/factor-scores.ts'
import { compileKernel } from '../../../build/io/kernels.ts'

const { uniform } = randomSource(5)
const draw = (below: number) => Math.floor(below * uniform())
const drawnItems = (count: number, below: number) => Int32Array.from({ length: count }, () => draw(below))

describe.each(['train', 'train-relaxed'] as const)('%s.wasm', (name) => {
  const module = compileKernel(name)

  test('texts: cosines with the profile of any likes, its terms cut as the Worker cuts them', () => {
    const index = drawnContent(400, 300, 30)
    const all = Int32Array.from({ length: 400 }, (_, item) => 399 - item)
    const texts = openContentProfile(module, index, all)
    const found = new Float32Array(400)
    for (const likes of [1, 2, 5, 40, 0, 3].map((count) => drawnItems(count, 400))) {
      expect(texts.open(likes)).toBe(likes.length > 0)
      texts.scores(all, found)
      const expected = contentScores(index, likes)
      // f32 sums of some thirty products below 1
      for (const [place, item] of all.entries()) expect(Math.abs(found[place]! - expected[item]!)).toBeLessThan(1e-5)
    }
    // 30 terms a movie, each in 40 movies: of forty likes most are left out
    expect(profileOf(index, drawnItems(40, 400)).terms.length).toBeLessThan(100)
  })

  test('factors: products of int8 rows with a vector', () => {
    const [numItems, factors] = [50, 24]
    const quantized = Int8Array.from({ length: numItems * factors }, () => draw(255) - 127)
    const scales = Float32Array.from({ length: numItems }, () => uniform() / 127)
    const vector = Float32Array.from({ length: factors }, () => uniform() - 0.5)
    const items = drawnItems(20, numItems)
    const found = new Float32Array(20)
    openFactorScores(module, { numItems, factors, quantized, scales }).scores(items, vector, found)
    for (const [place, item] of items.entries()) {
      let product = 0
      for (let k = 0; k < factors; k++) product += scales[item]! * quantized[item * factors + k]! * vector[k]!
      expect(found[place]).toBeCloseTo(product, 5)
    }
  })
})

/** Movies with as many different terms each, of any weight. */
function drawnContent(numItems: number, numTerms: number, termsOfItem: number): ContentIndex {
  const offsets = Int32Array.from({ length: numItems + 1 }, (_, item) => item * termsOfItem)
  const rows = Array.from({ length: numItems }, () => {
    const terms = new Set<number>()
    while (terms.size < termsOfItem) terms.add(draw(numTerms))
    return [...terms].sort((a, b) => a - b)
  })
  const termIndices = Int32Array.from(rows.flat())
  const documentFrequencies = new Int32Array(numTerms)
  for (const term of termIndices) documentFrequencies[term]!++
  const weights = Uint8Array.from(termIndices, () => 1 + draw(255))
  const scales = Float32Array.from(rows, (_, item) => {
    let squared = 0
    for (const weight of weights.subarray(offsets[item]!, offsets[item + 1]!)) squared += weight ** 2
    return 1 / Math.sqrt(squared)
  })
  const content = { numItems, numTerms, offsets, termIndices, weights, scales }
  return {
    ...content,
    postings: openContentKernels(compileKernel('serve'), content),
    documentFrequencies,
    term: String,
    termIndexOf: () => -1,
  }
}
