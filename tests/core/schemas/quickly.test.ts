import fc from 'fast-check'
import { expect, test, vi } from 'vitest'
import * as z from 'zod'
import { HistoryEntry, MovieId, Stars } from '#core/schemas/api.ts'
import { quickly } from '#core/schemas/quickly.ts'

/** `HistoryEntry` without its plain check. */
const Slowly = z.strictObject({
  movieId: MovieId,
  rating: Stars.optional(),
  timestamp: z.int().min(0).max(0xffff_ffff).optional(),
})

test('what the plain check passes does not reach the schema, all else does', () => {
  const inner = vi.fn(() => true)
  const schema = z.array(quickly(z.number().refine(inner), (value) => value === 1))
  expect(schema.parse([1, 2, 1])).toEqual([1, 2, 1])
  expect(inner).toHaveBeenCalledTimes(1)
  expect(schema.safeParse([1, 'two']).error!.issues[0]).toMatchObject({ code: 'invalid_type', path: [1] })
})

test('a history entry is accepted, refused and complained of as by its schema alone', () => {
  const number = fc.oneof(
    fc.integer({ min: -2, max: 12 }),
    fc.constantFrom(
      0.25,
      0.5,
      4.5,
      5.5,
      1e10,
      2 ** 31 - 1,
      2 ** 31,
      2 ** 32 - 1,
      2 ** 32,
      2 ** 53,
      Number.NaN,
      Infinity,
      -0,
    ),
  )
  const value = fc.oneof({ weight: 5, arbitrary: number }, fc.constantFrom('1', null, undefined, true, []))
  const entry = fc.oneof(
    {
      weight: 9,
      arbitrary: fc.record(
        { movieId: value, rating: value, timestamp: value, other: value },
        { requiredKeys: [], noNullPrototype: true },
      ),
    },
    { weight: 1, arbitrary: fc.constantFrom(null, undefined, 1, 'a', [], [1]) },
  )
  fc.assert(
    fc.property(entry, (given) => {
      const [quick, slow] = [HistoryEntry.safeParse(given), Slowly.safeParse(given)]
      expect(quick.success).toBe(slow.success)
      expect(quick.data).toEqual(slow.data)
      expect(quick.error?.issues).toEqual(slow.error?.issues)
    }),
    { numRuns: 2000 },
  )
})
