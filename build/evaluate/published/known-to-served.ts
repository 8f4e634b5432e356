import type { Model } from '#core/model.ts'
import { publishedRows } from '#core/published-rows.ts'
import { type Interactions, PART, type PreparedRatings } from '../../nouns.ts'

/**
 * Take out of the test part what the served model may have learned from: ratings of movies that its histories have, given
 * at another time. Somebody rated again what was rated long ago, and so it moved to the end of the history. What stands at
 * the same time in both was in the served model's own test part, as histories only grow at their end. What is taken out
 * stays seen.
 * @returns interactions with parts of their own, and how many ratings were taken out
 */
export async function withoutKnown(
  { interactions, catalog }: Pick<PreparedRatings, 'interactions' | 'catalog'>,
  served: Model,
): Promise<{ interactions: Interactions; ratedAgain: number }> {
  const { userIds, indptr, itemIndices, timestamps } = interactions
  const parts = interactions.parts.slice()
  let ratedAgain = 0
  for (const [user, userId] of userIds.entries()) {
    const [from, to] = [indptr[user]!, indptr[user + 1]!]
    if (!parts.subarray(from, to).includes(PART.test)) continue
    const times = new Map(
      (await publishedRows(userId, served)).map(({ itemIndex, timestamp }) => [itemIndex, timestamp]),
    )
    for (let entry = from; entry < to; entry++) {
      if (parts[entry] !== PART.test) continue
      const time = times.get(served.catalog.itemIndexOf(catalog.movieIds[itemIndices[entry]!]!))
      if (time === undefined || time === timestamps[entry]) continue
      parts[entry] = PART.historyOnly
      ratedAgain++
    }
  }
  return { interactions: { ...interactions, parts }, ratedAgain }
}
