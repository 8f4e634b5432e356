import type { History } from '#core/history.ts'
import type { Model } from '#core/model.ts'
import { blockedItems } from '#recommend/constraints.ts'
import { type Interactions, PART, type Part } from '../nouns.ts'

/** A user to be judged: what was known before, and what turned out to be liked. */
export interface JudgedUser {
  history: History
  /** item indices of the part's ratings at or above the threshold */
  relevant: ReadonlySet<number>
  /** movieIds that were seen beside the history, where a user is replayed with less of it */
  exclude?: number[]
  /** the only items that are ranked, where a protocol samples some */
  candidates?: ReadonlySet<number>
}

/** Flags of what a user's list leaves out: all that was seen, and where there are candidates what is none. */
export function leftOut({ history, exclude, candidates }: JudgedUser, model: Model): Uint8Array {
  const blocked = blockedItems(model, history.itemIndices, { exclude })
  if (!candidates) return blocked
  const others = new Uint8Array(blocked.length).fill(1)
  for (const item of candidates) others[item] = blocked[item]!
  return others
}

/** By userIndex, the only items that are ranked for the user. */
export type Candidates = ReadonlyMap<number, ReadonlySet<number>>

/** What is known when a part is judged, whenever it was rated: a split that is not by time has it among the part's own. */
const KNOWN: Record<number, ReadonlySet<number>> = {
  [PART.validation]: new Set([PART.train, PART.foldIn]),
  [PART.test]: new Set([PART.train, PART.foldIn, PART.validation]),
}

/**
 * The users of one part of the split. A user's history is all that the parts before it hold, and what a held-out user
 * tells; also the ratings that the filters left out, as they were seen too, up to the last of those and at least to the
 * first rating of the part. So with a split by time it is everything before the first rating of the part.
 * @param part validation or test
 * @param candidates of every user with relevant items; null: everybody's list is of the whole catalogue
 * @returns users with relevant items, their userIndex, and how many had ratings in the part but none relevant
 */
export function judgedUsers(
  interactions: Interactions,
  part: Part,
  relevantFrom: number,
  candidates: Candidates | null = null,
): { judged: JudgedUser[]; userIndices: number[]; withoutRelevant: number } {
  const { indptr, parts, itemIndices, ratings } = interactions
  const judged: JudgedUser[] = []
  const userIndices: number[] = []
  let withoutRelevant = 0
  for (let user = 0; user < interactions.userIds.length; user++) {
    const from = indptr[user]!
    const to = indptr[user + 1]!
    const first = parts.subarray(from, to).indexOf(part)
    if (first < 0) continue
    const start = from + first
    const relevant = new Set<number>()
    for (let entry = start; entry < to; entry++)
      if (parts[entry] === part && ratings[entry]! >= relevantFrom) relevant.add(itemIndices[entry]!)
    if (relevant.size === 0) withoutRelevant++
    else {
      const history = historyBefore(interactions, user, part)
      judged.push({ history, relevant, ...(candidates && { candidates: candidatesOf(candidates, user) }) })
      userIndices.push(user)
    }
  }
  return { judged, userIndices, withoutRelevant }
}

function candidatesOf(candidates: Candidates, userIndex: number): ReadonlySet<number> {
  const found = candidates.get(userIndex)
  if (!found) throw new RangeError(`user ${userIndex} has no candidates, expected some for each judged user`)
  return found
}

/** What is known of a user who has ratings in the part when that is judged, as `judgedUsers` has it. */
export function historyBefore(interactions: Interactions, userIndex: number, part: Part): History {
  const { indptr, parts } = interactions
  const [from, to] = [indptr[userIndex]!, indptr[userIndex + 1]!]
  return historyOf(interactions, from, from + parts.subarray(from, to).indexOf(part), to, KNOWN[part]!)
}

/** @param start the first rating of the part, between the user's first entry `from` and the end `to` */
function historyOf(
  { itemIndices, ratings, timestamps, parts }: Interactions,
  from: number,
  start: number,
  to: number,
  known: ReadonlySet<number>,
): History {
  let end = to
  while (end > start && !known.has(parts[end - 1]!)) end--
  const isHistory = (entry: number) => parts[entry] === PART.historyOnly || known.has(parts[entry]!)
  let entries = 0
  for (let entry = from; entry < end; entry++) if (isHistory(entry)) entries++
  // nothing of the part or a later one stands between: a view will do
  if (entries === end - from)
    return {
      itemIndices: itemIndices.subarray(from, end),
      ratings: ratings.subarray(from, end),
      timestamps: timestamps.subarray(from, end),
    }
  const history = {
    itemIndices: new Int32Array(entries),
    ratings: new Float32Array(entries),
    timestamps: new Uint32Array(entries),
  }
  for (let entry = from, at = 0; entry < end; entry++) {
    if (!isHistory(entry)) continue
    history.itemIndices[at] = itemIndices[entry]!
    history.ratings[at] = ratings[entry]!
    history.timestamps[at++] = timestamps[entry]!
  }
  return history
}
