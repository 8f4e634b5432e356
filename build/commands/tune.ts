import { writeFileSync } from 'node:fs'
import { join, relative, resolve } from 'node:path'
import { type Command, Option } from 'commander'
import { stringify } from 'yaml'
import type { Config } from '#core/schemas/config.ts'
import type { Estimate } from '#core/schemas/manifest.ts'
import { show } from '#core/schemas/problem.ts'
import { presetOf, settingOf } from '../config/config-settings.ts'
import { ConfigError } from '../config/load-config.ts'
import { OBJECTIVE_SOURCES, type Objective, parseObjective } from '../evaluate/index.ts'
import type { TuneOptions, TuneReport } from '../experiments/tune.ts'
import type { Compute } from '../index.ts'
import { table } from '../io/table.ts'
import type { Run } from '../tracking/index.ts'
import { STRATEGIES, type StrategyName, type Trial } from '../tuning/index.ts'
import { type ConfigFlags, configOf, type Surroundings, writeJson } from './index.ts'
import { collect, DEVICES, parseCount, parsePreset, parseSeed } from './options.ts'
import { measuresOf } from './run-notes.ts'
import { runsOf, tracked } from './tracked.ts'
import { readSpace } from './tune-space.ts'

export interface TuneFlags extends ConfigFlags {
  space?: string
  try?: string[]
  strategy: StrategyName
  trials: number
  objective: string
  source: Objective['source']
  users: number
  workers: number
  device: Compute['device']
  threads?: number
  name?: string
  resume?: boolean
  writePreset?: string
  json?: string
  /** as it was typed */
  commandLine?: string
}

/** Rows of the table of the best. */
const SHOWN = 10

/** Try settings on the validation part; prints the best beside the configured ones, and writes them as a preset. */
export async function tuneCommand(flags: TuneFlags, surroundings: Surroundings): Promise<void> {
  const { cwd, stdout } = surroundings
  const metric = parseObjective(flags.objective)
  if (metric === null)
    throw new ConfigError(
      `--objective: found ${show(flags.objective)}; must be a metric at a length, such as ndcg@10 or recall@20`,
    )
  const objective = { ...metric, source: flags.source }
  const config = configOf(flags, cwd, {})
  const space = readSpace(flags.space === undefined ? null : resolve(cwd, flags.space), flags.try ?? [])
  const name = runName(flags)
  const { tuneConfig } = await import('../experiments/tune.ts')
  const { device, threads } = flags
  const options: Omit<TuneOptions, 'handles'> = {
    ...{ config, space, objective, strategy: flags.strategy, draws: flags.trials },
    ...{ maxUsers: flags.users, workers: flags.workers },
    compute: { device, ...(threads !== undefined && { threads }) },
    folder: join(runsOf(surroundings), name),
    resume: flags.resume ?? false,
  }
  const tell = async (report: TuneReport, run: Run) => {
    stdout.write(`${summaryOf(report, config)}\n`)
    if (flags.json !== undefined) writeJson(resolve(cwd, flags.json), report)
    if (flags.writePreset !== undefined) {
      const file = resolve(cwd, flags.writePreset)
      writeFileSync(file, presetText(report, new Date()))
      stdout.write(
        `\nThe best settings are in ${relative(cwd, file)}: "--preset ${relative(cwd, file)}" lays them over the configuration.\n`,
      )
      run.artifacts(file)
    }
    run.metrics(bestOf(report))
    run.artifacts(join(report.folder, 'trials.jsonl'))
  }
  const { commandLine = '' } = flags
  await tracked(
    { kind: 'tune', name, config, commandLine, isDeferred: true },
    surroundings,
    (handles, run) => {
      const onOpened: TuneOptions['onOpened'] = (inputs) => {
        run.begin(options.folder)
        const params = {
          objective: flags.objective,
          source: flags.source,
          strategy: flags.strategy,
          users: flags.users,
        }
        run.note({ data: inputs, params: { ...params, space: JSON.stringify(space) } })
      }
      return tuneConfig({ ...options, onOpened, handles })
    },
    tell,
  )
}

/** What the search found, for the record of the run. */
function bestOf({ objective, ranked, configured, chosen }: TuneReport): Record<string, number> {
  const name = `${objective.metric}@${objective.cutoff}`
  return {
    ...measuresOf(`best.${name}`, ranked[0]!.value),
    ...(configured && measuresOf(`configured.${name}`, configured.value)),
    ...(chosen && measuresOf(`chosen.${name}`, chosen)),
  }
}

/** A folder's name under runs/. */
function runName({ name, source, objective }: TuneFlags): string {
  if (name === undefined) return `${source}-${objective.replace('@', '')}`
  if (!/^[\w-][\w.-]{0,79}$/.test(name))
    throw new ConfigError(`--name: found ${show(name)}; must be letters, digits, dots, - and _, at most 80`)
  return name
}

function summaryOf(report: TuneReport, config: Config): string {
  const { folder, objective, users, configured, ranked, failed, chosen, best } = report
  const what = `${objective.metric}@${objective.cutoff}`
  const isConfigured = (trial: Trial) => Object.keys(trial.settings).length === 0
  const shown = ranked.filter((trial, at) => at < SHOWN || isConfigured(trial))
  const rows = shown.map((trial) => [
    isConfigured(trial) ? 'as configured' : String(trial.trial),
    trial.value.mean.toFixed(4),
    interval(trial.value),
    trial.difference && !isConfigured(trial) ? signed(trial.difference) : '',
    ...best.keys.map((key) => String(isConfigured(trial) ? settingOf(config, key) : trial.settings[key])),
  ])
  const notes = [
    `${what} of ${objective.source} by ${users} users of the validation part; intervals are 95 %, differences paired by user.`,
    `The first row is the largest of ${ranked.length} values, each with its chance: on other users expect less of it.`,
    chosen &&
      `What is best on one half of the users, judged on the other half, is ${signed(chosen)} beside the configured settings.`,
    configured === null && 'The configured settings failed: nothing is compared with them.',
    failed.length > 0 && `${failed.length} of the trials failed; the first: ${failed[0]!.failed}`,
    `Every trial is in ${join(relative(process.cwd(), folder), 'trials.jsonl')}.`,
  ]
  const header = [
    'trial',
    what,
    '95 % interval',
    'beside configured',
    ...best.keys.map((key) => key.replace(/^model\./, '')),
  ]
  return `${table(header, rows)}\n\n${notes.filter(Boolean).join('\n')}`
}

function interval({ low, high }: Estimate): string {
  return `${low.toFixed(4)} to ${high.toFixed(4)}`
}

function signed(difference: Estimate): string {
  const text = (value: number) => `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(4)}`
  return `${text(difference.mean)} (${text(difference.low)} to ${text(difference.high)})`
}

/** The best settings as YAML to be laid over a configuration, with what speaks for them. */
export function presetText(
  { best, ranked, configured, chosen, objective, users, strategy, seed }: TuneReport,
  now: Date,
): string {
  const { trial, value, difference } = ranked[0]!
  const lines = [
    `Chosen by "marquee tune" on ${now.toISOString().slice(0, 10)}, seed ${seed}: trial ${trial}, the best of ${ranked.length} (${strategy}).`,
    `${objective.metric}@${objective.cutoff} of ${objective.source} by ${users} users of the validation part: ${value.mean.toFixed(4)} (95 %: ${interval(value)}).`,
    configured && `As configured ${configured.value.mean.toFixed(4)}; paired difference ${signed(difference!)}.`,
    chosen && `Chosen on half of the users, judged on the other half: ${signed(chosen)}.`,
  ]
  const comments = lines.filter((line) => line !== null).map((line) => `# ${line}\n`)
  return `${comments.join('')}${stringify(presetOf(best.config, best.keys))}`
}

/** `marquee tune` */
export function addTuneCommand(program: Command, surroundings: Surroundings, commandLine: string): void {
  program
    .command('tune')
    .description('try settings on the validation part: the best, and what they are worth')
    .option(
      '--try <key=values>',
      'what to search: key=a,b,c or key=log:0.5..100 or key=8..128:8; may stand several times',
      collect,
    )
    .option('--space <file>', 'the same as YAML: a list, or { low, high, scale, step }, for each dotted key')
    .addOption(new Option('--strategy <name>', 'how').choices([...STRATEGIES]).default('random'))
    .option('--trials <count>', 'different settings to draw', parseCount, 30)
    .option('--objective <metric>', 'what is to be large', 'ndcg@10')
    .addOption(
      new Option('--source <source>', 'whose lists: of the blend, or of one source alone')
        .choices([...OBJECTIVE_SOURCES])
        .default('marquee'),
    )
    .option('--users <count>', 'most users that a trial is judged by, drawn by the seed', parseCount, 2000)
    .option('--workers <count>', 'trials at once, in processes that share the threads', parseCount, 1)
    .option('--name <name>', 'of the folder in runs/ (default: after the objective)')
    .option('--resume', 'go on from where the run of that name was stopped')
    .option('--write-preset <file>', 'write the best settings there, for --preset')
    .option('--config <file>', 'YAML file that settings are laid over (default: config/config.yml)')
    .option('--preset <name>', 'laid over it', parsePreset)
    .option('--seed <number>', 'seed of every random choice, the draws among them', parseSeed)
    .addOption(
      new Option('--device <device>', 'what to train on: auto takes a GPU where it pays')
        .choices(DEVICES)
        .default('auto'),
    )
    .option('--threads <count>', 'threads of each worker (default: one a core, shared)', parseCount)
    .addOption(new Option('--log-level <level>', 'how much to say').choices(['error', 'warn', 'info', 'debug']))
    .option('--log-file <file>', 'also write log lines there, as JSON')
    .option('--json <file>', 'also write the result there, as JSON')
    .action((flags: TuneFlags) => tuneCommand({ ...flags, commandLine }, surroundings))
}
