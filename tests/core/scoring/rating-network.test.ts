import { describe, expect, test } from 'vitest'
import { candidateVector, networkViewer, predictByNetwork, ratingScalars } from '#core/scoring/rating-network.ts'
import { genreFeatures, peopleBuckets } from '#core/scoring/told-movie.ts'
import { INPUTS, tinyRatingNetwork } from '../../helpers/tiny-rating-network.ts'

const predict = (weights: Record<number, number>, items: number[], stars: number[]) => {
  const network = tinyRatingNetwork(0, weights)
  return predictByNetwork(network, networkViewer(network, items, stars), candidateVector(network, 7), null)
}

describe('predictByNetwork', () => {
  test('is the usual where the layers add nothing: 3, and how far above it the viewer rates', () => {
    expect(predict({}, [], [])).toBe(3)
    // 2 stars above, damped by ten ratings: 2 / 11
    expect(predict({}, [0], [5])).toBeCloseTo(3 + 2 / 11, 6)
  })

  test('attends to what the history says, and to a silent key beside it', () => {
    // each of two ratings has a share of 1/3: (1 + 2·2)/3 + (1 − 2·1)/3 = 4/3
    const deviation = 1 / 12
    expect(predict({ [INPUTS.attended]: 1 }, [0, 1], [5, 2])).toBeCloseTo(3 + deviation + 4 / 3, 5)
  })

  test('pools it, damped, and multiplies the pool by what the candidate is', () => {
    // (5 − 1) / (2 + 1) = 4/3, and half of it
    expect(predict({ [INPUTS.pooled]: 1 }, [0, 1], [5, 2])).toBeCloseTo(3 + 1 / 12 + 4 / 3, 5)
    expect(predict({ [INPUTS.product]: 1 }, [0, 1], [5, 2])).toBeCloseTo(3 + 1 / 12 + 2 / 3, 5)
    expect(predict({ [INPUTS.is]: 1 }, [], [])).toBe(3.5)
  })

  test('goes by a movie’s own ratings where it has some', () => {
    const network = tinyRatingNetwork(0)
    const viewer = networkViewer(network, [], [])
    const rated = { count: 25, sum: 25, squares: 30 }
    // 25 stars above, damped by 25 ratings
    expect(predictByNetwork(network, viewer, candidateVector(network, 7), rated)).toBe(3.5)
  })
})

test('scalars of a viewer and a movie: deviation, spread beside that of all, how much is known', () => {
  const out = new Float32Array(10)
  ratingScalars({ count: 10, sum: 10, squares: 30 }, { count: 25, sum: 25, squares: 75 }, 1, out, 1)
  // the viewer: 10/20; √(40/20 − 1/4) − 1. The movie: 25/50; √(100/50 − 1/4) − 1
  const spread = Math.sqrt(1.75) - 1
  for (const [at, value] of [0, 0.5, spread, Math.log(11) / 5, 0.5, spread, Math.log(26) / 8, 1, 0, 0].entries())
    expect(out[at]).toBeCloseTo(value, 6)
  ratingScalars({ count: 0, sum: 0, squares: 0 }, null, 1, out, 1)
  expect([...out]).toEqual(new Array(10).fill(0))
})

describe('what is told of a movie', () => {
  test('genres that nobody knows are left out, and still count in the length', () => {
    expect(genreFeatures(['Drama', 'Noir'], ['Comedy', 'Drama'])).toEqual([[1, 1 / Math.sqrt(2)]])
  })

  test('a name is in the same bucket however it is written, and not in that of its other job', () => {
    const bucket = (told: Partial<{ directors: string[]; cast: string[] }>) =>
      peopleBuckets({ directors: [], cast: [], ...told }, 1_000_003)
    expect(bucket({ directors: ['Agnès Varda'] })).toEqual(bucket({ directors: ['AGNÈS VARDA'] }))
    expect(bucket({ directors: ['Agnès Varda'] })).not.toEqual(bucket({ cast: ['Agnès Varda'] }))
    expect(bucket({ cast: Array.from({ length: 20 }, (_, n) => `Actor ${n}`) })).toHaveLength(8)
    expect(bucket({})).toEqual([])
  })
})
