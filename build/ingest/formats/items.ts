import { type Format, STAGED_COLUMNS, type Staged } from '../reader.ts'
import { columnOf, looksOwn, openOwnTable, stageOwn } from './own-table.ts'
import { idText, listOf, sqlName, yearOf } from './own-values.ts'

/** between the values of a list, when the config says nothing */
const SEPARATOR = '|'
const LISTS = ['keywords', 'cast', 'directors']
const TEXTS = ['overview', 'tagline', 'language', 'poster', 'source']

/**
 * Own data: what there is to recommend, one row each: `itemId,title?,year?,genres?,overview?,…`, the columns mapped in the
 * config; movies or anything else. Without a title column the id is the title. Without a year column a year in brackets
 * behind the title is taken from it.
 */
export const items: Format = {
  needs: 'a .csv, .tsv or .parquet file with the columns itemId and title; others are mapped by columns',
  detect: async (path) => (await looksOwn(path, ['itemId', 'title'])) && !(await looksOwn(path, ['userId'])),
  files: async (path) => [path],
  async read(input) {
    const { source, database, handles } = input
    handles.progress.update('reading items', 0, 1)
    const table = await openOwnTable('items', input, ['runtime'])
    const { names } = table
    const column = (name: string) => columnOf(table, name)
    const separator = source.separator ?? SEPARATOR
    const list = (name: string) => (names.has(name) ? listOf(column(name), separator) : 'NULL')
    const text = (name: string) =>
      names.has(name) ? `nullif(trim(${sqlName(column(name).name)}::VARCHAR), '')` : 'NULL'
    const movieId = idText(column('itemId'))

    const movies = await stageOwn(
      'movies',
      table,
      { ...STAGED_COLUMNS.movies, movieId: 'VARCHAR' },
      {
        movieId,
        title: names.has('title') ? text('title') : movieId,
        genres: names.has('genres') ? `array_to_string(${list('genres')}, '|')` : 'NULL',
        year: names.has('year') ? yearOf(column('year')) : 'NULL',
      },
      database,
    )
    if (![...LISTS, ...TEXTS, 'runtime'].some((name) => names.has(name))) return [movies]
    const metadata = await stageOwn(
      'metadata',
      table,
      { ...STAGED_COLUMNS.metadata, movieId: 'VARCHAR' },
      {
        movieId,
        ...Object.fromEntries(TEXTS.map((name) => [name, text(name)])),
        ...Object.fromEntries(LISTS.map((name) => [name, list(name)])),
        ...Object.fromEntries(
          ['tmdbId', 'imdbId', 'title', 'year', 'genres', 'localTitles'].map((name) => [name, 'NULL']),
        ),
        runtime: names.has('runtime') ? minutesOf(column('runtime').name) : 'NULL',
      },
      database,
    )
    // one file, one report of the rows that cannot be read: the movies'
    return [movies, { ...metadata, rejected: [] } satisfies Staged]
  },
}

function minutesOf(name: string): string {
  const minutes = `try_cast(round(try_cast(${sqlName(name)} AS DOUBLE)) AS SMALLINT)`
  return `CASE WHEN ${minutes} > 0 THEN ${minutes} END`
}
