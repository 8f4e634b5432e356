import { DataError, hashFile } from '../../io/files.ts'
import type { Log, StepHandles } from '../../io/handles.ts'
import { type Catalog, type Interactions, PART, type PreparedRatings, type SourceReport } from '../../nouns.ts'
import { isListedById } from './hold-out-last.ts'
import { readSplitFile, type SplitFormat } from './split-file.ts'

export interface SplitFiles {
  train: string
  /** null where the caller draws it from train */
  valid: string | null
  test: string
  format: SplitFormat
}

/** A split of one's own: what `prepare` makes of a source, made of the files alone. */
export interface OwnSplit extends PreparedRatings {
  files: SourceReport[]
  /** whether every interaction has a time */
  hasTimes: boolean
  /** whether a user's interactions stand in the order in which they came, as far as the files tell */
  hasOrder: boolean
}

const PARTS = ['train', 'validation', 'test'] as const
const NO_TEXT = { overview: '', tagline: '', keywords: [], cast: [], directors: [], poster: '', source: '' }

/** What the files hold, row by row, in their order. */
interface Rows {
  userIndexOf: Map<string, number>
  itemIndexOf: Map<string, number>
  users: number[]
  items: number[]
  ratings: number[]
  times: number[]
  parts: number[]
}

/**
 * Read a split. Every user and item that any file names is known, in the order in which train, valid and test name them.
 * A user's interactions are in the order of time; where not all have one, train comes before valid and that before test,
 * each in the file's order. Of a pair that stands twice the first holds, train before valid before test: what a user
 * has already cannot be found again. An interaction without a rating has 1. O(interactions), about 60 bytes each.
 * @throws {DataError} naming file and line for what cannot be read, and a file that gives nothing, or nothing new
 */
export async function readOwnSplit(files: SplitFiles, { log, signal }: StepHandles): Promise<OwnSplit> {
  const rows: Rows = {
    ...{ userIndexOf: new Map(), itemIndexOf: new Map() },
    ...{ users: [], items: [], ratings: [], times: [], parts: [] },
  }
  const named = { train: files.train, validation: files.valid, test: files.test }
  const sources: (SourceReport & { part: (typeof PARTS)[number] })[] = []
  for (const part of PARTS) {
    const file = named[part]
    if (file === null) continue
    const { sizeBytes, sha256 } = await hashFile(file)
    const rowsRead = await readSplitFile(file, files.format, signal, (user, item, rating, timestamp) => {
      rows.users.push(indexIn(rows.userIndexOf, user))
      rows.items.push(indexIn(rows.itemIndexOf, item))
      rows.ratings.push(Number.isNaN(rating) ? 1 : rating)
      rows.times.push(timestamp)
      rows.parts.push(PART[part])
    })
    if (rowsRead === 0) throw new DataError(`${file}: found no interaction, expected some`)
    sources.push({ file, sizeBytes, sha256, rowsRead, rowsKept: 0, dropped: {}, part })
  }
  const hasTimes = rows.times.every((time) => !Number.isNaN(time))
  const interactions = interactionsOf(rows, hasTimes)
  const kept = interactions.parts.reduce((counts, part) => counts.set(part, (counts.get(part) ?? 0) + 1), new Map())
  const reports = sources.map(({ part, ...source }): SourceReport => {
    const rowsKept = kept.get(PART[part]) ?? 0
    const twice = source.rowsRead - rowsKept
    const reason = part === 'train' ? 'the same pair again' : 'the same pair again, or in an earlier part'
    if (rowsKept === 0)
      throw new DataError(`${source.file}: found nothing but what is in an earlier part, expected some that is new`)
    if (twice > 0) log.warn(`${source.file}: ${twice} of ${source.rowsRead} interactions left out: ${reason}`)
    return { ...source, rowsKept, dropped: twice > 0 ? { [reason]: twice } : {} }
  })
  warnOfOtherIds(rows, sources.at(-1)!.file, log)
  const catalog = catalogOf([...rows.itemIndexOf.keys()])
  const hasOrder = hasTimes || (files.format === 'adjacency' && !isListedById(interactions, catalog.titles))
  return { catalog, interactions, files: reports, hasTimes, hasOrder }
}

/** Where the test part shares no user, or no item, with the other parts, these are likely to be written in another way. */
function warnOfOtherIds({ userIndexOf, itemIndexOf, users, items, parts }: Rows, file: string, log: Log): void {
  const kinds = [
    ['user', userIndexOf, users],
    ['item', itemIndexOf, items],
  ] as const
  const start = parts.indexOf(PART.test)
  for (const [kind, indexOf, rows] of kinds) {
    const known = rows.slice(0, start).reduce((most, index) => Math.max(most, index), -1)
    if (rows.slice(start).some((index) => index <= known)) continue
    const ids = [...indexOf.keys()]
    const [here, there] = [ids[rows[start]!], ids[0]].map((id) => JSON.stringify(id))
    log.warn(
      `${file}: found no ${kind} that train or valid has; are the ids written alike (${here} here, ${there} there)?`,
    )
  }
}

function indexIn(indexOf: Map<string, number>, id: string): number {
  const known = indexOf.get(id)
  if (known !== undefined) return known
  indexOf.set(id, indexOf.size)
  return indexOf.size - 1
}

/** CSR over users without repeated pairs. The rows come part by part, so the first of a pair is of its earliest part. */
function interactionsOf(
  { userIndexOf, itemIndexOf, users, items, ratings, times, parts }: Rows,
  hasTimes: boolean,
): Interactions {
  const numUsers = userIndexOf.size
  const starts = new Uint32Array(numUsers + 1)
  for (const user of users) starts[user + 1]!++
  for (let user = 0; user < numUsers; user++) starts[user + 1]! += starts[user]!
  const filled = starts.slice()
  const byUser = new Uint32Array(users.length)
  for (const [row, user] of users.entries()) byUser[filled[user]!++] = row

  const indptr = new Uint32Array(numUsers + 1)
  const lastUserOf = new Int32Array(itemIndexOf.size).fill(-1)
  const order = new Uint32Array(users.length)
  let count = 0
  for (let user = 0; user < numUsers; user++) {
    const rows = byUser.subarray(starts[user]!, starts[user + 1]!).filter((row) => {
      const isNew = lastUserOf[items[row]!] !== user
      lastUserOf[items[row]!] = user
      return isNew
    })
    order.set(hasTimes ? rows.sort((a, b) => times[a]! - times[b]! || a - b) : rows, count)
    count += rows.length
    indptr[user + 1] = count
  }
  const kept = order.subarray(0, count)
  return {
    userIds: Int32Array.from({ length: numUsers }, (_, user) => user),
    indptr,
    itemIndices: Int32Array.from(kept, (row) => items[row]!),
    ratings: Float32Array.from(kept, (row) => ratings[row]!),
    timestamps: Uint32Array.from(kept, (row) => (hasTimes ? times[row]! : 0)),
    parts: Uint8Array.from(kept, (row) => parts[row]!),
  }
}

/** Items of which nothing is known but their ids. */
function catalogOf(itemIds: string[]): Catalog {
  const numItems = itemIds.length
  return {
    movieIds: Int32Array.from({ length: numItems }, (_, item) => item),
    titles: itemIds,
    years: new Int16Array(numItems),
    genres: itemIds.map(() => []),
    imdbIds: new Int32Array(numItems),
    tmdbIds: new Int32Array(numItems),
    runtimes: new Int16Array(numItems),
    texts: itemIds.map(() => NO_TEXT),
  }
}
