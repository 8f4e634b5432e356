import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { historyOf } from '#core/history.ts'
import { recommend } from '#recommend/index.ts'
import { MAX_SHOWN, readCursor, writeCursor } from '#recommend/page.ts'
import { tinyItem, tinyModel } from '../helpers/tiny-model.ts'

const MODEL_ID = '0123456789abcdef'
const movieIds = fc
  .uniqueArray(fc.integer({ min: 1, max: 0x7fff_ffff }), { maxLength: 50 })
  .map((ids) => Int32Array.from(ids))

describe('a cursor', () => {
  test('holds the movies that were shown, in any order, and the model', () => {
    fc.assert(
      fc.property(movieIds, (shown) => {
        expect(readCursor(writeCursor({ kind: 'shown', modelId: MODEL_ID, movieIds: shown }))).toEqual({
          kind: 'shown',
          modelId: MODEL_ID,
          movieIds: shown.toSorted(),
        })
      }),
    )
  })

  test('of a search holds its position', () => {
    const cursor = { kind: 'position', modelId: MODEL_ID, position: 86_999 } as const
    expect(readCursor(writeCursor(cursor))).toEqual(cursor)
  })

  test('stays short: 20 and 2,000 of 87,000 movies', () => {
    const every = (step: number, length: number) => Int32Array.from({ length }, (_, place) => 1 + place * step)
    // MovieLens ids go up to 290,000
    const lengthOf = (ids: Int32Array) => writeCursor({ kind: 'shown', modelId: MODEL_ID, movieIds: ids }).length
    expect(lengthOf(every(14_000, 20))).toBeLessThan(100)
    expect(lengthOf(every(145, MAX_SHOWN))).toBeLessThan(6000)
  })

  test('that nobody wrote is none, and harms nobody', () => {
    fc.assert(
      fc.property(fc.base64String(), fc.string(), (base64, any) =>
        [base64, any].every((text) => readCursor(text) === null),
      ),
    )
  })

  test('that was changed or cut anywhere is none', () => {
    const text = writeCursor({ kind: 'shown', modelId: MODEL_ID, movieIds: Int32Array.of(10, 20, 3000) })
    for (let at = 0; at < text.length; at++) {
      expect(readCursor(text.slice(0, at))).toBeNull()
      const other = text[at] === 'A' ? 'B' : 'A'
      expect(readCursor(text.slice(0, at) + other + text.slice(at + 1))).toBeNull()
    }
    expect(readCursor(`${text}AAAA`)).toBeNull()
  })
})

describe('pages', () => {
  const model = tinyModel()
  const history = historyOf([
    { itemIndex: tinyItem(10), rating: 5, timestamp: 1 },
    { itemIndex: tinyItem(50), rating: 2, timestamp: 2 },
  ])

  /** All pages, one after the other. */
  function paged(options: Parameters<typeof recommend>[1], k: number) {
    const pages: ReturnType<typeof recommend>[] = []
    const shown: number[] = []
    do {
      const page = recommend(history, options, k, model, Int32Array.from(shown))
      pages.push(page)
      shown.push(...page.blended.map(({ itemIndex }) => itemIndex))
    } while (pages.at(-1)!.hasMore)
    return pages
  }

  test('put together are the list without a break, to the last digit, whatever the filters', () => {
    const genre = fc.option(fc.subarray(model.catalog.genreNames, { minLength: 1 }), { nil: undefined })
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 9 }), genre, (k, avoidGenres) => {
        const options = avoidGenres ? { avoidGenres } : {}
        const whole = recommend(history, options, 10, model)
        const pages = paged(options, k)
        expect(pages.flatMap(({ blended }) => blended)).toEqual(whole.blended)
        expect(pages.flatMap(({ reasons }) => reasons)).toEqual(whole.reasons)
        expect(whole.hasMore).toBe(false)
      }),
    )
  })

  test('of a diverse list hold every movie once, and are diverse among each other', () => {
    const pages = paged({ diversity: 0.6 }, 2)
    const items = pages.flatMap(({ blended }) => blended.map(({ itemIndex }) => itemIndex))
    expect(items).toHaveLength(8)
    expect(new Set(items).size).toBe(8)
    // what was shown counts as chosen: the second page does not open with more of the first one's taste
    const spaceFilms = recommend(history, { diversity: 0.6 }, 1, model, Int32Array.of(tinyItem(20), tinyItem(30)))
    expect(spaceFilms.blended[0]!.itemIndex).not.toBe(tinyItem(40))
    expect(pages.every(({ diversity }) => diversity !== null)).toBe(true)
  })

  test('go on where the history has grown meanwhile', () => {
    const first = recommend(history, {}, 3, model)
    const shown = Int32Array.from(first.blended, ({ itemIndex }) => itemIndex)
    const grown = historyOf([
      { itemIndex: tinyItem(10), rating: 5, timestamp: 1 },
      { itemIndex: shown[0]!, rating: 5, timestamp: 3 },
    ])
    const second = recommend(grown, {}, 3, model, shown).blended.map(({ itemIndex }) => itemIndex)
    expect(second).toHaveLength(3)
    expect(second.filter((item) => shown.includes(item))).toEqual([])
  })
})
