import { type DataSummary, type Interactions, PART, type Statistics } from '../nouns.ts'

/** different ratings that are told one by one; a source of more has a scale without steps */
const MOST_STEPS = 100
const BINS = 20

/** Ratings, users and movies of each part. O(ratings). */
export function countParts(interactions: Interactions, numItems: number): Statistics['split']['parts'] {
  const { indptr, itemIndices, parts } = interactions
  const ratings = new Float64Array(Object.keys(PART).length)
  // bit p: has a rating in part p
  const ofUser = new Uint8Array(indptr.length - 1)
  const ofItem = new Uint8Array(numItems)
  for (let user = 0; user < ofUser.length; user++)
    for (let entry = indptr[user]; entry < indptr[user + 1]; entry++) {
      ratings[parts[entry]]++
      ofUser[user] |= 1 << parts[entry]
      ofItem[itemIndices[entry]] |= 1 << parts[entry]
    }
  const having = (bits: Uint8Array, part: number) => bits.reduce((count, bit) => count + ((bit >> part) & 1), 0)
  const counted = Object.entries(PART).map(([name, part]) => [
    name,
    { ratings: ratings[part], users: having(ofUser, part), movies: having(ofItem, part) },
  ])
  return Object.fromEntries(counted) as Statistics['split']['parts']
}

/** How often each rating was given, ascending; in equal bins when there are more than MOST_STEPS of them. */
export function ratingHistogram(ratings: Float32Array): Statistics['ratingHistogram'] {
  const counts = new Map<number, number>()
  let [lowest, highest] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
  for (let entry = 0; entry < ratings.length; entry++) {
    const rating = ratings[entry]
    lowest = Math.min(lowest, rating)
    highest = Math.max(highest, rating)
    if (counts.size <= MOST_STEPS) counts.set(rating, (counts.get(rating) ?? 0) + 1)
  }
  if (counts.size <= MOST_STEPS)
    return [...counts].sort(([a], [b]) => a - b).map(([rating, count]) => ({ rating: plain(rating), ratings: count }))

  const width = (highest - lowest) / BINS
  const bins = Array.from({ length: BINS }, (_, bin) => ({ rating: plain(lowest + bin * width), ratings: 0 }))
  for (let entry = 0; entry < ratings.length; entry++)
    bins[Math.min(BINS - 1, Math.floor((ratings[entry] - lowest) / width))].ratings++
  return bins
}

/** Used ratings by used users × used movies; 0 where there are none. */
export function densityOf({ usedRatings, usedUsers, usedMovies }: DataSummary): number {
  return usedRatings > 0 ? usedRatings / (usedUsers * usedMovies) : 0
}

/** 3.7 rather than the 3.700000047683716 that is nearest to it in 32 bits. */
function plain(value: number): number {
  return Number(value.toPrecision(7))
}
