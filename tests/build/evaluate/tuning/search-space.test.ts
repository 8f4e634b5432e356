import { expect, test } from 'vitest'
import { randomSource } from '#core/random.ts'
import { Config } from '#core/schemas/config.ts'
import { type Extent, searchStart, searchSteps } from '../../../../build/evaluate/tuning/search-space.ts'

const { model } = Config.parse({})
const DENSE: Extent = { items: 100, ratings: 100_000, hasTimes: true, hasOrder: true }
const SPARSE: Extent = { ...DENSE, items: 2000 }
const LARGE: Extent = { ...DENSE, items: 10_000 }

test('a seed gives the same candidates, and each of them is a valid configuration', () => {
  const draw = () => {
    const random = randomSource(3)
    return searchSteps(model, SPARSE).flatMap(({ candidates }) => candidates(model, random))
  }
  expect(draw()).toEqual(draw())
  for (const candidate of draw()) expect(Config.parse({ model: candidate }).model).toEqual(candidate)
})

test('a step changes its own source alone', () => {
  for (const { source, candidates } of searchSteps(model, SPARSE))
    for (const candidate of candidates(model, randomSource(1)))
      for (const key of ['cf', 'next', 'neighbours', 'content', 'popularity'] as const)
        if (key !== source) expect(candidate[key]).toEqual(model[key])
})

test('without true times popularity keeps its half-life, and what is not learned is not searched', () => {
  const sourcesOf = (...settings: Parameters<typeof searchSteps>) => [
    ...new Set(searchSteps(...settings).map(({ source }) => source)),
  ]
  expect(sourcesOf(model, DENSE)).toEqual(['cf', 'next', 'neighbours', 'popularity'])
  expect(sourcesOf(model, { ...DENSE, hasTimes: false })).toEqual(['cf', 'next', 'neighbours'])
  const next = { ...model.next, type: 'none' as const }
  const neighbours = { ...model.neighbours, type: 'none' as const }
  expect(sourcesOf({ ...model, next, neighbours }, { ...SPARSE, hasTimes: false })).toEqual(['cf'])
})

test('where the largest λ of EASE is the best, larger ones are tried', () => {
  const step = searchSteps(model, SPARSE).find(({ what }) => what === 'ease.regularization beyond these')!
  const withLambda = (regularization: number) => ({
    ...model,
    neighbours: { ...model.neighbours, ease: { ...model.neighbours.ease, regularization } },
  })
  const tried = (regularization: number) =>
    step.candidates(withLambda(regularization), randomSource(1)).map(({ neighbours }) => neighbours.ease.regularization)
  expect(tried(8000)).toEqual([])
  expect(tried(16_000)).toEqual([64_000, 256_000])
})

test('where there are few ratings a movie, regressions on its nearest alone are tried too', () => {
  const typesOf = (extent: Extent) =>
    searchSteps(model, extent)
      .filter(({ what }) => what === 'type')
      .flatMap(({ source, candidates }) => candidates(model, randomSource(1)).map((other) => [source, other] as const))
      .map(([source, { next, neighbours }]) => (source === 'next' ? next.type : neighbours.type))
  expect(typesOf(DENSE)).toEqual([])
  expect([...new Set(typesOf(SPARSE))]).toEqual(['nearest', 'fsSlim'])
})

test('only the settings of the neighbours’ type are asked about', () => {
  const askedOf = (type: 'ease' | 'fsSlim' | 'itemKnn') => {
    const other = { ...model, neighbours: { ...model.neighbours, type } }
    const asked = searchSteps(model, SPARSE).filter(({ candidates }) => candidates(other, randomSource(1)).length > 0)
    return asked.flatMap(({ what }) => /^(ease|fsSlim|itemKnn)\./.exec(what)?.[1] ?? [])
  }
  for (const type of ['ease', 'fsSlim', 'itemKnn'] as const) expect(new Set(askedOf(type))).toEqual(new Set([type]))
})

test('EASE gives way to fsSLIM where there are many movies with few ratings each, and nowhere else', () => {
  const typeAtFirst = (extent: Extent) => searchStart(model, extent).neighbours.type
  expect([DENSE, SPARSE, LARGE, { ...LARGE, ratings: 10_000_000 }].map(typeAtFirst)).toEqual([
    'ease',
    'ease',
    'fsSlim',
    'ease',
  ])
  const asked = searchSteps(searchStart(model, LARGE), LARGE).filter(({ source }) => source === 'neighbours')
  const types = asked.flatMap(({ candidates }) => candidates(searchStart(model, LARGE), randomSource(1)))
  expect(new Set(types.map(({ neighbours }) => neighbours.type))).toEqual(new Set(['fsSlim']))
})

test('with many movies points are drawn for few factors, and more are tried at the end', () => {
  const factorsOf = (extent: Extent, what: RegExp) =>
    searchSteps(model, extent)
      .filter((step) => what.test(step.what))
      .flatMap(({ candidates }) => candidates(model, randomSource(1)).map(({ cf }) => cf.factors))
  expect(new Set(factorsOf(LARGE, /^factors/))).toEqual(new Set([64]))
  expect(new Set(factorsOf(SPARSE, /^factors/))).toEqual(new Set([64, 128]))
  expect(factorsOf(LARGE, /^more factors/)).toEqual([128, 256])
})

test('where nothing is newer than the rest, no half-life of a history is searched', () => {
  const halfLives = ({ cf, neighbours }: typeof model) => [cf.recencyHalfLife, neighbours.recencyHalfLife]
  for (const { candidates } of searchSteps(model, { ...SPARSE, hasOrder: false }))
    for (const candidate of candidates(model, randomSource(1))) expect(halfLives(candidate)).toEqual(halfLives(model))
})
