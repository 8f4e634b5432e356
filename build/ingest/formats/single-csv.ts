import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { DataError, firstLine } from '../../io/files.ts'
import type { Format } from '../reader.ts'
import { type MetadataCsv, readMetadataCsv } from './read-metadata-csv.ts'

/** A format of one CSV file, known by its header: the file itself, or the only such file of a folder. */
export function singleCsv(title: string, csv: MetadataCsv): Format {
  const needs = `${title}: a .csv file with the columns ${csv.columns.join()}`
  const find = (path: string) => findCsv(path, csv.columns)
  return {
    needs,
    detect: async (path) => (await find(path)).length === 1,
    files: async (path) => [await only(path)],
    async read(input) {
      input.handles.progress.update(`reading ${title}`, 0, 1)
      return [await readMetadataCsv(await only(input.path), csv, input)]
    },
  }

  async function only(path: string): Promise<string> {
    if (await isFolder(path)) {
      const files = await find(path)
      if (files.length === 1) return files[0]
      throw new DataError(`${path}: found ${files.length === 0 ? 'no' : 'more than one'} such file, expected ${needs}`)
    }
    // a file that was named is read, and refused by its header
    return path
  }
}

/** Files that have the columns: the path, or those of the folder that it is. */
async function findCsv(path: string, columns: readonly string[]): Promise<string[]> {
  const files = (await isFolder(path)) ? (await readdir(path)).sort().map((name) => join(path, name)) : [path]
  const found: string[] = []
  for (const file of files) if (/\.csv$/iu.test(file) && (await hasColumns(file, columns))) found.push(file)
  return found
}

/** Of a header whose names are longer than what is read, or in UTF-16, nothing is known. */
async function hasColumns(file: string, columns: readonly string[]): Promise<boolean> {
  const line = await firstLine(file).catch(() => '')
  const names = new Set(line.split(',').map((name) => name.trim().replace(/^"(.*)"$/u, '$1')))
  return columns.every((name) => names.has(name))
}

async function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  )
}
