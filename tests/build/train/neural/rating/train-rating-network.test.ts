import { describe, expect, test } from 'vitest'
import { randomSource } from '#core/random.ts'
import { candidateVector, deviationsOf, networkViewer, predictByNetwork } from '#core/scoring/rating-network.ts'
import type { TrainingState } from '../../../../../build/train/checkpoint.ts'
import type { NetworkProgress } from '../../../../../build/train/neural/learn-by-epoch.ts'
import type { RatingProblem } from '../../../../../build/train/neural/rating/rating-problem.ts'
import {
  type RatingTraining,
  trainRatingNetwork,
} from '../../../../../build/train/neural/rating/train-rating-network.ts'
import { randomMatrix } from '../../../../helpers/random.ts'
import { stepHandles } from '../../../../helpers/step-handles.ts'

const OPTIONS: RatingTraining = {
  ...{ width: 8, heads: 1, hidden: [16], reach: 16, distribution: 0.2, dropout: 0, idDropout: 0 },
  ...{ learningRate: 0.02, weightDecay: 0, rowDecay: 0, epochs: 150, stopAfter: null, patience: null },
}
const [USERS, ITEMS, EACH] = [20, 16, 10]

/**
 * Even viewers give 5 stars to even movies and 1 to odd ones, odd viewers the reverse: only one's own history tells. The
 * last movie is rated by nobody, and nothing is told of it.
 */
function parities(): RatingProblem {
  const { uniform } = randomSource(5)
  const rows = Array.from({ length: USERS }, () =>
    Array.from({ length: ITEMS - 1 }, (_, item) => ({ item, order: uniform() }))
      .sort((a, b) => a.order - b.order)
      .slice(0, EACH)
      .map(({ item }) => item),
  )
  const features = randomMatrix(ITEMS, 24, 3, 0.2)
  features.fill(0, (ITEMS - 1) * 24)
  return {
    ratings: {
      indptr: Uint32Array.from({ length: USERS + 1 }, (_, user) => user * EACH),
      indices: Int32Array.from(rows.flat()),
      ratings: Float32Array.from(rows.flatMap((row, user) => row.map((item) => ((item + user) % 2 === 0 ? 5 : 1)))),
    },
    numItems: ITEMS,
    told: {
      features: { width: 24, rows: features },
      people: { ends: new Uint32Array(ITEMS), buckets: new Uint32Array(0), numBuckets: 8 },
    },
  }
}

describe('trainRatingNetwork', () => {
  test('learns a tiny set by heart', async () => {
    const problem = parities()
    const asked = Array.from({ length: USERS }, (_, user) => ({
      user,
      items: problem.ratings.indices.subarray(user * EACH, (user + 1) * EACH),
      places: Uint32Array.from({ length: EACH }, (_, at) => user * EACH + at),
    }))
    let predicted: Float32Array[] = []
    await trainRatingNetwork(problem, OPTIONS, 7, stepHandles(), {
      threads: 2,
      judge: async (session) => {
        predicted = await session.predict(asked)
        return 1
      },
    })
    const errors = predicted.flatMap((row, user) =>
      Array.from(row, (stars, at) => Math.abs(stars - problem.ratings.ratings[user * EACH + at]!)),
    )
    expect(Math.max(...errors)).toBeLessThan(0.3)
  })

  test('predicts in the Worker what it predicts in training', async () => {
    const problem = parities()
    const items = [0, 3, ITEMS - 1]
    let predicted: Float32Array[] = []
    const { network } = await trainRatingNetwork(problem, { ...OPTIONS, epochs: 1, heads: 1 }, 7, stepHandles(), {
      judge: async (session) => {
        predicted = await session.predict([0, 1].map((user) => ({ user, items, places: null })))
        return 1
      },
    })
    for (const [user, expected] of predicted.entries()) {
      const { indices, ratings } = problem.ratings
      const own = (values: Int32Array | Float32Array) => values.subarray(user * EACH, (user + 1) * EACH)
      const viewer = networkViewer(network, own(indices), own(ratings))
      for (const [at, item] of items.entries()) {
        const movie = deviationsOf(network.usual, item)
        const stars = predictByNetwork(network, viewer, candidateVector(network, item), movie.count > 0 ? movie : null)
        expect(Math.min(5, Math.max(1, stars))).toBeCloseTo(expected[at]!, 4)
      }
    }
  })

  test('gives the same bytes with one thread and with three, and others for another seed', async () => {
    const options = { ...OPTIONS, epochs: 3, dropout: 0.3, idDropout: 0.2, reach: 8 }
    const one = await trainRatingNetwork(parities(), options, 7, stepHandles(), { threads: 1 })
    expect(await trainRatingNetwork(parities(), options, 7, stepHandles(), { threads: 3 })).toEqual(one)
    const other = await trainRatingNetwork(parities(), options, 8, stepHandles(), { threads: 1 })
    expect(other.network.items).not.toEqual(one.network.items)
  })

  test('goes on from a checkpoint to the same bytes', async () => {
    const options = { ...OPTIONS, epochs: 3, dropout: 0.3, idDropout: 0.2, reach: 8 }
    const saved: TrainingState<NetworkProgress>[] = []
    const run = (from: TrainingState<NetworkProgress> | null) => ({
      threads: 1,
      checkpoint: {
        load: async () => from,
        save: async (isDone: boolean, state: () => Promise<Omit<TrainingState<NetworkProgress>, 'isDone'>>) => {
          const now = await state()
          saved.push({ ...now, losses: [...now.losses], isDone })
        },
      },
    })
    const whole = await trainRatingNetwork(parities(), options, 7, stepHandles(), run(null))
    expect(saved.map(({ losses, isDone }) => [losses.length, isDone])).toEqual([
      [1, false],
      [2, false],
      [3, true],
    ])
    for (const state of [...saved])
      expect(await trainRatingNetwork(parities(), options, 7, stepHandles(), run(state))).toEqual(whole)
  })

  test('keeps the epoch that is best on validation, and ends when none is better for so long', async () => {
    const values = [0.9, 0.7, 0.8, 0.8, 0.1]
    const handles = stepHandles()
    const judge = async () => values.shift()!
    const best = await trainRatingNetwork(parities(), { ...OPTIONS, patience: 2 }, 7, handles, { threads: 1, judge })
    const two = await trainRatingNetwork(parities(), { ...OPTIONS, stopAfter: 2 }, 7, stepHandles(), { threads: 1 })
    expect(best.network).toEqual(two.network)
    expect(best.losses).toHaveLength(2)
    expect(handles.tracked.filter(({ metrics }) => 'rating_network.validation' in metrics)).toHaveLength(4)
  })

  test('stops at a loss that is not a number, and says the step', async () => {
    const options = { ...OPTIONS, learningRate: 1e30 }
    await expect(trainRatingNetwork(parities(), options, 7, stepHandles(), { threads: 1 })).rejects.toThrow(
      /^rating network: loss (NaN|Infinity) at step \d+, in epoch \d+; learningRate 1e\+30 is too large$/,
    )
  })

  test('learns from users of one rating, who have no history but it', async () => {
    const problem = parities()
    const indptr = Uint32Array.from({ length: 4 }, (_, user) => user)
    const ratings = { indptr, indices: Int32Array.of(1, 2, 2), ratings: Float32Array.of(1, 5, 3) }
    const { network, losses } = await trainRatingNetwork(
      { ...problem, ratings },
      { ...OPTIONS, epochs: 2 },
      7,
      stepHandles(),
    )
    expect(losses.every(Number.isFinite)).toBe(true)
    expect(network.items.every(Number.isFinite)).toBe(true)
  })

  test('leaves a movie at zeros that nobody rated and nothing is told of', async () => {
    const { network } = await trainRatingNetwork(parities(), { ...OPTIONS, epochs: 2 }, 7, stepHandles())
    expect(network.items.subarray((ITEMS - 1) * 40)).toEqual(new Float32Array(40))
  })

  test('is stopped by its signal', async () => {
    const signal = AbortSignal.abort(new Error('enough'))
    await expect(trainRatingNetwork(parities(), OPTIONS, 7, stepHandles(signal))).rejects.toThrow('enough')
  })

  test.each([
    [{ width: 12 }, 'width is 12, expected a multiple of 8 from 8 up'],
    [{ width: 8, heads: 2 }, 'width is 8, expected a multiple of 16 from 16 up'],
    [{ reach: 4 }, 'reach is 4, expected a multiple of 8 from 8 up'],
    [{ hidden: [16, 9] }, 'hidden is 9, expected a multiple of 8 from 8 up'],
  ])('refuses %o', async (changed, message) => {
    await expect(trainRatingNetwork(parities(), { ...OPTIONS, ...changed }, 7, stepHandles())).rejects.toThrow(message)
  })

  test('refuses no ratings at all, and ratings that are none', async () => {
    const problem = parities()
    const none = { indptr: Uint32Array.of(0, 0), indices: new Int32Array(0), ratings: new Float32Array(0) }
    await expect(trainRatingNetwork({ ...problem, ratings: none }, OPTIONS, 7, stepHandles())).rejects.toThrow(
      '0 ratings, expected at least one',
    )
    problem.ratings.ratings[3] = Number.NaN
    await expect(trainRatingNetwork(problem, OPTIONS, 7, stepHandles())).rejects.toThrow(
      'rating NaN at 3, expected a number',
    )
  })
})
