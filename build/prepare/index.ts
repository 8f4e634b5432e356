import type { DataConfig, SplitConfig } from '#core/schemas/config.ts'
import type { StepHandles } from '../io/handles.ts'
import type { Dataset, Prepared } from '../nouns.ts'
import { createCatalog } from './catalog.ts'
import { requireParts, requireUsed } from './enough.ts'
import { filterRatings } from './filter.ts'
import { readInteractions } from './interactions.ts'
import { splitByTime } from './split.ts'
import { summarize } from './summary.ts'
import { writeTables } from './tables.ts'

export interface PrepareConfig {
  data: DataConfig
  split: SplitConfig
  /** splits by time leave nothing to chance; a random one would draw from it */
  seed: number
  /** folder of the Parquet tables; it is replaced as a whole */
  outputDir: string
}

/**
 * Join what belongs to a movie, filter the ratings, split them by time; give it all as typed arrays and as Parquet.
 * The same dataset and config give the same bytes. The dataset's tables stay as they were.
 * @throws {DataError} when the filters leave no rating, or the split leaves a part without one
 */
export async function prepare(dataset: Dataset, config: PrepareConfig, handles: StepHandles): Promise<Prepared> {
  const { database } = dataset
  const { data, split } = config
  const step = (label: string, done: number) => {
    handles.signal.throwIfAborted()
    handles.progress.update(label, done, 4)
  }

  step('joining the catalogue', 0)
  const catalog = await createCatalog(data.minTags, database)
  step('ordering the ratings', 1)
  const interactions = await readInteractions(database)
  step('filtering and splitting', 2)
  const numItems = catalog.movieIds.length
  const limits = { minPerUser: data.minRatingsPerUser, minPerMovie: data.minRatingsPerMovie }
  const used = filterRatings(interactions, numItems, limits)
  requireUsed(interactions, used, numItems, limits)
  interactions.parts = splitByTime({ ...interactions, used }, split)
  requireParts(interactions.parts, split)
  step('writing the tables', 3)
  const tables = await writeTables(interactions.parts, config.outputDir, database)
  for (const table of ['keywords', 'catalog', 'ordered_ratings', 'parts']) await database.run(`DROP TABLE ${table}`)

  const summary = summarize(catalog, interactions, handles.log)
  return { catalog, interactions, tables, summary }
}
