import fc from 'fast-check'
import { expect, test } from 'vitest'
import { openServeKernels } from '#core/kernels/serve.ts'
import { randomSource } from '#core/random.ts'
import { type BlendWeights, SOURCES } from '#core/schemas/config.ts'
import { blend, blendScores, normalizersOf, scoreAll } from '#recommend/blend.ts'
import type { SourceScores } from '#recommend/retrieve.ts'
import { gramianOf, quantizeRows } from '../../build/export/quantize.ts'
import { compileKernel } from '../../build/io/kernels.ts'
import { tinyModel } from '../helpers/tiny-model.ts'

const { kernels, catalog } = tinyModel()
const ofItems = <Value>(value: fc.Arbitrary<Value>) =>
  fc.array(value, { minLength: catalog.numItems, maxLength: catalog.numItems })
const scores = ofItems(fc.constantFrom(-2, -1, 0, 0, 0.25, 0.5, 1, 3)).map((values) => Float32Array.from(values))
const sources: fc.Arbitrary<SourceScores> = fc.record({
  cf: fc.option(scores),
  next: fc.option(scores),
  neighbours: fc.option(scores),
  content: fc.option(scores),
  popularity: scores,
})
const weights = fc.record(
  Object.fromEntries(SOURCES.map((source) => [source, fc.constantFrom(0, 0.1, 0.3, 1)])),
) as fc.Arbitrary<BlendWeights>
const blocked = ofItems(fc.constantFrom(0, 0, 1)).map((flags) => Uint8Array.from(flags))

test('the kernels blend as the loops do, to the last bit, ties and blocked movies among them', () => {
  fc.assert(
    fc.property(sources, weights, blocked, fc.integer({ min: 0, max: 12 }), (given, weighed, flags, k) => {
      expect(blend(given, weighed, flags, k, kernels)).toEqual(blend(given, weighed, flags, k))
    }),
  )
})

test('the kernels score every movie as the loops do, and in parts of the best', () => {
  fc.assert(
    fc.property(sources, weights, blocked, (given, weighed, flags) => {
      const expected = blendScores(given, normalizersOf(given, flags), weighed, flags)
      expect(scoreAll(given, weighed, flags, kernels).scores).toEqual(expected)
      const best = Math.max(...expected.filter((score) => score > 0))
      const parts = expected.map((score) => (score > 0 ? score / best : 0))
      expect(scoreAll(given, weighed, flags, kernels, true).scores).toEqual(parts)
    }),
  )
})

test('of many movies whose sums are nearer to each other than f32 tells, the kernels miss none', () => {
  const numItems = 150
  const many = openServeKernels(compileKernel('serve'), {
    numItems,
    factors: 8,
    quantized: new Int8Array(numItems * 8),
    scales: new Float32Array(numItems),
    gramian: new Float32Array(64),
    unobservedWeight: 1,
    regularization: 1,
  })
  const rows = fc
    .tuple(fc.constantFrom(1e-42, 1e-6, 1, 1e6), fc.array(fc.nat(3), { minLength: numItems, maxLength: numItems }))
    .map(([scale, steps]) => Float32Array.from(steps, (step) => scale * (1 - step * 2 ** -24)))
  const few = fc.array(fc.nat(numItems - 1), { maxLength: 5 }).map((items) => {
    const flags = new Uint8Array(numItems)
    for (const item of items) flags[item] = 1
    return flags
  })
  fc.assert(
    fc.property(rows, rows, rows, weights, few, fc.integer({ min: 1, max: 20 }), (a, b, c, weighed, flags, k) => {
      const given = { cf: a, next: b, neighbours: null, content: c, popularity: new Float32Array(numItems) }
      expect(blend(given, weighed, flags, k, many)).toEqual(blend(given, weighed, flags, k))
    }),
  )
})

test('a list longer than the kernels have room for is blended by the loops', () => {
  const given = { cf: null, next: null, neighbours: null, content: null, popularity: new Float32Array(10).fill(1) }
  const none = new Uint8Array(10)
  const all = { cf: 1, next: 0, neighbours: 0, content: 0, popularity: 1 }
  expect(blend(given, all, none, 10, { blendBest: () => null })).toEqual(blend(given, all, none, 10))
})

test('the kernels take the view that a scan leaves, and the row that never changes, as they are', () => {
  const view = kernels.scan(kernels.foldIn(Int32Array.of(0)))
  const given = { cf: view, next: null, neighbours: null, content: null, popularity: catalog.popularity }
  const half = { cf: 0.5, next: 0, neighbours: 0, content: 0, popularity: 0.5 }
  const copied = { ...given, cf: view.slice() }
  expect(blend(given, half, new Uint8Array(10), 5, kernels)).toEqual(blend(copied, half, new Uint8Array(10), 5))
})

/** Kernels of some items with long rows, most with short ones, and every fifth with zeros. */
function longAndShort(numItems: number, factors: number) {
  const { normal, uniform } = randomSource(5)
  const lengths = Float64Array.from({ length: numItems }, (_, item) => (item % 5 === 0 ? 0 : uniform() ** 6))
  const matrix = Float32Array.from(
    { length: numItems * factors },
    (_, at) => normal() * lengths[Math.floor(at / factors)]!,
  )
  const { quantized, scales } = quantizeRows(matrix, numItems, factors)
  const many = openServeKernels(compileKernel('serve'), {
    numItems,
    factors,
    quantized,
    scales,
    gramian: gramianOf(quantized, scales, factors),
    unobservedWeight: 1,
    regularization: 1,
  })
  return { many, scales, user: Float32Array.from({ length: factors }, normal) }
}

test('a scan for the best gives the list of a whole scan, whatever is blocked, and the same scores', () => {
  const numItems = 331
  const factors = 16
  const { many, scales } = longAndShort(numItems, factors)
  const itemsOf = (share: number) => fc.uniqueArray(fc.nat(numItems - 1), { maxLength: Math.floor(share * numItems) })
  const flagsOf = (items: number[]) =>
    Uint8Array.from({ length: numItems }, (_, item) => (items.includes(item) ? 1 : 0))
  const voices = itemsOf(0.3).map((items) => Float32Array.from(flagsOf(items), (flag, item) => flag * ((item % 7) - 3)))
  const vector = fc
    .array(fc.constantFrom(-1, 0, 0.001, 0.5, 2), { minLength: factors, maxLength: factors })
    .map((values) => Float32Array.from(values))
  const heavy = fc.tuple(fc.constantFrom(0.05, 0.5, 1), weights).map(([cf, others]) => ({ ...others, cf }))
  const asked = fc.tuple(vector, voices, heavy, itemsOf(1).map(flagsOf), fc.integer({ min: 0, max: 60 }))
  fc.assert(
    fc.property(asked, ([user, next, weighed, flags, k]) => {
      const others = { next, neighbours: null, content: null, popularity: scales }
      const whole = { ...others, cf: many.scan(user).slice() }
      const expected = blend(whole, weighed, flags, k)
      expect(blend({ ...others, cf: many.scanForBest(user) }, weighed, flags, k, many)).toEqual(expected)
    }),
  )
})

test('a scan for the best is finished for who needs all of its scores', () => {
  const { many, scales, user } = longAndShort(331, 16)
  const expected = many.scan(user).slice()
  const none = new Uint8Array(331)
  const begin = () => {
    many.scan(new Float32Array(16))
    return many.scanForBest(user)
  }
  const refused = begin()
  expect(many.blendBest(Array(11).fill(scales), Array(11).fill(1), none, 1)).toBeNull()
  expect(refused).toEqual(expected)
  const scored = begin()
  many.blendScores([scored], [1], none)
  expect(scored).toEqual(expected)
})
