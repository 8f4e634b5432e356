import { expect, test } from 'vitest'
import { gramianOf, quantizeRows } from '../../../build/export/quantize.ts'
import { randomMatrix } from '../../helpers/random.ts'

test('a row is off by at most half a step, and zeros stay zeros', () => {
  const rows = randomMatrix(20, 8, 3)
  rows.fill(0, 8, 16)
  const { quantized, scales } = quantizeRows(rows, 20, 8)
  expect(scales[1]).toBe(0)
  for (let at = 0; at < rows.length; at++) {
    const scale = scales[Math.floor(at / 8)]!
    // 1e-7: the scale itself is rounded to f32
    expect(Math.abs(quantized[at]! * scale - rows[at]!)).toBeLessThanOrEqual(scale / 2 + 1e-7)
  }
})

test('the Gramian is that of the rows as they are served', () => {
  // rows (127, 0)·s and (0, −127)·t: YᵀY is diagonal with 1 and 4
  const { quantized, scales } = quantizeRows(Float32Array.of(1, 0, 0, -2), 2, 2)
  const gramian = gramianOf(quantized, scales, 2)
  expect([...gramian].map((value) => Math.round(value * 1e5) / 1e5)).toEqual([1, 0, 0, 4])
})
