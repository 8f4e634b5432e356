import { describe, expect, test } from 'vitest'
import { historyOf } from '#core/history.ts'
import { alone } from '#recommend/blend.ts'
import { recommend } from '#recommend/index.ts'
import { similarMovies } from '#recommend/similar.ts'
import { tinyItem, tinyModel } from '../helpers/tiny-model.ts'

const NUM_ITEMS = 10
const FACTORS = 8
const NEW_ORBIT = tinyItem(90)

/** As the tiny model, and New Orbit stands among the space films, at half their length, by its texts. */
function placed() {
  const itemFactors = new Float32Array(NUM_ITEMS * FACTORS)
  for (let item = 0; item < 8; item++) itemFactors[item * FACTORS + (item < 4 ? 0 : 1)] = 1
  itemFactors[NEW_ORBIT * FACTORS] = 0.5
  const placedByTexts = new Uint8Array(NUM_ITEMS)
  placedByTexts[NEW_ORBIT] = 1
  return tinyModel({ itemFactors, placedByTexts })
}

const HISTORY = historyOf([{ itemIndex: tinyItem(10), rating: 5, timestamp: 1 }])
const listOf = (model: ReturnType<typeof tinyModel>) => recommend(HISTORY, { weights: alone('cf') }, NUM_ITEMS, model)

describe('a movie that nobody liked, placed by its texts', () => {
  test('stands behind the liked movies of the same taste, before those of another', () => {
    const order = listOf(placed()).blended.map(({ itemIndex }) => itemIndex)
    expect(order.slice(0, 4)).toEqual([tinyItem(20), tinyItem(30), tinyItem(40), NEW_ORBIT])
  })

  test('changes no other movie’s score', () => {
    const scoresOf = (model: ReturnType<typeof tinyModel>) =>
      new Map(listOf(model).blended.map(({ itemIndex, score }) => [itemIndex, score]))
    const without = scoresOf(tinyModel())
    for (const [item, score] of scoresOf(placed())) if (item !== NEW_ORBIT) expect(score).toBe(without.get(item))
  })

  test('is explained by what is told of it, never by viewers who liked it', () => {
    const { blended, reasons } = listOf(placed())
    expect(reasons[blended.findIndex(({ itemIndex }) => itemIndex === NEW_ORBIT)]).toEqual({
      kind: 'content',
      text: 'New here; what is told of it suits viewers of Star Harbour.',
      because: [{ movieId: 10, title: 'Star Harbour' }],
    })
    expect(reasons[0]!.kind).toBe('liked')
  })

  test('is similar to others, and others to it, by texts alone', () => {
    const toNew = similarMovies(NEW_ORBIT, {}, NUM_ITEMS, placed())
    expect(toNew.every(({ shares }) => shares.cf === 0)).toBe(true)
    const toOld = similarMovies(tinyItem(10), {}, NUM_ITEMS, placed())
    expect(toOld.find(({ itemIndex }) => itemIndex === NEW_ORBIT)!.shares.cf).toBe(0)
    expect(toOld.find(({ itemIndex }) => itemIndex === tinyItem(20))!.shares.cf).toBeCloseTo(0.5, 2)
  })
})
