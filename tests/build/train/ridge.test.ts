import { describe, expect, test } from 'vitest'
import { applyRow, ridge, type SparseMatrix } from '../../../build/train/ridge.ts'
import { randomMatrix } from '../../helpers/random.ts'
import { gramian, rowsOf, solve } from '../../helpers/reference.ts'

const { signal } = new AbortController()

/** The entries that are not 0. */
function sparse(rows: number[][]): SparseMatrix {
  const entries = rows.map((row) => row.flatMap((value, column) => (value === 0 ? [] : [{ column, value }])))
  const indptr = new Uint32Array(rows.length + 1)
  for (const [row, { length }] of entries.entries()) indptr[row + 1] = indptr[row]! + length
  return {
    indptr,
    indices: Int32Array.from(entries.flat(), ({ column }) => column),
    values: Float32Array.from(entries.flat(), ({ value }) => value),
    numColumns: rows[0]!.length,
  }
}

describe('ridge', () => {
  test('one feature, by hand', async () => {
    // b = Σ x·y / (Σ x² + λ) = (1·3 + 2·5) / (1 + 4 + 1.5) = 2
    const found = await ridge(
      sparse([[1], [2]]),
      Float32Array.of(3, 5),
      1,
      { regularization: 1.5, tolerance: 1e-9 },
      signal,
    )
    expect(Array.from(found)).toEqual([2])
  })

  test('is the solution of the normal equations, with more features than rows and targets of several blocks', async () => {
    const [numRows, numColumns, width, regularization] = [20, 30, 21, 0.7]
    const rows = rowsOf(randomMatrix(numRows, numColumns, 1), numColumns).map((row) =>
      row.map((value) => (value > 0.5 ? value : 0)),
    )
    const targets = randomMatrix(numRows, width, 2)
    const found = await ridge(sparse(rows), targets, width, { regularization, tolerance: 1e-8 }, signal)
    const system = gramian(rows, numColumns).map((row, i) =>
      row.map((value, j) => value + (i === j ? regularization : 0)),
    )
    for (let k = 0; k < width; k++) {
      const wanted = Array.from({ length: numColumns }, (_, column) =>
        rows.reduce((sum, row, at) => sum + row[column]! * targets[at * width + k]!, 0),
      )
      // found is in single precision
      for (const [column, value] of solve(system, wanted).entries())
        expect(found[column * width + k]).toBeCloseTo(value, 5)
    }
  })

  test('features that no row has, and targets of zeros, get zeros', async () => {
    const rows = [
      [1, 0, 2],
      [3, 0, 1],
    ]
    const options = { regularization: 1, tolerance: 1e-6 }
    const found = await ridge(sparse(rows), Float32Array.of(1, 0, 2, 0), 2, options, signal)
    expect([found[2], found[3]]).toEqual([0, 0])
    expect([found[1], found[5]]).toEqual([0, 0])
  })

  test('applies coefficients to a row', () => {
    const coefficients = Float32Array.of(1, 2, 3, 4, 5, 6)
    // 2·(1, 2) + 1·(5, 6)
    const row = applyRow(sparse([[2, 0, 1]]), 0, coefficients, 2, new Float64Array(2))
    expect(Array.from(row)).toEqual([7, 10])
  })

  test('stops when asked to', async () => {
    const stopped = AbortSignal.abort(new Error('stopped'))
    const options = { regularization: 1, tolerance: 1e-6 }
    await expect(ridge(sparse([[1]]), Float32Array.of(1), 1, options, stopped)).rejects.toThrow('stopped')
  })
})
