import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Config } from '#core/schemas/config.ts'
import {
  keepEntries,
  NCF_TEST_FILE,
  PROTOCOLS,
  type Protocol,
  type ProtocolName,
  readNcfSplit,
  readOwnSplit,
  type SplitFiles,
  withoutCold,
} from './evaluate/index.ts'
import type { Split } from './evaluate-split.ts'
import { ingest } from './ingest/index.ts'
import type { StepHandles } from './io/handles.ts'
import type { PreparedRatings, SourceReport } from './nouns.ts'
import { prepare, splitRatings } from './prepare/index.ts'

/** A split whose files are the caller's. @param relevantFrom stars; null: every interaction counts */
export async function ownSplit(files: SplitFiles, relevantFrom: number | null, handles: StepHandles): Promise<Split> {
  const split = await readOwnSplit(files, handles)
  return { ...split, relevantFrom, candidates: null, protocol: 'a split given by files' }
}

/**
 * The split of a named protocol, of data in any format that is read here.
 * @param inputs folders or files, in place of the configured sources; also the one with NCF's files, where these are needed
 */
export async function namedSplit(
  name: ProtocolName,
  inputs: string[] | null,
  config: Config,
  handles: StepHandles,
): Promise<Split> {
  const protocol: Protocol = PROTOCOLS[name]
  const isNcf = (path: string) => protocol.sampledNegatives && existsSync(join(path, NCF_TEST_FILE))
  const sources = inputs?.filter((path) => !isNcf(path)).map((path) => ({ path, format: 'auto' as const }))
  const data = sources && sources.length > 0 ? { ...config.data, sources } : config.data
  const { catalog, interactions: all, files } = await readRatings({ ...config, data }, handles)

  const { keptFrom, relevantFrom, split, dropsCold, sampledNegatives, words } = protocol
  const interactions = keptFrom === null ? all : keepEntries(all, (entry) => all.ratings[entry]! >= keptFrom)
  const base = { catalog, files, relevantFrom, hasTimes: true, protocol: `${name}: ${words}` }
  if (sampledNegatives) {
    const folder = inputs?.find(isNcf) ?? inputs?.at(-1) ?? '.'
    const { parts, candidates } = await readNcfSplit(folder, interactions, catalog)
    return { ...base, interactions: { ...interactions, parts }, candidates }
  }
  const used = new Uint8Array(interactions.itemIndices.length).fill(1)
  const parts = splitRatings({ ...interactions, used }, { ...config.split, ...split }, config.project.seed)
  const divided = { ...interactions, parts }
  return { ...base, interactions: dropsCold ? withoutCold(divided) : divided, candidates: null }
}

/** All ratings of the sources, each user's in the order of time; its tables are not kept. */
async function readRatings(config: Config, handles: StepHandles): Promise<PreparedRatings & { files: SourceReport[] }> {
  const folder = await mkdtemp(join(tmpdir(), 'marquee-ratings-'))
  const dataset = await ingest(config.data, handles)
  try {
    const everything = { ...config.data, minRatingsPerUser: 0, minRatingsPerMovie: 0 }
    const split = { ...config.split, strategy: 'leaveOneOut' as const }
    const settings = { data: everything, split, seed: config.project.seed, outputDir: join(folder, 'tables') }
    const { catalog, interactions } = await prepare(dataset, settings, handles)
    return { catalog, interactions, files: dataset.sources }
  } finally {
    await dataset.database.close()
    await rm(folder, { recursive: true, force: true })
  }
}
