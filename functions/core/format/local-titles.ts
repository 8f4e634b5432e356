import { firstFrom } from '../sorted.ts'
import { ArtifactError, openTable } from './open-table.ts'
import { LOCAL_TITLES } from './tables.ts'

export const LOCAL_TITLES_FILE = 'local-titles.arrow'

/** Titles of movies in other languages than the catalogue's. */
export interface LocalTitles {
  numTitles: number
  /** itemIndex of each title, ascending */
  items: Int32Array
  title(row: number): string
  /** a movie's titles: rows [from, to) */
  rowsOf(itemIndex: number): { from: number; to: number }
  /** The title that a movie is shown by in a language; undefined where it has none. O(log titles). */
  shown(itemIndex: number, language: string): string | undefined
}

export const NO_LOCAL_TITLES: LocalTitles = {
  numTitles: 0,
  items: new Int32Array(0),
  title: (row) => {
    throw new RangeError(`local title ${row} of none`)
  },
  rowsOf: () => ({ from: 0, to: 0 }),
  shown: () => undefined,
}

/** @throws {ArtifactError} when the bytes are no such table, or it has a movie that the catalogue lacks */
export function openLocalTitles(bytes: Uint8Array, numItems: number): LocalTitles {
  const table = openTable(LOCAL_TITLES_FILE, bytes, LOCAL_TITLES)
  const items = table.numbers<Int32Array>('itemIndex')
  const languages = table.numbers<Uint8Array>('language')
  const codes = JSON.parse(table.metadata.get('languages') ?? '[]') as string[]
  for (let row = 0; row < items.length; row++)
    if (!(items[row]! >= (items[row - 1] ?? 0) && items[row]! < numItems))
      throw new ArtifactError(
        `${LOCAL_TITLES_FILE}: itemIndex ${items[row]} in row ${row}, expected them to ascend and to be below ${numItems}`,
      )
  const rowsOf = (itemIndex: number) => {
    const from = firstFrom(items.length, (row) => items[row]! < itemIndex)
    let to = from
    while (to < items.length && items[to] === itemIndex) to++
    return { from, to }
  }
  // those that were asked for
  const titles = new Array<string | undefined>(items.length)
  const title = (row: number) => (titles[row] ??= table.text('title', row))
  return {
    numTitles: items.length,
    items,
    title,
    rowsOf,
    shown(itemIndex, language) {
      const wanted = codes.indexOf(language)
      const { from, to } = rowsOf(itemIndex)
      for (let row = from; row < to; row++) if (languages[row] === wanted) return title(row)
      return undefined
    },
  }
}
