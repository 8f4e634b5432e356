import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { NO_LOCAL_TITLES, openLocalTitles } from '#core/format/local-titles.ts'
import { words } from '#core/text/analyse.ts'
import { type LocalNames, openTitles } from '#core/text/titles.ts'
import { editDistance } from '#core/text/vocabulary.ts'
import { encodeLocalTitles } from '../../../build/export/encode-local-titles.ts'

const NO = Number.NaN

const finder = (titles: string[], years: number[]) => {
  const find = openTitles({
    numItems: titles.length,
    title: (item) => titles[item]!,
    localTitles: NO_LOCAL_TITLES,
    years: Int16Array.from(years),
  })
  return (query: string, withTypos = false, blocked = new Uint8Array(titles.length)) => {
    const { items, qualities } = find(query, withTypos, blocked)
    return titles.map((_, item) => (items.includes(item) ? qualities[items.indexOf(item)]! : NO))
  }
}

describe('the words of a query', () => {
  const find = finder(
    ['Léon: The Professional', 'The Matrix', 'The Matrix Reloaded', "Schindler's List", 'Đừng Khóc'],
    [1994, 1999, 2003, 1993, 2015],
  )
  test.each([
    ['the matrix', [NO, 4, 3, NO, NO]],
    ['matrix', [NO, 4, 3, NO, NO]],
    ['matr', [NO, 2, 2, NO, NO]],
    ['relo', [NO, NO, 0, NO, NO]],
    ['reloaded the', [NO, NO, 1, NO, NO]],
    ['matrix 1999', [NO, 4, NO, NO, NO]],
    ['1999', [NO, 1, NO, NO, NO]],
    ['1999 matrix', [NO, 1, NO, NO, NO]],
    ['leon', [3, NO, NO, NO, NO]],
    ['schindlers list', [NO, NO, NO, 4, NO]],
    ['DUNG khoc', [NO, NO, NO, NO, 4]],
    ['đừng khoc', [NO, NO, NO, NO, 4]],
    ['atrix', [NO, NO, NO, NO, NO]],
    ['matrix matrix', [NO, 1, 1, NO, NO]],
    ['', [NO, NO, NO, NO, NO]],
    ['?!', [NO, NO, NO, NO, NO]],
  ])('"%s"', (query, expected) => {
    expect(find(query)).toEqual(expected)
  })

  test('find nothing that is blocked', () => {
    expect(find('matrix', false, Uint8Array.of(0, 1, 0, 0, 0))).toEqual([NO, NO, 3, NO, NO])
  })
})

describe('a movie is known', () => {
  const titles = [
    'Seven (a.k.a. Se7en)',
    'City of God (Cidade de Deus)',
    'WALL·E',
    'Spider-Man 2',
    '2001: A Space Odyssey',
  ]
  const find = finder(titles, [1995, 2002, 2008, 2004, 1968])
  test.each([
    ['se7en', 0, 4],
    ['seven', 0, 4],
    ['cidade de deus', 1, 4],
    ['cidade de', 1, 3],
    ['cidade de d', 1, 2],
    ['city deus', 1, 1],
    ['wall e', 2, 4],
    ['walle', 2, 4],
    ['spiderman', 3, 3],
    ['spider man 2', 3, 4],
    ['2001', 4, 3],
    ['2001 a space odyssey 1968', 4, 4],
    ['aka', 0, NO],
  ])('by all its names: "%s"', (query, item, quality) => {
    expect(find(query)[item]).toEqual(quality)
  })
})

describe('typos', () => {
  const find = finder(['Inception', 'The Godfather', 'Alien', 'Aliens', 'Up'], [2010, 1972, 1979, 1986, 2009])
  test.each([
    // two letters swapped, one too few, one too many, another one: an edit each
    ['ailen', 2, 4 - 10],
    ['godfathr', 1, 4 - 10],
    ['inceptiion', 0, 4 - 10],
    ['inseptoin', 0, 4 - 20],
    ['the gofdather 1972', 1, 4 - 10],
    // a short word has none, and two are too many for five letters
    ['op', 4, NO],
    ['ilaen', 2, NO],
  ])('"%s"', (query, item, quality) => {
    expect(find(query, true)[item]).toEqual(quality)
    expect(find(query)[item]).toEqual(NO)
  })

  test('come behind what is spelt as the query is', () => {
    expect(find('aliens', true)).toEqual([NO, NO, 4 - 10, 4, NO])
  })

  test('are not taken for words of the query elsewhere', () => {
    expect(finder(['Dark Dork'], [2000])('dark', true)).toEqual([3])
  })
})

test('finds what a look at every title finds', () => {
  const word = fc.constantFrom('ab', 'abc', 'abd', 'b', 'bc', 'the', 'x1', '1999')
  const title = fc.array(word, { minLength: 1, maxLength: 4 }).map((some) => some.join(' '))
  const query = fc.array(word, { minLength: 1, maxLength: 3 }).map((some) => some.join(' '))
  fc.assert(
    fc.property(fc.array(title, { minLength: 1, maxLength: 8 }), query, (titles, asked) => {
      const found = finder(
        titles,
        titles.map(() => 1999),
      )(asked).map((quality) => quality >= 0)
      const plain = titles.map((each) =>
        words(asked).every((wanted) => wanted === '1999' || words(each).some((one) => one.startsWith(wanted))),
      )
      expect(found).toEqual(plain)
    }),
  )
})

test('edits are those of the shortest way, and cut off where they are too many', () => {
  const text = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), maxLength: 6 })
  fc.assert(
    fc.property(text, text, (a, b) => {
      const edits = editDistance(a, b, 99)
      expect(edits).toBe(plainDistance(a, b))
      expect(editDistance(b, a, 99)).toBe(edits)
      if (edits > 1) expect(editDistance(a, b, 1)).toBeGreaterThan(1)
    }),
  )
})

/** Optimal string alignment as it is defined. */
function plainDistance(a: string, b: string): number {
  if (a === '' || b === '') return a.length + b.length
  const ways = [
    plainDistance(a.slice(1), b) + 1,
    plainDistance(a, b.slice(1)) + 1,
    plainDistance(a.slice(1), b.slice(1)) + (a[0] === b[0] ? 0 : 1),
  ]
  if (a.length > 1 && b.length > 1 && a[0] === b[1] && a[1] === b[0])
    ways.push(plainDistance(a.slice(2), b.slice(2)) + 1)
  return Math.min(...ways)
}

describe('a movie is known by its local titles', () => {
  const local = [
    { itemIndex: 0, language: 'vi', title: 'Bố già' },
    { itemIndex: 1, language: 'vi', title: 'Hố đen tử thần' },
  ]
  const titles = ['The Godfather', 'Interstellar', 'Boys Don’t Cry', 'Boy and the Giant']
  const find = openTitles({
    numItems: titles.length,
    title: (item) => titles[item]!,
    localTitles: openLocalTitles(encodeLocalTitles(local)[0]![1], titles.length),
    years: Int16Array.from([1972, 2014, 1999, 2001]),
  })
  const found = (query: string, localNames: LocalNames, withTypos = false) => {
    const { items, qualities } = find(query, withTypos, new Uint8Array(titles.length), localNames)
    return titles.map((_, item) => (items.includes(item) ? qualities[items.indexOf(item)]! : NO))
  }

  test.each<[string, LocalNames, number[]]>([
    ['Bố già', 'behind', [4, NO, NO, 0]],
    ['bo gia', 'behind', [4, NO, NO, 0]],
    ['bo', 'behind', [-2, NO, 2, 2]],
    ['bo', 'alike', [3, NO, 2, 2]],
    ['bo', 'whole', [NO, NO, 2, 2]],
    ['hố đen', 'behind', [NO, -2, NO, NO]],
    ['hố đen', 'alike', [NO, 3, NO, NO]],
    ['interstellar hố đen', 'alike', [NO, 1, NO, NO]],
    ['bo gia', 'none', [NO, NO, NO, 0]],
    ['godfather', 'none', [4, NO, NO, NO]],
  ])('"%s", which counts %s', (query, localNames, expected) => {
    expect(found(query, localNames)).toEqual(expected)
  })

  test('despite a typo, which a whole name may have too', () => {
    expect(found('hố đen tử thaan', 'whole', true)).toEqual([NO, -6, NO, NO])
    expect(found('hố đen tử thaan', 'behind', true)).toEqual([NO, -6, NO, NO])
  })
})
