import { join } from 'node:path'
import { requireFolder } from '../../io/files.ts'
import type { Format, ReaderInput, Staged } from '../reader.ts'
import { exists, presentFile } from '../staging/input-file.ts'
import { idOf, languageOf, minutesOf, textOf, yearOf } from './metadata-fields.ts'
import { type MetadataCsv, RowError, readMetadataCsv } from './read-metadata-csv.ts'
import { castIn, directorsIn, ListError, namesIn } from './tmdb-lists.ts'

const FILES: Record<string, MetadataCsv> = {
  'tmdb_5000_movies.csv': {
    columns: ['genres', 'id', 'keywords', 'overview', 'release_date', 'runtime', 'tagline', 'title'],
    parse: (fields) => ({
      tmdbId: tmdbIdOf(fields, 'id'),
      title: textOf(fields.title),
      year: yearOf(fields.release_date),
      genres: listOf(fields, 'genres', namesIn),
      keywords: listOf(fields, 'keywords', namesIn),
      overview: textOf(fields.overview),
      tagline: textOf(fields.tagline),
      runtime: minutesOf(fields.runtime),
      language: languageOf(fields.original_language),
    }),
  },
  'tmdb_5000_credits.csv': {
    columns: ['movie_id', 'title', 'cast', 'crew'],
    parse: (fields) => ({
      tmdbId: tmdbIdOf(fields, 'movie_id'),
      title: textOf(fields.title),
      cast: listOf(fields, 'cast', castIn),
      directors: listOf(fields, 'crew', directorsIn),
    }),
  },
}

/** Kaggle's "TMDB 5000 Movie Dataset": two CSV files with lists in JSON, by TMDB's id; either will do alone. */
export const tmdb5000: Format = {
  needs: Object.keys(FILES).join(' or '),
  detect: async (folder) => (await present(folder)).length > 0,
  files: async (folder) => Promise.all((await present(folder)).map((name) => presentFile(join(folder, name)))),
  async read(input: ReaderInput): Promise<Staged[]> {
    await requireFolder(input.path, `the folder with ${Object.keys(FILES).join(' and ')}`)
    const staged: Staged[] = []
    for (const name of await present(input.path)) {
      input.handles.signal.throwIfAborted()
      input.handles.progress.update(`reading ${name}`, staged.length, 2)
      staged.push(await readMetadataCsv(join(input.path, name), FILES[name], input))
    }
    return staged
  },
}

async function present(folder: string): Promise<string[]> {
  const there: string[] = []
  for (const name of Object.keys(FILES)) if (await exists(folder, name)) there.push(name)
  return there
}

function tmdbIdOf(fields: Record<string, string>, name: string): number {
  const tmdbId = idOf(fields[name])
  if (tmdbId === undefined) throw new RowError(`${name} is not an id`, `a whole number above 0 as ${name}`)
  return tmdbId
}

function listOf(fields: Record<string, string>, name: string, read: (value: unknown) => string[]): string[] {
  try {
    return read(JSON.parse(fields[name].trim() || '[]'))
  } catch (error) {
    if (!(error instanceof SyntaxError || error instanceof ListError)) throw error
    throw new RowError(`${name} is not a list`, `a JSON list of names as ${name} (${error.message})`)
  }
}
