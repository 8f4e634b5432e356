import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { Command, CommanderError, Option } from 'commander'
import { SPLIT_STRATEGIES } from '#core/schemas/config.ts'
import { addAbCommands } from './commands/ab.ts'
import { addBatchCommand } from './commands/batch.ts'
import { checkOutputs } from './commands/check-outputs.ts'
import { type EdaFlags, edaCommand } from './commands/eda.ts'
import { asksForCold, COLD_PROTOCOL, evaluateColdCommand } from './commands/evaluate-cold.ts'
import { asksForLanguage, type EvaluateLanguageFlags, evaluateLanguageCommand } from './commands/evaluate-language.ts'
import { asksForNeuralCf, evaluateNeuralCfCommand, NEURAL_CF_PROTOCOL } from './commands/evaluate-neural-cf.ts'
import { asksForNewMovies, evaluateNewMoviesCommand, NEW_MOVIES_PROTOCOL } from './commands/evaluate-new-movies.ts'
import { asksForRerank, type EvaluateRerankFlags, evaluateRerankCommand } from './commands/evaluate-rerank.ts'
import { asksForSplit, type EvaluateSplitFlags, evaluateSplitCommand } from './commands/evaluate-split.ts'
import { evaluateStarsCommand, starProtocolOf } from './commands/evaluate-stars.ts'
import { asksForTowers, evaluateTowersCommand, TOWERS_PROTOCOL } from './commands/evaluate-towers.ts'
import { addExportOnnxCommand } from './commands/export-onnx.ts'
import { addFeedbackCommands } from './commands/feedback.ts'
import { type ImportFactorsFlags, importFactorsCommand } from './commands/import-factors.ts'
import {
  type BuildFlags,
  buildCommand,
  type PrepareFlags,
  prepareCommand,
  type Surroundings,
} from './commands/index.ts'
import { addKeysCommands } from './commands/keys.ts'
import { addModelsCommands } from './commands/models.ts'
import { collect, parseCount, parseLengths, parseSeed, parseStars, withBuildOptions } from './commands/options.ts'
import { addRebuildCommand } from './commands/rebuild.ts'
import { RefusedError } from './commands/refused.ts'
import { addRunsCommands } from './commands/runs.ts'
import { addTuneCommand } from './commands/tune.ts'
import { ConfigError } from './config/load-config.ts'
import { PROTOCOLS, SPLIT_FORMATS, STAR_PROTOCOLS } from './evaluate/index.ts'
import type { Step } from './index.ts'

const ROOT = join(import.meta.dirname, '..')

/** What the process ends with; scripts rely on it. */
export const EXIT = { done: 0, failed: 1, usage: 2, refused: 3, interrupted: 130 } as const

/** A command, the step it ends with, and what it is for. */
const BUILD_COMMANDS: [name: string, until: Step, summary: string][] = [
  ['build', 'publish', 'from raw data to a published model: all the steps below'],
  ['ingest', 'ingest', 'read and check the source files'],
  ['prepare', 'prepare', 'filter, join and split them into tables'],
  ['train', 'train', 'learn factors, text index and popularity'],
  ['evaluate', 'evaluate', 'measure the served code on the test part'],
  ['export', 'export', 'write the artifacts and their manifest'],
  ['publish', 'publish', 'upload to the local R2 and make it the current model'],
]

/** Where a command may stop. */
const STEPS = BUILD_COMMANDS.slice(1).map(([, until]) => until)

const EXAMPLES = `
Examples:
  $ npx marquee build
      build and publish a model of the bundled sample
  $ npx marquee build --preset small
      the same, learning from the most active users only
  $ npx marquee evaluate --seed 7
      stop after the metrics table
  $ npx marquee prepare --input ml-25m --output tables --split leaveOneOut
      any data to clean Parquet tables, and no further
  $ npx marquee evaluate --train train.txt --valid valid.txt \\
      --test test.txt --format adjacency --k 10,20
      tune, learn and judge on a split of your own
  $ npx marquee evaluate --report report.html
      all that can be said of the model, as one page with plots
  $ LLM_BASE_URL=http://gpu:8000 LLM_DIALECT=vllm npx marquee evaluate --rerank
      whether a language model makes the lists better
  $ npx marquee evaluate --language
      how well queries in Vietnamese and English are understood
  $ npx marquee import-factors als-model --until export
      a model of the factors that Spark learned
  $ npx marquee tune --try model.cf.regularization=log:0.5..100 \\
      --try model.cf.factors=32,64,128 --source cf
      which settings are best on the validation part
  $ npx marquee eda --input ml-25m
      what is in that data: an HTML report
  $ npx marquee rebuild --target remote
      learn again with the feedback; serve it if it is no worse
  $ npx marquee runs compare 3fa9 latest
      what two runs differ in, and what came of it
  $ npx marquee batch --output lists.parquet
      lists of all users of the published model, beforehand
  $ npx marquee models list
      what is published, and which model is current
  $ npx marquee models rollback
      back to the model that was current before
  $ npx marquee ab start experiment.yml
      answer some viewers in another way; then: ab report
  $ npx marquee models diff
      what changed for users with the current model

A step runs the steps before it, and takes over what is complete in artifacts/
already. The options of a command: marquee <command> --help. Results go to
stdout, progress and messages to stderr.
Exit codes: 0 done, 1 failed, 2 wrong usage or configuration, 3 refused by the
gate of a rebuild, 130 stopped by Ctrl-C.`

/**
 * Run one command line, without the program's name.
 * @returns the exit code; messages have been written
 */
export async function run(args: string[], surroundings: Surroundings): Promise<number> {
  try {
    await describeProgram(args, surroundings).parseAsync(args, { from: 'user' })
    return EXIT.done
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.done : EXIT.usage
    const { signal, stderr } = surroundings
    if (signal.aborted) {
      stderr.write('marquee: stopped; the published model is as it was\n')
      return EXIT.interrupted
    }
    // its report has been printed
    if (error instanceof RefusedError) return EXIT.refused
    const message = error instanceof Error ? explained(error) : String(error)
    stderr.write(message.includes('\n') ? `marquee:\n${message}\n` : `marquee: ${message}\n`)
    return error instanceof ConfigError ? EXIT.usage : EXIT.failed
  }
}

/** Who has no room for a file is told so by a code and the name of a system call, or in a library's words. */
function explained(error: Error): string {
  const { code = '', message } = error as NodeJS.ErrnoException
  const isFull = ['ENOSPC', 'EDQUOT', 'EFBIG'].includes(code) || /no space left|file too large/i.test(message)
  return isFull ? `${message}: there is no room on the disk; the published model is as it was` : message
}

/**
 * The process: arguments in, exit code out. Ctrl-C asks the steps to stop, a second one does not wait for them.
 * @param openLlm a client of the language model, for the commands that measure one
 */
export async function main({ openLlm }: Pick<Surroundings, 'openLlm'> = {}): Promise<void> {
  const cwd = process.cwd()
  // paths in the configuration start at the repository, wherever the command is typed
  process.chdir(ROOT)
  const interrupt = new AbortController()
  process.on('SIGINT', () => (interrupt.signal.aborted ? process.exit(EXIT.interrupted) : interrupt.abort()))
  process.on('SIGTERM', () => interrupt.abort())

  const code = await run(process.argv.slice(2), {
    stdout: process.stdout,
    stderr: process.stderr,
    signal: interrupt.signal,
    cwd,
    runs: resolve(cwd, process.env.MARQUEE_RUNS || join(ROOT, 'runs')),
    env: process.env,
    // loaded when they are needed: help and a wrong option answer at once
    build: async (options) => (await import('./index.ts')).build(options),
    prepareTables: async (options) => (await import('./prepare-tables.ts')).prepareTables(options),
    openStore: async (place) => (await import('./publish/open-store.ts')).openObjectStore(place),
    ...(openLlm && { openLlm }),
  })
  process.exit(code)
}

/** All commands with their options. */
export function describeProgram(args: string[], surroundings: Surroundings): Command {
  const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { version: string }
  const program = new Command('marquee')
    .description('Builds the models that Marquee recommends movies with, and says which of them is served.')
    .version(version)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => surroundings.stdout.write(text),
      writeErr: (text) => surroundings.stderr.write(text),
    })
    .configureHelp({ showGlobalOptions: false })
    .addHelpText('after', EXAMPLES)
    .hook('preAction', (_, command) => checkOutputs(command, surroundings.cwd))
  for (const [name, until, summary] of BUILD_COMMANDS) {
    const command = withBuildOptions(program.command(name).description(summary))
    if (name === 'build') command.addOption(untilOption(STEPS))
    if (name === 'prepare')
      command
        .option('--input <path>', 'read this folder or file instead of data.sources; may stand several times', collect)
        .option('--output <dir>', 'write the tables there, and nothing else anywhere')
        .addOption(new Option('--split <strategy>', 'how to divide the ratings').choices([...SPLIT_STRATEGIES]))
    if (name === 'evaluate')
      withRerankOptions(withLanguageOptions(withSplitOptions(command)))
        .option('--report <file>', 'write all that can be said of it as one HTML file with plots')
        .option('--leaderboard <file>', 'write the metrics with their intervals as Markdown')
        .option(
          '--examine <file>',
          'look beyond the averages: curves, slices, popularity bias, diversity, what compression costs, as JSON',
        )
    command.action(
      (given: BuildFlags & PrepareFlags & EvaluateSplitFlags & EvaluateLanguageFlags & EvaluateRerankFlags) => {
        const flags = { ...given, commandLine: commandLine(args) }
        if (asksForRerank(flags)) return evaluateRerankCommand(flags, surroundings)
        if (asksForLanguage(flags)) return evaluateLanguageCommand(flags, surroundings)
        const starProtocol = starProtocolOf(flags)
        if (starProtocol !== null) return evaluateStarsCommand(starProtocol, flags, surroundings)
        if (asksForCold(flags)) return evaluateColdCommand(flags, surroundings)
        if (asksForTowers(flags)) return evaluateTowersCommand(flags, surroundings)
        if (asksForNeuralCf(flags)) return evaluateNeuralCfCommand(flags, surroundings)
        if (asksForNewMovies(flags)) return evaluateNewMoviesCommand(flags, surroundings)
        if (name === 'evaluate' && asksForSplit(flags)) return evaluateSplitCommand(flags, surroundings)
        if (flags.input !== undefined || flags.output !== undefined) return prepareCommand(flags, surroundings)
        return buildCommand({ ...flags, until: flags.until ?? until }, surroundings)
      },
    )
  }
  withBuildOptions(program.command('import-factors'))
    .description('build with item factors that Spark MLlib or implicit learned, instead of training')
    .argument('<path>', "folder of Spark's ALSModel.save, or .npz of implicit's save")
    .option('--item-ids <file>', 'with an .npz: the movie id of each row, one a line or as .npy')
    .addOption(untilOption(STEPS.slice(STEPS.indexOf('train'))))
    .action((path: string, flags: ImportFactorsFlags) =>
      importFactorsCommand(path, { ...flags, commandLine: commandLine(args) }, surroundings),
    )
  program
    .command('eda')
    .description('explore the source files: one HTML report with plots, nothing is trained')
    .option('--config <file>', 'YAML file (default: config/config.yml)')
    .option('--input <path>', 'read this folder or file instead of data.sources; may stand several times', collect)
    .option('--output <file>', 'where the report goes (default: eda.html in the folder of the artifacts)')
    .addOption(new Option('--log-level <level>', 'how much to say').choices(['error', 'warn', 'info', 'debug']))
    .option('--log-file <file>', 'also write log lines there, as JSON')
    .action((flags: EdaFlags) => edaCommand(flags, surroundings))
  addTuneCommand(program, surroundings, commandLine(args))
  addRunsCommands(program, surroundings)
  addRebuildCommand(program, surroundings, commandLine(args))
  addFeedbackCommands(program, surroundings)
  addModelsCommands(program, surroundings)
  addKeysCommands(program, surroundings)
  addBatchCommand(program, surroundings)
  addAbCommands(program, surroundings)
  addExportOnnxCommand(program, surroundings)
  nameHelpInErrors(program, 'marquee')
  return program
}

/** Who wrote a command wrong is told of its own help. */
function nameHelpInErrors(command: Command, words: string): void {
  command.showHelpAfterError(`Try "${words} --help".`)
  for (const inner of command.commands) nameHelpInErrors(inner, `${words} ${inner.name()}`)
}

/** What to type to get the same again. */
function commandLine(args: string[]): string {
  return [
    'npx marquee',
    ...args.map((arg) => (/^[\w./:,=@-]+$/.test(arg) ? arg : `'${arg.replaceAll("'", "'\\''")}'`)),
  ].join(' ')
}

/** A split other than the configured one: files of one's own, or what a publication did. */
function withSplitOptions(command: Command): Command {
  return command
    .option('--train <file>', 'judge on a split of your own: what is learned from')
    .option('--valid <file>', 'what settings are chosen on (default: drawn from --train by seed)')
    .option('--test <file>', 'what is to be found')
    .addOption(
      new Option(
        '--format <format>',
        'a line a user (user item item …), or user,item[,rating[,timestamp]] (default: csv)',
      ).choices([...SPLIT_FORMATS]),
    )
    .option('--relevant-from <stars>', 'ratings below are not learned from and not to be found', parseStars)
    .addOption(
      new Option('--protocol <name>', 'judge as a publication did').choices([
        ...Object.keys(PROTOCOLS),
        ...Object.keys(STAR_PROTOCOLS),
        COLD_PROTOCOL,
        TOWERS_PROTOCOL,
        NEURAL_CF_PROTOCOL,
        NEW_MOVIES_PROTOCOL,
      ]),
    )
    .option('--input <path>', 'with --protocol: its data instead of data.sources; may stand several times', collect)
    .option('--learning-curve', 'the same learned from an eighth, a quarter, half and all of the users')
    .option('--k <lengths>', 'lengths of the lists, such as 10,20', parseLengths)
}

/** How well queries in words are understood, instead of how good the lists are. */
function withLanguageOptions(command: Command): Command {
  return command
    .option('--language', 'judge how queries in words are understood and answered, on labelled ones')
    .option('--queries <file>', 'with --language: labelled queries of your own, one a line as JSON')
    .option('--model <buildId>', 'with --language: whose titles and people (default: the model built last)')
}

/** What a language model makes of the lists, instead of the lists themselves. */
function withRerankOptions(command: Command): Command {
  return command
    .option('--rerank', 'judge the re-ranking of the language model at LLM_BASE_URL; publishes nothing')
    .option('--users <number>', 'with --rerank: validation users that it is asked about (default: 200)', parseCount)
    .option('--max-move <places>', 'with --rerank: how far a movie may move (default: 10)', parseSeed)
}

function untilOption(steps: Step[]): Option {
  return new Option('--until <step>', 'stop after this step').choices(steps)
}
