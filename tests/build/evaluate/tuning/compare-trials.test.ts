import { expect, test } from 'vitest'
import { randomSource } from '#core/random.ts'
import { compareTrials } from '../../../../build/evaluate/tuning/compare-trials.ts'

test('differences are of the same users', () => {
  // −, +1 for each user: the mean difference is certain although the values are not
  const configured = Float64Array.of(0, 5, 9, 2)
  const { differences } = compareTrials([configured, configured.map((value) => value + 1)], 100, 1)
  expect(differences).toEqual([
    { mean: 0, low: 0, high: 0 },
    { mean: 1, low: 1, high: 1 },
  ])
})

test('what is chosen on one half is judged on the other', () => {
  // users 0 and 2 would choose a, users 1 and 3 would choose b: each is judged by the other’s choice
  const configured = Float64Array.of(0, 0, 0, 0)
  const a = Float64Array.of(8, -1, 8, -1)
  const b = Float64Array.of(-2, 4, -2, 4)
  const { chosen } = compareTrials([configured, a, b], 100, 1)
  // b for 0 and 2, a for 1 and 3: (−2 − 1 − 2 − 1) / 4
  expect(chosen.mean).toBe(-1.5)
})

test('the best of many trials without any merit is flattered, what choosing gains is not', () => {
  const { normal } = randomSource(7)
  const trials = Array.from({ length: 60 }, () => Float64Array.from({ length: 400 }, normal))
  const { differences, chosen } = compareTrials(trials, 200, 1)
  expect(Math.max(...differences.map(({ mean }) => mean))).toBeGreaterThan(0.08)
  expect(chosen.low).toBeLessThan(0)
  expect(chosen.high).toBeGreaterThan(0)
})

test('settings that nothing beats are chosen themselves', () => {
  const configured = Float64Array.of(1, 1, 1, 1)
  expect(compareTrials([configured, Float64Array.of(0, 0, 0, 0)], 100, 1).chosen).toEqual({ mean: 0, low: 0, high: 0 })
})
