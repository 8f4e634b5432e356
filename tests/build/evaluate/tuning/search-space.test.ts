import { expect, test } from 'vitest'
import { randomSource } from '#core/random.ts'
import { Config } from '#core/schemas/config.ts'
import { searchSteps } from '../../../../build/evaluate/tuning/search-space.ts'

const { model } = Config.parse({})

test('a seed gives the same candidates, and each of them is a valid configuration', () => {
  const draw = () => {
    const random = randomSource(3)
    return searchSteps(model, true).flatMap(({ candidates }) => candidates(model, random))
  }
  expect(draw()).toEqual(draw())
  for (const candidate of draw()) expect(Config.parse({ model: candidate }).model).toEqual(candidate)
})

test('a step changes its own source alone', () => {
  for (const { source, candidates } of searchSteps(model, true))
    for (const candidate of candidates(model, randomSource(1)))
      for (const key of ['cf', 'next', 'neighbours', 'content', 'popularity'] as const)
        if (key !== source) expect(candidate[key]).toEqual(model[key])
})

test('without true times popularity keeps its half-life, and what is not learned is not searched', () => {
  const sourcesOf = (...settings: Parameters<typeof searchSteps>) => [
    ...new Set(searchSteps(...settings).map(({ source }) => source)),
  ]
  expect(sourcesOf(model, true)).toEqual(['cf', 'next', 'neighbours', 'popularity'])
  expect(sourcesOf(model, false)).toEqual(['cf', 'next', 'neighbours'])
  const next = { ...model.next, type: 'none' as const }
  const neighbours = { ...model.neighbours, type: 'none' as const }
  expect(sourcesOf({ ...model, next, neighbours }, false)).toEqual(['cf'])
})

test('where the largest λ of EASE is the best, larger ones are tried', () => {
  const step = searchSteps(model, true).find(({ what }) => what === 'ease.regularization beyond these')!
  const withLambda = (regularization: number) => ({
    ...model,
    neighbours: { ...model.neighbours, ease: { ...model.neighbours.ease, regularization } },
  })
  const tried = (regularization: number) =>
    step.candidates(withLambda(regularization), randomSource(1)).map(({ neighbours }) => neighbours.ease.regularization)
  expect(tried(8000)).toEqual([])
  expect(tried(16_000)).toEqual([64_000, 256_000])
})
