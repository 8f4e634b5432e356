import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { requireFolder } from '../io/files.ts'
import type { Kind, ReaderInput, Staged } from './reader.ts'
import { stageCsv } from './stage-csv.ts'

/** In this order, because what comes first is looked up by what follows. */
const FILES: { kind: Kind; name: string; optional: boolean }[] = [
  { kind: 'movies', name: 'movies.csv', optional: false },
  { kind: 'ratings', name: 'ratings.csv', optional: false },
  { kind: 'links', name: 'links.csv', optional: false },
  { kind: 'tags', name: 'tags.csv', optional: true },
]

/** The files that the reader will read from a folder: all it needs, and what else is there. */
export function movielensCsvFiles(folder: string): string[] {
  return FILES.map(({ name, optional }) => ({ file: join(folder, name), optional }))
    .filter(({ file, optional }) => !optional || existsSync(file))
    .map(({ file }) => file)
}

/** MovieLens as it is published since 2015 (ml-latest, ml-latest-small, ml-20m, ml-25m, ml-32m): a folder of CSV files. */
export async function readMovielensCsv({ path, database, handles }: ReaderInput): Promise<Staged[]> {
  await requireFolder(path, 'the folder with ratings.csv, movies.csv and links.csv')
  const staged: Staged[] = []
  for (const [done, { kind, name, optional }] of FILES.entries()) {
    handles.signal.throwIfAborted()
    handles.progress.update(`reading ${name}`, done, FILES.length)
    const file = join(path, name)
    if (optional && !existsSync(file)) handles.log.info(`${file}: not there, going on without it`)
    else staged.push(await stageCsv(kind, file, database))
  }
  return staged
}
