/// <reference path="../../../functions/core/kernels/webassembly.d.ts" />
import { describe, expect, test } from 'vitest'
import { TILE } from '#core/kernels/train/inverse.ts'
import { openTrainKernels } from '#core/kernels/train.ts'
import { compileKernel } from '../../../build/io/kernels.ts'
import { randomMatrix } from '../../helpers/random.ts'
import { farthestApart, inverseOf } from '../../helpers/reference/item-item.ts'
import { gramian, type Matrix, rowsOf } from '../../helpers/reference.ts'

const NUM_TILES = 3
const SIZE = NUM_TILES * TILE

/** RᵀR + I, of condition 170 or so */
const system = gramian(rowsOf(randomMatrix(40, SIZE, 5, 0.5), SIZE), SIZE).map((row, i) =>
  row.map((value, j) => value + (i === j ? 1 : 0)),
)
const expected = inverseOf(system)

/** The whole inversion on this thread; @returns the upper triangle of what stands in the tiles, or the failed row */
function sweep(name: 'train' | 'train-relaxed', bytes: 8 | 4, matrix: Matrix): Matrix | number {
  const memory = new WebAssembly.Memory({ initial: 64, maximum: 64, shared: true })
  const kernels = openTrainKernels(compileKernel(name), memory)
  const tileBytes = TILE * TILE * bytes
  const count = 6 * TILE * TILE
  const tiles = bytes === 8 ? new Float64Array(memory.buffer, 0, count) : new Float32Array(memory.buffer, 0, count)
  const starts = [
    [0, 1, 2],
    [-1, 3, 4],
    [-1, -1, 5],
  ]
  const at = (i: number, j: number) =>
    (starts[Math.floor(i / TILE)]![Math.floor(j / TILE)]! * TILE + (i % TILE)) * TILE + (j % TILE)
  const isKept = (i: number, j: number) => Math.floor(i / TILE) <= Math.floor(j / TILE)
  for (const [i, row] of matrix.entries())
    for (const [j, value] of row.entries()) if (isKept(i, j)) tiles[at(i, j)] = value

  const [corner, left, right] = [6 * tileBytes, 7 * tileBytes, 10 * tileBytes]
  for (let step = 0; step < NUM_TILES; step++) {
    const failed = kernels.sweepCorner(0, NUM_TILES, step, corner, bytes)
    if (failed >= 0) return failed
    kernels.sweepPanel(0, NUM_TILES, 0, 0, NUM_TILES, step, corner, left, right, bytes)
    kernels.sweepTiles(0, 6, 0, 0, NUM_TILES, step, left, right, bytes)
  }
  return matrix.map((row, i) => row.map((_, j) => tiles[i <= j ? at(i, j) : at(j, i)]!))
}

describe.each(['train', 'train-relaxed'] as const)('%s.wasm', (name) => {
  test.each([
    // rounding of the number type, 1e-16 or 6e-8, times the condition, times a few for the sums
    [8, 2e-13],
    [4, 1e-4],
  ] as const)('sweeping every block in numbers of %i bytes leaves −A⁻¹', (bytes, tolerance) => {
    const found = sweep(name, bytes, system) as Matrix
    const negated = found.map((row) => row.map((value) => -value))
    expect(farthestApart(negated, expected)).toBeLessThan(tolerance)
  })

  test('a matrix that is not positive definite is told by its row', () => {
    const broken = system.map((row) => [...row])
    broken[200]![200] = -1
    expect(sweep(name, 8, broken)).toBe(200)
  })
})
