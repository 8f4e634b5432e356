import { describe, expect, test } from 'vitest'
import { CfConfig } from '#core/schemas/config.ts'
import type { StepHandles } from '../../../build/io/handles.ts'
import { trainAls } from '../../../build/train/als.ts'
import { layOutMemory } from '../../../build/train/als-memory.ts'
import { randomLikes } from '../../helpers/random.ts'
import { foldIn, objective, rowsOf } from '../../helpers/reference.ts'

const CONFIG = CfConfig.parse({ factors: 8, iterations: 6, regularization: 1, unobservedWeight: 0.1, cgSteps: 2 })

function handles(
  signal: AbortSignal = new AbortController().signal,
): StepHandles & { lines: string[]; steps: number[] } {
  const lines: string[] = []
  const steps: number[] = []
  const log = (message: string) => void lines.push(message)
  return {
    lines,
    steps,
    signal,
    log: { error: log, warn: log, info: log, debug: log },
    progress: { update: (_, done) => void steps.push(done) },
  }
}

const likes = randomLikes(60, 40, 1)
const likedBy = (user: number) => Array.from(likes.indices.subarray(likes.indptr[user]!, likes.indptr[user + 1]!))

describe('trainAls', () => {
  test('gives the same bytes with one thread and with two', async () => {
    const one = await trainAls(likes, 40, CONFIG, 7, handles(), 1)
    const two = await trainAls(likes, 40, CONFIG, 7, handles(), 2)
    expect(two).toEqual(one)
  })

  test('gives other factors for another seed', async () => {
    const one = await trainAls(likes, 40, CONFIG, 7, handles(), 1)
    const other = await trainAls(likes, 40, CONFIG, 8, handles(), 1)
    expect(other.itemFactors).not.toEqual(one.itemFactors)
  })

  test('reports the objective a pair after each iteration, and it never rises', async () => {
    const { itemFactors, userFactors, losses } = await trainAls(
      likes,
      40,
      { ...CONFIG, iterations: 12 },
      7,
      handles(),
      1,
    )
    expect(losses).toHaveLength(12)
    for (let k = 1; k < losses.length; k++) expect(losses[k]).toBeLessThanOrEqual(losses[k - 1]! * (1 + 1e-6))
    const expected = objective(rowsOf(userFactors, 8), rowsOf(itemFactors, 8), likedBy, CONFIG) / (60 * 40)
    expect(Math.abs(losses.at(-1)! - expected) / expected).toBeLessThan(1e-5)
  })

  test('ends with item factors that solve their side exactly, given the users', async () => {
    const { itemFactors, userFactors } = await trainAls(likes, 40, CONFIG, 7, handles(), 1)
    const users = rowsOf(userFactors, 8)
    for (const [item, row] of rowsOf(itemFactors, 8).entries()) {
      const likers = users.flatMap((_, user) => (likedBy(user).includes(item) ? [user] : []))
      const expected = foldIn(
        users,
        likers,
        likers.map(() => 1),
        CONFIG,
      )
      // f32 on systems with condition below 10²
      for (const [k, value] of expected.entries()) expect(Math.abs(row[k]! - value)).toBeLessThan(1e-5)
    }
  })

  test('a fold-in of a training user is the trained row, once the iterations have converged', async () => {
    const { itemFactors, userFactors } = await trainAls(likes, 40, { ...CONFIG, iterations: 200 }, 7, handles(), 1)
    const items = rowsOf(itemFactors, 8)
    for (const [user, row] of rowsOf(userFactors, 8).entries()) {
      const expected = foldIn(
        items,
        likedBy(user),
        likedBy(user).map(() => 1),
        CONFIG,
      )
      // what is left of the convergence, far above rounding and far below the values of about 0.5
      for (const [k, value] of expected.entries()) expect(Math.abs(row[k]! - value)).toBeLessThan(1e-3)
    }
  })

  test('one user who likes one of two movies: the closed form', async () => {
    // Y = y in one direction, x likewise: both maximize 2xy − (1 + α₀)x²y² − λ(x² + y²); by symmetry x = y = s with
    // 2s² − 1.1s⁴ − 2λs², so s² = (1 − λ) / 1.1 = 0.5 / 1.1, and a score s² of 0.4545
    const one = { indptr: Uint32Array.of(0, 1), indices: Int32Array.of(1) }
    const config = { ...CONFIG, regularization: 0.5, iterations: 60 }
    const { itemFactors, userFactors } = await trainAls(one, 2, config, 3, handles(), 1)
    const score = userFactors.reduce((sum, value, k) => sum + value * itemFactors[8 + k]!, 0)
    expect(score).toBeCloseTo(0.5 / 1.1, 3)
    expect(itemFactors.subarray(0, 8).every((value) => value === 0)).toBe(true)
  })

  test.each([
    ['no users', { indptr: Uint32Array.of(0), indices: new Int32Array(0) }, 3],
    ['no likes', { indptr: Uint32Array.of(0, 0, 0), indices: new Int32Array(0) }, 3],
    ['no items', { indptr: Uint32Array.of(0, 0), indices: new Int32Array(0) }, 0],
  ])('%s: all zeros, no iteration', async (_, empty, numItems) => {
    const result = await trainAls(empty, numItems, CONFIG, 7, handles())
    expect(result.itemFactors).toEqual(new Float32Array(numItems * 8))
    expect(result.userFactors).toEqual(new Float32Array((empty.indptr.length - 1) * 8))
    expect(result.losses).toEqual([])
  })

  test('says how far it is', async () => {
    const told = handles()
    await trainAls(likes, 40, { ...CONFIG, iterations: 2 }, 7, told, 1)
    expect(told.steps).toEqual([0, 1, 2])
    expect(told.lines[1]).toMatch(/^als: iteration 2 of 2, loss 0\.\d+ a pair$/)
  })

  test('stops when asked to, with the reason', async () => {
    const controller = new AbortController()
    const told = handles(controller.signal)
    told.progress.update = (_, done) => done === 1 && controller.abort(new Error('enough'))
    await expect(trainAls(likes, 40, CONFIG, 7, told, 1)).rejects.toThrow('enough')
    await expect(trainAls(likes, 40, CONFIG, 7, told, 1)).rejects.toThrow('enough')
  })
})

describe('what trainAls refuses', () => {
  const bad = (indptr: number[], indices: number[]) => ({
    indptr: Uint32Array.from(indptr),
    indices: Int32Array.from(indices),
  })
  test.each([
    [bad([0, 2], [1, 4]), {}, 'index 4 at 1, expected 0 to 3'],
    [bad([0, 2], [-1, 4]), {}, 'index -1 at 0, expected 0 to 3'],
    [bad([0, 2, 1], [1, 2]), {}, 'indptr falls from 2 to 1 after row 1'],
    [bad([0, 1], [1, 2]), {}, 'indptr ends at 1, expected 2, the number of indices'],
    [bad([1, 2], [1, 2]), {}, 'indptr starts at 1, expected 0'],
    [bad([0, 1], [1]), { factors: 12 }, 'factors is 12, expected a multiple of 8'],
    [bad([0, 1], [1]), { iterations: 0 }, 'iterations is 0, expected a whole number from 1 up'],
    [bad([0, 1], [1]), { regularization: Number.NaN }, 'regularization is NaN, expected a number above 0'],
    [bad([0, 1], [1]), { unobservedWeight: -1 }, 'unobservedWeight is -1, expected a number above 0'],
  ])('%#: %s', async (rows, change, message) => {
    await expect(trainAls(rows, 4, { ...CONFIG, ...change }, 7, handles(), 1)).rejects.toThrow(new RangeError(message))
  })

  test('data that does not fit into a WebAssembly memory', () => {
    expect(() => layOutMemory({ numUsers: 2e6, numItems: 1e5, numLikes: 1e8, factors: 512, threads: 2 })).toThrow(
      /^als: 2000000 users, 100000 items, 100000000 likes, 512 factors take 8\.\d GiB, a WebAssembly memory holds 4$/,
    )
  })

  test('a regularization that single precision does not hold', async () => {
    // α₀YᵀY of fewer items than factors is singular, and 1e-30 is lost beside it
    const config = { ...CONFIG, regularization: 1e-30, factors: 64 }
    await expect(trainAls(likes, 40, config, 7, handles(), 1)).rejects.toThrow(/regularization 1e-30/)
  })
})
