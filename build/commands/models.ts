import { resolve } from 'node:path'
import type { Command } from 'commander'
import { bytes, table } from '../io/table.ts'
import { listModels, rollback } from '../publish/index.ts'
import { type Surroundings, stateOf, writeJson } from './index.ts'

export interface ModelsFlags {
  state?: string
  json?: string
}

/** What is published, as a table. */
export async function listCommand(flags: ModelsFlags, { cwd, stdout, openStore }: Surroundings): Promise<void> {
  const store = await openStore(stateOf(flags, cwd))
  try {
    const models = await listModels(store)
    if (flags.json !== undefined) writeJson(resolve(cwd, flags.json), models)
    if (models.length === 0) {
      stdout.write('No model is published yet. "marquee build" builds one and publishes it.\n')
      return
    }
    const rows = models.map(({ buildId, sizeBytes, current, publishedAt }) => [
      buildId,
      bytes(sizeBytes),
      publishedAt === null ? 'incomplete' : publishedAt.slice(0, 19).replace('T', ' '),
      current ? 'current' : '',
    ])
    stdout.write(`${table(['build', 'size', 'published (UTC)', ''], rows)}\n`)
  } finally {
    await store.close()
  }
}

/** Moves the pointer back; a running server follows it. */
export async function rollbackCommand(
  buildId: string | undefined,
  flags: ModelsFlags,
  { cwd, stdout, openStore }: Surroundings,
): Promise<void> {
  const store = await openStore(stateOf(flags, cwd))
  try {
    const pointer = await rollback(store, buildId)
    stdout.write(`The current model is ${pointer.buildId}.\n`)
    if (flags.json !== undefined) writeJson(resolve(cwd, flags.json), pointer)
  } finally {
    await store.close()
  }
}

/** `marquee models list` and `rollback` */
export function addModelsCommands(program: Command, surroundings: Surroundings): void {
  const models = program.command('models').description('list the published models, go back to one of them')
  const withOptions = (command: Command) =>
    command
      .option('--state <dir>', 'local R2, as "wrangler dev --persist-to" (default: .wrangler/state)')
      .option('--json <file>', 'also write the result there, as JSON')
  withOptions(models.command('list').description('every published model, the latest first')).action(
    (flags: ModelsFlags) => listCommand(flags, surroundings),
  )
  withOptions(models.command('rollback').description('make another published model current'))
    .argument('[buildId]', 'one of "marquee models list" (default: the one that was current before)')
    .action((buildId: string | undefined, flags: ModelsFlags) => rollbackCommand(buildId, flags, surroundings))
}
