import { join } from 'node:path'
import { requireFolder } from '../../io/files.ts'
import type { Format, Kind, ReaderInput, Staged } from '../reader.ts'
import { exists, inputFile, presentFile } from '../staging/input-file.ts'
import { type FileColumns, stageCsv } from '../staging/stage-csv.ts'

/** In this order, because what comes first is looked up by what follows. */
const FILES: { kind: Kind; name: string; optional: boolean; columns?: FileColumns }[] = [
  {
    kind: 'movies',
    name: 'movies.csv',
    optional: false,
    columns: { movieId: 'INTEGER', title: 'VARCHAR', genres: 'VARCHAR' },
  },
  { kind: 'ratings', name: 'ratings.csv', optional: false },
  { kind: 'links', name: 'links.csv', optional: false },
  { kind: 'tags', name: 'tags.csv', optional: true },
]

/** MovieLens as it is published since 2015 (ml-latest, ml-latest-small, ml-20m, ml-25m, ml-32m): a folder of CSV files. */
export const movielensCsv: Format = {
  needs: 'ratings.csv, movies.csv and links.csv (tags.csv if there is one)',
  detect: (folder) => exists(folder, 'ratings.csv', 'movies.csv'),
  files: (folder) => movielensFiles(folder, FILES),
  async read({ path, scratch, database, handles }: ReaderInput): Promise<Staged[]> {
    await requireFolder(path, 'the folder with ratings.csv, movies.csv and links.csv')
    const staged: Staged[] = []
    for (const [done, { kind, name, optional, columns }] of FILES.entries()) {
      handles.signal.throwIfAborted()
      handles.progress.update(`reading ${name}`, done, FILES.length)
      const file = join(path, name)
      if (optional && !(await exists(path, name))) handles.log.info(`${file}: not there, going on without it`)
      else staged.push(await stageCsv(kind, await inputFile(file, scratch), database, { columns }))
    }
    return staged
  },
}

/** All that a format needs of a folder, and what else is there of its files; gzipped where only that is there. */
export async function movielensFiles(folder: string, files: { name: string; optional: boolean }[]): Promise<string[]> {
  const found: string[] = []
  for (const { name, optional } of files)
    if (!optional || (await exists(folder, name))) found.push(await presentFile(join(folder, name)))
  return found
}
