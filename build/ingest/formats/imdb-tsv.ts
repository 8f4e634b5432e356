import { createReadStream } from 'node:fs'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGunzip } from 'node:zlib'
import { type Database, quote } from '../../io/database.ts'
import { DataError, hashFile, READ_BYTES, requireFolder } from '../../io/files.ts'
import type { Dropped, Format, ReaderInput, Staged } from '../reader.ts'
import { exists, presentFile } from '../staging/input-file.ts'
import { shown } from '../staging/locate.ts'
import { createMetadataTable } from '../staging/stage-metadata.ts'
import { type TitleLanguage, titleLanguagesOf } from '../text/title-languages.ts'
import { MAX_CAST } from './metadata-fields.ts'

const WIDTH = 'another number of columns'
/** rows shown of each reason */
const SHOWN_ROWS = 3

const COLUMNS = {
  'title.basics.tsv': [
    ...['tconst', 'titleType', 'primaryTitle', 'originalTitle', 'isAdult', 'startYear', 'endYear', 'runtimeMinutes'],
    'genres',
  ],
  'title.crew.tsv': ['tconst', 'directors', 'writers'],
  'title.principals.tsv': ['tconst', 'ordering', 'nconst', 'category', 'job', 'characters'],
  'title.akas.tsv': [
    ...['titleId', 'ordering', 'title', 'region', 'language', 'types', 'attributes', 'isOriginalTitle'],
  ],
  'name.basics.tsv': ['nconst', 'primaryName', 'birthYear', 'deathYear', 'primaryProfession', 'knownForTitles'],
}
type FileName = keyof typeof COLUMNS

/** one column of whole lines: told to split a short line, DuckDB 1.5 ends with a fatal error (rejects and left-out columns) */
const NO_DELIMITER = '\x1f'
/** the people of a title, in the list's order */
const PEOPLE_OF = `
  SELECT "imdbId", list("primaryName" ORDER BY place) AS people FROM wanted_people JOIN imdb_names USING (nconst)
  GROUP BY "imdbId"`

interface Read {
  /** the rows of metadata that come from `imdb_rows`, which has the file's columns and imdbId */
  metadata: string
  people?: string
  /** of the lines, which are wanted at all; of the cells as they stand in `line` */
  wanted?: string
}

function readsOf(languages: readonly TitleLanguage[]): Record<Exclude<FileName, 'name.basics.tsv'>, Read> {
  return { ...READ, 'title.akas.tsv': titlesIn(languages) }
}

/** Of a title in a country no language is told as a rule. Those that IMDb shows come first, the working titles nowhere. */
function titlesIn(languages: readonly TitleLanguage[]): Read {
  const cell = (name: string) => `split_part(line, chr(9), ${COLUMNS['title.akas.tsv'].indexOf(name) + 1})`
  const is = ({ language, region }: TitleLanguage, of: (name: string) => string) => {
    const inRegion = region === null ? 'false' : `(${of('language')} = '\\N' AND ${of('region')} = '${region}')`
    return `(${of('language')} = '${language}' OR ${inRegion})`
  }
  const column = (name: string) => `coalesce("${name}", '\\N')`
  const code = languages.map((wanted) => `WHEN ${is(wanted, column)} THEN '${wanted.language}'`).join(' ')
  return {
    wanted: languages.map((wanted) => is(wanted, cell)).join(' OR ') || 'false',
    metadata: `
      SELECT "imdbId", list(CASE ${code || 'WHEN true THEN NULL'} END || ' ' || nfc_normalize(trim(title))
        ORDER BY types IS DISTINCT FROM 'imdbDisplay', try_cast("ordering" AS INTEGER)) AS "localTitles"
      FROM imdb_rows
      WHERE trim(title) <> '' AND "isOriginalTitle" IS DISTINCT FROM '1' AND types IS DISTINCT FROM 'working'
      GROUP BY "imdbId"`,
  }
}

const READ: Record<Exclude<FileName, 'name.basics.tsv' | 'title.akas.tsv'>, Read> = {
  'title.basics.tsv': {
    metadata: `
      SELECT "imdbId", "primaryTitle" AS title, try_cast("startYear" AS SMALLINT) AS year,
        try_cast("runtimeMinutes" AS SMALLINT) AS runtime, string_split(genres, ',') AS genres FROM imdb_rows`,
  },
  'title.crew.tsv': {
    people: "unnest(string_split(directors, ','))",
    metadata: `
      WITH wanted_people AS (
        SELECT "imdbId", unnest(string_split(directors, ',')) AS nconst,
          generate_subscripts(string_split(directors, ','), 1) AS place
        FROM imdb_rows WHERE directors IS NOT NULL)
      SELECT "imdbId", people AS directors FROM (${PEOPLE_OF})`,
  },
  'title.principals.tsv': {
    people: 'nconst',
    metadata: `
      WITH wanted_people AS (
        FROM (SELECT "imdbId", nconst, min(try_cast("ordering" AS INTEGER)) AS place FROM imdb_rows
              WHERE category IN ('actor', 'actress', 'self') GROUP BY "imdbId", nconst)
        QUALIFY row_number() OVER (PARTITION BY "imdbId" ORDER BY place, nconst) <= ${MAX_CAST})
      SELECT "imdbId", people AS "cast" FROM (${PEOPLE_OF})`,
  },
}

/**
 * IMDb's daily files (developer.imdb.com/non-commercial-datasets), plain or gzipped: millions of titles and people, so
 * that DuckDB streams through them and keeps only the titles that an earlier source's links name.
 */
export const imdbTsv: Format = {
  needs:
    'title.basics.tsv, title.akas.tsv, or title.crew.tsv or title.principals.tsv with name.basics.tsv (or .tsv.gz)',
  detect: async (folder) => (await readable(folder)).length > 0,
  files: async (folder) => {
    const names: FileName[] = await readable(folder)
    if (await exists(folder, 'name.basics.tsv')) names.push('name.basics.tsv')
    return Promise.all(names.map((name) => presentFile(join(folder, name))))
  },
  async read({ path, titleLanguages, database, handles }: ReaderInput): Promise<Staged[]> {
    await requireFolder(path, 'the folder with title.basics.tsv and the other files of IMDb')
    const wanted = (name: string) => name !== 'title.akas.tsv' || titleLanguages.length > 0
    const names = (await readable(path)).filter(wanted)
    const reads = readsOf(titleLanguagesOf(titleLanguages))
    await createWanted(path, database)
    const staged: Staged[] = []
    for (const name of names) {
      handles.signal.throwIfAborted()
      handles.progress.update(`reading ${name}`, staged.length, names.length)
      staged.push(await stage(path, name, reads[name], database))
    }
    await database.run('DROP TABLE wanted_titles')
    return staged
  },
}

async function readable(folder: string): Promise<Exclude<FileName, 'name.basics.tsv'>[]> {
  const hasNames = await exists(folder, 'name.basics.tsv')
  const reads = readsOf([])
  const found: (keyof typeof reads)[] = []
  for (const name of Object.keys(reads) as (keyof typeof reads)[])
    if ((hasNames || reads[name].people === undefined) && (await exists(folder, name))) found.push(name)
  return found
}

/** The titles that links name, whether these are checked already or only staged. */
async function createWanted(path: string, database: Database): Promise<void> {
  const [links] = await database.rows<{ name: string }>(
    `SELECT table_name AS name FROM duckdb_tables() WHERE regexp_matches(table_name, '^(.*staged_)?links$') LIMIT 1`,
  )
  if (links === undefined)
    throw new DataError(
      `${path}: found no links to IMDb in the sources before it, expected one with links.csv: IMDb lists ten million titles`,
    )
  await database.run(
    `CREATE TABLE wanted_titles AS SELECT DISTINCT 'tt' || lpad("imdbId"::VARCHAR, greatest(7, len("imdbId"::VARCHAR))::INTEGER, '0') AS key
    FROM ${links.name} WHERE "imdbId" > 0`,
  )
}

async function stage(
  folder: string,
  name: Exclude<FileName, 'name.basics.tsv'>,
  { metadata, people, wanted: lines = 'true' }: Read,
  database: Database,
): Promise<Staged> {
  const file = await presentFile(join(folder, name))
  const hashed = await hashFile(file)
  const wantedTitles = { file, name, into: 'imdb_rows', wanted: 'FROM wanted_titles', lines }
  const { total, rejected } = await readTsv(wantedTitles, database)
  await database.run(
    `ALTER TABLE imdb_rows ADD COLUMN "imdbId" INTEGER; UPDATE imdb_rows SET "imdbId" = substr("${COLUMNS[name][0]}", 3)`,
  )
  if (people !== undefined) {
    const names = await presentFile(join(folder, 'name.basics.tsv'))
    const wanted = `SELECT ${people} FROM imdb_rows`
    await readTsv({ file: names, name: 'name.basics.tsv', into: 'imdb_names', wanted, lines: 'true' }, database)
  }
  const about = await database.count('SELECT count(*) FROM imdb_rows')
  const table = await createMetadataTable(database)
  await database.run(`INSERT INTO ${table} BY NAME ${metadata} ORDER BY "imdbId"`)
  await database.run(`DROP TABLE imdb_rows; DROP TABLE IF EXISTS imdb_names`)
  const rows = await database.count(`SELECT count(*) FROM ${table}`)
  const without = (reason: string, dropped: number): Dropped[] =>
    dropped > 0 ? [{ reason, rows: dropped, bad: false, first: [] }] : []
  return {
    ...{ kind: 'metadata', table, file, ...hashed, rows },
    rejected: [
      ...rejected,
      ...without(
        `a title that no link names${lines === 'true' ? '' : ', or in none of data.titleLanguages'}`,
        total - about,
      ),
      ...without('nobody of interest, or one row with others of its title', about - rows),
    ],
    // what is staged is made of several lines; what speaks against a line was found while reading it
    locate: async (rowids) =>
      Promise.all(
        rowids.map(async (rowid) => {
          const [row] = await database.rows(`FROM ${table} WHERE rowid = ${rowid}`)
          return { line: 1, text: shown(JSON.stringify(row)) }
        }),
      ),
  }
}

/**
 * Stream through a tab-separated file of IMDb, `\\N` being NULL: no quotes, so that every line is a row.
 * @param wanted query of the first columns of the rows that go into the table `into`
 * @param lines what else holds for them
 * @returns all rows of the file that are text, and those that are not, or are wanted and have another width
 */
async function readTsv(
  { file, name, into, wanted, lines: also }: Record<'file' | 'into' | 'wanted' | 'lines', string> & { name: FileName },
  database: Database,
): Promise<{ total: number; rejected: Dropped[] }> {
  const columns = COLUMNS[name]
  if (file.endsWith('.gz')) await checkGzip(file)
  const lines = `read_csv(${quote(file)}, auto_detect = false, header = false, delim = '${NO_DELIMITER}', quote = '', escape = '',
    columns = {'line': 'VARCHAR'}, store_rejects = true, rejects_table = 'tsv_rejects', rejects_scan = 'tsv_scans',
    rejects_limit = 0)`
  const cells = columns.map((column, index) => `nullif(cells[${index + 1}], '\\N') AS "${column}"`)
  try {
    await checkHeader(file, columns, lines, database)
    await database.run(`
      CREATE TABLE wanted_lines AS
      SELECT number, line, string_split(line, chr(9)) AS cells
      FROM (SELECT row_number() OVER () AS number, line FROM ${lines})
      WHERE number > 1 AND split_part(line, chr(9), 1) IN (${wanted}) AND (${also});
      CREATE TABLE ${into} AS SELECT ${cells.join(', ')} FROM wanted_lines WHERE len(cells) = ${columns.length}`)
    const rejected = await readRejects(columns.length, database)
    await database.run('DROP TABLE tsv_rejects; DROP TABLE tsv_scans')
    const total = (await database.count(`SELECT count(*) FROM ${lines}`)) - 1
    return {
      total: total - rejected.reduce((sum, { reason, rows }) => sum + (reason === WIDTH ? rows : 0), 0),
      rejected,
    }
  } catch (cause) {
    if (cause instanceof DataError) throw cause
    throw new DataError(`${file}: DuckDB cannot read it as lines (${(cause as Error).message.split('\n', 1)[0]})`, {
      cause,
    })
  } finally {
    for (const table of ['tsv_rejects', 'tsv_scans', 'wanted_lines'])
      await database.run(`DROP TABLE IF EXISTS ${table}`)
  }
}

/** DuckDB takes what a gzip stream gives until it breaks off, and says nothing. */
async function checkGzip(file: string): Promise<void> {
  const discard = new Writable({ write: (_chunk, _encoding, done) => done() })
  try {
    await pipeline(
      createReadStream(file, { highWaterMark: READ_BYTES }),
      createGunzip({ chunkSize: READ_BYTES }),
      discard,
    )
  } catch (cause) {
    if (!/^Z_/u.test((cause as NodeJS.ErrnoException).code ?? '')) throw cause
    throw new DataError(`${file}: found a damaged gzip stream (${(cause as Error).message}), expected a whole one`, {
      cause,
    })
  }
}

async function checkHeader(file: string, columns: readonly string[], lines: string, database: Database): Promise<void> {
  const [first] = await database.rows<{ line: string | null }>(`SELECT line FROM ${lines} LIMIT 1`)
  await database.run('DROP TABLE tsv_rejects; DROP TABLE tsv_scans')
  if (first?.line !== columns.join('\t'))
    throw new DataError(`${file}:1: found the columns ${shown(first?.line ?? '')}, expected "${columns.join('\\t')}"`)
}

async function readRejects(columns: number, database: Database): Promise<Dropped[]> {
  const rows = await database.rows<{ reason: string; rows: number; line: number; text: string }>(`
    SELECT reason, count(*) OVER (PARTITION BY reason) AS "rows", line, text
    FROM (SELECT line, if(any_value(error_type::VARCHAR) = 'INVALID ENCODING', 'not UTF-8', 'not a line of text') AS reason,
            any_value(csv_line) AS text FROM tsv_rejects GROUP BY line
          UNION ALL SELECT number, '${WIDTH}', line FROM wanted_lines WHERE len(cells) <> ${columns})
    QUALIFY row_number() OVER (PARTITION BY reason ORDER BY line) <= ${SHOWN_ROWS} ORDER BY line`)
  const dropped = new Map<string, Dropped>()
  for (const { reason, rows: count, line, text } of rows) {
    const expected = reason === WIDTH ? `${columns} columns between tabs` : 'text in UTF-8'
    const group = dropped.get(reason) ?? { reason, rows: count, bad: true, first: [] }
    dropped.set(reason, group)
    group.first.push({ line, found: shown(text ?? ''), expected })
  }
  return [...dropped.values()]
}
