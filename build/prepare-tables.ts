import { realpath } from 'node:fs/promises'
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from 'node:path'
import type { Config } from '#core/schemas/config.ts'
import { ingest } from './ingest/index.ts'
import { DataError } from './io/files.ts'
import type { StepHandles } from './io/handles.ts'
import type { Statistics } from './nouns.ts'
import { prepare, requireReplaceable } from './prepare/index.ts'

export interface PrepareTablesOptions {
  config: Config
  /** folder of the tables; it is replaced as a whole */
  outputDir: string
  handles: StepHandles
}

/**
 * ingest → prepare, and no further: the tables of any data, in a folder of the caller's. The sources are only read.
 * @throws {DataError} as the steps do, and when the folder lies in a source or has files that prepare does not write
 */
export async function prepareTables({ config, outputDir, handles }: PrepareTablesOptions): Promise<Statistics> {
  for (const { path } of config.data.sources) await requireOutside(outputDir, path)
  await requireReplaceable(outputDir)
  const dataset = await ingest(config.data, handles)
  try {
    const settings = { data: config.data, split: config.split, seed: config.project.seed, outputDir }
    return (await prepare(dataset, settings, handles)).statistics
  } finally {
    await dataset.database.close()
  }
}

async function requireOutside(outputDir: string, source: string): Promise<void> {
  const [output, input] = await Promise.all([realPath(outputDir), realPath(source)])
  const inside = relative(input, output)
  const isOutside = inside === '..' || inside.startsWith(`..${sep}`) || isAbsolute(inside)
  if (!isOutside)
    throw new DataError(
      `${outputDir}: found a folder in the source ${source}, expected one outside: sources are only read`,
    )
}

/** Without links, as far as the path is there. */
async function realPath(path: string): Promise<string> {
  const absolute = resolve(path)
  const parent = dirname(absolute)
  return realpath(absolute).catch(async () =>
    parent === absolute ? absolute : join(await realPath(parent), basename(absolute)),
  )
}
