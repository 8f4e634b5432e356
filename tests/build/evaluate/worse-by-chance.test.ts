import { expect, test } from 'vitest'
import { randomSource } from '#core/random.ts'
import { worseByChance } from '../../../build/evaluate/published/worse-by-chance.ts'

const { uniform } = randomSource(7)
const CUTOFFS = [1, 2, 5, 10, 20, 50]
const REFUSED_BELOW = 0.05

/** Losses of 40 users in 12 metrics of one movie that both models place somewhere: hit rates and reciprocal ranks. */
function drawnLosses(skill: number): Float64Array[] {
  const places = Array.from({ length: 40 }, () => [100 * uniform() ** 2, 100 * uniform() ** (2 * skill)])
  const metrics = CUTOFFS.flatMap((cutoff) => [
    (place: number) => (place < cutoff ? 1 : 0),
    (place: number) => (place < cutoff ? 1 / (1 + place) : 0),
  ])
  return metrics.map((metric) =>
    Float64Array.from(places, ([served, candidate]) => metric(served!) - metric(candidate!)),
  )
}

/** Share of drawn models of which one metric's chance is below 5 %. */
function refused(models: number, skill: number): number {
  let count = 0
  for (let model = 0; model < models; model++)
    if (Math.min(...worseByChance([drawnLosses(skill)], model + 1)[0]!) < REFUSED_BELOW) count++
  return count / models
}

test('a model that is as good is refused in 5 % of the cases, by twelve metrics together', () => {
  // of 120 draws at 5 %, two standard errors are 4 %
  expect(refused(120, 1)).toBeLessThan(0.09)
})

test('a model that is clearly worse is refused', () => {
  expect(refused(20, 0.3)).toBeGreaterThan(0.9)
})

test('a lone metric’s chance is the share of the signs by which it is as bad', () => {
  // 4 users, all worse: one of 2⁴ draws is as bad, and the share of 2000 is off by 3 × √(1/16 · 15/16 / 2000) = 0.016 at most
  const [[chance]] = worseByChance([[Float64Array.of(1, 1, 1, 1)]], 1) as [[number]]
  expect(Math.abs(chance - 1 / 16)).toBeLessThan(0.016)
})

test('what is the same for every user is no loss, and says nothing of the others', () => {
  const same = new Float64Array(40)
  const [drawn] = drawnLosses(1)
  const alone = worseByChance([[drawn!]], 1)[0]![0]
  expect(worseByChance([[same, drawn!, same], []], 1)).toEqual([[1, alone, 1], []])
})

test('metrics of other users are part of the whole', () => {
  const losses = Float64Array.from({ length: 40 }, () => uniform() - 0.42)
  const alone = worseByChance([[losses]], 1)[0]![0]!
  const among = worseByChance([[losses], [Float64Array.from(losses, () => uniform() - 0.5)]], 1)[0]![0]!
  expect(among).toBeGreaterThan(alone)
})
