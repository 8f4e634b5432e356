import type { Command } from 'commander'
import type { ModelCard } from '#core/schemas/manifest.ts'
import type { ListsComparison } from '../evaluate/index.ts'
import { table } from '../io/table.ts'
import type { ObjectStore } from '../publish/object-store.ts'
import { readPointer } from '../publish/pointer.ts'
import { PublishError } from '../publish/published-model.ts'
import { readStoredModel } from '../publish/read-model.ts'
import type { Surroundings } from './index.ts'
import { parseCount, parseSeed } from './options.ts'
import { type StoreFlags, toldFromStore } from './with-store.ts'

interface DiffFlags extends StoreFlags {
  users: number
  seed: number
}

type GivenIds = [first: string | undefined, second: string | undefined]

/** What `--json` gets. */
export interface ModelsDiff {
  before: string
  after: string
  lists: ListsComparison
  /** as each model's card has them, of its own test part */
  metrics: { before: ModelCard['evaluation']['models'][number]; after: ModelCard['evaluation']['models'][number] }
}

/** What changes for a sample of users from one published model to another. */
async function diffCommand(ids: GivenIds, flags: DiffFlags, surroundings: Surroundings): Promise<void> {
  const { compareLists, openArtifacts } = await import('../evaluate/index.ts')
  const diff = await toldFromStore(flags, surroundings, async (store): Promise<ModelsDiff> => {
    const [before, after] = await modelsToCompare(ids, store)
    const [old, now] = [await readStoredModel(store, before), await readStoredModel(store, after)]
    const lists = await compareLists(
      openArtifacts(old.files, old.manifest.card.model),
      openArtifacts(now.files, now.manifest.card.model),
      flags.users,
      flags.seed,
    )
    const metrics = {
      before: old.manifest.card.evaluation.models[0]!,
      after: now.manifest.card.evaluation.models[0]!,
    }
    return { before, after, lists, metrics }
  })
  surroundings.stdout.write(`${diffText(diff)}\n`)
}

/** Two ids; one is held against the current model; without any the current model against the one before it. */
async function modelsToCompare(
  [first, second]: GivenIds,
  store: ObjectStore,
): Promise<[before: string, after: string]> {
  if (first !== undefined && second !== undefined) return [first, second]
  const { pointer, problem } = await readPointer(store)
  if (pointer === null) throw new PublishError(problem ?? 'no model is published yet; "marquee build" builds one')
  if (first !== undefined) return [pointer.buildId, first]
  const [previous] = pointer.previous
  if (previous === undefined)
    throw new PublishError(`no model was current before ${pointer.buildId}: name the one to compare it with`)
  return [previous, pointer.buildId]
}

function diffText({ before, after, lists, metrics }: ModelsDiff): string {
  const interval = ({ mean, low, high }: { mean: number; low: number; high: number }) =>
    `${mean.toFixed(3)}  (95 % ${low.toFixed(3)} to ${high.toFixed(3)})`
  const moved = (title: string, movies: ListsComparison['entered']) =>
    table(
      [title, 'users'],
      movies.map((movie) => [movie.title, String(movie.users)]),
    )
  const names = Object.keys(metrics.after.metrics).filter((name) => name in metrics.before.metrics)
  return [
    `${before} → ${after}, ${lists.users} of the ${lists.usersInBoth} users whom both know`,
    `movies: ${lists.movies.added} added, ${lists.movies.removed} removed`,
    `overlap@10: ${interval(lists['overlap@10'])}`,
    `rank correlation@100: ${interval(lists['rankCorrelation@100'])}`,
    `unchanged first ten: ${lists.unchanged} of ${lists.users} users`,
    moved('comes into lists', lists.entered),
    moved('leaves lists', lists.left),
    ...lists.examples.map(({ userId, before: old, after: now }) =>
      table(
        [`user ${userId}: before`, 'after'],
        now.map((title, place) => [old[place] ?? '', title]),
      ),
    ),
    table(
      ['each on its own test part', before, after],
      names.map((name) => [
        name,
        metrics.before.metrics[name]!.mean.toFixed(4),
        metrics.after.metrics[name]!.mean.toFixed(4),
      ]),
    ),
  ].join('\n\n')
}

/** `marquee models diff` */
export function addModelsDiffCommand(diff: Command, surroundings: Surroundings): void {
  diff
    .description('what changes for users from one model to another')
    .argument('[buildId]', 'from the current model to this one (default: from the one before it to the current one)')
    .argument('[after]', 'from the first to this one')
    .option('--users <number>', 'users that are drawn', parseCount, 200)
    .option('--seed <number>', 'of the draw', parseSeed, 42)
    .action((first: string | undefined, second: string | undefined, flags: DiffFlags) =>
      diffCommand([first, second], flags, surroundings),
    )
}
