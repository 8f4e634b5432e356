import { expect, test } from 'vitest'
import { openTitles } from '#core/text/titles.ts'

const TITLES = ['Léon: The Professional', 'The Matrix', 'The Matrix Reloaded', "Schindler's List", 'Đừng Khóc']
const match = openTitles({
  numItems: TITLES.length,
  title: (item) => TITLES[item]!,
  years: Int16Array.of(1994, 1999, 2003, 1993, 2015),
})
const tiers = (query: string) => TITLES.map((_, item) => match(query)(item))

test.each([
  ['the matrix', [-1, 3, 2, -1, -1]],
  ['matrix', [-1, 1, 1, -1, -1]],
  ['matr', [-1, 0, 0, -1, -1]],
  ['reloaded the', [-1, -1, 1, -1, -1]],
  ['matrix 1999', [-1, 1, -1, -1, -1]],
  ['leon', [2, -1, -1, -1, -1]],
  ['schindlers list', [-1, -1, -1, 3, -1]],
  ['DUNG khoc', [-1, -1, -1, -1, 3]],
  ['atrix', [-1, -1, -1, -1, -1]],
  ['', [0, 0, 0, 0, 0]],
  ['?!', [-1, -1, -1, -1, -1]],
])('"%s" matches', (query, expected) => {
  expect(tiers(query)).toEqual(expected)
})
