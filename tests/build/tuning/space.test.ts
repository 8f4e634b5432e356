import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { randomSource } from '#core/random.ts'
import { drawDifferent, examplesOf, Space } from '../../../build/tuning/space.ts'

const draw = (space: unknown, count: number, seed = 1, isAllowed = () => true) =>
  drawDifferent(Space.parse(space), count, randomSource(seed), isAllowed)

test('a seed gives the same draws, more of them begin with the same', () => {
  const space = { a: { low: 0.5, high: 100, scale: 'log' }, b: [1, null, 'x'] }
  expect(draw(space, 5)).toEqual(draw(space, 5))
  expect(draw(space, 9).slice(0, 5)).toEqual(draw(space, 5))
  expect(draw(space, 5, 2)).not.toEqual(draw(space, 5))
})

test('no settings are drawn twice, and a space that is exhausted ends', () => {
  const drawn = draw({ a: [1, 2], b: { low: 1, high: 3, integer: true } }, 100)
  expect(new Set(drawn.map((settings) => JSON.stringify(settings))).size).toBe(6)
  expect(drawn).toHaveLength(6)
})

test('what is not allowed together is not drawn', () => {
  const space = Space.parse({ a: [1, 2], b: [1, 2] })
  expect(drawDifferent(space, 9, randomSource(1), ({ a, b }) => a !== b)).toHaveLength(2)
})

test('numbers lie within the ends, on whole steps where there are some', () => {
  const ends = fc.tuple(fc.integer({ min: 1, max: 500 }), fc.integer({ min: 1, max: 500 }))
  fc.assert(
    fc.property(ends, fc.constantFrom('linear', 'log'), fc.nat(), ([low, width], scale, seed) => {
      const high = low + width
      for (const { free, stepped } of draw(
        { free: { low, high, scale }, stepped: { low, high, scale, step: 0.5 } },
        20,
        seed,
      ) as { free: number; stepped: number }[]) {
        expect(free).toBeGreaterThanOrEqual(low)
        expect(free).toBeLessThanOrEqual(high)
        expect((stepped - low) % 0.5).toBe(0)
        expect(stepped).toBeLessThanOrEqual(high)
      }
    }),
  )
})

test('on a log scale each order of magnitude is as likely as another', () => {
  const drawn = draw({ a: { low: 0.01, high: 100, scale: 'log' } }, 2000) as { a: number }[]
  const below = drawn.filter(({ a }) => a < 1).length
  // half of 2000, with a standard deviation of 22
  expect(Math.abs(below - 1000)).toBeLessThan(110)
})

test('a step that is no binary fraction reaches the upper end, without a last bit of its own', () => {
  const values = new Set(draw({ a: { low: 0.1, high: 0.3, step: 0.1 } }, 9).map(({ a }) => a))
  expect([...values].sort()).toEqual([0.1, 0.2, 0.3])
})

test('examples of a range are its ends and numbers between', () => {
  const { a } = Space.parse({ a: { low: 8, high: 64, step: 8 } })
  const examples = examplesOf(a!, randomSource(1)) as number[]
  expect(examples.slice(0, 2)).toEqual([8, 64])
  expect(examples.every((value) => value % 8 === 0)).toBe(true)
})

test.each([
  [{}, /at least one key/],
  [{ a: [] }, /./],
  [{ a: { low: 2, high: 1 } }, /must be above low/],
  [{ a: { low: 0, high: 1, scale: 'log' } }, /must be above 0 with scale log/],
  [{ a: { low: 0, high: 9, step: 2, integer: true } }, /may not stand beside integer/],
  [{ 'a..b': [1] }, /dotted path/],
])('%j is no space', (space, message) => {
  const parsed = Space.safeParse(space)
  expect(parsed.success).toBe(false)
  expect(JSON.stringify(parsed.error?.issues)).toMatch(message)
})
