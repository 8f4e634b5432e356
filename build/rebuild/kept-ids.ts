import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Config } from '#core/schemas/config.ts'
import { Database, quote } from '../io/database.ts'

const TABLES = ['user_ids', 'item_ids']

/**
 * Where the ids of text have the numbers that the served model knows them by, and that feedback came in by: in the tables
 * of its build, where that was made here and has some. They hold those of `data.idsFrom`, and what came after.
 * @param servedId null where no model is served
 * @returns `data.idsFrom` of the next build
 */
export async function keptIds({ project, data }: Config, servedId: string | null): Promise<string | null> {
  if (servedId === null) return data.idsFrom
  const folder = join(project.artifacts, servedId, 'tables')
  const files = TABLES.map((table) => join(folder, `${table}.parquet`))
  if (!files.every((file) => existsSync(file))) return data.idsFrom
  const database = await Database.open()
  try {
    const counts = await Promise.all(
      files.map((file) => database.count(`SELECT count(*) FROM read_parquet(${quote(file)})`)),
    )
    return counts.some((count) => count > 0) ? folder : data.idsFrom
  } finally {
    await database.close()
  }
}
