import { expect, test } from 'vitest'
import { contentScores, nearestByContent } from '#core/scoring/content-scores.ts'
import { tinyItem, tinyModel } from '../../helpers/tiny-model.ts'

const { content } = tinyModel()

test('the profile of one space film has cosine 1 with its like, 1/√2 with a film of space and love, 0 with love', () => {
  const scores = contentScores(content, [tinyItem(10)])
  expect(scores[tinyItem(20)]).toBeCloseTo(1, 6)
  expect(scores[tinyItem(30)]).toBeCloseTo(Math.SQRT1_2, 6)
  expect(scores[tinyItem(50)]).toBe(0)
  expect(scores[tinyItem(100)]).toBe(0)
})

test('a profile of both tastes lies between them', () => {
  // profile (1, 1)/√2 against (1, 0)
  expect(contentScores(content, [tinyItem(10), tinyItem(50)])[tinyItem(60)]).toBeCloseTo(Math.SQRT1_2, 6)
})

test('a profile without terms scores nothing', () => {
  expect(contentScores(content, [tinyItem(100)]).every((score) => score === 0)).toBe(true)
  expect(contentScores(content, []).every((score) => score === 0)).toBe(true)
})

test('the nearest of some movies is named with the terms that it shares', () => {
  const nearest = (movieId: number, candidates: number[]) =>
    nearestByContent(content, tinyItem(movieId), candidates.map(tinyItem))
  expect(nearest(10, [50, 30, 20])).toEqual({ itemIndex: tinyItem(20), terms: ['keyword:space'] })
  expect(nearest(30, [30])?.terms).toEqual(['keyword:love', 'keyword:space'])
  expect(nearest(10, [50, 100])).toBe(null)
  expect(nearest(10, [])).toBe(null)
})
