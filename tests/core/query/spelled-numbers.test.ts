import fc from 'fast-check'
import { expect, test } from 'vitest'
import { spelledNumberAt } from '#core/query/spelled-numbers.ts'

test.each([
  ['chin muoi', 90],
  ['chin muoi lam', 95],
  ['muoi lam', 15],
  ['mot tram hai muoi', 120],
  ['mot nghin chin tram chin muoi', 1990],
  ['hai nghin', 2000],
  ['hai nghin le nam', 2005],
  ['hai nghin khong tram linh nam', 2005],
  ['hai ngan muoi', 2010],
  ['mot chin chin tam', 1998],
  ['hai khong mot chin', 2019],
  ['ninety', 90],
  ['ninety five', 95],
  ['nineteen ninety nine', 1999],
  ['twenty twelve', 2012],
  ['two thousand and eight', 2008],
  ['a hundred and twenty', 120],
])('%s is %i', (text, value) => {
  const words = text.split(' ')
  expect(spelledNumberAt(words, 0)).toEqual({ value, to: words.length })
})

test.each(['hai', 'nam', 'muoi', 'one', 'phim', 'hai phim', 'nam chin muoi'])('%s is none', (text) => {
  expect(spelledNumberAt(text.split(' '), 0)).toBe(null)
})

test('ends where its words do', () => {
  // `chín mươi năm` is ninety years
  expect(spelledNumberAt(['chin', 'muoi', 'nam'], 0)).toEqual({ value: 90, to: 2 })
  expect(spelledNumberAt(['twenty', 'five', 'movies'], 0)).toEqual({ value: 25, to: 2 })
})

test('any words are a number of some of them or none', () => {
  const word = fc.constantFrom(
    ...'hai nam muoi tram nghin linh khong twenty ninety nineteen two thousand and a phim'.split(' '),
  )
  fc.assert(
    fc.property(fc.array(word, { minLength: 1, maxLength: 8 }), fc.nat(7), (words, at) => {
      fc.pre(at < words.length)
      const found = spelledNumberAt(words, at)
      if (found === null) return
      expect(found.to).toBeGreaterThan(at)
      expect(found.to).toBeLessThanOrEqual(words.length)
      expect(found.value).toBeGreaterThan(0)
    }),
  )
})
