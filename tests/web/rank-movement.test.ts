import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { rankMovements } from '../../functions/web/rank-movement.ts'

test('a movie that rose, one that fell and one that came are told apart; one that stayed is not mentioned', () => {
  // 30: third → first; 10: first → second; 20: second → out; 40: new in third place; 50: fourth → fourth
  const movements = rankMovements([10, 20, 30, 50], [30, 10, 40, 50])
  expect(Object.fromEntries(movements)).toEqual({
    30: { kind: 'up', places: 2 },
    10: { kind: 'down', places: 1 },
    40: { kind: 'new' },
  })
})

test('the same ranking has no movement, and an empty one before makes all new', () => {
  expect(rankMovements([1, 2, 3], [1, 2, 3]).size).toBe(0)
  expect([...rankMovements([], [4, 5]).values()]).toEqual([{ kind: 'new' }, { kind: 'new' }])
})

test('in a mere reordering the places won are the places lost', () => {
  const rankings = fc
    .uniqueArray(fc.nat(), { maxLength: 40 })
    .chain((ids) => fc.tuple(fc.constant(ids), fc.shuffledSubarray(ids, { minLength: ids.length })))
  fc.assert(
    fc.property(rankings, ([before, after]) => {
      let sum = 0
      for (const movement of rankMovements(before, after).values()) {
        expect(movement.kind).not.toBe('new')
        if (movement.kind !== 'new') sum += movement.kind === 'up' ? movement.places : -movement.places
      }
      expect(sum).toBe(0)
    }),
  )
})
