import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { asId, formatAddress, parseAddress } from '../../functions/web/address.ts'

test('a shared address opens the same view', () => {
  expect(
    parseAddress('?user=414&movie=6&genres=Crime,Drama&decade=1990&diversity=0.3&about=model&wish=phim+h%C3%A0i'),
  ).toEqual({
    userId: 414,
    movieId: 6,
    genres: ['Crime', 'Drama'],
    decade: 1990,
    diversity: 0.3,
    aboutModel: true,
    wish: 'phim hài',
  })
})

test('what is not valid in an address is left out', () => {
  expect(parseAddress('?user=0&movie=six&genres=,&decade=1995&diversity=2&about=me&wish=++')).toEqual({
    userId: null,
    movieId: null,
    genres: [],
    decade: null,
    diversity: 0,
    aboutModel: false,
    wish: null,
  })
})

test('the bare view has a bare address', () => {
  expect(
    formatAddress({
      userId: null,
      movieId: null,
      genres: [],
      decade: null,
      diversity: 0,
      aboutModel: false,
      wish: null,
    }),
  ).toBe('/')
})

test('format and parse are inverse', () => {
  const id = fc.option(fc.integer({ min: 1, max: 0x7fff_ffff }))
  const address = fc.record({
    userId: id,
    movieId: id,
    genres: fc.uniqueArray(fc.constantFrom('Crime', 'Film-Noir', 'Sci-Fi', 'Science Fiction', 'Phim Việt')),
    decade: fc.option(fc.constantFrom(1920, 1990, 2020)),
    diversity: fc.constantFrom(0, 0.1, 0.3, 1),
    aboutModel: fc.boolean(),
    wish: fc.option(fc.constantFrom('like Heat & co', 'phim ma không hài', '%')),
  })
  fc.assert(
    fc.property(address, (view) => {
      expect(parseAddress(formatAddress(view).slice(1))).toEqual(view)
    }),
  )
})

test('an id is a whole number from 1, spaces around it allowed', () => {
  expect([' 12 ', '1', '2147483647'].map(asId)).toEqual([12, 1, 2147483647])
  expect(['', '0', '-1', '1.5', '1e3', '2147483648', 'x', null].map(asId)).toEqual(Array(8).fill(null))
})
