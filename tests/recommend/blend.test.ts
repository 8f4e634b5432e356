import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type BlendWeights, SOURCES } from '#core/schemas/config.ts'
import { blend } from '#recommend/blend.ts'
import type { SourceScores } from '#recommend/retrieve.ts'
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

test('a list longer than the kernels have room for is blended by the loops', () => {
  const given = { cf: null, next: null, neighbours: null, content: null, popularity: new Float32Array(10).fill(1) }
  const none = new Uint8Array(10)
  const all = { cf: 1, next: 0, neighbours: 0, content: 0, popularity: 1 }
  expect(blend(given, all, none, 10, { blendBest: () => null })).toEqual(blend(given, all, none, 10))
})

test('the kernels take the view that a scan leaves as it is', () => {
  const view = kernels.scan(kernels.foldIn(Int32Array.of(0)))
  const given = { cf: view, next: null, neighbours: null, content: null, popularity: catalog.popularity }
  const half = { cf: 0.5, next: 0, neighbours: 0, content: 0, popularity: 0.5 }
  const copied = { ...given, cf: view.slice() }
  expect(blend(given, half, new Uint8Array(10), 5, kernels)).toEqual(blend(copied, half, new Uint8Array(10), 5))
})
