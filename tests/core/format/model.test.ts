import { expect, test } from 'vitest'
import { CONTENT, FACTORS, TERMS } from '#core/format/tables.ts'
import { residentFiles } from '#core/model.ts'
import { servingSettings } from '../../../build/evaluate/index.ts'
import { openArtifacts } from '../../../build/evaluate/open-artifacts.ts'
import { encodeNeighbours } from '../../../build/export/encode-neighbours.ts'
import { encodeRanker } from '../../../build/export/encode-ranker.ts'
import { encodeTable } from '../../../build/export/encode-table.ts'
import { TINY_BLEND, TINY_CONFIG, tinyFiles, tinyModel } from '../../helpers/tiny-model.ts'

const open = (change: (files: ReturnType<typeof tinyFiles>) => void) => {
  const files = tinyFiles()
  change(files)
  return openArtifacts(files, servingSettings(TINY_CONFIG, TINY_BLEND))
}

test('a model is opened with its movies found by id', () => {
  const { catalog } = tinyModel()
  expect(catalog.itemIndexOf(80)).toBe(7)
  expect(catalog.itemIndexOf(81)).toBe(-1)
  expect(catalog.genres(1)).toEqual(['Action', 'Sci-Fi'])
})

test('files that disagree on the number of movies are refused', () => {
  const factors = encodeTable(
    FACTORS,
    2,
    { quantized: { size: 8, values: new Int8Array(16) }, scale: new Float32Array(2), placedByTexts: new Uint8Array(2) },
    { regularization: '1', regularizationExponent: '0', unobservedWeight: '1', unobservedMass: '0' },
  )
  expect(() => open((files) => files.set('factors.arrow', factors))).toThrow('factors.arrow: 2 rows, expected 10')
  const none = { indices: new Int32Array(0), weights: new Float32Array(0) }
  const neighbours = encodeNeighbours({ indptr: new Uint32Array(5), ...none })
  expect(() => open((files) => files.set('neighbours.arrow', neighbours))).toThrow(
    'neighbours.arrow: 4 rows, expected 10',
  )
  expect(() => open((files) => files.set('next-1.arrow', neighbours))).toThrow('next-1.arrow: 4 rows, expected 10')
})

test('factors without their λ are refused', () => {
  const factors = encodeTable(FACTORS, 10, {
    quantized: { size: 8, values: new Int8Array(80) },
    scale: new Float32Array(10),
    placedByTexts: new Uint8Array(10),
  })
  expect(() => open((files) => files.set('factors.arrow', factors))).toThrow(
    'factors.arrow: regularization is undefined, expected a positive number',
  )
})

test('a term index out of range is refused', () => {
  const content = encodeTable(CONTENT, 10, {
    termIndices: { offsets: Uint32Array.from({ length: 11 }, (_, row) => Math.min(row, 1)), values: Int32Array.of(9) },
    weights: { offsets: Uint32Array.from({ length: 11 }, (_, row) => Math.min(row, 1)), values: Uint8Array.of(255) },
    scale: new Float32Array(10),
  })
  const terms = encodeTable(TERMS, 1, { term: ['a'], documentFrequency: Int32Array.of(1) })
  expect(() =>
    open((files) => {
      files.set('content.arrow', content)
      files.set('terms.arrow', terms)
    }),
  ).toThrow('content.arrow: term 9, terms.arrow has 1')
})

test('a ranker is kept where one is shipped, and missed where it is not there', () => {
  const tree = { roots: Int32Array.of(0), features: Int16Array.of(-1), thresholds: Float32Array.of(0) }
  const ranker = {
    ...{ pool: 5, minRatings: 1, scale: 1 },
    ...tree,
    left: Int32Array.of(0),
    values: Float32Array.of(1),
  }
  const [name, bytes] = encodeRanker(ranker)[0]!
  expect(open((files) => files.set(name, bytes)).ranker).toEqual(ranker)
  expect(tinyModel().ranker).toBeNull()

  const { next } = servingSettings(TINY_CONFIG, TINY_BLEND)
  expect(residentFiles({ next, ranker: { shipped: true } })).toContain('ranker.arrow')
  // a model of a build that tried none, or whose ranker did not prove itself
  for (const none of [undefined, { shipped: false }])
    expect(residentFiles({ next, ranker: none })).not.toContain('ranker.arrow')
})
