import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Address, asId, formatAddress, parseAddress, STRATEGIES } from '../../functions/web/address.ts'

/** what nothing in the address says */
const BARE: Address = {
  userId: null,
  movieId: null,
  genres: [],
  decade: null,
  diversity: 0,
  weights: null,
  group: null,
  strategy: 'average',
  aboutModel: false,
  wish: null,
}

test('a shared address opens the same view', () => {
  expect(
    parseAddress(
      '?user=414&movie=6&genres=Crime,Drama&decade=1990&diversity=0.3&weights=cf:1,content:0.25&about=model&wish=phim+h%C3%A0i',
    ),
  ).toEqual({
    ...BARE,
    userId: 414,
    movieId: 6,
    genres: ['Crime', 'Drama'],
    decade: 1990,
    diversity: 0.3,
    weights: { cf: 1, content: 0.25 },
    aboutModel: true,
    wish: 'phim hài',
  })
})

test('what is not valid in an address is left out', () => {
  expect(
    parseAddress('?user=0&movie=six&genres=,&decade=1995&diversity=2&weights=cf:0,fun:1&strategy=x&about=me&wish=++'),
  ).toEqual(BARE)
})

test('a group is known viewers and who sits here, each once and at most eight; it stands instead of one viewer', () => {
  expect(parseAddress('?user=5&group=me,1,x,1,414&strategy=leastMisery')).toEqual({
    ...BARE,
    group: ['me', 1, 414],
    strategy: 'leastMisery',
  })
  expect(parseAddress('?group=')).toEqual({ ...BARE, group: [] })
  expect(parseAddress('?group=1,2,3,4,5,6,7,8,9').group).toHaveLength(8)
})

test('the bare view has a bare address', () => {
  expect(formatAddress(BARE)).toBe('/')
})

test('format and parse are inverse', () => {
  const id = fc.option(fc.integer({ min: 1, max: 0x7fff_ffff }))
  const address = fc.record({
    userId: id,
    movieId: id,
    genres: fc.uniqueArray(fc.constantFrom('Crime', 'Film-Noir', 'Sci-Fi', 'Science Fiction', 'Phim Việt')),
    decade: fc.option(fc.constantFrom(1920, 1990, 2020)),
    diversity: fc.constantFrom(0, 0.1, 0.3, 1),
    weights: fc.option(fc.constantFrom({ cf: 1 }, { next: 0.05, popularity: 0.5 })),
    group: fc.constant(null),
    strategy: fc.constant('average' as const),
    aboutModel: fc.boolean(),
    wish: fc.option(fc.constantFrom('like Heat & co', 'phim ma không hài', '%')),
  })
  fc.assert(
    fc.property(address, (view) => {
      expect(parseAddress(formatAddress(view).slice(1))).toEqual(view)
    }),
  )
})

test('format and parse are inverse for a group, too', () => {
  const member = fc.oneof(fc.constant('me' as const), fc.integer({ min: 1, max: 0x7fff_ffff }))
  const address = fc.record({
    group: fc.uniqueArray(member, { maxLength: 8 }),
    strategy: fc.constantFrom(...STRATEGIES),
  })
  fc.assert(
    fc.property(address, (view) => {
      expect(parseAddress(formatAddress({ ...BARE, ...view }).slice(1))).toEqual({ ...BARE, ...view })
    }),
  )
})

test('an id is a whole number from 1, spaces around it allowed', () => {
  expect([' 12 ', '1', '2147483647'].map(asId)).toEqual([12, 1, 2147483647])
  expect(['', '0', '-1', '1.5', '1e3', '2147483648', 'x', null].map(asId)).toEqual(Array(8).fill(null))
})
