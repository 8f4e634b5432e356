import fc from 'fast-check'
import { expect, test } from 'vitest'
import { decodeMovieIds, encodeMovieIds } from '#core/batch-list.ts'

test('a list comes back as it was, in its order', () => {
  const movieIds = fc.array(fc.integer({ min: 1, max: 0x7fff_ffff }), { maxLength: 200 })
  fc.assert(
    fc.property(movieIds, (list) => {
      expect(decodeMovieIds(encodeMovieIds(list))).toEqual(list)
    }),
  )
})

test('300 and 1 are three bytes: 300 = 2 · 128 + 44, its low seven bits first', () => {
  // 44 + 128, 2, 1
  expect(encodeMovieIds([300, 1])).toBe(Buffer.from([172, 2, 1]).toString('base64url'))
})

test.each(['!!', encodeMovieIds([300]).slice(0, 2), Buffer.from([0]).toString('base64url')])(
  '%s is no list',
  (text) => {
    expect(decodeMovieIds(text)).toBeNull()
  },
)
