import { describe, expect, test } from 'vitest'
import { CfConfig } from '#core/schemas/config.ts'
import { type AlsOptions, type AlsResult, trainAls } from '../../../../build/train/als/als.ts'
import type { AlsState } from '../../../../build/train/als/als-problem.ts'
import type { TrainingState } from '../../../../build/train/checkpoint.ts'
import { randomRatedLikes } from '../../../helpers/random.ts'
import { foldIn, objective, rowsOf } from '../../../helpers/reference.ts'
import { stepHandles } from '../../../helpers/step-handles.ts'

const CONFIG = CfConfig.parse({ factors: 8, iterations: 6, regularization: 1, unobservedWeight: 0.1, cgSteps: 2 })
const ONE: AlsOptions = { threads: 1 }

const likes = randomRatedLikes(60, 40, 1)
const likedBy = (user: number) => Array.from(likes.indices.subarray(likes.indptr[user]!, likes.indptr[user + 1]!))

const TERMS = { likedBy, unobservedWeight: CONFIG.unobservedWeight, regularization: () => CONFIG.regularization }

describe('trainAls', () => {
  test.each([2, 99])('gives the same bytes with one thread and with %i', async (threads) => {
    const one = await trainAls(likes, 40, CONFIG, 7, stepHandles(), ONE)
    expect(await trainAls(likes, 40, CONFIG, 7, stepHandles(), { threads })).toEqual(one)
  })

  test('gives other factors for another seed', async () => {
    const one = await trainAls(likes, 40, CONFIG, 7, stepHandles(), ONE)
    const other = await trainAls(likes, 40, CONFIG, 8, stepHandles(), ONE)
    expect(other.itemFactors).not.toEqual(one.itemFactors)
  })

  test('reports the objective a pair after each iteration, and it never rises', async () => {
    const { itemFactors, userFactors, losses } = await trainAls(
      likes,
      40,
      { ...CONFIG, iterations: 12 },
      7,
      stepHandles(),
      ONE,
    )
    expect(losses).toHaveLength(12)
    for (let k = 1; k < losses.length; k++) expect(losses[k]).toBeLessThanOrEqual(losses[k - 1]! * (1 + 1e-6))
    const expected = objective(rowsOf(userFactors, 8), rowsOf(itemFactors, 8), TERMS) / (60 * 40)
    expect(Math.abs(losses.at(-1)! - expected) / expected).toBeLessThan(1e-5)
  })

  test('ends with item factors that solve their side exactly, given the users', async () => {
    const { itemFactors, userFactors } = await trainAls(likes, 40, CONFIG, 7, stepHandles(), ONE)
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
    const { itemFactors, userFactors } = await trainAls(
      likes,
      40,
      { ...CONFIG, iterations: 200 },
      7,
      stepHandles(),
      ONE,
    )
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
    const one = { indptr: Uint32Array.of(0, 1), indices: Int32Array.of(1), ratings: Float32Array.of(5) }
    const config = { ...CONFIG, regularization: 0.5, iterations: 60 }
    const { itemFactors, userFactors } = await trainAls(one, 2, config, 3, stepHandles(), ONE)
    const score = userFactors.reduce((sum, value, k) => sum + value * itemFactors[8 + k]!, 0)
    expect(score).toBeCloseTo(0.5 / 1.1, 3)
    expect(itemFactors.subarray(0, 8).every((value) => value === 0)).toBe(true)
  })

  test.each([
    ['no users', { indptr: Uint32Array.of(0), indices: new Int32Array(0) }, 3],
    ['no likes', { indptr: Uint32Array.of(0, 0, 0), indices: new Int32Array(0) }, 3],
    ['no items', { indptr: Uint32Array.of(0, 0), indices: new Int32Array(0) }, 0],
  ])('%s: all zeros, no iteration', async (_, empty, numItems) => {
    const result = await trainAls({ ...empty, ratings: new Float32Array(0) }, numItems, CONFIG, 7, stepHandles())
    expect(result.itemFactors).toEqual(new Float32Array(numItems * 8))
    expect(result.userFactors).toEqual(new Float32Array((empty.indptr.length - 1) * 8))
    expect(result.losses).toEqual([])
  })

  test('says how far it is', async () => {
    const told = stepHandles()
    await trainAls(likes, 40, { ...CONFIG, iterations: 2 }, 7, told, ONE)
    expect(told.steps).toEqual([0, 1, 2])
    expect(told.lines[1]).toMatch(/^als: iteration 2 of 2, loss 0\.\d+ a pair$/)
    expect(told.notes.at(-1)).toMatch(/^loss 0\.\d+$/)
  })

  test('stops when asked to, with the reason', async () => {
    const controller = new AbortController()
    const told = stepHandles(controller.signal)
    told.progress.update = (_, done) => done === 1 && controller.abort(new Error('enough'))
    await expect(trainAls(likes, 40, CONFIG, 7, told, ONE)).rejects.toThrow('enough')
    await expect(trainAls(likes, 40, CONFIG, 7, told, ONE)).rejects.toThrow('enough')
  })
})

describe.each(['whitenedCg', 'cg', 'cholesky'] as const)('solver %s', (solver) => {
  test.each([
    ['linear', 1],
    ['implicit', 0],
  ] as const)('with %s confidence and a λ a row comes to rest where the gradient is 0', async (confidence, base) => {
    const config = {
      ...CONFIG,
      solver,
      confidence,
      alpha: 3,
      unobservedWeight: 1,
      regularizationExponent: 0.5,
      iterations: 40,
    }
    const { itemFactors, userFactors } = await trainAls(likes, 40, config, 7, stepHandles(), ONE)
    const users = rowsOf(userFactors, 8)
    for (const [item, row] of rowsOf(itemFactors, 8).entries()) {
      const at = [...likes.indices.keys()].filter((position) => likes.indices[position] === item)
      const likers = at.map((position) => likes.indptr.findLastIndex((start) => start <= position))
      const expected = foldIn(
        users,
        likers,
        at.map((position) => base + 3 * likes.ratings[position]! - 1),
        { unobservedWeight: 1, regularization: (likers.length + 60) ** 0.5, bias: 1 },
      )
      for (const [k, value] of expected.entries()) expect(Math.abs(row[k]! - value)).toBeLessThan(2e-5)
    }
  })
})

describe('a run that was stopped', () => {
  /** Saves after every iteration, as one does that takes long. */
  const keeping = (saved: TrainingState<AlsState>[], from: TrainingState<AlsState> | null): AlsOptions => ({
    threads: 1,
    checkpoint: {
      load: async () => from && { ...from, losses: [...from.losses] },
      save: async (isDone, state) => {
        const { losses, state: factors } = await state()
        saved.push({ losses: [...losses], state: factors, isDone })
      },
    },
  })

  test('goes on from its checkpoint to the same bytes', async () => {
    const saved: TrainingState<AlsState>[] = []
    const whole = await trainAls(likes, 40, CONFIG, 7, stepHandles(), keeping(saved, null))
    expect(saved.map(({ losses, isDone }) => [losses.length, isDone])).toEqual([
      [1, false],
      [2, false],
      [3, false],
      [4, false],
      [5, false],
      [6, true],
    ])
    for (const state of saved)
      expect(await trainAls(likes, 40, CONFIG, 7, stepHandles(), keeping([], state))).toEqual(whole)
  })

  test('that patience had ended is not gone on with', async () => {
    const config = { ...CONFIG, iterations: 9, patience: 1 }
    const values = [0.2, 0.1]
    const saved: TrainingState<AlsState>[] = []
    const judge = async () => values.shift()!
    const ended = await trainAls(likes, 40, config, 7, stepHandles(), { ...keeping(saved, null), judge })
    expect(ended.losses).toHaveLength(2)
    expect(await trainAls(likes, 40, config, 7, stepHandles(), { ...keeping([], saved.at(-1)!), judge })).toEqual(ended)
  })
})

describe('patience', () => {
  const judged = (values: number[]): AlsOptions => ({ threads: 1, judge: async () => values.shift()! })
  const config = { ...CONFIG, iterations: 9, patience: 2 }

  test('ends at the best iteration, made exact, when none has been better for so long', async () => {
    const found = await trainAls(likes, 40, config, 7, stepHandles(), judged([0.1, 0.3, 0.2, 0.3, 0.4]))
    const three: AlsResult = await trainAls(likes, 40, { ...CONFIG, iterations: 3 }, 7, stepHandles(), ONE)
    expect(found).toEqual(three)
  })

  test('does all iterations while each is better', async () => {
    const found = await trainAls(likes, 40, config, 7, stepHandles(), judged([1, 2, 3, 4, 5, 6, 7, 8, 9]))
    expect(found).toEqual(await trainAls(likes, 40, { ...CONFIG, iterations: 9 }, 7, stepHandles(), ONE))
  })
})

describe('what trainAls refuses', () => {
  const bad = (indptr: number[], indices: number[]) => ({
    indptr: Uint32Array.from(indptr),
    indices: Int32Array.from(indices),
    ratings: new Float32Array(indices.length).fill(4),
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
    await expect(trainAls(rows, 4, { ...CONFIG, ...change }, 7, stepHandles(), ONE)).rejects.toThrow(
      new RangeError(message),
    )
  })

  test('data that does not fit into a WebAssembly memory', async () => {
    const config = { ...CONFIG, factors: 512 }
    const many = bad(new Array(1_100_001).fill(0), [])
    many.indptr[1_100_000] = 1
    const one = { ...many, indices: Int32Array.of(0), ratings: Float32Array.of(5) }
    await expect(trainAls(one, 4, config, 7, stepHandles(), ONE)).rejects.toThrow(
      /^als: 1100000 users, 4 items, 1 likes, 512 factors take 4\.\d GiB, a WebAssembly memory holds 4$/,
    )
  })

  test.each([
    [Number.NaN, {}, 'like 2: rating NaN with alpha 40 gives confidence NaN'],
    [-1, {}, 'like 2: rating -1 with alpha 40 gives confidence -39'],
    [1 / 64, { confidence: 'implicit' as const }, 'like 2: rating 0.015625 with alpha 40 gives confidence 0.625'],
  ])('a rating of %f as confidence', async (rating, change, message) => {
    const rated = { ...likes, ratings: likes.ratings.with(2, rating) }
    const config = { ...CONFIG, confidence: 'linear' as const, unobservedWeight: 1, ...change }
    await expect(trainAls(rated, 40, config, 7, stepHandles(), ONE)).rejects.toThrow(message)
  })

  test('a regularization that single precision does not hold', async () => {
    // α₀YᵀY of fewer items than factors is singular, and 1e-30 is lost beside it
    const config = { ...CONFIG, regularization: 1e-30, factors: 64 }
    await expect(trainAls(likes, 40, config, 7, stepHandles(), ONE)).rejects.toThrow(/regularization 1e-30/)
  })
})
