import { describe, expect, test } from 'vitest'
import type { ContentIndex } from '#core/format/content.ts'
import { contentScores, nearestByContent, profileOf } from '#core/scoring/content-scores.ts'
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

describe('a catalogue where three terms are in every movie and one in three', () => {
  // entries of 4 terms for the first 3 movies, of 3 for the others; all weights 100 · 0.01
  const numItems = 2000
  const lengths = Array.from({ length: numItems }, (_, item) => (item < 3 ? 4 : 3))
  const offsets = new Int32Array(numItems + 1)
  lengths.forEach((length, item) => {
    offsets[item + 1] = offsets[item]! + length
  })
  const entries = lengths.flatMap((length) => Array.from({ length }, (_, term) => term))
  const index = {
    numItems,
    numTerms: 4,
    offsets,
    termIndices: Int32Array.from(entries),
    weights: new Uint8Array(entries.length).fill(100),
    scales: new Float32Array(numItems).fill(0.01),
    documentFrequencies: Int32Array.of(2000, 2000, 2000, 3),
  } as unknown as ContentIndex

  test('the profile of two movies keeps the term that few have: those of all would take 6000 postings, 3000 may be', () => {
    const { terms, weights } = profileOf(index, [0, 1])
    expect([...terms]).toEqual([3])
    expect(weights[0]).toBeCloseTo(2, 6)
  })

  test('a profile of terms that are all alike keeps them', () => {
    expect([...profileOf(index, [5, 6]).terms]).toEqual([0, 1, 2])
  })

  test('a lone movie keeps all of its terms, and the next profile begins anew', () => {
    expect([...profileOf(index, [0]).terms]).toEqual([0, 1, 2, 3])
    expect([...profileOf(index, [2]).weights]).toEqual([...profileOf(index, [2]).weights])
    expect([...profileOf(index, []).terms]).toEqual([])
  })
})

test('the nearest of some movies is named with the terms that it shares', () => {
  const nearest = (movieId: number, candidates: number[]) =>
    nearestByContent(content, tinyItem(movieId), candidates.map(tinyItem))
  expect(nearest(10, [50, 30, 20])).toEqual({ itemIndex: tinyItem(20), terms: ['keyword:space'] })
  expect(nearest(30, [30])?.terms).toEqual(['keyword:love', 'keyword:space'])
  expect(nearest(10, [50, 100])).toBe(null)
  expect(nearest(10, [])).toBe(null)
})
