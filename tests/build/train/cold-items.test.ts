import { describe, expect, test } from 'vitest'
import type { TermMatrix } from '../../../build/nouns.ts'
import { placeColdItems } from '../../../build/train/cold-items.ts'
import { stepHandles } from '../../helpers/step-handles.ts'

const RIDGE = { type: 'ridge', regularization: 0.01 } as const

/** Movies with one term each, −1 for none. */
function contentOf(terms: number[]): TermMatrix {
  const indptr = new Uint32Array(terms.length + 1)
  for (const [item, term] of terms.entries()) indptr[item + 1] = indptr[item]! + (term < 0 ? 0 : 1)
  const termIndices = Int32Array.from(terms.filter((term) => term >= 0))
  return {
    terms: ['space', 'love'],
    documentFrequencies: new Int32Array(2),
    indptr,
    termIndices,
    weights: new Float32Array(termIndices.length).fill(1),
  }
}

const SPACE = 0
const LOVE = 1
/** Two space films, two weepies, one new of each, and one of which nothing is told. */
const CONTENT = contentOf([SPACE, SPACE, LOVE, LOVE, SPACE, LOVE, -1])
const LEARNED = Float32Array.of(1, 0, 1, 0, 0, 1, 0, 1, 0, 0, 0, 0, 0, 0)
const KNOWN = { content: CONTENT, years: new Int16Array(7), embeddings: null }

describe('placeColdItems', () => {
  test('a movie that nobody liked stands where the movies with its terms do', async () => {
    const { itemFactors, placedByTexts } = await placeColdItems(LEARNED, 2, KNOWN, RIDGE, stepHandles())
    expect(Array.from(placedByTexts)).toEqual([0, 0, 0, 0, 1, 1, 0])
    // λ 0.01 beside two movies: within a hundredth
    expect(itemFactors[8]).toBeCloseTo(1, 1)
    expect(itemFactors[9]).toBeCloseTo(0, 1)
    expect(itemFactors[10]).toBeCloseTo(0, 1)
    expect(itemFactors[11]).toBeCloseTo(1, 1)
  })

  test('learned rows stay as they are, and a movie without terms has none', async () => {
    const { itemFactors } = await placeColdItems(LEARNED, 2, KNOWN, RIDGE, stepHandles())
    expect(Array.from(itemFactors.subarray(0, 8))).toEqual(Array.from(LEARNED.subarray(0, 8)))
    expect(Array.from(itemFactors.subarray(12))).toEqual([0, 0])
  })

  test('the larger λ is, the shorter the row of a cold movie', async () => {
    const lengths: number[] = []
    for (const regularization of [0.1, 1, 10]) {
      const { itemFactors } = await placeColdItems(LEARNED, 2, KNOWN, { ...RIDGE, regularization }, stepHandles())
      lengths.push(Math.hypot(itemFactors[8]!, itemFactors[9]!))
    }
    expect(lengths[0]).toBeGreaterThan(lengths[1]!)
    expect(lengths[1]).toBeGreaterThan(lengths[2]!)
  })

  test('a year says something where terms do not', async () => {
    const content = contentOf([SPACE, SPACE, SPACE, SPACE, SPACE, SPACE, -1])
    const years = Int16Array.of(1950, 1950, 2010, 2010, 1950, 2010, 0)
    const { itemFactors } = await placeColdItems(LEARNED, 2, { ...KNOWN, content, years }, RIDGE, stepHandles())
    expect(itemFactors[8]!).toBeGreaterThan(itemFactors[9]!)
    expect(itemFactors[10]!).toBeLessThan(itemFactors[11]!)
  })

  test('embeddings say something where terms do not', async () => {
    const content = contentOf([SPACE, SPACE, SPACE, SPACE, SPACE, SPACE, -1])
    const rows = Float32Array.of(1, 0, 1, 0, 0, 1, 0, 1, 1, 0, 0, 1, 0, 0)
    const known = { ...KNOWN, content, embeddings: { width: 2, rows } }
    const { itemFactors } = await placeColdItems(LEARNED, 2, known, RIDGE, stepHandles())
    expect(itemFactors[8]!).toBeGreaterThan(itemFactors[9]!)
    expect(itemFactors[10]!).toBeLessThan(itemFactors[11]!)
  })

  test.each([
    ['the config wants none', LEARNED, { ...RIDGE, type: 'none' } as const],
    ['there is nothing to learn from', new Float32Array(14), RIDGE],
  ])('nothing is placed where %s', async (_, itemFactors, config) => {
    const placed = await placeColdItems(itemFactors, 2, KNOWN, config, stepHandles())
    expect(placed.itemFactors).toEqual(itemFactors)
    expect(placed.placedByTexts).toEqual(new Uint8Array(7))
  })
})
