import { describe, expect, test } from 'vitest'
import { coldSplit } from '../../../../build/evaluate/cold/cold-split.ts'
import { type Interactions, PART } from '../../../../build/nouns.ts'

const NUM_ITEMS = 100
const NUM_USERS = 5

/** Everybody rated everything: train, then validation, then test; the last movie passed no filter. */
function interactions(): Interactions {
  const length = NUM_USERS * NUM_ITEMS
  const partOf = (item: number) => {
    if (item === NUM_ITEMS - 1) return PART.historyOnly
    return item < 80 ? PART.train : item < 90 ? PART.validation : PART.test
  }
  return {
    userIds: Int32Array.from({ length: NUM_USERS }, (_, user) => user),
    indptr: Uint32Array.from({ length: NUM_USERS + 1 }, (_, user) => user * NUM_ITEMS),
    itemIndices: Int32Array.from({ length }, (_, entry) => entry % NUM_ITEMS),
    ratings: new Float32Array(length).fill(4),
    timestamps: Uint32Array.from({ length }, (_, entry) => entry),
    parts: Uint8Array.from({ length }, (_, entry) => partOf(entry % NUM_ITEMS)),
  }
}

describe('coldSplit', () => {
  const { interactions: divided, coldItems, candidates } = coldSplit(interactions(), NUM_ITEMS, 7)
  const isCold = new Set(coldItems)

  test('about a fifth of the movies are cold, by seed', () => {
    expect(coldItems.length).toBeGreaterThan(10)
    expect(coldItems.length).toBeLessThan(30)
    expect(coldSplit(interactions(), NUM_ITEMS, 7).coldItems).toEqual(coldItems)
    expect(coldSplit(interactions(), NUM_ITEMS, 8).coldItems).not.toEqual(coldItems)
  })

  test('every rating of a cold movie is test, and no rating of another one', () => {
    for (const [entry, item] of divided.itemIndices.entries())
      expect(divided.parts[entry] === PART.test).toBe(isCold.has(item))
  })

  test('what was test of the others is validation, and what passed no filter stays so', () => {
    for (const [entry, item] of divided.itemIndices.entries()) {
      if (item >= 80 && item < NUM_ITEMS - 1 && !isCold.has(item)) expect(divided.parts[entry]).toBe(PART.validation)
      if (item === NUM_ITEMS - 1) expect(divided.parts[entry]).toBe(PART.historyOnly)
    }
  })

  test('the cold movies are everybody’s candidates', () => {
    expect(candidates.size).toBe(NUM_USERS)
    for (const items of candidates.values()) expect(items).toEqual(isCold)
  })
})
