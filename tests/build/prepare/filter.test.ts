import fc from 'fast-check'
import { expect, test } from 'vitest'
import { filterRatings } from '../../../build/prepare/filter.ts'

test('leaving out a movie may leave out a user, and so on, until nothing changes', () => {
  // user 0: movies 0 1, user 1: movies 0 1, user 2: movies 1 2; at least 2 ratings each
  // movie 2 has one rating → user 2 keeps one → out → movie 1 still has two
  const rows = { indptr: Uint32Array.of(0, 2, 4, 6), itemIndices: Int32Array.of(0, 1, 0, 1, 1, 2) }
  expect([...filterRatings(rows, 3, { minPerUser: 2, minPerMovie: 2, until: 'fixedPoint' })]).toEqual([
    1, 1, 1, 1, 0, 0,
  ])
})

test('nothing may be left', () => {
  const rows = { indptr: Uint32Array.of(0, 1, 2), itemIndices: Int32Array.of(0, 1) }
  expect([...filterRatings(rows, 2, { minPerUser: 1, minPerMovie: 2, until: 'fixedPoint' })]).toEqual([0, 0])
})

test('once looks at movies by all their ratings, then at users by what is left of theirs, and not again', () => {
  // movies 0 and 1 have 2 ratings, 2 and 3 one → user 1 keeps movie 0 only → out; user 0 keeps 0 and 1
  // now movies 0 and 1 have one rating each, and stay
  const rows = { indptr: Uint32Array.of(0, 2, 4, 6), itemIndices: Int32Array.of(0, 1, 0, 2, 1, 3) }
  const limits = { minPerUser: 2, minPerMovie: 2 }
  expect([...filterRatings(rows, 4, { ...limits, until: 'once' })]).toEqual([1, 1, 0, 0, 0, 0])
  expect([...filterRatings(rows, 4, { ...limits, until: 'fixedPoint' })]).toEqual([0, 0, 0, 0, 0, 0])
})

/** Remove one rating at a time that breaks a limit: slow and obvious. */
function reference(users: number[][], limits: { minPerUser: number; minPerMovie: number }): number[] {
  let entries = users.flatMap((items, user) => items.map((item) => ({ user, item })))
  const all = entries
  for (;;) {
    const broken = entries.find(
      ({ user, item }) =>
        entries.filter((other) => other.user === user).length < limits.minPerUser ||
        entries.filter((other) => other.item === item).length < limits.minPerMovie,
    )
    if (broken === undefined) return all.map((entry) => (entries.includes(entry) ? 1 : 0))
    entries = entries.filter((entry) => entry !== broken)
  }
}

test('agrees with removing one rating at a time', () => {
  const items = fc.uniqueArray(fc.nat(5), { maxLength: 6 })
  const limit = fc.nat(4)
  fc.assert(
    fc.property(fc.array(items, { maxLength: 6 }), limit, limit, (users, minPerUser, minPerMovie) => {
      const indptr = Uint32Array.from([0, ...users.map((_, user) => users.slice(0, user + 1).flat().length)])
      const rows = { indptr, itemIndices: Int32Array.from(users.flat()) }
      const kept = filterRatings(rows, 6, { minPerUser, minPerMovie, until: 'fixedPoint' })
      expect([...kept]).toEqual(reference(users, { minPerUser, minPerMovie }))
    }),
  )
})
