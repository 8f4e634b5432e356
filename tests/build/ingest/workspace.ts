import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished } from 'vitest'
import type * as z from 'zod'
import { DataConfig } from '#core/schemas/config.ts'
import { ingest } from '../../../build/ingest/index.ts'
import { DataError } from '../../../build/io/files.ts'
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
      track() {},
      signal: new AbortController().signal,
    },
  }
}

/** Ingest a folder, or the sources that the config names; the database is closed after the test. */
export async function ingestFolder(
  folder: string,
  config: z.input<typeof DataConfig> = {},
  { handles }: Logged = handlesWithLog(),
): Promise<Dataset> {
  const dataset = await ingest(DataConfig.parse({ sources: [{ path: folder }], ...config }), handles)
  onTestFinished(() => dataset.database.close())
  return dataset
}

/** The message of the DataError that ingesting a folder gives, with the folder cut off its paths. */
export async function refusal(folder: string, config: z.input<typeof DataConfig> = {}): Promise<string> {
  const error = await ingestFolder(folder, config).then(
    () => expect.fail('the folder was accepted'),
    (reason) => reason,
  )
  expect(error).toBeInstanceOf(DataError)
  return (error.message as string).replaceAll(`${folder}/`, '')
}
