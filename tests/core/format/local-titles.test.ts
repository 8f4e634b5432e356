import { describe, expect, test } from 'vitest'
import { NO_LOCAL_TITLES, openLocalTitles } from '#core/format/local-titles.ts'
import { ArtifactError } from '#core/format/open-table.ts'
import { LOCAL_TITLES } from '#core/format/tables.ts'
import { residentFiles } from '#core/model.ts'
import { encodeLocalTitles } from '../../../build/export/encode-local-titles.ts'
import { encodeTable } from '../../../build/export/encode-table.ts'

const TITLES = [
  { itemIndex: 1, language: 'fr', title: 'Le Parrain' },
  { itemIndex: 1, language: 'vi', title: 'Bố già' },
  { itemIndex: 1, language: 'vi', title: 'Cha đỡ đầu' },
  { itemIndex: 3, language: 'vi', title: 'Mắt biếc' },
]

const bytesOf = (titles: typeof TITLES) => encodeLocalTitles(titles)[0]![1]

describe('openLocalTitles', () => {
  const opened = openLocalTitles(bytesOf(TITLES), 4)

  test('gives back what was encoded', () => {
    expect([...opened.items]).toEqual([1, 1, 1, 3])
    expect(TITLES.map((_, row) => opened.title(row))).toEqual(TITLES.map(({ title }) => title))
  })

  test('shows a movie by its first title in a language', () => {
    expect(opened.shown(1, 'vi')).toBe('Bố già')
    expect(opened.shown(1, 'fr')).toBe('Le Parrain')
    expect(opened.shown(3, 'fr')).toBeUndefined()
    expect(opened.shown(3, 'en')).toBeUndefined()
    expect(opened.shown(2, 'vi')).toBeUndefined()
  })

  test('knows which titles a movie has', () => {
    expect([0, 1, 2, 3].map((item) => opened.rowsOf(item))).toEqual([
      { from: 0, to: 0 },
      { from: 0, to: 3 },
      { from: 3, to: 3 },
      { from: 3, to: 4 },
    ])
  })

  test('refuses a movie that the catalogue lacks, and movies out of order', () => {
    const message = (row: number, item: number, numItems: number) =>
      new ArtifactError(
        `local-titles.arrow: itemIndex ${item} in row ${row}, expected them to ascend and to be below ${numItems}`,
      )
    expect(() => openLocalTitles(bytesOf(TITLES), 3)).toThrow(message(3, 3, 3))
    expect(() => openLocalTitles(bytesOf(TITLES.toReversed()), 4)).toThrow(message(1, 1, 4))
  })

  test('refuses another version by name', () => {
    const columns = { itemIndex: new Int32Array(0), language: new Uint8Array(0), title: [] }
    expect(() => openLocalTitles(encodeTable({ ...LOCAL_TITLES, version: 2 }, 0, columns), 4)).toThrow(
      'local-titles.arrow: version 2, this reader knows 1',
    )
  })
})

test('a model without titles in other languages has no such file, and shows none', () => {
  expect(encodeLocalTitles([])).toEqual([])
  expect(residentFiles({ next: [] })).not.toContain('local-titles.arrow')
  expect(residentFiles({ next: [], localTitles: { languages: ['vi'], movies: 1 } })).toContain('local-titles.arrow')
  expect(NO_LOCAL_TITLES.shown(0, 'vi')).toBeUndefined()
})
