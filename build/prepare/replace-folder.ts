import { mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { DataError } from '../io/files.ts'
import { TABLES } from './schema.ts'

const STATISTICS = 'statistics.json'
const OWN_FILES = [...Object.keys(TABLES).map((table) => `${table}.parquet`), STATISTICS]

/**
 * Fill a folder beside `folder` and put it in its place when it is whole: an interruption leaves what was there before.
 * @param write writes the tables, given where a file goes; what it returns is written beside them as statistics.json
 */
export async function replaceFolder<Statistics>(
  folder: string,
  write: (file: (name: string) => string) => Promise<Statistics>,
): Promise<Statistics> {
  const [unfinished, previous] = ['unfinished', 'previous'].map((state) =>
    join(dirname(folder), `.${basename(folder)}.prepare-${state}`),
  )
  // an interruption between the two renames below left the earlier tables here
  await rename(previous, folder).catch(unlessMissingOrFull)
  await requireReplaceable(folder)
  await rm(unfinished, { recursive: true, force: true })
  await mkdir(unfinished, { recursive: true })
  let statistics: Statistics
  try {
    statistics = await write((name) => join(unfinished, name))
    await writeFile(join(unfinished, STATISTICS), `${JSON.stringify(statistics, null, 2)}\n`)
  } catch (error) {
    await rm(unfinished, { recursive: true, force: true })
    throw error
  }
  // a folder cannot be renamed onto one that has files, so the old one steps aside first
  await rm(previous, { recursive: true, force: true })
  await rename(folder, previous).catch(unlessMissingOrFull)
  await rename(unfinished, folder)
  await rm(previous, { recursive: true, force: true })
  return statistics
}

/** @throws {DataError} when the folder holds anything that prepare does not write: it would be lost */
export async function requireReplaceable(folder: string): Promise<void> {
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return []
    throw new DataError(`${folder}: cannot be written to (${error.code}), expected a folder, new or of earlier tables`)
  })
  const other = names.find((name) => !OWN_FILES.includes(name))
  if (other !== undefined)
    throw new DataError(`${folder}: found ${other} there, expected a new folder or one with nothing but earlier tables`)
}

/** Nothing to rename, or the target is there already. */
function unlessMissingOrFull(error: NodeJS.ErrnoException): void {
  if (error.code !== 'ENOENT' && error.code !== 'ENOTEMPTY') throw error
}
