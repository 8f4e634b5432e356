import { expect, test } from 'vitest'
import { judgedUsers } from '../../../build/evaluate/judged-users.ts'
import { type Interactions, PART } from '../../../build/nouns.ts'

const { historyOnly, train, validation, test: tested, foldIn } = PART

/** One user with a rating of 5 in each of the parts, in the order of time. */
function oneUser(parts: number[]): Interactions {
  return {
    userIds: Int32Array.of(1),
    indptr: Uint32Array.of(0, parts.length),
    itemIndices: Int32Array.from(parts, (_, at) => at),
    ratings: new Float32Array(parts.length).fill(5),
    timestamps: Uint32Array.from(parts, (_, at) => 10 * at),
    parts: Uint8Array.from(parts),
  }
}

const historyFor = (part: typeof validation | typeof tested, parts: number[]) =>
  judgedUsers(oneUser(parts), part, 3.5).judged.map(({ history }) => [...history.itemIndices])

test('a held-out user’s history is what he tells, whenever he rated it', () => {
  const parts = [tested, foldIn, foldIn, tested, foldIn]
  expect(historyFor(tested, parts)).toEqual([[1, 2, 4]])
  expect(historyFor(validation, parts)).toEqual([])
  expect(judgedUsers(oneUser(parts), tested, 3.5).judged[0]!.relevant).toEqual(new Set([0, 3]))
})

test('with a split by chance all of the parts before counts, earlier or later, and nothing of the part itself', () => {
  const parts = [train, tested, validation, train, tested]
  expect(historyFor(tested, parts)).toEqual([[0, 2, 3]])
  expect(historyFor(validation, parts)).toEqual([[0, 3]])
  const [user] = judgedUsers(oneUser(parts), tested, 3.5).judged
  expect([...user!.history.timestamps]).toEqual([0, 20, 30])
})

test('what the filters left out counts up to the last that is known, not after it', () => {
  expect(historyFor(tested, [historyOnly, train, tested, historyOnly, train, historyOnly])).toEqual([[0, 1, 3, 4]])
  expect(historyFor(tested, [train, historyOnly, tested, historyOnly])).toEqual([[0, 1]])
})
