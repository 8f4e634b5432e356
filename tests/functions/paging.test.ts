import { expect, test, vi } from 'vitest'
import { indexInSorted } from '#core/format/catalog.ts'
import { MAX_SHOWN, readCursor } from '#recommend/page.ts'
import { pageOf } from '../../functions/routes/paging.ts'

// Node does not load it as workerd does, and nothing here scores
vi.mock('../../functions/core/kernels/serve.wasm', () => ({ default: null }))

test('a list that never ends is given in pages up to 2,000 movies, which still fit into an address, and no further', () => {
  const movieIds = Int32Array.from({ length: 3000 }, (_, item) => 10 * item + 1)
  const itemIndexOf = (movieId: number) => indexInSorted(movieIds, movieId)
  const served = { model: { catalog: { movieIds, itemIndexOf } }, modelId: '0123456789abcdef' } as unknown
  const length = 30
  let cursor: string | undefined
  const shown: number[] = []
  for (let page = 0; ; page++) {
    const { shown: before, numShown, fields } = pageOf(cursor, served as Parameters<typeof pageOf>[1])
    expect(Array.from(before)).toEqual(shown)
    expect(numShown).toBe(page * length)
    const items = Array.from({ length }, (_, place) => numShown + place)
    shown.push(...items)
    const { nextCursor } = fields(items, true)
    if (nextCursor === null) break
    cursor = nextCursor
    // with path and options an address of 8 KB, which every proxy takes
    expect(cursor.length).toBeLessThan(6000)
  }
  expect(readCursor(cursor!)).toMatchObject({ movieIds: { length: MAX_SHOWN - (MAX_SHOWN % length) } })
  expect(shown).toHaveLength(MAX_SHOWN - (MAX_SHOWN % length) + length)
})
