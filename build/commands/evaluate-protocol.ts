import { resolve } from 'node:path'
import type { Config } from '#core/schemas/config.ts'
import { ConfigError } from '../config/load-config.ts'
import type { Compute } from '../index.ts'
import type { StepHandles } from '../io/handles.ts'
import type { Findings } from '../report/index.ts'
import type { EvaluateSplitFlags } from './evaluate-split.ts'
import { configOf, type Surroundings, writeJson } from './index.ts'
import { writeReports } from './reports.ts'
import { noteEvaluation } from './run-notes.ts'
import { tracked } from './tracked.ts'

/** What every evaluation finds, whatever it judges. */
type Evaluated = Parameters<typeof noteEvaluation>[1]

/** What is printed of a report, and what a page of it would say; left out where there is no page. */
interface Told<Report> {
  summaryOf(report: Report): string
  findingsOf?(report: Report): Findings
}

/** What an evaluation is asked to do. */
export interface Asked {
  config: Config
  /** folders or files, in place of the configured sources */
  inputs: string[] | null
  compute: Partial<Compute>
}

/** A protocol that divides the data itself. */
export interface ProtocolCommand<Report extends Evaluated> {
  name: string
  /** ends the refusal of a flag that it has no use for */
  because: string
  /** whether it makes lists, whose lengths `--k` says */
  makesLists: boolean
  /** why factors of another engine cannot be judged by it; left out where they can */
  notImported?: string
  evaluate(asked: Asked, handles: StepHandles): Promise<Report>
  summaryOf(report: Report, cutoffs: readonly number[]): string
  findingsOf?(report: Report, commandLine: string): Findings
}

/**
 * Evaluate by a protocol of its own; prints what it found, and writes what the flags ask for.
 * @throws {ConfigError} for a flag or a setting that it has no use for, before any work
 */
export async function evaluateByProtocol<Report extends Evaluated>(
  { name, because, makesLists, notImported, ...protocol }: ProtocolCommand<Report>,
  flags: EvaluateSplitFlags,
  surroundings: Surroundings,
): Promise<void> {
  const { train, valid, test, format, relevantFrom, k } = flags
  const others = { train, valid, test, format, 'relevant-from': relevantFrom, ...(!makesLists && { k }) }
  const [other] = Object.entries(others).find(([, value]) => value !== undefined) ?? []
  if (other) throw new ConfigError(`--protocol ${name}: found --${other} beside it; ${because}`)
  const configured = configOf(flags, surroundings.cwd, {})
  if (notImported !== undefined && configured.model.cf.type === 'imported')
    throw new ConfigError(`model.cf.type: found imported; ${notImported}, so it must be als, bpr or two_tower`)
  const cutoffs = k ?? configured.evaluation.cutoffs
  const config = { ...configured, evaluation: { ...configured.evaluation, cutoffs } }
  const { findingsOf } = protocol
  await evaluated(config, flags, surroundings, protocol.evaluate, {
    summaryOf: (report) => protocol.summaryOf(report, cutoffs),
    ...(findingsOf && { findingsOf: (report) => findingsOf(report, flags.commandLine ?? '') }),
  })
}

/** A recorded evaluation, printed and written. */
export async function evaluated<Report extends Evaluated>(
  config: Config,
  flags: EvaluateSplitFlags,
  surroundings: Surroundings,
  evaluate: (asked: Asked, handles: StepHandles) => Promise<Report>,
  { summaryOf, findingsOf }: Told<Report>,
): Promise<void> {
  const { cwd, stdout } = surroundings
  const { input, json, commandLine = '' } = flags
  const inputs = input?.map((path) => resolve(cwd, path)) ?? null
  await tracked(
    { kind: 'evaluate', config, commandLine },
    surroundings,
    (handles) => evaluate({ config, inputs, compute: computeOf(flags) }, handles),
    async (report, run) => {
      stdout.write(`${summaryOf(report)}\n`)
      if (json !== undefined) writeJson(resolve(cwd, json), report)
      if (findingsOf) await writeReports(flags, findingsOf(report), surroundings)
      noteEvaluation(run, report, flags, cwd)
    },
  )
}

/** What to train on, as far as the flags say. */
export function computeOf({ device, threads }: Pick<EvaluateSplitFlags, 'device' | 'threads'>): Partial<Compute> {
  return { device, ...(threads !== undefined && { threads }) }
}
