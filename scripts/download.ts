import { existsSync } from 'node:fs'
import { homedir } from 'node:os'
import { isAbsolute, join, relative, resolve } from 'node:path'
import { Command, CommanderError } from 'commander'
import { createLog } from '../build/io/log.ts'
import { createProgress, type ProgressStream } from '../build/io/progress.ts'
import { bytes } from '../build/io/table.ts'
import { DATASETS, listDatasets, nearestName } from './download/datasets.ts'
import { DownloadError } from './download/download-error.ts'
import { type Downloaded, download } from './download/index.ts'

/** Download a public data set into data/NAME: `npm run download -- movielens-25m`. */

const ROOT = join(import.meta.dirname, '..')
const EXIT = { done: 0, failed: 1, usage: 2, interrupted: 130 } as const
const STALL_MS = 30_000
const RETRY_MS = 1000

const EXAMPLES = `
Examples:
  $ npm run download -- --list                       what there is, with sizes and licences
  $ npm run download -- movielens-latest-small       1 MB, a good first try
  $ npm run download -- the-movies-dataset           from Kaggle: wants a free key, and says how to make one

A download that stops halfway goes on where it was when the same command runs again. What is complete
is left alone. Everything is checked (length, MD5 where one is published, CRC) before it is moved into place.

Kaggle's key is read from KAGGLE_USERNAME and KAGGLE_KEY, or from ~/.kaggle/kaggle.json.
Exit codes: 0 done, 1 failed, 2 wrong usage, 130 stopped by Ctrl-C.`

/** What the command line touches; tests put their own in place. */
export interface Surroundings {
  /** results */
  stdout: { write(text: string): unknown }
  /** progress, messages */
  stderr: ProgressStream
  signal: AbortSignal
  /** folder that --output starts at */
  cwd: string
  env: NodeJS.ProcessEnv
  home: string
  stallMs: number
  retryMs: number
  freeBytes?: (folder: string) => Promise<number>
}

interface Flags {
  output: string
  force?: true
  list?: true
}

/**
 * Run one command line, without the program's name.
 * @returns the exit code; messages have been written
 */
export async function run(args: string[], surroundings: Surroundings): Promise<number> {
  const { stdout, stderr, signal } = surroundings
  const command = describeCommand(surroundings)
  const progress = createProgress(stderr)
  const log = createLog({ level: 'info', stream: stderr, beforeLine: progress.clear })
  try {
    command.parse(args, { from: 'user' })
    const { list, force = false, output } = command.opts<Flags>()
    if (list) {
      stdout.write(`${listDatasets()}\n`)
      return EXIT.done
    }
    const [name] = command.args
    if (name === undefined) command.error('error: which data set? "npm run download -- --list" shows them')
    else if (!DATASETS.has(name)) command.error(unknownName(name))
    const options = { ...surroundings, output: resolve(surroundings.cwd, output), force }
    const result = await download(name!, options, { log, progress, track() {}, signal })
    progress.clear()
    stdout.write(`${wordsFor(name!, result)}\n`)
    return EXIT.done
  } catch (error) {
    progress.clear()
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.done : EXIT.usage
    if (signal.aborted) {
      stderr.write('download: stopped; the same command goes on from here\n')
      return EXIT.interrupted
    }
    // a failure as its own message; a bug as its stack, so that it can be reported
    stderr.write(`download: ${error instanceof DownloadError ? error.message : (error as Error).stack}\n`)
    return EXIT.failed
  }
}

/** The process: arguments in, exit code out. Ctrl-C stops in order, a second one at once. */
async function main(): Promise<void> {
  const interrupt = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM'])
    process.on(signal, () => (interrupt.signal.aborted ? process.exit(EXIT.interrupted) : interrupt.abort()))
  const secrets = join(ROOT, '.env')
  if (existsSync(secrets)) process.loadEnvFile(secrets)

  const { stdout, stderr, env } = process
  const surroundings = { stdout, stderr, signal: interrupt.signal, cwd: process.cwd(), env, home: homedir() }
  process.exit(await run(process.argv.slice(2), { ...surroundings, stallMs: STALL_MS, retryMs: RETRY_MS }))
}

function describeCommand({ stdout, stderr }: Surroundings): Command {
  return new Command('npm run download --')
    .description('Downloads a public data set of ratings or movies into data/NAME, checked and unpacked.')
    .argument('[name]', `one of: ${[...DATASETS.keys()].join(', ')}`)
    .option('--output <dir>', 'folder that receives a folder a data set', 'data')
    .option('--force', 'download again, and replace what is there')
    .option('--list', 'show names, sizes and licences')
    .addHelpText('after', EXAMPLES)
    .allowExcessArguments(false)
    .showHelpAfterError('Try "npm run download -- --help".')
    .exitOverride()
    .configureOutput({ writeOut: (text) => stdout.write(text), writeErr: (text) => stderr.write(text) })
}

function unknownName(name: string): string {
  const nearest = nearestName(name)
  const hint = nearest === null ? `known: ${[...DATASETS.keys()].join(', ')}` : `did you mean ${nearest}?`
  return `error: unknown data set ${JSON.stringify(name)}; ${hint}`
}

/** bundled: what movies are called in Vietnam, found by their ids or by title and year */
const LOCAL_TITLES = 'data/sample/local-titles.tsv'

/** What is there now, and the two lines to try. */
function wordsFor(name: string, { folder, files, found }: Downloaded): string {
  const { holds, licence, page } = DATASETS.get(name)!
  const inside = relative(ROOT, folder)
  const path = inside.startsWith('..') || isAbsolute(inside) ? folder : inside
  const size = bytes(files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0))
  const sources = [...(holds === 'metadata' ? ['data/sample/ml-latest-small'] : []), path, LOCAL_TITLES]
  return `${path}: ${found ? 'already there and complete, ' : ''}${files.length} files, ${size}
Licence: ${licence} (${page})

To build a model of it, change under "data:" in config/config.yml
  sources: [${sources.map((source) => `{ path: ${inYaml(source)} }`).join(', ')}]
and run
  npx marquee build`
}

function inYaml(text: string): string {
  return /^[\w./-]+$/.test(text) ? text : JSON.stringify(text)
}

if (process.argv[1] !== undefined && resolve(process.argv[1]) === import.meta.filename) await main()
