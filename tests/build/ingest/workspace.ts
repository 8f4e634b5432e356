import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { DataConfig } from '#core/schemas/config.ts'
import { ingest } from '../../../build/ingest/index.ts'
import type { StepHandles } from '../../../build/io/handles.ts'
import type { Dataset } from '../../../build/nouns.ts'

export const ML_TINY = join(import.meta.dirname, '../../fixtures/ml-tiny')
export const SAMPLE = join(import.meta.dirname, '../../../data/sample')

/** A temporary folder that is gone after the test. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'marquee-test-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** A copy of ml-tiny with some of its files replaced. */
export function tinyWith(files: Record<string, string | Uint8Array>): string {
  const folder = temporaryFolder()
  cpSync(ML_TINY, folder, { recursive: true })
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content)
  return folder
}

export interface Logged {
  handles: StepHandles
  warnings: string[]
  infos: string[]
}

export function handlesWithLog(): Logged {
  const warnings: string[] = []
  const infos: string[] = []
  return {
    warnings,
    infos,
    handles: {
      log: { error: () => {}, warn: (line) => warnings.push(line), info: (line) => infos.push(line), debug: () => {} },
      progress: { update: () => {} },
      signal: new AbortController().signal,
    },
  }
}

/** Ingest a folder of MovieLens files; the database is closed after the test. */
export async function ingestFolder(
  folder: string,
  config: Partial<DataConfig> = {},
  { handles }: Logged = handlesWithLog(),
): Promise<Dataset> {
  const dataset = await ingest(DataConfig.parse({ movielens: folder, metadata: null, ...config }), handles)
  onTestFinished(() => dataset.database.close())
  return dataset
}
