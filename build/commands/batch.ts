import { mkdir, rm, writeFile } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { type Command, InvalidArgumentError, Option } from 'commander'
import { batchLists, exportLists, LIST_FORMATS, storeLists } from '../batch/index.ts'
import { ConfigError } from '../config/load-config.ts'
import type { StepHandles } from '../io/handles.ts'
import { bytes } from '../io/table.ts'
import type { ObjectStore } from '../publish/object-store.ts'
import { readPointer } from '../publish/pointer.ts'
import { fileProblem, modelKey, PublishError, readManifest } from '../publish/published-model.ts'
import { configOf, placeOf, type Surroundings, writeJson } from './index.ts'
import { parseCount, withPlace } from './options.ts'
import { withHandles } from './with-handles.ts'
import { withStore } from './with-store.ts'

/** Longest list: what is stored of a user stays below 1 kB. */
const MAX_K = 200

export interface BatchFlags {
  k: number
  model?: string
  output?: string
  /** --no-store */
  store: boolean
  threads?: number
  work: string
  state?: string
  target?: string
  logLevel?: string
  json?: string
}

/** Lists of all users of a published model: into a file, into the database that the Worker asks, or both. */
export async function batchCommand(flags: BatchFlags, surroundings: Surroundings): Promise<void> {
  const { cwd, stdout } = surroundings
  const output = flags.output === undefined ? null : resolve(cwd, flags.output)
  if (output !== null && !LIST_FORMATS.some((format) => output.endsWith(`.${format}`)))
    throw new ConfigError(`--output ${flags.output}: expected a name that ends with .${LIST_FORMATS.join(' or .')}`)
  if (output === null && !flags.store)
    throw new ConfigError('--no-store: found no --output; the lists need a place to go')
  const config = configOf(flags.logLevel === undefined ? {} : { logLevel: flags.logLevel }, cwd, {})
  const told = await withHandles(config, surroundings, async (handles) => {
    const { folder, workFolder, modelId } = await withStore(flags, surroundings, (store) =>
      takeModel(store, flags, resolve(cwd, flags.work), handles),
    )
    const threads = flags.threads ?? availableParallelism()
    const lists = await batchLists({ folder, workFolder, k: flags.k, threads, handles })
    const written = output === null ? null : await writeTo(output, lists)
    const stored = flags.store ? await storeIn(lists, flags, cwd, handles) : null
    await rm(workFolder, { recursive: true, force: true })
    const { k, users, reused, seconds } = lists
    return { modelId, k, users, reused, seconds, output, written, stored }
  })
  const { modelId, k, users, seconds, written, stored } = told
  stdout.write(`Top ${k} of ${users} users by model ${modelId}, made in ${seconds.toFixed(1)} s.\n`)
  if (written) stdout.write(`${output}: ${written.rows} rows, ${bytes(written.sizeBytes)}\n`)
  if (stored) stdout.write(`The database has them now; ${stored.removed} of a model before are removed.\n`)
  if (flags.json !== undefined) writeJson(resolve(cwd, flags.json), told)
}

/** The files of the current model, or of the one that is named, on this disk and as the manifest says. */
async function takeModel(
  store: ObjectStore,
  { model: named, k }: BatchFlags,
  work: string,
  { log, progress, signal }: StepHandles,
): Promise<{ folder: string; workFolder: string; modelId: string }> {
  const modelId = named ?? (await readPointer(store)).pointer?.buildId
  if (modelId === undefined) throw new PublishError('no model is published yet; "marquee build" builds one')
  const key = modelKey(modelId, 'manifest.json')
  const manifestBytes = await store.get(key)
  if (manifestBytes === null) throw new PublishError(`${key} is missing; "marquee models list" shows what there is`)
  const { manifest, problem } = readManifest(manifestBytes)
  if (manifest === null) throw new PublishError(`${key} is no manifest that this version knows (${problem})`)

  const workFolder = join(work, `${modelId}-${k}`)
  const folder = join(workFolder, 'model')
  await mkdir(folder, { recursive: true })
  const files = Object.entries(manifest.files)
  for (const [done, [name, expected]] of files.entries()) {
    signal.throwIfAborted()
    const bytes = await store.get(modelKey(modelId, name))
    const problem = fileProblem(bytes, expected)
    if (problem !== null) throw new PublishError(`${modelKey(modelId, name)} ${problem}`)
    await writeFile(join(folder, name), bytes!)
    progress.update('fetch model', done + 1, files.length)
  }
  await writeFile(join(folder, 'manifest.json'), manifestBytes)
  log.debug(`batch: model ${modelId} is in ${folder}`)
  return { folder, workFolder, modelId }
}

async function writeTo(output: string, lists: Parameters<typeof exportLists>[0]) {
  await mkdir(dirname(output), { recursive: true })
  return exportLists(lists, output)
}

async function storeIn(
  lists: Parameters<typeof storeLists>[0],
  flags: BatchFlags,
  cwd: string,
  handles: StepHandles,
): Promise<Awaited<ReturnType<typeof storeLists>>> {
  const { openLiveDatabase } = await import('../publish/live-database.ts')
  const database = await openLiveDatabase(placeOf(flags, cwd))
  try {
    return await storeLists(lists, database, handles)
  } finally {
    await database.close()
  }
}

/** `marquee batch` */
export function addBatchCommand(program: Command, surroundings: Surroundings): void {
  withPlace(
    program
      .command('batch')
      .description(
        'lists of all users of a published model, beforehand: a file for others, and what the Worker falls back on',
      ),
  )
    .option('--k <length>', 'movies in a list', parseLength, 50)
    .option('--model <buildId>', 'which published model (default: the current one)')
    .option('--output <file>', `write the lists there as well: .${LIST_FORMATS.join(' or .')}`)
    .option('--no-store', 'leave the database as it is')
    .option('--threads <count>', 'threads to work with (default: one a core)', parseCount)
    .option(
      '--work <dir>',
      'where what is done waits for the rest; a stopped run goes on from there',
      'artifacts/batch',
    )
    .addOption(new Option('--log-level <level>', 'how much to say').choices(['error', 'warn', 'info', 'debug']))
    .option('--json <file>', 'also write the result there, as JSON')
    .action((flags: BatchFlags) => batchCommand(flags, surroundings))
}

function parseLength(text: string): number {
  const length = parseCount(text)
  if (length > MAX_K) throw new InvalidArgumentError(`Expected at most ${MAX_K}.`)
  return length
}
