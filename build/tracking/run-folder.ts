import { randomBytes } from 'node:crypto'
import { appendFileSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import type { Log } from '../io/handles.ts'
import { METRICS_FILE, MetricLine, RECORD_FILE, RunRecord } from './record.ts'

/**
 * A folder under `runs` that nobody else has: `2026-11-21T22-35-06-build-3fa9`, in UTC. Making it fails where it is there,
 * so two runs of one second get two.
 * @throws what making a folder throws
 */
export function makeRunFolder(runs: string, kind: string, now: Date): string {
  const second = now.toISOString().slice(0, 19).replaceAll(':', '-')
  mkdirSync(runs, { recursive: true })
  for (;;) {
    const folder = join(runs, `${second}-${kind}-${randomBytes(2).toString('hex')}`)
    try {
      mkdirSync(folder)
      return folder
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    }
  }
}

/** Writes into a run's folder that may fail, on a full disk, say: the first failure is warned of, none is thrown. */
export function openWriter(log: Log) {
  let isWarned = false
  return {
    attempt(write: () => void): void {
      try {
        write()
      } catch (error) {
        if (isWarned) return
        isWarned = true
        log.warn(`runs: cannot be written, so this run is not recorded in full: ${(error as Error).message}`)
      }
    },
  }
}

/** Replaced when the new one is whole. */
export function writeRecord(folder: string, record: RunRecord): void {
  writeJsonWhole(join(folder, RECORD_FILE), record)
}

export function writeJsonWhole(file: string, value: unknown): void {
  writeFileSync(`${file}.unfinished`, `${JSON.stringify(value, null, 2)}\n`)
  renameSync(`${file}.unfinished`, file)
}

/** The newline comes first: a line that a full disk cut off does not spoil the next one. */
export function appendMetrics(folder: string, line: MetricLine): void {
  appendFileSync(join(folder, METRICS_FILE), `\n${JSON.stringify(line)}`)
}

/** @returns null where there is no record, or one that this version does not know */
export function readRecord(folder: string): RunRecord | null {
  return parsed(RunRecord, readText(join(folder, RECORD_FILE)))
}

/** In their order; lines that were not finished are left out. */
export function readMetrics(folder: string): MetricLine[] {
  return readText(join(folder, METRICS_FILE))
    .split('\n')
    .map((line) => parsed(MetricLine, line))
    .filter((line) => line !== null)
}

/** All that have a record, the newest first. */
export function readRecords(runs: string): RunRecord[] {
  return foldersIn(runs)
    .map((name) => {
      const record = readRecord(join(runs, name))
      // a folder that was moved is known by its name now
      return record && { ...record, id: name }
    })
    .filter((record) => record !== null)
    .sort((a, b) => (a.startedAt < b.startedAt ? 1 : a.startedAt > b.startedAt ? -1 : a.id < b.id ? 1 : -1))
}

function foldersIn(runs: string): string[] {
  try {
    return readdirSync(runs, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map((entry) => basename(entry.name))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw error
  }
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return ''
    throw error
  }
}

function parsed<T>(schema: { safeParse(value: unknown): { success: boolean; data?: T } }, text: string): T | null {
  try {
    return schema.safeParse(JSON.parse(text)).data ?? null
  } catch {
    return null
  }
}
