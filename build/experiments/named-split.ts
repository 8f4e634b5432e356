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
  sharesOf,
  withoutCold,
  withoutUntrained,
} from '../evaluate/index.ts'
import { ingest } from '../ingest/index.ts'
import type { StepHandles } from '../io/handles.ts'
import type { Interactions, PreparedRatings, SourceReport } from '../nouns.ts'
import { prepare, splitRatings } from '../prepare/index.ts'
import type { Split } from './evaluate-split.ts'

/** A split whose files are the caller's. @param relevantFrom stars; null: every interaction counts */
export async function ownSplit(files: SplitFiles, relevantFrom: number | null, handles: StepHandles): Promise<Split> {
  const split = await readOwnSplit(files, handles)
  return { ...split, relevantFrom, learnsAgain: true, candidates: null, protocol: 'a split given by files' }
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

  const { relevantFrom, learnsAgain, drops, sampledNegatives, words } = protocol
  const interactions = keptBy(protocol, all)
  const order = { hasTimes: true, hasOrder: true }
  const base = { catalog, files, relevantFrom, learnsAgain, ...order, protocol: `${name}: ${words}` }
  if (sampledNegatives) {
    const folder = inputs?.find(isNcf) ?? inputs?.at(-1) ?? '.'
    const { parts, candidates } = await readNcfSplit(folder, interactions, catalog)
    return { ...base, interactions: { ...interactions, parts }, candidates }
  }
  const used = new Uint8Array(interactions.itemIndices.length).fill(1)
  const split = sharesOf(protocol, countUsers(interactions))
  const parts = splitRatings({ ...interactions, used }, { ...config.split, ...split }, config.project.seed)
  const without = { cold: withoutCold, untrained: withoutUntrained, nothing: (all: Interactions) => all }
  return { ...base, interactions: without[drops]({ ...interactions, parts }), candidates: null }
}

/** The ratings that are high enough for the protocol, of users who have enough of them. */
function keptBy({ keptFrom, minPerUser }: Protocol, all: Interactions): Interactions {
  const high = keptFrom === null ? all : keepEntries(all, (entry) => all.ratings[entry]! >= keptFrom)
  if (minPerUser === 0) return high
  const { indptr, itemIndices } = high
  const isKept = new Uint8Array(itemIndices.length)
  for (let user = 0; user + 1 < indptr.length; user++)
    if (indptr[user + 1]! - indptr[user]! >= minPerUser) isKept.fill(1, indptr[user]!, indptr[user + 1]!)
  return keepEntries(high, (entry) => isKept[entry] === 1)
}

/** Those with any rating. */
function countUsers({ indptr }: Interactions): number {
  return indptr.subarray(1).reduce((users, end, user) => users + (end > indptr[user]! ? 1 : 0), 0)
}

/** All ratings of the sources, each user's in the order of time; its tables are not kept. */
export async function readRatings(
  config: Config,
  handles: StepHandles,
): Promise<PreparedRatings & { files: SourceReport[] }> {
  const dataset = await ingest(config.data, handles)
  const folder = await mkdtemp(join(tmpdir(), 'marquee-ratings-'))
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
