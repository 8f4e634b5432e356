import { expect, test } from 'vitest'
import { nextFile, openNext } from '#core/format/next.ts'
import { encodeNeighbours } from '../../../build/export/encode-neighbours.ts'

const NONE = encodeNeighbours({
  indptr: Uint32Array.of(0, 0),
  indices: new Int32Array(0),
  weights: new Float32Array(0),
})
const MEMORIES = [
  { length: 2, recencyHalfLife: 1 },
  { length: 9, recencyHalfLife: 4 },
]

test('each scale has a file and its own memory', () => {
  expect(MEMORIES.map((_, scale) => nextFile(scale))).toEqual(['next-1.arrow', 'next-2.arrow'])
  const scales = openNext([NONE, NONE], MEMORIES)
  expect(scales.map(({ length, recencyHalfLife }) => ({ length, recencyHalfLife }))).toEqual(MEMORIES)
})

test('a broken file is refused by its own name', () => {
  expect(() => openNext([NONE, NONE.subarray(0, 40)], MEMORIES)).toThrow(/^next-2\.arrow: /)
})
