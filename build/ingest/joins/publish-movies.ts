import type { Database } from '../../io/database.ts'
import type { Log } from '../../io/handles.ts'
import type { Staged } from '../reader.ts'
import { parseTitle } from '../text/title.ts'

const NO_GENRES = '(no genres listed)'
export const MOVIE_COLUMNS = '"movieId" INTEGER, title VARCHAR, year SMALLINT, genres VARCHAR[]'

/** The checked movies take their place in the Dataset: titles and years told apart, genres as lists. */
export async function publishMovies(table: string, database: Database): Promise<void> {
  const rows = await database.rows<{ movieId: number; title: string; genres: string | null; year: number | null }>(
    `SELECT "movieId", title, genres, year FROM ${table} ORDER BY rowid`,
  )
  // a year of its own says that the title has none in it
  const parsed = rows.map(({ title, year }) => (year === null ? parseTitle(title) : { title: title.trim(), year }))
  await database.run(`CREATE TABLE movies (${MOVIE_COLUMNS})`)
  await database.append('movies', [
    Int32Array.from(rows, ({ movieId }) => movieId),
    parsed.map(({ title }) => title),
    Int16Array.from(parsed, ({ year }) => year),
    rows.map(({ genres }) => parseGenres(genres ?? '')),
  ])
  await database.run(`DROP TABLE ${table}`)
}

/**
 * Own interactions may be with items that no table has: those are titled by their id. Not so where another source lists
 * the movies, as then an unknown id is a mistake.
 */
export async function addUnlisted(staged: readonly Staged[], database: Database, log: Log): Promise<void> {
  const ratings = staged.find(({ kind }) => kind === 'ratings')
  const movies = staged.find(({ kind }) => kind === 'movies')
  if (ratings?.textIds === undefined || (movies !== undefined && movies.textIds === undefined)) return
  const before = await database.count('SELECT count(*) FROM movies')
  await database.run(`
    INSERT INTO movies SELECT "movieId", coalesce(id, "movieId"::VARCHAR), 0, []
    FROM (SELECT DISTINCT "movieId" FROM ${ratings.table} ANTI JOIN movies USING ("movieId") WHERE "movieId" > 0)
      LEFT JOIN item_ids USING ("movieId") ORDER BY "movieId"`)
  const added = (await database.count('SELECT count(*) FROM movies')) - before
  if (added > 0 && before > 0) log.warn(`${ratings.file}: ${added} items are in no table of items: titled by their id`)
}

function parseGenres(genres: string): string[] {
  if (genres.trim() === NO_GENRES) return []
  return genres
    .split('|')
    .map((genre) => genre.trim())
    .filter((genre) => genre !== '')
}
