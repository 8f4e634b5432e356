import { readdir, stat } from 'node:fs/promises'
import { basename } from 'node:path'
import type { SourceFormat } from '#core/schemas/config.ts'
import { DataError } from '../../io/files.ts'
import { listed } from '../../io/table.ts'
import type { Format } from '../reader.ts'
import { requirePath } from '../staging/input-file.ts'
import { imdbTsv } from './imdb-tsv.ts'
import { interactions } from './interactions.ts'
import { items } from './items.ts'
import { localTitles } from './local-titles.ts'
import { movieText } from './movie-text.ts'
import { movielens100k } from './movielens-100k.ts'
import { movielensCsv } from './movielens-csv.ts'
import { movielensDat } from './movielens-dat.ts'
import { omdb } from './omdb.ts'
import { theMoviesDataset } from './the-movies-dataset.ts'
import { tmdb5000 } from './tmdb-5000.ts'
import { tmdbApi } from './tmdb-api.ts'
import { tmdbPipe } from './tmdb-pipe.ts'
import { wikipedia } from './wikipedia.ts'

/** Every format that is read, by its name in the config (SOURCE_FORMATS). */
export const FORMATS: Record<SourceFormat, Format> = {
  'movielens-csv': movielensCsv,
  'movielens-dat': movielensDat,
  'movielens-100k': movielens100k,
  interactions,
  items,
  'movie-text': movieText,
  'the-movies-dataset': theMoviesDataset,
  'tmdb-5000': tmdb5000,
  'tmdb-pipe': tmdbPipe,
  'tmdb-api': tmdbApi,
  'imdb-tsv': imdbTsv,
  wikipedia,
  omdb,
  'local-titles': localTitles,
}

/**
 * The one format that a file or folder looks like.
 * @throws {DataError} when none does, or several do: what was found, and what each format would need
 */
export async function detectFormat(path: string): Promise<SourceFormat> {
  await requirePath(path)
  const fitting: SourceFormat[] = []
  for (const [name, format] of Object.entries(FORMATS))
    if (await format.detect(path)) fitting.push(name as SourceFormat)
  if (fitting.length === 1) return fitting[0]
  const found = await describePath(path)
  if (fitting.length > 1)
    throw new DataError(`${path}: found ${found}, which fits ${fitting.join(' and ')}: name the format in data.sources`)
  const needs = Object.entries(FORMATS).map(([name, { needs }]) => `  ${name}: ${needs}`)
  throw new DataError(`${path}: found ${found}, which fits no format; expected one of\n${needs.join('\n')}`)
}

async function describePath(path: string): Promise<string> {
  if (!(await stat(path)).isDirectory()) return `the file ${basename(path)}`
  const names = (await readdir(path)).sort()
  if (names.length === 0) return 'an empty folder'
  const archive = names.find((name) => name.endsWith('.zip'))
  if (names.length === 1 && archive !== undefined) return `a folder with ${archive} (it can be the source itself)`
  return `a folder with ${listed(names)}`
}
