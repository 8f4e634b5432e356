import type { DataConfig, SplitConfig } from '#core/schemas/config.ts'
import type { StepHandles } from '../io/handles.ts'
import type { Catalog, Dataset, Interactions, Prepared, SourceReport, Statistics, TableReport } from '../nouns.ts'
import { createCatalog } from './catalog.ts'
import { requireParts, requireUsed } from './enough.ts'
import { genresOf } from './features.ts'
import { filterRatings } from './filter.ts'
import { splitAsGiven } from './given-split.ts'
import { readInteractions } from './interactions.ts'
import { requireReplaceable } from './replace-folder.ts'
import { splitRatings } from './split.ts'
import { countParts, densityOf, ratingHistogram } from './statistics.ts'
import { summarize } from './summary.ts'
import { writeTables } from './tables.ts'

export { hashSplitFiles, splitAsGiven } from './given-split.ts'
export { requireReplaceable } from './replace-folder.ts'
export { splitRatings } from './split.ts'
export { drawValidation } from './split-by-seed.ts'

export interface PrepareConfig {
  data: DataConfig
  split: SplitConfig
  /** of the splits that draw; those by time leave nothing to chance */
  seed: number
  /** folder of the Parquet tables; it is replaced as a whole */
  outputDir: string
}

/**
 * Join what belongs to a movie, filter the ratings, split them, describe users and movies; give it all as typed arrays
 * and as Parquet. The same dataset and config give the same bytes. The dataset's tables stay as they were.
 * @throws {DataError} when the filters leave no rating, the split leaves a part without one or its files contradict each
 *   other, or the folder has other files
 */
export async function prepare(
  dataset: Dataset,
  config: PrepareConfig,
  handles: StepHandles,
): Promise<Prepared & { statistics: Statistics }> {
  const { database } = dataset
  const { data, split } = config
  const step = (label: string, done: number) => {
    handles.signal.throwIfAborted()
    handles.progress.update(label, done, 4)
  }

  await requireReplaceable(config.outputDir)
  step('joining the catalogue', 0)
  const catalog = await createCatalog(data.minTags, database)
  step('ordering the ratings', 1)
  const interactions = await readInteractions(database)
  step('filtering and splitting', 2)
  const { parts, files } = await divide(interactions, catalog, config, handles)
  interactions.parts = parts
  requireParts(parts, split)
  const summary = {
    ...summarize(catalog, interactions, handles.log),
    ...(dataset.feedback && { feedback: dataset.feedback }),
  }
  step('writing the tables', 3)
  const describe = (tables: TableReport[]): Statistics => {
    const { parts: _parts, coverage, ...counts } = summary
    return {
      sources: dataset.sources,
      joins: dataset.joins,
      filters: {
        minRatingsPerUser: data.minRatingsPerUser,
        minRatingsPerMovie: data.minRatingsPerMovie,
        minTags: data.minTags,
        until: data.filterUntil,
        applied: split.strategy !== 'given',
        leftOut: summary.ratings - summary.usedRatings,
      },
      counts,
      density: densityOf(summary),
      ratingHistogram: ratingHistogram(interactions.ratings),
      split: {
        strategy: split.strategy,
        seed: config.seed,
        parts: countParts(interactions, catalog.movieIds.length),
        files,
      },
      coverage,
      genres: genresOf(catalog),
      tables,
    }
  }
  const statistics = await writeTables({ catalog, interactions }, config.outputDir, database, describe, handles.signal)
  for (const table of ['keywords', 'catalog']) await database.run(`DROP TABLE ${table}`)
  const tables = statistics.tables.map(({ name, rows, sizeBytes }) => ({ name, rows, sizeBytes }))
  return { catalog, interactions, tables, summary, statistics }
}

/** A part for each rating: as files give it, or drawn from what passes the filters. */
async function divide(
  interactions: Interactions,
  catalog: Catalog,
  { data, split, seed }: PrepareConfig,
  handles: StepHandles,
): Promise<{ parts: Uint8Array; files: SourceReport[] }> {
  const { strategy } = split
  if (strategy === 'given') {
    const { parts, sources } = await splitAsGiven(interactions, catalog, split, seed, handles)
    return { parts, files: sources }
  }
  const numItems = catalog.movieIds.length
  const limits = {
    minPerUser: data.minRatingsPerUser,
    minPerMovie: data.minRatingsPerMovie,
    until: data.filterUntil,
  }
  const used = filterRatings(interactions, numItems, limits)
  requireUsed(interactions, used, numItems, limits)
  return { parts: splitRatings({ ...interactions, used }, { ...split, strategy }, seed), files: [] }
}
