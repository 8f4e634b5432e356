import { join } from 'node:path'
import { requireFolder } from '../../io/files.ts'
import type { Format, Kind, ReaderInput, Staged } from '../reader.ts'
import { exists, inputFile, presentFile } from '../staging/input-file.ts'
import { stageCsv } from '../staging/stage-csv.ts'
import { PythonLiteralError, parsePythonLiteral } from '../text/python-literal.ts'
import { idOf, imdbIdOf, languageOf, minutesOf, posterOf, textOf, yearOf } from './metadata-fields.ts'
import { type MetadataCsv, RowError, readMetadataCsv } from './read-metadata-csv.ts'
import { castIn, directorsIn, ListError, namesIn } from './tmdb-lists.ts'

/** Rows that lost or gained columns; three records of the original are torn in two by a line end outside of quotes. */
const SHIFTED = 'columns are shifted'

const METADATA: Record<string, MetadataCsv> = {
  'movies_metadata.csv': {
    columns: [
      ...['adult', 'genres', 'id', 'imdb_id', 'overview', 'poster_path'],
      ...['release_date', 'runtime', 'tagline', 'title'],
    ],
    parse(fields) {
      if (!/^(?:true|false)$/iu.test(fields.adult)) throw new RowError(SHIFTED, 'True or False as adult')
      return {
        tmdbId: tmdbIdOf(fields.id),
        imdbId: imdbIdOf(fields.imdb_id),
        title: textOf(fields.title),
        year: yearOf(fields.release_date),
        genres: listOf(fields, 'genres', namesIn),
        overview: textOf(fields.overview),
        tagline: textOf(fields.tagline),
        runtime: minutesOf(fields.runtime),
        language: languageOf(fields.original_language),
        poster: posterOf(fields.poster_path),
      }
    },
  },
  'credits.csv': {
    columns: ['cast', 'crew', 'id'],
    parse: (fields) => ({
      tmdbId: tmdbIdOf(fields.id),
      cast: listOf(fields, 'cast', castIn),
      directors: listOf(fields, 'crew', directorsIn),
    }),
  },
  'keywords.csv': {
    columns: ['id', 'keywords'],
    parse: (fields) => ({ tmdbId: tmdbIdOf(fields.id), keywords: listOf(fields, 'keywords', namesIn) }),
  },
}

/** MovieLens' own, which the data set brings along; ratings.csv has the small ones' format and millions of rows. */
const MOVIELENS: { kind: Kind; name: string }[] = [
  { kind: 'links', name: 'links.csv' },
  { kind: 'ratings', name: 'ratings.csv' },
]

/**
 * Kaggle's "The Movies Dataset": a folder of CSV files with lists as Python writes them, by TMDB's id, and MovieLens'
 * ratings and links. Any of the three files of metadata will do alone.
 */
export const theMoviesDataset: Format = {
  needs: 'movies_metadata.csv, credits.csv or keywords.csv (links.csv and ratings.csv if they are there)',
  detect: async (folder) =>
    !(await exists(folder, 'movies.csv')) && (await present(folder, Object.keys(METADATA))).length > 0,
  files: async (folder) =>
    Promise.all(
      (await present(folder, [...Object.keys(METADATA), ...MOVIELENS.map(({ name }) => name)])).map((name) =>
        presentFile(join(folder, name)),
      ),
    ),
  async read(input: ReaderInput): Promise<Staged[]> {
    const { path, scratch, database, handles } = input
    await requireFolder(path, `the folder with ${Object.keys(METADATA).join(', ')}`)
    const staged: Staged[] = []
    for (const name of await present(path, Object.keys(METADATA))) {
      handles.signal.throwIfAborted()
      handles.progress.update(`reading ${name}`, staged.length, staged.length + 1)
      staged.push(await readMetadataCsv(join(path, name), METADATA[name], input))
    }
    for (const { kind, name } of MOVIELENS)
      if (await exists(path, name)) {
        handles.progress.update(`reading ${name}`, staged.length, staged.length + 1)
        staged.push(await stageCsv(kind, await inputFile(join(path, name), scratch), database))
      }
    return staged
  },
}

async function present(folder: string, names: readonly string[]): Promise<string[]> {
  const there = await Promise.all(names.map((name) => exists(folder, name)))
  return names.filter((_, index) => there[index])
}

function tmdbIdOf(field: string): number {
  const tmdbId = idOf(field)
  if (tmdbId === undefined) throw new RowError('id is not an id', 'a whole number above 0 as id')
  return tmdbId
}

/** An empty column is an empty list. */
function listOf(fields: Record<string, string>, name: string, read: (value: unknown) => string[]): string[] {
  const field = fields[name].trim()
  if (field === '') return []
  try {
    return read(parsePythonLiteral(field))
  } catch (error) {
    if (!(error instanceof PythonLiteralError || error instanceof ListError)) throw error
    throw new RowError(`${name} is not a list`, `a Python list of names as ${name} (${error.message})`)
  }
}
