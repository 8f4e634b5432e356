import { expect, test } from 'vitest'
import { keepEntries } from '../../../../build/evaluate/splits/protocols.ts'
import { orderOfUsers, shareOfUsers } from '../../../../build/evaluate/splits/share-of-users.ts'
import { type Interactions, PART } from '../../../../build/nouns.ts'

/** Eight users with a train and a test rating each. */
const interactions: Interactions = {
  userIds: Int32Array.from({ length: 8 }, (_, user) => user),
  indptr: Uint32Array.from({ length: 9 }, (_, user) => 2 * user),
  itemIndices: Int32Array.from({ length: 16 }, (_, entry) => entry),
  ratings: new Float32Array(16).fill(4),
  timestamps: new Uint32Array(16),
  parts: Uint8Array.from({ length: 16 }, (_, entry) => (entry % 2 === 0 ? PART.train : PART.test)),
}

test('a share holds the smaller ones, and the same users are judged in each', () => {
  const places = orderOfUsers(8, 42)
  const kept = [0.25, 0.5, 1].map((share) => keepEntries(interactions, shareOfUsers(interactions, places, share, 2)))
  const entriesOf = (part: number) =>
    kept.map(({ itemIndices, parts }) => [...itemIndices].filter((_, entry) => parts[entry] === part))
  const train = entriesOf(PART.train)
  expect(train.map(({ length }) => length)).toEqual([2, 4, 8])
  expect(train[1]).toEqual(expect.arrayContaining(train[0]!))
  const [first, ...others] = entriesOf(PART.test)
  expect(first).toHaveLength(2)
  for (const other of others) expect(other).toEqual(first)
})

test('the order is decided by the seed, and has every user once', () => {
  expect(orderOfUsers(8, 42)).toEqual(orderOfUsers(8, 42))
  expect(orderOfUsers(8, 42)).not.toEqual(orderOfUsers(8, 43))
  expect(orderOfUsers(8, 1).toSorted()).toEqual(Int32Array.of(0, 1, 2, 3, 4, 5, 6, 7))
})
