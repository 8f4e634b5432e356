/// <reference path="../../../functions/core/kernels/webassembly.d.ts" />
import { describe, expect, test } from 'vitest'
import { exactScratchBytes } from '#core/kernels/train/als.ts'
import { openTrainKernels, type TrainKernels } from '#core/kernels/train.ts'
import { compileKernel } from '../../../build/io/kernels.ts'
import { randomLikes, randomMatrix } from '../../helpers/random.ts'
import { dot, foldIn, gramian, type Matrix, objective, rowsOf, solve } from '../../helpers/reference.ts'

const UNOBSERVED = 0.1
const LAMBDA = 2

/** What the likes weigh, and whether every row has a λ of its own. */
interface Variant {
  bias: number
  weighted: boolean
  lambdaVaries: boolean
}
const PLAIN: Variant = { bias: 0, weighted: false, lambdaVaries: false }
const FULL: Variant = { bias: 1, weighted: true, lambdaVaries: true }

/** 23 users × 90 items; every tenth user likes nothing, and the most active one more than a panel's 64 rows would hold. */
function bench(name: 'train' | 'train-relaxed', factors: number, seed: number, variant: Variant = PLAIN) {
  const numUsers = 23
  const numItems = 90
  const likes = randomLikes(numUsers - 1, numItems, seed)
  const everything = Int32Array.from({ length: numItems }, (_, item) => item)
  const indices = Int32Array.from([...likes.indices, ...everything])
  const indptr = Uint32Array.from([...likes.indptr, indices.length])
  const weights = Float32Array.from(indices, (_, at) => (variant.weighted ? 0.5 + (at % 7) : 1))
  const lambdas = Float32Array.from(
    { length: numUsers },
    (_, user) => LAMBDA * (variant.lambdaVaries ? 1 + user / 10 : 1),
  )
  const items = randomMatrix(numItems, factors, seed + 1, 1 / Math.sqrt(factors))
  const users = randomMatrix(numUsers, factors, seed + 2, 1 / Math.sqrt(factors))

  const memory = new WebAssembly.Memory({ initial: 64, maximum: 64, shared: true })
  let end = 65_536
  const place = (bytes: number) => (end = Math.ceil((end + bytes) / 64) * 64) - Math.ceil(bytes / 64) * 64
  const put = (values: Float32Array | Int32Array | Uint32Array) => {
    const at = place(values.byteLength)
    new Uint8Array(memory.buffer).set(new Uint8Array(values.buffer), at)
    return at
  }
  const at = {
    indptr: put(indptr),
    indices: put(indices),
    weights: variant.weighted ? put(weights) : 0,
    lambdas: put(lambdas),
    itemLambdas: put(new Float32Array(numItems).fill(LAMBDA)),
    y: put(items),
    x: put(users),
    white: place(items.byteLength),
    parts: place(2 * factors * factors * 4),
    gramian: place(factors * factors * 4),
    u: place(factors * factors * 4),
    v: place(factors * factors * 4),
    w: place(factors * factors * 4),
    scratch: place(exactScratchBytes(factors)),
  }
  const kernels: TrainKernels = openTrainKernels(compileKernel(name), memory)
  const read = (address: number, rows: number): Matrix =>
    rowsOf(new Float32Array(memory.buffer, address, rows * factors), factors)
  const rowsPerPart = Math.ceil(numItems / 2)
  const penalty =
    kernels.gramianOfRows(0, rowsPerPart, 0, at.y, factors, at.itemLambdas, rowsPerPart, at.parts) +
    kernels.gramianOfRows(rowsPerPart, numItems, 0, at.y, factors, at.itemLambdas, rowsPerPart, at.parts)
  kernels.sumGramians(at.parts, 2, factors, UNOBSERVED, at.gramian)
  const lambda = variant.lambdaVaries ? 1.5 * LAMBDA : LAMBDA
  kernels.whitening(at.gramian, factors, lambda, at.u, at.v, at.w)
  kernels.whitenRows(0, numItems, 0, at.y, factors, at.v, at.white)

  const rowOf = (user: number) => [indptr[user]!, indptr[user + 1]!] as const
  const likedBy = (user: number) => Array.from(indices.subarray(...rowOf(user)))
  const weightsOf = (user: number) => Array.from(weights.subarray(...rowOf(user)))
  const termsOf = (user: number) => ({
    unobservedWeight: UNOBSERVED,
    regularization: lambdas[user]!,
    bias: variant.bias,
  })
  const itemRows = rowsOf(items, factors)
  const { indptr: rows, indices: columns, weights: likeWeights, y, x, white, gramian: g, u, v, w, scratch } = at
  const fixed = [rows, columns, likeWeights, variant.bias] as const
  return {
    kernels,
    at,
    read,
    numUsers,
    numItems,
    penalty,
    lambda,
    items: itemRows,
    users: () => read(x, numUsers),
    expectedUsers: () =>
      Array.from({ length: numUsers }, (_, user) => foldIn(itemRows, likedBy(user), weightsOf(user), termsOf(user))),
    expectedLoss: () =>
      objective(read(x, numUsers), itemRows, {
        likedBy,
        weightsOf,
        unobservedWeight: UNOBSERVED,
        bias: variant.bias,
        regularization: (side, row) => (side === 'users' ? lambdas[row]! : LAMBDA),
      }),
    exactly: () => kernels.solveExactly(0, numUsers, scratch, ...fixed, y, x, factors, at.lambdas, g),
    byWhiteGradients: (steps: number) =>
      kernels.solveByGradients(0, numUsers, scratch, ...fixed, white, x, factors, at.lambdas, lambda, u, v, w, steps),
    byPlainGradients: (steps: number) =>
      kernels.solveByGradients(0, numUsers, scratch, ...fixed, y, x, factors, at.lambdas, 0, 0, 0, g, steps),
  }
}

/** f32 rounding is 6e-8 of the largest value; sums of 90 products and condition numbers up to 10² let it grow. */
function expectClose(found: Matrix, expected: Matrix, share = 2e-5): void {
  const largest = Math.max(...expected.flat().map(Math.abs))
  const worst = Math.max(...expected.flatMap((row, i) => row.map((value, k) => Math.abs(found[i]![k]! - value))))
  expect(worst).toBeLessThan(share * largest)
}

const CASES = (['train', 'train-relaxed'] as const).flatMap((name) => [8, 24, 64].map((factors) => ({ name, factors })))

describe.each(CASES)('$name, $factors factors', ({ name, factors }) => {
  test('the parts of the Gramian in order sum to α₀·YᵀY, and the penalties to Σ λ|y|²', () => {
    const { read, at, items, penalty } = bench(name, factors, 1)
    const expected = gramian(items, factors).map((row) => row.map((value) => UNOBSERVED * value))
    expectClose(read(at.gramian, factors), expected)
    const squares = items.reduce((sum, row) => sum + dot(row, row), 0)
    expect(penalty).toBeCloseTo(LAMBDA * squares, 3)
  })

  test('whitening gives G = UᵀU, V = U⁻ᵀ and W = G⁻¹ turned into its space', () => {
    const { at, read, items, lambda } = bench(name, factors, 2)
    const identity = items[0]!.map((_, i) => items[0]!.map((_, j) => (i === j ? 1 : 0)))
    const wanted = gramian(items, factors).map((row, i) =>
      row.map((value, j) => UNOBSERVED * value + (i === j ? lambda : 0)),
    )
    const u = read(at.u, factors)
    const v = read(at.v, factors)
    expectClose(gramian(u, factors), wanted)
    // V Uᵀ = I and W = V Vᵀ
    const products = (a: Matrix, b: Matrix) => a.map((row) => b.map((other) => dot(row, other)))
    expectClose(products(v, u), identity)
    expectClose(read(at.w, factors), products(v, v))
  })

  test('whitened rows have yᵀG⁻¹y as squared lengths', () => {
    const { at, read, items, numItems, lambda } = bench(name, factors, 3)
    const g = gramian(items, factors).map((row, i) =>
      row.map((value, j) => UNOBSERVED * value + (i === j ? lambda : 0)),
    )
    const inverseLengths = items.map((y) => dot(y, solve(g, y)))
    expectClose([read(at.white, numItems).map((row) => dot(row, row))], [inverseLengths])
  })

  test('extrapolated rows move on by a share of their last step, and are remembered as they were', () => {
    const { kernels, at, read, items, numItems } = bench(name, factors, 4)
    kernels.extrapolateRows(0, numItems, 0, at.y, at.white, factors, 0)
    expect(read(at.white, numItems)).toEqual(items)
    kernels.extrapolateRows(0, 40, 0, at.white, at.y, factors, 0.5)
    expect(read(at.white, numItems)).toEqual(items)
    // from 0 to y is a step of y: y + y / 2
    kernels.extrapolateRows(0, numItems, 0, at.y, at.x + numItems * factors * 4, factors, 0)
    expect(read(at.y, numItems)).toEqual(items)
  })

  describe.each([
    ['likes of weight 1', PLAIN],
    ['likes of many weights, a bias, and a λ for each row', FULL],
  ])('%s', (_, variant) => {
    test('the exact half-step solves each row, and zeroes those without likes', () => {
      const { exactly, users, expectedUsers } = bench(name, factors, 5, variant)
      exactly()
      expectClose(users(), expectedUsers())
      expect(users()[3]).toEqual(new Array(factors).fill(0))
    })

    test('conjugate gradients reach the exact rows, whitened or not', () => {
      for (const solve of ['byWhiteGradients', 'byPlainGradients'] as const) {
        const made = bench(name, factors, 6, variant)
        made[solve](solve === 'byPlainGradients' ? 3 * factors : 60)
        expectClose(made.users(), made.expectedUsers(), 1e-4)
      }
    })

    test('every half-step reports the objective, but for the regularization of the fixed side', () => {
      const { byWhiteGradients, byPlainGradients, exactly, penalty, expectedLoss } = bench(name, factors, 7, variant)
      const steps = [
        () => byPlainGradients(1),
        () => byPlainGradients(3),
        () => byWhiteGradients(1),
        () => byWhiteGradients(2),
        exactly,
      ]
      for (const step of steps) {
        const loss = step() + penalty
        const expected = expectedLoss()
        expect(Math.abs(loss - expected) / expected).toBeLessThan(1e-5)
      }
    })

    test('two warm-started steps never raise the objective', () => {
      const { byWhiteGradients } = bench(name, factors, 8, variant)
      let before = Number.POSITIVE_INFINITY
      for (let round = 0; round < 8; round++) {
        const loss = byWhiteGradients(2)
        expect(loss).toBeLessThanOrEqual(before + 1e-6 * Math.abs(before))
        before = loss
      }
    })
  })
})

test('whitening names the first pivot that is not above 0', () => {
  const { kernels, at } = bench('train', 8, 9)
  expect(kernels.whitening(at.gramian, 8, -1000, at.u, at.v, 0)).toBe(0)
  expect(kernels.whitening(at.gramian, 8, Number.NaN, at.u, at.v, 0)).toBe(0)
})
