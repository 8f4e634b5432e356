import { describe, expect, test } from 'vitest'
import { type Basis, eigenBasis, whitenedBasis } from '../../../../build/train/gpu/basis.ts'
import { eigen } from '../../../../build/train/gpu/eigen.ts'
import { randomMatrix } from '../../../helpers/random.ts'
import { gramian, type Matrix, rowsOf } from '../../../helpers/reference.ts'

const N = 12

/** A Gramian of `rows` random rows: singular below N of them. */
function randomGramian(rows: number): Float64Array {
  return Float64Array.from(gramian(rowsOf(randomMatrix(rows, N, rows), N), N).flat())
}

function product(a: Matrix, b: Matrix): Matrix {
  return a.map((row) => b[0]!.map((_, j) => row.reduce((sum, value, k) => sum + value * b[k]![j]!, 0)))
}

const flipped = (a: Matrix): Matrix => a[0]!.map((_, j) => a.map((row) => row[j]!))

function expectClose(found: Matrix, expected: (i: number, j: number) => number): void {
  for (const [i, row] of found.entries())
    for (const [j, value] of row.entries()) expect(value).toBeCloseTo(expected(i, j), 10)
}

const unit = (i: number, j: number) => Number(i === j)

describe('eigen', () => {
  test('two by two, by hand: [[2, 1], [1, 2]] has 3 along (1, 1) and 1 along (1, −1)', () => {
    const { values, vectors } = eigen(Float64Array.of(2, 1, 1, 2), 2)
    const largest = values[0]! > values[1]! ? 0 : 1
    expect(values[largest]).toBeCloseTo(3, 12)
    expect(values[1 - largest]).toBeCloseTo(1, 12)
    expect(vectors[2 * largest]! / vectors[2 * largest + 1]!).toBeCloseTo(1, 12)
  })

  test.each([
    ['a full matrix', randomGramian(30)],
    ['a singular one', randomGramian(5)],
    ['a diagonal one', Float64Array.from({ length: N * N }, (_, at) => (at % (N + 1) === 0 ? at : 0))],
    ['zeros', new Float64Array(N * N)],
  ])('%s is Q·diag(d)·Qᵀ with orthonormal Q', (_, matrix) => {
    const { values, vectors } = eigen(matrix, N)
    const rows = rowsOf(vectors, N)
    const scaled = rows.map((row, k) => row.map((value) => value * values[k]!))
    expectClose(product(flipped(rows), scaled), (i, j) => matrix[i * N + j]!)
    expectClose(product(rows, flipped(rows)), unit)
  })
})

describe('the bases of a half-step', () => {
  const weighted = randomGramian(30)
  const matricesOf = ({ fixedToBasis, solvedToBasis, solvedFromBasis }: Basis) => ({
    fixed: rowsOf(fixedToBasis, N),
    solved: rowsOf(solvedToBasis, N),
    back: rowsOf(solvedFromBasis, N),
  })

  test.each([
    ['whitened', whitenedBasis(weighted, N, 0.7)],
    ['of eigenvectors', eigenBasis(weighted, N)],
  ])('%s: keeps xᵀy, and comes back', (_, basis) => {
    const { fixed, solved, back } = matricesOf(basis)
    expectClose(product(solved, flipped(fixed)), unit)
    expectClose(product(solved, back), unit)
  })

  test.each([
    ['whitened', whitenedBasis(weighted, N, 0.7)],
    ['of eigenvectors', eigenBasis(weighted, N)],
  ])('%s: makes the weighted Gramian and λ diagonal', (_, basis) => {
    // xᵀAx = x̃ᵀ·back·A·backᵀ·x̃
    const { back } = matricesOf(basis)
    const system = rowsOf(weighted, N).map((row, i) => row.map((value, j) => value + 0.7 * unit(i, j)))
    const inBasis = product(product(back, system), flipped(back))
    expectClose(inBasis, (i, j) => unit(i, j) * (basis.diagonal[i]! + basis.lambdaShare * 0.7))
  })

  test('whitening refuses what is not positive definite, with the pivot', () => {
    expect(() => whitenedBasis(new Float64Array(N * N), N, 0)).toThrow(
      'als: pivot 0 is not above 0; regularization 0 is too small for the data',
    )
  })
})
