import { resolve } from 'node:path'
import { type Config, SOURCES } from '#core/schemas/config.ts'
import type { RankerCard } from '#core/schemas/manifest.ts'
import { ConfigError } from '../config/load-config.ts'
import { PROTOCOLS, type ProtocolName, type SplitFormat } from '../evaluate/index.ts'
import type { Split, SplitReport } from '../experiments/evaluate-split.ts'
import type { StepHandles } from '../io/handles.ts'
import { counted, table } from '../io/table.ts'
import { type Asked, computeOf, evaluated } from './evaluate-protocol.ts'
import { type BuildFlags, configOf, type Surroundings, writeJson } from './index.ts'
import { learningCurveTable } from './learning-curve-table.ts'
import { metricsTable } from './metrics-table.ts'
import { splitFindings } from './reports.ts'
import { noteFiles } from './run-notes.ts'
import { tracked } from './tracked.ts'

export interface EvaluateSplitFlags extends BuildFlags {
  train?: string
  valid?: string
  test?: string
  format?: SplitFormat
  relevantFrom?: number
  k?: number[]
  protocol?: ProtocolName
  input?: string[]
  learningCurve?: boolean
}

/** Whether the command line asks for a split other than the configured one. */
export function asksForSplit(flags: EvaluateSplitFlags): boolean {
  const { train, valid, test, format, relevantFrom, k, protocol, input, learningCurve } = flags
  return [train, valid, test, format, relevantFrom, k, protocol, input, learningCurve].some(
    (flag) => flag !== undefined,
  )
}

/** Tune, learn and judge on a split of one's own or a published protocol; prints the table of metrics. */
export async function evaluateSplitCommand(flags: EvaluateSplitFlags, surroundings: Surroundings): Promise<void> {
  const { cwd, stdout } = surroundings
  const readSplit = splitReader(flags, cwd)
  const configured = configOf(flags, cwd, {})
  if (configured.model.cf.type === 'imported')
    throw new ConfigError(
      'model.cf.type: found imported; a split is learned from here, so it must be als, bpr or two_tower',
    )
  const cutoffs = flags.k ?? (flags.protocol ? PROTOCOLS[flags.protocol].cutoffs : configured.evaluation.cutoffs)
  const config = { ...configured, evaluation: { ...configured.evaluation, cutoffs } }
  const { commandLine = '' } = flags
  if (flags.learningCurve) {
    if (flags.report !== undefined || flags.leaderboard !== undefined)
      throw new ConfigError('--learning-curve: found --report or --leaderboard beside it; it makes a table and --json')
    await tracked(
      { kind: 'evaluate', config, commandLine },
      surroundings,
      async (handles) => {
        const { learningCurve } = await import('../experiments/learning-curve.ts')
        return learningCurve(await readSplit(config, handles), config, computeOf(flags), handles)
      },
      async (curve, run) => {
        stdout.write(`${cutoffs.map((cutoff) => learningCurveTable(curve, cutoff)).join('\n\n')}\n`)
        if (flags.json !== undefined) writeJson(resolve(cwd, flags.json), curve)
        noteFiles(run, flags, cwd)
      },
    )
    return
  }
  const evaluate = async ({ compute }: Asked, handles: StepHandles) => {
    const { evaluateSplit } = await import('../experiments/evaluate-split.ts')
    return evaluateSplit(await readSplit(config, handles), config, compute, handles)
  }
  await evaluated(config, flags, surroundings, evaluate, {
    summaryOf: (report) => splitSummary(report, cutoffs),
    findingsOf: (report) => splitFindings(report, chosenOf(report), commandLine),
  })
}

/** How the split is read that the flags name. @throws {ConfigError} for flags that do not go together */
function splitReader(flags: EvaluateSplitFlags, cwd: string): (config: Config, handles: StepHandles) => Promise<Split> {
  const { train, valid, test, format = 'csv', relevantFrom = null, protocol, input } = flags
  if (flags.examine !== undefined)
    throw new ConfigError('--examine: found another split beside it; what is looked into is the configured one')
  if (protocol !== undefined) {
    const others = Object.entries({ '--train': train, '--valid': valid, '--test': test, '--format': flags.format })
    const [other] = others.find(([, value]) => value !== undefined) ?? []
    if (other) throw new ConfigError(`--protocol: found ${other} beside it; a named protocol divides the data itself`)
    if (relevantFrom !== null)
      throw new ConfigError('--protocol: found --relevant-from beside it; a named protocol says what is relevant')
    const inputs = input?.map((path) => resolve(cwd, path)) ?? null
    return async (config, handles) =>
      (await import('../experiments/named-split.ts')).namedSplit(protocol, inputs, config, handles)
  }
  if (train === undefined && valid === undefined && test === undefined) {
    const alone = {
      input,
      k: flags.k,
      format: flags.format,
      'relevant-from': flags.relevantFrom,
      'learning-curve': flags.learningCurve,
    }
    const [flag] = Object.entries(alone).find(([, value]) => value !== undefined) ?? []
    throw new ConfigError(`--${flag}: found neither --protocol nor --train beside it`)
  }
  if (input !== undefined) throw new ConfigError('--input: found --train or --test beside it; it goes with --protocol')
  if (train === undefined || test === undefined)
    throw new ConfigError(
      `--${train === undefined ? 'train' : 'test'}: found nothing; a split needs --train and --test`,
    )
  const files = {
    train: resolve(cwd, train),
    valid: valid === undefined ? null : resolve(cwd, valid),
    test: resolve(cwd, test),
    format,
  }
  return async (_config, handles) =>
    (await import('../experiments/named-split.ts')).ownSplit(files, relevantFrom, handles)
}

/** Metrics at each cutoff, what was chosen, and whom they are of. */
function splitSummary(report: SplitReport, cutoffs: number[]): string {
  const { validation, protocol, users } = report
  const left = [
    [report.usersWithoutRelevant, 'user', 'left out: nothing relevant in test'],
    [report.usersWithoutHistory, 'user', 'judged without a history'],
    [report.itemsOnlyInTest, 'item', 'to be found and in no other part'],
  ] as const
  return [
    ...cutoffs.map((cutoff) => metricsTable(report, cutoff)),
    ...cutoffs.map((cutoff) => differencesTable(report, cutoff)),
    table(['chosen on validation', ''], chosenOf(report)),
    `${protocol}\n${counted(users, 'user')} judged${left.map(([count, noun, what]) => (count > 0 ? `; ${counted(count, noun)} ${what}` : '')).join('')}; ` +
      `${validation.trials.length} settings tried`,
  ].join('\n\n')
}

type Chosen = [what: string, settings: string]

/** A source or a row of the blend, and its settings. */
function chosenOf({ tuned }: SplitReport): Chosen[] {
  const { cf, next, neighbours, popularity, blend } = tuned
  const learned = neighbours.type === 'none' ? {} : neighbours[neighbours.type]
  return [
    [
      'cf',
      settingsOf(cf, [
        'type',
        'factors',
        ...(cf.type === 'als' ? ['regularization', 'unobservedWeight'] : []),
        'recencyHalfLife',
      ]),
    ],
    ...(next.type === 'none' ? [] : ([['next', settingsOf(next, ['ratingExponent'])]] satisfies Chosen[])),
    ...(next.type === 'none' ? [] : next.scales).map(
      (scale, number): Chosen => [
        `next, scale ${number + 1}`,
        settingsOf(scale, ['length', 'recencyHalfLife', 'regularization']),
      ],
    ),
    ['neighbours', settingsOf({ ...neighbours, ...learned }, ['type', ...Object.keys(learned), 'recencyHalfLife'])],
    ['popularity', settingsOf(popularity, ['halfLifeDays'])],
    ...blend.map(({ minLikes, weights }): Chosen => [`blend from ${minLikes} likes`, settingsOf(weights, SOURCES)]),
    ...(tuned.ranker ? [rankerOf(tuned.ranker)] : []),
  ]
}

/** Whether the first movies are put in a learned order, and why. */
function rankerOf({ shipped, trees, 'ndcg@10': { mean, low, high } }: RankerCard): Chosen {
  const found = `validation NDCG@10 ${[mean, low, high].map((value) => value.toFixed(4)).join(', ')} (mean, low, high)`
  return ['ranker', shipped ? `${trees} trees: ${found}` : `none: ${found}`]
}

/** What one row has over another, user by user: NDCG with its interval. */
function differencesTable({ differences }: SplitReport, cutoff: number): string {
  const rows = differences.map(({ a, b, metrics }) => {
    const { mean, low, high } = metrics[`ndcg@${cutoff}`]!
    return [`${a} − ${b}`, signed(mean), `${signed(low)} to ${signed(high)}`]
  })
  return table(['paired by user', `NDCG@${cutoff}`, '95 % interval'], rows)
}

function signed(value: number): string {
  return `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(4)}`
}

function settingsOf(settings: object, names: readonly string[]): string {
  return names.map((name) => `${name} ${JSON.stringify((settings as Record<string, unknown>)[name])}`).join(', ')
}
