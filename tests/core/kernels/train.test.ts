/// <reference path="../../../functions/core/kernels/webassembly.d.ts" />
import { describe, expect, test } from 'vitest'
import { exactScratchBytes, openTrainKernels, type TrainKernels } from '#core/kernels/train.ts'
import { compileKernel } from '../../../build/io/kernels.ts'
import { randomLikes, randomMatrix } from '../../helpers/random.ts'
import { dot, foldIn, gramian, type Matrix, objective, rowsOf, solve, system } from '../../helpers/reference.ts'

const module = compileKernel('train')
const TERMS = { unobservedWeight: 0.1, regularization: 2 }

/** 23 users × 90 items; every tenth user likes nothing, and the most active one more than a panel's 64 rows would hold. */
function bench(factors: number, seed: number) {
  const numUsers = 23
  const numItems = 90
  const likes = randomLikes(numUsers - 1, numItems, seed)
  const everything = Int32Array.from({ length: numItems }, (_, item) => item)
  const indices = Int32Array.from([...likes.indices, ...everything])
  const indptr = Uint32Array.from([...likes.indptr, indices.length])
  const items = randomMatrix(numItems, factors, seed + 1, 1 / Math.sqrt(factors))
  const users = randomMatrix(numUsers, factors, seed + 2, 1 / Math.sqrt(factors))

  const memory = new WebAssembly.Memory({ initial: 64, maximum: 64, shared: true })
  let end = 0
  const place = (bytes: number) => (end = Math.ceil((end + bytes) / 64) * 64) - Math.ceil(bytes / 64) * 64
  const put = (values: Float32Array | Int32Array | Uint32Array) => {
    const at = place(values.byteLength)
    new Uint8Array(memory.buffer).set(new Uint8Array(values.buffer), at)
    return at
  }
  const at = {
    indptr: put(indptr),
    indices: put(indices),
    y: put(items),
    x: put(users),
    white: place(items.byteLength),
    gramian: place(factors * factors * 4),
    g: place(factors * factors * 4),
    u: place(factors * factors * 4),
    v: place(factors * factors * 4),
    scratch: place(exactScratchBytes(factors)),
  }
  const kernels: TrainKernels = openTrainKernels(module, memory)
  const read = (address: number, rows: number): Matrix =>
    rowsOf(new Float32Array(memory.buffer, address, rows * factors), factors)
  const likedBy = (user: number) => Array.from(indices.subarray(indptr[user]!, indptr[user + 1]!))
  kernels.gramianOfRows(at.y, 0, numItems, factors, at.gramian)
  kernels.sumGramians(at.gramian, 1, factors, at.gramian)
  kernels.whitening(at.gramian, factors, TERMS.unobservedWeight, TERMS.regularization, at.g, at.u, at.v)
  kernels.whitenRows(at.y, 0, numItems, factors, at.v, at.white)
  return {
    factors,
    numUsers,
    numItems,
    kernels,
    at,
    read,
    likedBy,
    items: rowsOf(items, factors),
    users: rowsOf(users, factors),
  }
}

/** f32 rounding is 6e-8 of the largest value; sums of 90 products and condition numbers up to 10² let it grow. */
function expectClose(found: Matrix, expected: Matrix, share = 2e-5): void {
  const largest = Math.max(...expected.flat().map(Math.abs))
  const worst = Math.max(...expected.flatMap((row, i) => row.map((value, k) => Math.abs(found[i]![k]! - value))))
  expect(worst).toBeLessThan(share * largest)
}

describe.each([8, 24, 64])('with %i factors', (factors) => {
  test('the Gramian is YᵀY', () => {
    const { read, at, items } = bench(factors, 1)
    expectClose(read(at.gramian, factors), gramian(items, factors))
  })

  test('partial Gramians in order sum to the whole', () => {
    const { kernels, numItems, at, items, read } = bench(factors, 1)
    const size = factors * factors * 4
    // g and u lie one after the other
    kernels.gramianOfRows(at.y, 0, 37, factors, at.g)
    kernels.gramianOfRows(at.y, 37, numItems, factors, at.g + size)
    kernels.sumGramians(at.g, 2, factors, at.gramian)
    expectClose(read(at.gramian, factors), gramian(items, factors))
  })

  test('whitening gives G = UᵀU and V = U⁻ᵀ', () => {
    const { at, read, items } = bench(factors, 2)
    const identity = gramian(items, factors).map((row, i) => row.map((_, j) => (i === j ? 1 : 0)))
    const wanted = gramian(items, factors).map((row, i) =>
      row.map((value, j) => TERMS.unobservedWeight * value + (i === j ? TERMS.regularization : 0)),
    )
    const u = read(at.u, factors)
    expectClose(gramian(u, factors), wanted)
    // V Uᵀ = I
    expectClose(
      read(at.v, factors).map((row) => u.map((other) => dot(row, other))),
      identity,
    )
  })

  test('whitened rows have yᵀG⁻¹y as squared lengths', () => {
    const { at, read, items, numItems } = bench(factors, 3)
    const inverseLengths = items.map((y) => dot(y, solve(system(items, [], [], TERMS), y)))
    expectClose([read(at.white, numItems).map((row) => dot(row, row))], [inverseLengths])
  })

  test('the exact half-step solves each row, and zeroes those without likes', () => {
    const { kernels, at, read, numUsers, likedBy, items } = bench(factors, 4)
    kernels.solveExactly(0, numUsers, at.indptr, at.indices, at.y, at.x, factors, at.g, at.scratch)
    const expected = Array.from({ length: numUsers }, (_, user) =>
      foldIn(
        items,
        likedBy(user),
        likedBy(user).map(() => 1),
        TERMS,
      ),
    )
    expectClose(read(at.x, numUsers), expected)
    expect(read(at.x, numUsers)[3]).toEqual(new Array(factors).fill(0))
  })

  test('the gradient of the objective is about 0 after the exact half-step', () => {
    const { kernels, at, read, numUsers, likedBy, items } = bench(factors, 5)
    kernels.solveExactly(0, numUsers, at.indptr, at.indices, at.y, at.x, factors, at.g, at.scratch)
    for (const [user, x] of read(at.x, numUsers).entries()) {
      const gradient = x.map((value, k) => {
        const unobserved = items.reduce((sum, y) => sum + TERMS.unobservedWeight * dot(x, y) * y[k]!, 0)
        const liked = likedBy(user).reduce((sum, item) => sum - (1 - dot(x, items[item]!)) * items[item]![k]!, 0)
        return unobserved + liked + TERMS.regularization * value
      })
      // terms of size 1 to 10 cancel, each rounded to 6e-8
      expect(Math.max(...gradient.map(Math.abs))).toBeLessThan(2e-5)
    }
  })

  test('both half-steps report the objective, but for the regularization of the fixed side', () => {
    const { kernels, at, read, numUsers, likedBy, items } = bench(factors, 6)
    const fixed = TERMS.regularization * items.reduce((sum, row) => sum + dot(row, row), 0)
    const { indptr, indices, y, white, x, u, v, g, scratch } = at
    for (const steps of [1, 2, 3]) {
      const loss = kernels.solveByGradients(0, numUsers, indptr, indices, white, x, factors, u, v, steps, scratch)
      const expected = objective(read(x, numUsers), items, likedBy, TERMS)
      expect(Math.abs(loss + fixed - expected) / expected).toBeLessThan(1e-5)
    }
    const loss = kernels.solveExactly(0, numUsers, indptr, indices, y, x, factors, g, scratch)
    const expected = objective(read(x, numUsers), items, likedBy, TERMS)
    expect(Math.abs(loss + fixed - expected) / expected).toBeLessThan(1e-5)
  })

  test('conjugate gradients reach the exact rows', () => {
    const { kernels, at, read, numUsers, likedBy, items } = bench(factors, 7)
    kernels.solveByGradients(0, numUsers, at.indptr, at.indices, at.white, at.x, factors, at.u, at.v, 60, at.scratch)
    const expected = Array.from({ length: numUsers }, (_, user) =>
      foldIn(
        items,
        likedBy(user),
        likedBy(user).map(() => 1),
        TERMS,
      ),
    )
    expectClose(read(at.x, numUsers), expected)
  })

  test('two warm-started steps never raise the objective', () => {
    const { kernels, at, numUsers } = bench(factors, 8)
    const { indptr, indices, white, x, u, v, scratch } = at
    let before = Number.POSITIVE_INFINITY
    for (let round = 0; round < 8; round++) {
      const loss = kernels.solveByGradients(0, numUsers, indptr, indices, white, x, factors, u, v, 2, scratch)
      expect(loss).toBeLessThanOrEqual(before * (1 + 1e-6))
      before = loss
    }
  })
})

test('whitening names the first pivot that is not above 0', () => {
  const { kernels, at } = bench(8, 9)
  expect(kernels.whitening(at.gramian, 8, 0, 0, at.g, at.u, at.v)).toBe(0)
  expect(kernels.whitening(at.gramian, 8, Number.NaN, 1, at.g, at.u, at.v)).toBe(0)
})
