import fc from 'fast-check'
import { expect, test } from 'vitest'
import { pushGaps, pushVarint, varintReader } from '#core/varints.ts'

test('300 is 0xac 0x02: its low seven bits, then the two above', () => {
  const bytes: number[] = []
  pushVarint(bytes, 300)
  expect(bytes).toEqual([0xac, 0x02])
})

test('numbers come back in their order', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 2 ** 32 - 1 })), (values) => {
      const bytes: number[] = []
      for (const value of values) pushVarint(bytes, value)
      const next = varintReader(Uint8Array.from(bytes))
      expect(values.map(next)).toEqual(values)
      expect(next()).toBeNull()
    }),
  )
})

test('ascending numbers are their gaps', () => {
  const bytes: number[] = []
  pushGaps(bytes, [5, 7, 200])
  expect(bytes).toEqual([5, 2, 0xc1, 0x01])
})

test('a number that is cut off or too large is none', () => {
  expect(varintReader(Uint8Array.of(0x80))()).toBeNull()
  expect(varintReader(Uint8Array.of(0xff, 0xff, 0xff, 0xff, 0x10))()).toBeNull()
  expect(varintReader(Uint8Array.of(0x80, 0x80, 0x80, 0x80, 0x80, 0x01))()).toBeNull()
})
