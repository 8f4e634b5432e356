import type { Database } from '../../io/database.ts'
import type { StepHandles } from '../../io/handles.ts'
import type { JoinReport } from '../../nouns.ts'
import { STAGED_COLUMNS, type Staged } from '../reader.ts'
import { parseTitle } from '../text/title.ts'
import { matchTitles } from './match-titles.ts'

/** How a row may find its movie, the surest way first; the place in this list is the `key` of the tables below. */
const KEYS = ['byMovieId', 'byTmdbId', 'byImdbId', 'byTitle'] as const
const BY_TITLE = KEYS.indexOf('byTitle')

/** columns of the staged tables that say which movie a row is about, or that the tables `movies` and `local_titles` have */
const NOT_MERGED = new Set(['movieId', 'tmdbId', 'imdbId', 'title', 'year', 'genres', 'localTitles'])

type CheckedTable = Pick<Staged, 'table' | 'file'>

/**
 * Merge checked tables of kind metadata into the Dataset's `metadata`, one row a movie, and `local_titles`: every row finds its movie by
 * movieId, else tmdbId, else imdbId, else title and year; of several rows of one table about a movie the surest counts,
 * then the first; and each field is that of the first table that has any. An id that a row brings along for its movie
 * is known to the tables after it, so that credits by tmdbId join where only titles do.
 * @param tables the most trusted first; they are dropped
 * @returns how the rows of each table found their movies; coverage goes to the log
 */
export async function joinMetadata(
  tables: readonly CheckedTable[],
  database: Database,
  handles: StepHandles,
): Promise<JoinReport[]> {
  const hasLinks = await exists('links', database)
  await database.run(`
    CREATE TABLE known_ids AS
    ${hasLinks ? 'SELECT "movieId", "tmdbId", "imdbId" FROM links' : 'SELECT "movieId", NULL::INTEGER AS "tmdbId", NULL::INTEGER AS "imdbId" FROM movies WHERE false'};
    CREATE TABLE merged (place INTEGER, "movieId" INTEGER, ${mergedColumns()
      .map(([name, type]) => `"${name}" ${type}`)
      .join(', ')});
    CREATE TABLE named (place INTEGER, "row" BIGINT, "movieId" INTEGER, "localTitles" VARCHAR[])`)
  const reports: JoinReport[] = []
  for (const [place, { table, file }] of tables.entries()) {
    handles.signal.throwIfAborted()
    handles.progress.update('joining texts', place, tables.length)
    await resolveByIds(table, database)
    await resolveByTitle(table, database)
    reports.push(await reportOf(table, file, database))
    await take(table, place, database)
  }
  await database.run(`
    CREATE TABLE metadata AS SELECT "movieId", ${mergedColumns().map(firstNonEmpty).join(', ')}
    FROM merged GROUP BY "movieId" ORDER BY "movieId";
    DROP TABLE merged; DROP TABLE known_ids`)
  await publishLocalTitles(database)
  for (const report of reports) handles.log.info(sentenceOf(report))
  if (tables.length > 0) await logCoverage(database, handles)
  return reports
}

/** `resolved(row, key, movieId)`: by the surest id that leads to a movie; to several where several bear that id. */
async function resolveByIds(table: string, database: Database): Promise<void> {
  const byLink = (id: string, key: number) => `
    SELECT DISTINCT t.rowid, ${key}, known."movieId" FROM ${table} t JOIN known_ids known USING ("${id}")
    WHERE known."movieId" IN (SELECT "movieId" FROM movies)`
  await database.run(`
    CREATE TABLE resolved AS
    SELECT * FROM (
      SELECT t.rowid AS "row", 0 AS key, "movieId" FROM ${table} t SEMI JOIN movies USING ("movieId")
      UNION ALL ${byLink('tmdbId', 1)} UNION ALL ${byLink('imdbId', 2)})
    QUALIFY key = min(key) OVER (PARTITION BY "row")`)
}

interface Titled {
  title: string
  year: number
  tmdbId: number | null
  imdbId: number | null
}

/** Rows and movies that no id brought together; where both have an id of one kind, it must not contradict. */
async function resolveByTitle(table: string, database: Database): Promise<void> {
  const entries = await database.rows<Titled & { row: number }>(`
    SELECT rowid AS "row", title, year, "tmdbId", "imdbId" FROM ${table}
    WHERE year > 0 AND title <> '' AND rowid NOT IN (SELECT "row" FROM resolved) ORDER BY rowid`)
  if (entries.length === 0) return
  const movies = await database.rows<Titled & { movieId: number }>(`
    SELECT "movieId", any_value(title) AS title, any_value(year) AS year,
      any_value("tmdbId") AS "tmdbId", any_value("imdbId") AS "imdbId"
    FROM movies LEFT JOIN known_ids USING ("movieId")
    WHERE year > 0 AND "movieId" NOT IN (SELECT "movieId" FROM resolved) GROUP BY "movieId" ORDER BY "movieId"`)
  const named = ({ title, year }: Titled) => ({ names: parseTitle(title).names, year })
  const agrees = (one: number | null, other: number | null) => one === null || other === null || one === other
  const matched = matchTitles(
    movies.map(named),
    entries.map(named),
    (movie, entry) =>
      agrees(movies[movie].tmdbId, entries[entry].tmdbId) && agrees(movies[movie].imdbId, entries[entry].imdbId),
  )
  const pairs = [...matched].sort(([a], [b]) => a - b)
  await database.run(`CREATE TABLE titled ("row" BIGINT, key INTEGER, "movieId" INTEGER)`)
  await database.append('titled', [
    pairs.map(([entry]) => BigInt(entries[entry].row)),
    Int32Array.from(pairs, () => BY_TITLE),
    Int32Array.from(pairs, ([, movie]) => movies[movie].movieId),
  ])
  await database.run('INSERT INTO resolved FROM titled; DROP TABLE titled')
}

async function reportOf(table: string, file: string, database: Database): Promise<JoinReport> {
  const rows = await database.count(`SELECT count(*) FROM ${table}`)
  const counts = await database.rows<{ key: number; rows: number }>(
    'SELECT key, count(DISTINCT "row") AS "rows" FROM resolved GROUP BY key',
  )
  const by = KEYS.map((_, key) => counts.find((count) => count.key === key)?.rows ?? 0)
  const matched = by.reduce((sum, count) => sum + count, 0)
  const [byMovieId, byTmdbId, byImdbId, byTitle] = by
  return { source: file, rows, byMovieId, byTmdbId, byImdbId, byTitle, unmatched: rows - matched }
}

/** Move what was resolved into `merged`, and its ids to those known. */
async function take(table: string, place: number, database: Database): Promise<void> {
  const names = mergedColumns().map(([name]) => `t."${name}"`)
  await database.run(`
    INSERT INTO known_ids
    SELECT r."movieId", t."tmdbId", t."imdbId" FROM resolved r JOIN ${table} t ON t.rowid = r."row"
    WHERE coalesce(t."tmdbId", t."imdbId") IS NOT NULL
      AND r.key <> ${KEYS.indexOf('byTmdbId')} ORDER BY r."row", r."movieId";
    INSERT INTO merged
    SELECT ${place}, r."movieId", ${names.join(', ')}
    FROM (FROM resolved QUALIFY row_number() OVER (PARTITION BY "movieId" ORDER BY key, "row") = 1) r
    JOIN ${table} t ON t.rowid = r."row";
    INSERT INTO named
    SELECT ${place}, r."row", r."movieId", t."localTitles" FROM resolved r JOIN ${table} t ON t.rowid = r."row"
    WHERE len(t."localTitles") > 0;
    DROP TABLE resolved; DROP TABLE ${table}`)
}

/** Titles of all tables, those of the first before the others'; each once, and none that is the movie's title anyway. */
async function publishLocalTitles(database: Database): Promise<void> {
  await database.run(`
    CREATE TABLE local_titles AS
    SELECT "movieId", language, title,
      (row_number() OVER (PARTITION BY "movieId", language ORDER BY place, "row", nth) - 1)::INTEGER AS position
    FROM (
      SELECT "movieId", place, "row", nth, split_part(entry, ' ', 1) AS language,
        substr(entry, strpos(entry, ' ') + 1) AS title
      FROM (SELECT *, unnest("localTitles") AS entry, unnest(range(len("localTitles"))) AS nth FROM named)
      QUALIFY row_number() OVER (PARTITION BY "movieId", language, lower(title) ORDER BY place, "row", nth) = 1) found
    ANTI JOIN movies ON movies."movieId" = found."movieId"
      AND strip_accents(lower(movies.title)) = strip_accents(lower(found.title))
    ORDER BY "movieId", language, position;
    DROP TABLE named`)
}

function mergedColumns(): [string, string][] {
  return Object.entries(STAGED_COLUMNS.metadata).filter(([name]) => !NOT_MERGED.has(name))
}

/** Of an empty field '', [] or 0. The page that an overview is from stays with that overview. */
function firstNonEmpty([name, type]: [string, string]): string {
  const [has, empty] =
    type === 'VARCHAR[]'
      ? [`len("${name}") > 0`, '[]']
      : type === 'VARCHAR'
        ? [`trim("${name}") <> ''`, "''"]
        : [`"${name}" > 0`, '0']
  const where = name === 'source' ? "trim(overview) <> ''" : has
  return `coalesce(arg_min("${name}", place) FILTER (WHERE ${where}), ${empty})::${type} AS "${name}"`
}

function sentenceOf({ source, rows, byMovieId, byTmdbId, byImdbId, byTitle, unmatched }: JoinReport): string {
  const by = { movieId: byMovieId, tmdbId: byTmdbId, imdbId: byImdbId, 'title and year': byTitle }
  const found = Object.entries(by).flatMap(([key, count]) => (count > 0 ? [`${count} by ${key}`] : []))
  return `${source}: of ${rows} rows joined ${found.join(', ') || 'none'}; ${unmatched} are about no known movie`
}

/** Shares of films, and of the ratings given to them, that have each text. */
async function logCoverage(database: Database, { log }: StepHandles): Promise<void> {
  const rated = (await exists('ratings', database))
    ? 'SELECT "movieId", count(*) AS ratings FROM ratings GROUP BY ALL'
    : 'SELECT "movieId", 0 AS ratings FROM movies WHERE false'
  const having = {
    overview: "overview <> ''",
    cast: 'len("cast") > 0',
    directors: 'len(directors) > 0',
    keywords: 'len(keywords) > 0',
  }
  const shares = Object.entries(having).map(
    ([name, has]) =>
      `{films: avg((${has})::INTEGER), ratings: sum(ratings) FILTER (WHERE ${has}) / sum(ratings)} AS "${name}"`,
  )
  const [row] = await database.rows<Record<string, { films: number | null; ratings: number | null }>>(`
    SELECT ${shares.join(', ')}
    FROM (SELECT coalesce(overview, '') AS overview, coalesce("cast", []) AS "cast", coalesce(directors, []) AS directors,
            coalesce(keywords, []) AS keywords, coalesce(ratings, 0) AS ratings
          FROM movies LEFT JOIN metadata USING ("movieId") LEFT JOIN (${rated}) USING ("movieId"))`)
  const percent = (share: number | null) => `${((share ?? 0) * 100).toFixed(1)} %`
  const covered = Object.entries(row).map(
    ([name, { films, ratings }]) => `${name} ${percent(films)} of movies and ${percent(ratings)} of ratings`,
  )
  log.info(`texts cover: ${covered.join('; ')}`)
}

async function exists(table: string, database: Database): Promise<boolean> {
  return (await database.count(`SELECT count(*) FROM duckdb_tables() WHERE table_name = '${table}'`)) > 0
}
