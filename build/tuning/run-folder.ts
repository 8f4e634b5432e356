import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { join } from 'node:path'
import * as z from 'zod'
import { Estimate } from '#core/schemas/manifest.ts'
import { DataError } from '../io/files.ts'
import type { Log } from '../io/handles.ts'
import { takeLock } from '../io/lock.ts'

/** What a run is known by: trials under other facts could not be compared with its own. */
export const RunFacts = z.strictObject({
  format: z.literal('marquee-tune'),
  version: z.literal(1),
  /** SHA-256 over source files, data and split settings */
  dataHash: z.string(),
  /** SHA-256 over the configuration that the settings are laid over */
  configHash: z.string(),
  /** SHA-256 over the code that learns, scores and judges */
  codeHash: z.string(),
  seed: z.int(),
  objective: z.string(),
  strategy: z.string(),
  /** most users that a trial is judged by */
  maxUsers: z.int(),
  space: z.record(z.string(), z.unknown()),
})
export type RunFacts = z.infer<typeof RunFacts>

/** One line of trials.jsonl. */
export const Trial = z.strictObject({
  /** from 0, in the order in which they ended */
  trial: z.int().min(0),
  /** laid over the configuration; none of them in the trial that judges it as it is */
  settings: z.record(z.string(), z.unknown()),
  /** share of the iterations */
  budget: z.number().gt(0).max(1),
  /** mean over the users of validation with its 95 % interval; null when it failed */
  value: Estimate.nullable(),
  /** why there is no value */
  failed: z.string().nullable(),
  seconds: z.number(),
  seed: z.int(),
  /** SHA-256 over the whole configuration of the trial */
  configHash: z.string(),
  dataHash: z.string(),
})
export type Trial = z.infer<typeof Trial>

/** A folder that a search leaves its trials in, each at once and for good. */
export interface RunFolder {
  folder: string
  /** recorded before and since, in their order */
  trials: Trial[]
  /** @param values one a user; null when the trial failed */
  append(trial: Omit<Trial, 'trial'>, values: Float64Array | null): Trial
  /** of a trial that did not fail */
  valuesOf(trial: Trial): Float64Array
}

/**
 * Two searches in one folder would mix their trials.
 * @returns what gives it back
 * @throws {DataError} when another process has it
 */
export function lockRunFolder(folder: string): { release(): void } {
  mkdirSync(folder, { recursive: true })
  const lock = takeLock(join(folder, 'lock'))
  if (lock.taken) return lock
  throw new DataError(
    `${folder}: found a search in progress there (process ${lock.by.pid}); --name begins another one beside it`,
  )
}

/**
 * `search.json` with the facts, `trials.jsonl` with a line a trial, `values/` with what each user had in it. A last line
 * that a killed process did not finish is cut off: its trial is done again.
 * @throws {DataError} when there are trials and `resume` is not set, when there are none and it is, and when those were made under other facts;
 * other code is only warned of: a line changed anywhere would end a search of days
 */
export function openRunFolder(folder: string, facts: RunFacts, resume: boolean, log: Log): RunFolder {
  const factsFile = join(folder, 'search.json')
  const trialsFile = join(folder, 'trials.jsonl')
  const valuesFile = (trial: number) => join(folder, 'values', `${String(trial).padStart(5, '0')}.f64`)
  const before = existsSync(factsFile) ? readFacts(factsFile) : null
  if (before) requireSame(before, facts, factsFile)
  const trials = existsSync(trialsFile) ? readTrials(trialsFile) : []
  if (trials.length > 0 && !resume)
    throw new DataError(
      `${folder}: found ${trials.length} trials; --resume goes on with them, --name begins another run`,
    )
  if (resume && !before) throw new DataError(`${folder}: found no run, expected one with --resume`)

  mkdirSync(join(folder, 'values'), { recursive: true })
  if (!before) writeFileSync(factsFile, `${JSON.stringify(facts, null, 2)}\n`)
  else if (before.codeHash !== facts.codeHash)
    log.warn(`${factsFile}: the code is not the one that this run began with: its trials may not be comparable`)
  return {
    folder,
    trials,
    append(outcome, values) {
      const trial = { trial: trials.length, ...outcome }
      // the line comes last: where it stands, the values do
      if (values)
        writeFileSync(valuesFile(trial.trial), new Uint8Array(values.buffer, values.byteOffset, values.byteLength))
      appendLine(trialsFile, JSON.stringify(trial))
      trials.push(trial)
      return trial
    },
    valuesOf({ trial }) {
      const bytes = readFileSync(valuesFile(trial))
      return new Float64Array(Uint8Array.from(bytes).buffer)
    },
  }
}

/** On the disk when it returns, so that not even a power cut takes a trial. */
function appendLine(file: string, line: string): void {
  const descriptor = openSync(file, 'a')
  try {
    writeSync(descriptor, `${line}\n`)
    fsyncSync(descriptor)
  } finally {
    closeSync(descriptor)
  }
}

function readTrials(file: string): Trial[] {
  const text = readFileSync(file, 'utf8')
  const whole = text.slice(0, text.lastIndexOf('\n') + 1)
  if (whole.length < text.length) truncateSync(file, Buffer.byteLength(whole))
  return whole
    .split('\n')
    .slice(0, -1)
    .map((line, index) => parsed(Trial, line, `${file}:${index + 1}`))
}

function readFacts(file: string): RunFacts {
  return parsed(RunFacts, readFileSync(file, 'utf8'), file)
}

function parsed<T>(schema: z.ZodType<T>, text: string, where: string): T {
  try {
    return schema.parse(JSON.parse(text))
  } catch (cause) {
    throw new DataError(`${where}: not as "marquee tune" writes it; move the folder away to begin anew`, { cause })
  }
}

const WORDS: Partial<Record<keyof RunFacts, string>> = {
  dataHash: 'the data',
  configHash: 'the configuration',
}

function requireSame(found: RunFacts, expected: RunFacts, file: string): void {
  const keys = (Object.keys(RunFacts.shape) as (keyof RunFacts)[]).filter((key) => key !== 'codeHash')
  const different = keys.filter((key) => JSON.stringify(found[key]) !== JSON.stringify(expected[key]))
  if (different.length === 0) return
  const words = different.map((key) => WORDS[key] ?? `${key} (${show(found[key])}, now ${show(expected[key])})`)
  throw new DataError(`${file}: found a run with other facts: ${words.join(', ')}; --name begins another run`)
}

function show(value: unknown): string {
  return JSON.stringify(value)
}
