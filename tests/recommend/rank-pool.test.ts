import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { EMPTY_HISTORY, historyOf } from '#core/history.ts'
import type { Shares } from '#core/schemas/api.ts'
import { rank, recommend } from '#recommend/index.ts'
import { whatIf } from '#recommend/what-if.ts'
import { tinyItem, tinyModel } from '../helpers/tiny-model.ts'
import { upsideDown } from '../helpers/tiny-ranker.ts'

const MODEL = tinyModel()
const HISTORY = historyOf([
  { itemIndex: tinyItem(10), rating: 5, timestamp: 1 },
  { itemIndex: tinyItem(60), rating: 4, timestamp: 2 },
])

const RANKED = { ...MODEL, ranker: upsideDown(4) }

const itemsOf = (list: readonly { itemIndex: number }[]) => list.map(({ itemIndex }) => itemIndex)
const sumOf = (shares: Shares) => Object.values(shares).reduce((sum: number, share) => sum + (share ?? 0), 0)

describe('the ranker', () => {
  test('puts the first movies in its order and leaves those behind as they are', () => {
    const plain = itemsOf(rank(HISTORY, {}, 8, MODEL).blended)
    const ranked = itemsOf(rank(HISTORY, {}, 8, RANKED).blended)
    expect(ranked).toEqual([...plain.slice(0, 4).reverse(), ...plain.slice(4)])
  })

  test('scores are sorted, lie in the range of the blended ones, and are the sum of their shares', () => {
    const { blended } = rank(HISTORY, {}, 8, RANKED)
    const scores = blended.map(({ score }) => score)
    expect(scores).toEqual(scores.toSorted((a, b) => b - a))
    const plain = rank(HISTORY, {}, 8, MODEL).blended.map(({ score }) => score)
    expect([scores[0], scores[3], ...scores.slice(4)]).toEqual([plain[0], plain[3], ...plain.slice(4)])
    for (const { score, shares } of blended) expect(sumOf(shares)).toBeCloseTo(score, 12)
    expect(blended[0]!.shares.ranker).toBeGreaterThan(0)
    expect(blended[3]!.shares.ranker).toBeLessThan(0)
    expect(blended[4]!.shares.ranker).toBe(0)
  })

  test('takes no part with ranker: false, with weights of one’s own, and with too little of a history', () => {
    const weights = { cf: 0.5, next: 0, neighbours: 0.5, content: 0, popularity: 0 }
    for (const options of [{ ranker: false }, { weights }])
      expect(rank(HISTORY, options, 8, RANKED).blended).toEqual(rank(HISTORY, options, 8, MODEL).blended)
    expect(rank(EMPTY_HISTORY, {}, 8, RANKED).blended).toEqual(rank(EMPTY_HISTORY, {}, 8, MODEL).blended)
    expect(rank(HISTORY, {}, 8, MODEL).blended[0]!.shares).not.toHaveProperty('ranker')
  })

  test('changes no reason: these say what the sources say', () => {
    const reasonsOf = (model: typeof MODEL) => {
      const { blended, reasons } = recommend(HISTORY, {}, 8, model)
      return new Map(blended.map(({ itemIndex }, at) => [itemIndex, reasons[at]]))
    }
    expect(reasonsOf(RANKED)).toEqual(reasonsOf(MODEL))
  })

  test('works on what a filter leaves', () => {
    const options = { genres: ['Drama'] }
    const plain = itemsOf(rank(HISTORY, options, 8, MODEL).blended)
    expect(itemsOf(rank(HISTORY, options, 8, RANKED).blended)).toEqual(plain.slice(0, 4).reverse())
  })

  test('leaves a list alone where it finds all alike', () => {
    const ranker = { ...upsideDown(4), values: new Float32Array(12) }
    const { blended } = rank(HISTORY, {}, 8, { ...MODEL, ranker })
    expect(itemsOf(blended)).toEqual(itemsOf(rank(HISTORY, {}, 8, MODEL).blended))
  })

  test('pages hold the whole list once, whatever their length, with and without diversity', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 2, max: 9 }), (k, pool) => {
        const model = { ...MODEL, ranker: upsideDown(pool) }
        const whole = itemsOf(rank(HISTORY, {}, 8, model).blended)
        let shown = new Int32Array(0)
        for (let hasMore = true; hasMore; ) {
          const page = rank(HISTORY, {}, k, model, shown)
          shown = Int32Array.of(...shown, ...itemsOf(page.blended))
          hasMore = page.hasMore
        }
        expect(Array.from(shown)).toEqual(whole)
      }),
    )
  })

  test('what-if has the ranks, scores and shares of the list', () => {
    const before = historyOf([{ itemIndex: tinyItem(60), rating: 4, timestamp: 2 }])
    const { blended, moved } = whatIf(before, HISTORY, {}, 8, RANKED)
    const list = rank(HISTORY, {}, 8, RANKED).blended
    expect(itemsOf(blended)).toEqual(itemsOf(list))
    for (const [at, { score, shares }] of blended.entries()) {
      expect(score).toBeCloseTo(list[at]!.score, 12)
      expect(shares.ranker).toBeCloseTo(list[at]!.shares.ranker!, 12)
    }
    for (const { before: from, after: to } of moved)
      for (const place of [from, to]) if (place) expect(sumOf(place.shares)).toBeCloseTo(place.score, 12)
  })
})
