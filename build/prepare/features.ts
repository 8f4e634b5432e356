import { type Catalog, type Interactions, PART } from '../nouns.ts'
import { timeAtRank } from './split-by-time.ts'

const SECONDS_A_DAY = 86_400
/** genres a user is described by */
const TOP_GENRES = 3

/** By userIndex, from the ratings that are known of a user: train, and what a held-out user tells. NaN where there is none. */
export interface UserFeatures {
  ratings: Int32Array
  meanRating: Float32Array
  stdRating: Float32Array
  ratingRange: Float32Array
  ratingsPerActiveDay: Float32Array
  daysSinceLast: Float32Array
  topGenres: string[][]
}

/** By itemIndex, from the training ratings alone: those that held-out users tell are never learned from. NaN where there is none. */
export interface MovieFeatures {
  ratings: Int32Array
  logPopularity: Float32Array
  meanRating: Float32Array
  stdRating: Float32Array
  volumeTrend: Float32Array
  ratingTrend: Float32Array
}

/** Every genre of the catalogue once, sorted by code unit: the places of `genreVector`. */
export function genresOf(catalog: Catalog): string[] {
  return [...new Set(catalog.genres.flat())].sort()
}

/**
 * What each user is like, as far as it may be known; the columns' meanings stand in schema.ts. One pass over the rows of
 * each user, and sums in their order: the same bytes every time, which sums of several threads would not give.
 */
export function userFeatures(interactions: Interactions, catalog: Catalog): UserFeatures {
  const { userIds, indptr, itemIndices, ratings, timestamps, parts } = interactions
  const numUsers = userIds.length
  const features: UserFeatures = {
    ratings: new Int32Array(numUsers),
    meanRating: new Float32Array(numUsers).fill(Number.NaN),
    stdRating: new Float32Array(numUsers).fill(Number.NaN),
    ratingRange: new Float32Array(numUsers).fill(Number.NaN),
    ratingsPerActiveDay: new Float32Array(numUsers).fill(Number.NaN),
    daysSinceLast: new Float32Array(numUsers).fill(Number.NaN),
    topGenres: [],
  }
  const newest = latest(timestamps)
  const topGenres = genreCounter(catalog)
  for (let user = 0; user < numUsers; user++) {
    const [start, end] = [indptr[user], indptr[user + 1]]
    let [n, sum, lowest, highest] = [0, 0, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
    let [days, lastDay, last] = [0, -1, 0]
    for (let entry = start; entry < end; entry++) {
      if (!isKnownOfUser(parts[entry])) continue
      const rating = ratings[entry]
      n++
      sum += rating
      if (rating < lowest) lowest = rating
      if (rating > highest) highest = rating
      last = timestamps[entry]
      const day = (last / SECONDS_A_DAY) | 0
      if (day !== lastDay) days++
      lastDay = day
    }
    features.topGenres.push(topGenres(itemIndices, parts, start, end))
    features.ratings[user] = n
    if (n === 0) continue
    const mean = sum / n
    let squares = 0
    for (let entry = start; entry < end; entry++)
      if (isKnownOfUser(parts[entry])) squares += (ratings[entry] - mean) ** 2
    features.meanRating[user] = mean
    features.stdRating[user] = Math.sqrt(squares / n)
    features.ratingRange[user] = highest - lowest
    features.ratingsPerActiveDay[user] = n / days
    features.daysSinceLast[user] = (newest - last) / SECONDS_A_DAY
  }
  return features
}

/** What each movie is like by its training ratings; the columns' meanings stand in schema.ts. Sums in the rows' order. */
export function movieFeatures(interactions: Interactions, numItems: number): MovieFeatures {
  const { itemIndices, ratings, timestamps, parts } = interactions
  let numTrain = 0
  for (let entry = 0; entry < parts.length; entry++) if (parts[entry] === PART.train) numTrain++
  // half of the training ratings are not after it, so a movie that keeps its share has as many on either side
  const middle = timeAtRank(timestamps, parts, PART.train, Math.max(1, Math.ceil(numTrain / 2)))

  const counts = [new Int32Array(numItems), new Int32Array(numItems)]
  const sums = [new Float64Array(numItems), new Float64Array(numItems)]
  for (let entry = 0; entry < parts.length; entry++) {
    if (parts[entry] !== PART.train) continue
    const half = timestamps[entry] > middle ? 1 : 0
    counts[half][itemIndices[entry]]++
    sums[half][itemIndices[entry]] += ratings[entry]
  }
  const [[oldCounts, recentCounts], [oldSums, recentSums]] = [counts, sums]
  const means = oldSums.map((sum, item) => (sum + recentSums[item]) / (oldCounts[item] + recentCounts[item]))
  const squares = new Float64Array(numItems)
  for (let entry = 0; entry < parts.length; entry++)
    if (parts[entry] === PART.train) squares[itemIndices[entry]] += (ratings[entry] - means[itemIndices[entry]]) ** 2

  const total = oldCounts.map((count, item) => count + recentCounts[item])
  const hasTime = recentCounts.some((count) => count > 0)
  const fromCounts = (value: (item: number) => number) => Float32Array.from(total, (_, item) => value(item))
  return {
    ratings: total,
    logPopularity: fromCounts((item) => Math.log1p(total[item])),
    meanRating: Float32Array.from(means),
    stdRating: fromCounts((item) => Math.sqrt(squares[item] / total[item])),
    volumeTrend: fromCounts((item) =>
      hasTime && total[item] > 0 ? Math.log((1 + recentCounts[item]) / (1 + oldCounts[item])) : Number.NaN,
    ),
    ratingTrend: fromCounts((item) => recentSums[item] / recentCounts[item] - oldSums[item] / oldCounts[item]),
  }
}

/**
 * Ratings as deviations from what is known of their user: (rating − mean) / std. Where all that is known is equal, plain
 * stars from the mean; NaN where nothing is known.
 * @param userIndices of the user of each rating
 * @param out at least as long as the ratings
 */
export function zRatings(
  ratings: Float32Array,
  userIndices: Int32Array,
  { meanRating, stdRating }: Pick<UserFeatures, 'meanRating' | 'stdRating'>,
  out: Float32Array = new Float32Array(ratings.length),
): Float32Array {
  for (let entry = 0; entry < ratings.length; entry++) {
    const user = userIndices[entry]
    out[entry] = (ratings[entry] - meanRating[user]) / (stdRating[user] || 1)
  }
  return out
}

function isKnownOfUser(part: number): boolean {
  return part === PART.train || part === PART.foldIn
}

function latest(timestamps: Uint32Array): number {
  let newest = 0
  for (let entry = 0; entry < timestamps.length; entry++) if (timestamps[entry] > newest) newest = timestamps[entry]
  return newest
}

/**
 * Find the most frequent genres of what is known of a user, equal ones by name; genres of movies lie in one flat array.
 * @returns a function of the entries from `start` to `end`
 */
function genreCounter(
  catalog: Catalog,
): (itemIndices: Int32Array, parts: Uint8Array, start: number, end: number) => string[] {
  const genres = genresOf(catalog)
  const place = new Map(genres.map((genre, at) => [genre, at]))
  const ofItems = catalog.genres.map((names) => [...new Set(names)].map((name) => place.get(name)!))
  const flat = Int32Array.from(ofItems.flat())
  const starts = new Int32Array(ofItems.length + 1)
  for (const [item, places] of ofItems.entries()) starts[item + 1] = starts[item] + places.length

  const counts = new Int32Array(genres.length)
  return (itemIndices, parts, start, end) => {
    const seen: number[] = []
    for (let entry = start; entry < end; entry++) {
      if (!isKnownOfUser(parts[entry])) continue
      const item = itemIndices[entry]
      for (let at = starts[item]; at < starts[item + 1]; at++) if (counts[flat[at]]++ === 0) seen.push(flat[at])
    }
    const best = seen.sort((a, b) => counts[b] - counts[a] || a - b).slice(0, TOP_GENRES)
    for (const genre of seen) counts[genre] = 0
    return best.map((genre) => genres[genre])
  }
}
