import { describe, expect, test } from 'vitest'
import { mainGenreOf, OTHER } from '../../../../build/evaluate/examine/main-genre.ts'
import { giniOf } from '../../../../build/evaluate/examine/popularity-bias.ts'
import { principalPlane } from '../../../../build/evaluate/examine/principal-plane.ts'

describe('Gini coefficient', () => {
  test('is 0 where all have as many, and 1 − 1/n where one of n has all', () => {
    expect(giniOf([3, 3, 3, 3])).toBe(0)
    expect(giniOf([0, 0, 0, 5])).toBe(3 / 4)
    expect(giniOf([0, 0])).toBe(0)
  })

  test('of 1 and 3 is a quarter', () => {
    // mean difference |1 − 3| over all four ordered pairs: 4/4 = 1; over twice the mean of 2
    expect(giniOf([1, 3])).toBe(1 / 4)
  })
})

describe('the principal plane', () => {
  test('of points that lie in one keeps their distances', () => {
    // a 3 by 1 rectangle in three dimensions, its long side along the second
    const rows = Float32Array.of(0, 0, 0, 0, 3, 0, 0, 0, 1, 0, 3, 1)
    const { places, share } = principalPlane(rows, 4)
    expect(share).toBeCloseTo(1, 12)
    const expected = [-1.5, -0.5, 1.5, -0.5, -1.5, 0.5, 1.5, 0.5]
    for (const [at, value] of expected.entries()) expect(places[at]).toBeCloseTo(value, 6)
  })

  test('of equal rows, and of none, is a point and nothing', () => {
    expect([...principalPlane(Float32Array.of(1, 2, 1, 2), 2).places]).toEqual([0, 0, 0, 0])
    expect(principalPlane(new Float32Array(0), 0)).toEqual({ places: new Float64Array(0), share: 0 })
  })

  test('shows the share of the variance that its axes have', () => {
    // ±3, ±2 and ±1 along three axes: 9 + 4 of 14
    const rows = Float32Array.of(3, 0, 0, -3, 0, 0, 0, 2, 0, 0, -2, 0, 0, 0, 1, 0, 0, -1)
    expect(principalPlane(rows, 6).share).toBeCloseTo(13 / 14, 9)
  })
})

test('the main genre is the rarest of the common ones that a movie has', () => {
  const genres = [['Drama'], ['Drama', 'War'], ['Drama', 'Comedy'], ['Comedy'], []]
  const { commonest, genreOf } = mainGenreOf({ genres: (item) => genres[item]! }, [...genres.keys()])
  expect(commonest).toEqual(['Drama', 'Comedy', 'War'])
  expect(genres.map((_, item) => genreOf(item))).toEqual(['Drama', 'War', 'Comedy', 'Comedy', OTHER])
})
