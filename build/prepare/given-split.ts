import { basename } from 'node:path'
import { randomSource } from '#core/random.ts'
import type { SplitConfig } from '#core/schemas/config.ts'
import { DataError, hashFile } from '../io/files.ts'
import type { StepHandles } from '../io/handles.ts'
import { type Catalog, type Interactions, PART, type SourceReport } from '../nouns.ts'
import { readIdPairs } from './id-pairs.ts'
import { drawValidation } from './split-by-seed.ts'

const PARTS = ['train', 'validation', 'test'] as const

/** The files that a given split is read from, hashed: they are inputs of the build. @throws {DataError} for a missing one */
export async function hashSplitFiles(split: SplitConfig): Promise<{ file: string; sha256: string }[]> {
  if (split.strategy !== 'given') return []
  const files = PARTS.flatMap((part) => split.given[part] ?? [])
  return Promise.all(files.map(async (file) => ({ file, sha256: (await hashFile(file)).sha256 })))
}

/**
 * The split that files give: a rating is of the part whose file names its user and movie. Without a training file train
 * is every rating that no other file names; without a validation file `split.validation` of the training ratings are
 * drawn for it, which the shipped model learns from too, so that it has learned from exactly the given ones. Ratings in
 * no file are history only. Ratings and times are those of the sources: the files name ids. O(ratings), 4 bytes a rating.
 * @returns a Part for each rating, and what each file gave
 * @throws {DataError} naming file and line where a rating is given to a second part, or there is no id
 */
export async function splitAsGiven(
  interactions: Interactions,
  { movieIds }: Catalog,
  split: SplitConfig,
  seed: number,
  { log, signal }: StepHandles,
): Promise<{ parts: Uint8Array; sources: SourceReport[] }> {
  const { given } = split
  const find = entryFinder(interactions, movieIds)
  const parts = new Uint8Array(interactions.itemIndices.length)
  const sources: SourceReport[] = []
  for (const name of PARTS) {
    const file = given[name]
    if (file === null) continue
    const { sizeBytes, sha256 } = await hashFile(file)
    let rowsRead = 0
    let rowsKept = 0
    const dropped: Record<string, number> = {}
    const drop = (reason: string) => {
      dropped[reason] = (dropped[reason] ?? 0) + 1
    }
    await readIdPairs(file, signal, (userId, movieId, line) => {
      rowsRead++
      const entry = find(userId, movieId)
      if (typeof entry === 'string') drop(entry)
      else if (parts[entry] === PART[name]) drop('the same pair again')
      else if (parts[entry] !== PART.historyOnly) {
        const other = PARTS.find((part) => PART[part] === parts[entry])!
        throw new DataError(
          `${file}:${line}: found user ${userId} with movie ${movieId} in the ${name} part, ` +
            `which ${given[other]} has in the ${other} part; expected each rating in one part`,
        )
      } else {
        parts[entry] = PART[name]
        rowsKept++
      }
    })
    sources.push({ file, sizeBytes, sha256, rowsRead, rowsKept, dropped })
    for (const [reason, rows] of Object.entries(dropped))
      log.warn(`${basename(file)}: ${rows} of ${rowsRead} pairs left out: ${reason}`)
  }
  if (given.train === null)
    for (let entry = 0; entry < parts.length; entry++) if (parts[entry] === PART.historyOnly) parts[entry] = PART.train
  if (given.validation === null) drawValidation(parts, split.validation, randomSource(seed))
  return { parts, sources }
}

/**
 * Find the rating of a user and movie: ratings by movie keep the order of users, so that a movie's are searched by halves.
 * @returns a function from outside ids to the entry, or to the reason why there is none
 */
function entryFinder(
  { userIds, indptr, itemIndices }: Interactions,
  movieIds: Int32Array,
): (userId: number, movieId: number) => number | string {
  const userIndexOf = new Map(Array.from(userIds, (userId, userIndex) => [userId, userIndex]))
  const itemIndexOf = new Map(Array.from(movieIds, (movieId, itemIndex) => [movieId, itemIndex]))
  const starts = new Uint32Array(movieIds.length + 1)
  for (let entry = 0; entry < itemIndices.length; entry++) starts[itemIndices[entry] + 1]++
  for (let item = 0; item < movieIds.length; item++) starts[item + 1] += starts[item]
  const filled = starts.slice()
  const entries = new Uint32Array(itemIndices.length)
  for (let entry = 0; entry < itemIndices.length; entry++) entries[filled[itemIndices[entry]]++] = entry

  return (userId, movieId) => {
    const userIndex = userIndexOf.get(userId)
    if (userIndex === undefined) return 'userId is not among the ratings'
    const itemIndex = itemIndexOf.get(movieId)
    if (itemIndex === undefined) return 'movieId is not among the movies'
    // the first of the movie's entries that is not before the user's row
    let [low, high] = [starts[itemIndex], starts[itemIndex + 1]]
    while (low < high) {
      const middle = (low + high) >>> 1
      if (entries[middle] < indptr[userIndex]) low = middle + 1
      else high = middle
    }
    const found = low < starts[itemIndex + 1] && entries[low] < indptr[userIndex + 1]
    return found ? entries[low] : 'the user has not rated the movie in the data'
  }
}
