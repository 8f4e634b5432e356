import { expect, test } from 'vitest'
import { randomSource } from '#core/random.ts'

test('mulberry32 gives its known first numbers for seed 0', () => {
  const { uniform } = randomSource(0)
  expect([uniform(), uniform(), uniform()].map((value) => value * 2 ** 32)).toEqual([1144304738, 1416247, 958946056])
})

test('normals have mean 0 and variance 1', () => {
  const { normal } = randomSource(7)
  const values = Array.from({ length: 20_000 }, normal)
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length
  // standard errors 0.007 and 0.01; three of them
  expect(Math.abs(mean)).toBeLessThan(0.021)
  expect(Math.abs(variance - 1)).toBeLessThan(0.03)
})
