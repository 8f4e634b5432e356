import type { History } from '#core/history.ts'
import type { Interactions, Part } from '../nouns.ts'

/** A user to be judged: what was known before, and what turned out to be liked. */
export interface JudgedUser {
  history: History
  /** item indices of the part's ratings at or above the threshold */
  relevant: ReadonlySet<number>
}

/**
 * The users of one part of the split. A user's history is everything before the first rating of that part, the
 * ratings that the filters left out included: they were seen too.
 * @returns users with relevant items, and how many had ratings in the part but none relevant
 */
export function judgedUsers(
  interactions: Interactions,
  part: Part,
  relevantFrom: number,
): { judged: JudgedUser[]; withoutRelevant: number } {
  const { indptr, parts, itemIndices, ratings, timestamps } = interactions
  const judged: JudgedUser[] = []
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
    else
      judged.push({
        history: {
          itemIndices: itemIndices.subarray(from, start),
          ratings: ratings.subarray(from, start),
          timestamps: timestamps.subarray(from, start),
        },
        relevant,
      })
  }
  return { judged, withoutRelevant }
}
