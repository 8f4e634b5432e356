import { describe, expect, test } from 'vitest'
import { holdOutLast, isListedById } from '../../../../build/evaluate/splits/hold-out-last.ts'
import { type Interactions, PART } from '../../../../build/nouns.ts'

const [t, v, x] = [PART.train, PART.validation, PART.test]

/** Of each user the parts, in the order of time; each item is another one. */
function interactionsOf(...users: number[][]): Interactions {
  const parts = Uint8Array.from(users.flat())
  const ends = users.map((_, user) => users.slice(0, user + 1).flat().length)
  return {
    userIds: Int32Array.from(users.keys()),
    indptr: Uint32Array.of(0, ...ends),
    itemIndices: Int32Array.from(parts.keys()),
    ratings: new Float32Array(parts.length).fill(1),
    timestamps: new Uint32Array(parts.length),
    parts,
  }
}

describe('where the test comes last', () => {
  test('as large a share of each user’s train is held out as the test has, the last of it', () => {
    // 3 of 12 are test, a quarter: of 8 in train 2 are held out, of 2 one at least
    const held = holdOutLast(interactionsOf([t, t, t, t, t, t, t, t, x, x], [t, x], [t, t]))
    expect([...held!]).toEqual([t, t, t, t, t, t, v, v, x, x, t, x, t, v])
  })

  test('a user with one item in train keeps it', () => {
    expect([...holdOutLast(interactionsOf([t, x], [t, t, x]))!]).toEqual([t, x, t, v, x])
  })

  test('who is in one part alone says nothing of the order', () => {
    expect(holdOutLast(interactionsOf([x, x], [t], [t, t, x]))).not.toBeNull()
  })
})

test('where the test does not come last, or nobody has one, or two items in train, nothing is held out', () => {
  expect(holdOutLast(interactionsOf([t, x, t], [t, t, x]))).toBeNull()
  expect(holdOutLast(interactionsOf([t, t], [x]))).toBeNull()
  expect(holdOutLast(interactionsOf([t, x], [t, x]))).toBeNull()
})

describe('an order by the items’ ids', () => {
  const lists = interactionsOf([t, t, t], [t, t, t], [t, t])

  test('is seen, of numbers by their size', () => {
    // as text 10 stands before 9
    expect(isListedById(lists, ['9', '10', '30', '1', '2', '100', '8', '7'])).toBe(true)
    expect(isListedById(lists, ['a', 'b', 'c', 'b', 'd', 'e', 'z', 'a'])).toBe(true)
  })

  test('is not seen in lists that go up and down, or are too short to tell', () => {
    expect(isListedById(lists, ['9', '10', '30', '2', '1', '100', '7', '8'])).toBe(false)
    expect(isListedById(interactionsOf([t, t], [t]), ['1', '2', '3'])).toBe(false)
  })
})
