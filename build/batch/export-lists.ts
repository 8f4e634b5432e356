import { open, rename, stat } from 'node:fs/promises'
import { Database } from '../io/database.ts'
import type { BatchLists } from './index.ts'

export const LIST_FORMATS = ['parquet', 'csv'] as const

/** A row for each place of each list. */
interface Written {
  rows: number
  sizeBytes: number
}

/**
 * All lists as one table `userId, rank, movieId`, in this order; the format is the file name's ending. A file that was there
 * is replaced when the new one is whole.
 * @throws {RangeError} for another ending
 */
export async function exportLists(lists: BatchLists, file: string): Promise<Written> {
  const format = LIST_FORMATS.find((name) => file.endsWith(`.${name}`))
  if (!format) throw new RangeError(`${file}: expected a name that ends with .${LIST_FORMATS.join(' or .')}`)
  const unfinished = `${file}.unfinished`
  const rows = format === 'csv' ? await writeCsv(lists, unfinished) : await writeParquet(lists, unfinished)
  await rename(unfinished, file)
  return { rows, sizeBytes: (await stat(file)).size }
}

async function writeCsv(lists: BatchLists, file: string): Promise<number> {
  const handle = await open(file, 'w')
  let rows = 0
  try {
    await handle.write('userId,rank,movieId\n')
    for (const { userIds, ranks, movieIds } of columnsOf(lists)) {
      let text = ''
      for (let row = 0; row < userIds.length; row++) text += `${userIds[row]},${ranks[row]},${movieIds[row]}\n`
      await handle.write(text)
      rows += userIds.length
    }
  } finally {
    await handle.close()
  }
  return rows
}

async function writeParquet(lists: BatchLists, file: string): Promise<number> {
  const database = await Database.open()
  try {
    await database.run('CREATE TABLE lists (userId INTEGER, rank INTEGER, movieId INTEGER)')
    for (const { userIds, ranks, movieIds } of columnsOf(lists))
      await database.append('lists', [userIds, ranks, movieIds])
    return (await database.writeParquet('SELECT * FROM lists', file)).rows
  } finally {
    await database.close()
  }
}

function* columnsOf({ k, read }: BatchLists): Generator<Record<'userIds' | 'ranks' | 'movieIds', Int32Array>> {
  for (const { userIds, movieIds } of read()) {
    const places = Int32Array.from(movieIds.keys()).filter((place) => movieIds[place]! > 0)
    yield {
      userIds: places.map((place) => userIds[Math.floor(place / k)]!),
      ranks: places.map((place) => (place % k) + 1),
      movieIds: places.map((place) => movieIds[place]!),
    }
  }
}
