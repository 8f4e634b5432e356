import type { Command } from 'commander'
import { bytes, table } from '../io/table.ts'
import { promote, rollback } from '../publish/index.ts'
import { listModels } from '../publish/list-models.ts'
import { prune } from '../publish/prune.ts'
import type { Surroundings } from './index.ts'
import { addModelsDiffCommand } from './models-diff.ts'
import { parseCount, withPlace } from './options.ts'
import { trackServed } from './tracked.ts'
import { type StoreFlags, toldFromStore } from './with-store.ts'

/** What is published, as a table. */
export async function listCommand(flags: StoreFlags, surroundings: Surroundings): Promise<void> {
  const models = await toldFromStore(flags, surroundings, listModels)
  const { stdout } = surroundings
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
}

/** Moves the pointer; a running server follows it. Without an id back to where it stood. */
export async function moveCommand(
  buildId: string | undefined,
  flags: StoreFlags,
  surroundings: Surroundings,
): Promise<void> {
  const pointer = await toldFromStore(flags, surroundings, (store) =>
    buildId === undefined ? rollback(store) : promote(store, buildId),
  )
  surroundings.stdout.write(`The current model is ${pointer.buildId}.\n`)
  await trackServed(pointer.buildId, surroundings)
}

interface PruneFlags extends StoreFlags {
  keep: number
  force?: boolean
  dryRun?: boolean
}

/** Removes old models, and says which. */
export async function pruneCommand(flags: PruneFlags, surroundings: Surroundings): Promise<void> {
  const { removed, abandoned } = await toldFromStore(flags, surroundings, (store) => prune(store, flags))
  const { stdout } = surroundings
  const sum = removed.reduce((total, { sizeBytes }) => total + sizeBytes, 0)
  const verb = flags.dryRun ? 'would be' : removed.length === 1 ? 'is' : 'are'
  for (const { buildId, sizeBytes } of removed) stdout.write(`${buildId}  ${bytes(sizeBytes)}\n`)
  stdout.write(`${removed.length} ${removed.length === 1 ? 'model' : 'models'} (${bytes(sum)}) ${verb} removed.\n`)
  if (abandoned.length > 0) stdout.write(`Unfinished uploads that were ended: ${abandoned.join(', ')}\n`)
}

/** `marquee models list`, `promote`, `rollback`, `diff` and `prune` */
export function addModelsCommands(program: Command, surroundings: Surroundings): void {
  const models = program.command('models').description('the published models: which is current, what differs, which go')
  const withOptions = (command: Command) =>
    withPlace(command).option('--json <file>', 'also write the result there, as JSON')
  withOptions(models.command('list').description('every published model, the latest first')).action(
    (flags: StoreFlags) => listCommand(flags, surroundings),
  )
  withOptions(models.command('promote').description('make a published model current'))
    .argument('<buildId>', 'one of "marquee models list"')
    .action((buildId: string, flags: StoreFlags) => moveCommand(buildId, flags, surroundings))
  withOptions(models.command('rollback').description('back to the model that was current before'))
    .argument('[buildId]', 'another one of "marquee models list"')
    .action((buildId: string | undefined, flags: StoreFlags) => moveCommand(buildId, flags, surroundings))
  addModelsDiffCommand(withOptions(models.command('diff')), surroundings)
  withOptions(models.command('prune').description('remove old models; never the current one and the one before it'))
    .requiredOption('--keep <number>', 'models that stay in all, the latest first', parseCount)
    .option('--force', 'also those published within a day')
    .option('--dry-run', 'only say what would go')
    .action((flags: PruneFlags) => pruneCommand(flags, surroundings))
}
