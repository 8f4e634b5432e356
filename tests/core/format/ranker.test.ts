import { describe, expect, test } from 'vitest'
import { ArtifactError } from '#core/format/open-table.ts'
import { openRanker } from '#core/format/ranker.ts'
import { RANKER } from '#core/format/tables.ts'
import type { RankerModel } from '#core/scoring/ranker.ts'
import { encodeRanker } from '../../../build/export/encode-ranker.ts'
import { encodeTable } from '../../../build/export/encode-table.ts'

/** A tree of three nodes, and one that is a leaf. */
const MODEL: RankerModel = {
  ...{ pool: 100, minRatings: 5, scale: 3 },
  features: Int16Array.of(2, -1, -1, -1),
  thresholds: Float32Array.of(0.5, 0, 0, 0),
  left: Int32Array.of(1, 0, 0, 0),
  values: Float32Array.of(0, -1, 1, 0.25),
  roots: Int32Array.of(0, 3),
}

const bytesOf = (model: RankerModel) => encodeRanker(model)[0]![1]

describe('openRanker', () => {
  test('gives back what was encoded', () => {
    expect(openRanker(bytesOf(MODEL))).toEqual(MODEL)
  })

  test.each<[string, Partial<RankerModel>, string]>([
    ['a pool of one', { pool: 1 }, 'pool is 1, expected a whole number from 2 up'],
    ['a length below 0', { minRatings: -1 }, 'minRatings is -1, expected a whole number from 0 up'],
    ['a scale without an end', { scale: Number.POSITIVE_INFINITY }, 'scale is Infinity, expected a number from 0 up'],
    ['a feature too many', { features: Int16Array.of(19, -1, -1, -1) }, 'feature 19 of node 0, expected -1 to 18'],
    ['a walk in a circle', { left: Int32Array.of(0, 0, 0, 0) }, 'node 0 goes on at 0, expected 1 to 1'],
    ['a walk into the next tree', { left: Int32Array.of(2, 0, 0, 0) }, 'node 0 goes on at 2, expected 1 to 1'],
    [
      'a value that is none',
      { values: Float32Array.of(0, Number.NaN, 1, 1) },
      'threshold 0 and value NaN of node 1, expected numbers',
    ],
  ])('refuses %s', (_, change, message) => {
    expect(() => openRanker(bytesOf({ ...MODEL, ...change }))).toThrow(new ArtifactError(`ranker.arrow: ${message}`))
  })

  test('refuses a file without a tree, and one that asks for what this code does not know', () => {
    const { features, thresholds, left, values } = MODEL
    const columns = { tree: new Uint16Array(4), feature: features, threshold: thresholds, left, value: values }
    const about = { pool: '100', minRatings: '5', scale: '3' }
    const other = encodeTable(RANKER, 4, columns, { ...about, features: 'horoscope' })
    expect(() => openRanker(other)).toThrow('ranker.arrow: features horoscope, expected blended,blendedPart,')
    const nothing = { features: new Int16Array(0), thresholds: new Float32Array(0), left: new Int32Array(0) }
    const empty = bytesOf({ ...MODEL, ...nothing, values: new Float32Array(0), roots: new Int32Array(0) })
    expect(() => openRanker(empty)).toThrow('ranker.arrow: no trees, expected one or more')
  })

  test('refuses another version by name', () => {
    const { features, thresholds, left, values } = MODEL
    const columns = { tree: new Uint16Array(4), feature: features, threshold: thresholds, left, value: values }
    const next = encodeTable({ ...RANKER, version: 2 }, 4, columns)
    expect(() => openRanker(next)).toThrow('ranker.arrow: version 2, this reader knows 1')
  })

  test('refuses a file that was cut off', () => {
    expect(() => openRanker(bytesOf(MODEL).subarray(0, 200))).toThrow(/^ranker\.arrow: not readable as Arrow IPC/)
  })
})
