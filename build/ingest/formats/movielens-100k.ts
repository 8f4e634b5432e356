import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { quote } from '../../io/database.ts'
import { DataError, requireFolder } from '../../io/files.ts'
import { type Format, STAGED_COLUMNS, type Staged } from '../reader.ts'
import { exists, inputFile, inUtf8 } from '../staging/input-file.ts'
import { type Layout, shown } from '../staging/locate.ts'
import type { Scratch } from '../staging/scratch.ts'
import { type FileColumns, stageCsv } from '../staging/stage-csv.ts'
import { movielensFiles } from './movielens-csv.ts'

const FILES = [
  { name: 'u.item', optional: false },
  { name: 'u.data', optional: false },
  { name: 'u.genre', optional: true },
]
const ITEM_LAYOUT: Layout = { delimiter: '|', quoted: false, header: false }
const DATA_LAYOUT: Layout = { delimiter: '\t', quoted: false, header: false }
/** what `u.genre` says of the flags in `u.item`; the first is set where nothing is known */
const GENRES = [
  ...[
    'unknown',
    'Action',
    'Adventure',
    'Animation',
    "Children's",
    'Comedy',
    'Crime',
    'Documentary',
    'Drama',
    'Fantasy',
  ],
  ...['Film-Noir', 'Horror', 'Musical', 'Mystery', 'Romance', 'Sci-Fi', 'Thriller', 'War', 'Western'],
]
const NO_GENRE = 'unknown'

/** MovieLens 100K (1998): ratings in `u.data`, movies with a flag a genre in `u.item`, in ISO 8859-1. It has no links. */
export const movielens100k: Format = {
  needs: 'u.data and u.item (u.genre if there is one)',
  detect: (folder) => exists(folder, 'u.data', 'u.item'),
  files: (folder) => movielensFiles(folder, FILES),
  async read({ path, scratch, database, handles }): Promise<Staged[]> {
    await requireFolder(path, 'the folder with u.data and u.item')
    handles.progress.update('reading u.item', 0, 2)
    const genres = await readGenres(path, scratch)
    const items = await inUtf8(await inputFile(join(path, 'u.item'), scratch), scratch, handles.log)
    const movies = await stageCsv('movies', items, database, {
      layout: ITEM_LAYOUT,
      columns: itemColumns(genres.length),
      select: { genres: namesOfFlags(genres) },
    })
    handles.signal.throwIfAborted()
    handles.progress.update('reading u.data', 1, 2)
    const data = await inputFile(join(path, 'u.data'), scratch)
    const ratings = await stageCsv('ratings', data, database, { layout: DATA_LAYOUT, columns: STAGED_COLUMNS.ratings })
    return [movies, ratings]
  },
}

/** `Action|1` a line, in the order of the flags. */
async function readGenres(folder: string, scratch: Scratch): Promise<string[]> {
  if (!(await exists(folder, 'u.genre'))) return GENRES
  const { file, plain } = await inputFile(join(folder, 'u.genre'), scratch)
  const names: string[] = []
  for (const [index, line] of (await readFile(plain, 'latin1')).split(/\r?\n/u).entries()) {
    if (line.trim() === '') continue
    const [name, number] = line.split('|')
    if (name === '' || number?.trim() !== String(names.length))
      throw new DataError(
        `${file}:${index + 1}: found ${shown(line)}, expected a genre and its number, "NAME|${names.length}"`,
      )
    names.push(name)
  }
  return names
}

function itemColumns(numGenres: number): FileColumns {
  const flags = Array.from({ length: numGenres }, (_, genre) => [`flag${genre}`, 'BOOLEAN'])
  const known = { movieId: 'INTEGER', title: 'VARCHAR', released: 'VARCHAR', video: 'VARCHAR', url: 'VARCHAR' }
  return { ...known, ...Object.fromEntries(flags) }
}

/** SQL: the genres whose flag is 1, between |. */
function namesOfFlags(genres: readonly string[]): string {
  const names = genres.map((name, genre) => `CASE WHEN flag${genre} THEN ${quote(name)} END`)
  return `concat_ws('|', ${names.filter((_, genre) => genres[genre] !== NO_GENRE).join(', ')})`
}
