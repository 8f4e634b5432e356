import { describe, expect, test } from 'vitest'
import { ArtifactError } from '#core/format/open-table.ts'
import { openStars } from '#core/format/stars.ts'
import { STARS } from '#core/format/tables.ts'
import type { RatingModel } from '#core/scoring/fold-in-ratings.ts'
import { encodeStars } from '../../../build/export/encode-stars.ts'
import { encodeTable } from '../../../build/export/encode-table.ts'
import { tinyStars } from '../../helpers/tiny-stars.ts'

function opened(stars: RatingModel<Float32Array> | null, change: Record<string, Uint8Array> = {}): RatingModel | null {
  const files = new Map([...encodeStars(stars), ...Object.entries(change)])
  return openStars((file) => files.get(file)!)
}

describe('openStars', () => {
  test('gives back what was encoded, rows to within half a unit', () => {
    const stars = { ...tinyStars(), scaleShape: 20, mean: 1 / 3 }
    stars.itemTraces.set([0.25, -0.125], 8)
    const { items, itemUnits, itemTraces, traceUnits, ...rest } = opened(stars)!
    const { items: _items, itemUnits: _units, itemTraces: _traces, traceUnits: _others, ...expected } = stars
    expect(rest).toEqual(expected)
    for (const [at, value] of stars.items.entries()) {
      const unit = itemUnits[Math.floor(at / 8)]!
      expect(Math.abs(items[at]! * unit - value)).toBeLessThanOrEqual(unit * 0.5000001)
    }
    expect(itemTraces[8]! * traceUnits[1]!).toBeCloseTo(0.25, 6)
    expect(Array.from(traceUnits).map((unit) => unit > 0)).toEqual([false, true, ...new Array(8).fill(false)])
  })

  test('is null for a model that predicts no stars', () => {
    expect(opened(null)).toBeNull()
  })

  test('takes 48 bytes a movie with 14 factors', () => {
    const [[, small], [, large]] = [1000, 11_000].map((numItems) => encodeStars(wide(numItems))[0]!) as [
      [string, Uint8Array],
      [string, Uint8Array],
    ]
    expect((large.length - small.length) / 10_000).toBeCloseTo(48, 1)
  })

  test.each<[string, Partial<RatingModel<Float32Array>>, string]>([
    ['a noise precision of 0', { noisePrecision: 0 }, 'stars.arrow: noisePrecision is 0, expected a positive number'],
    ['a scale upside down', { lowest: 5, highest: 1 }, 'stars.arrow: highest is 1, expected a number from 5 up'],
    ['a mean that is none', { mean: Number.NaN }, 'stars.arrow: mean is NaN, expected a number'],
    [
      'a movie whose noise has no end',
      { itemScales: Float32Array.from({ length: 10 }, (_, item) => (item === 3 ? 0 : 1)) },
      'stars.arrow: noiseScale 0 at 3, expected above 0',
    ],
    [
      'a prior without an inverse',
      { userPrecision: new Float32Array(64) },
      'stars-prior.arrow: pivot 1 is 0, expected above 0: the matrix is not positive definite',
    ],
  ])('refuses %s', (_, change, message) => {
    expect(() => opened({ ...tinyStars(), ...change })).toThrow(new ArtifactError(message))
  })

  test('refuses files of two models', () => {
    const prior = encodeStars(wide(3))[1]![1]
    expect(() => opened(tinyStars(), { 'stars-prior.arrow': prior })).toThrow(
      new ArtifactError('stars-prior.arrow: rows 16, expected 8'),
    )
  })

  test('refuses another version by name', () => {
    const empty = { size: 8, values: new Int8Array(0) }
    const none = new Float32Array(0)
    const columns = {
      factors: empty,
      factorScale: none,
      traces: empty,
      traceScale: none,
      noiseScale: none,
      variance: none,
    }
    const newer = encodeTable({ ...STARS, version: 2 }, 0, columns)
    expect(() => opened(tinyStars(), { 'stars.arrow': newer })).toThrow(
      new ArtifactError('stars.arrow: version 2, this reader knows 1'),
    )
  })
})

/** Size 16: 14 factors. */
function wide(numItems: number): RatingModel<Float32Array> {
  const size = 16
  return {
    ...tinyStars(),
    size,
    items: new Float32Array(numItems * size).fill(0.5),
    itemUnits: new Float32Array(numItems).fill(1),
    itemTraces: new Float32Array(numItems * size),
    traceUnits: new Float32Array(numItems).fill(1),
    itemScales: new Float32Array(numItems).fill(1),
    itemVariances: new Float32Array(numItems),
    userMean: new Float32Array(size),
    userPrecision: Float32Array.from({ length: size * size }, (_, at) => (at % (size + 1) === 0 ? 1 : 0)),
  }
}
