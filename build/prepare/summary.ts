import type { Log } from '../io/handles.ts'
import { type Catalog, type DataSummary, type Interactions, PART } from '../nouns.ts'
import { countByItem } from './filter.ts'

/** Count what there is and what of it is used; log how far the texts reach. */
export function summarize(catalog: Catalog, interactions: Interactions, log: Log): DataSummary {
  const { userIds, indptr, itemIndices, timestamps, parts } = interactions
  const perPart = Object.keys(PART).map(() => 0)
  const itemUsed = new Uint8Array(catalog.movieIds.length)
  let usedUsers = 0
  let [first, last] = [timestamps[0], timestamps[0]]
  for (let userIndex = 0; userIndex < userIds.length; userIndex++) {
    let used = false
    for (let entry = indptr[userIndex]; entry < indptr[userIndex + 1]; entry++) {
      perPart[parts[entry]]++
      first = Math.min(first, timestamps[entry])
      last = Math.max(last, timestamps[entry])
      if (parts[entry] === PART.historyOnly) continue
      used = true
      itemUsed[itemIndices[entry]] = 1
    }
    if (used) usedUsers++
  }
  const coverage = countCoverage(catalog, itemIndices, log)
  return {
    users: userIds.length,
    movies: catalog.movieIds.length,
    ratings: parts.length,
    usedRatings: parts.length - perPart[PART.historyOnly],
    usedUsers,
    usedMovies: itemUsed.reduce((sum, flag) => sum + flag, 0),
    parts: { train: perPart[PART.train], validation: perPart[PART.validation], test: perPart[PART.test] },
    coverage,
    firstRating: isoDate(first),
    lastRating: isoDate(last),
  }
}

/**
 * Movies that have each text. Logged with their share of the ratings too: much-watched movies have texts more often,
 * so that this is the share that is felt.
 */
function countCoverage(catalog: Catalog, itemIndices: Int32Array, log: Log): DataSummary['coverage'] {
  const ratingCounts = countByItem(itemIndices, catalog.texts.length)
  const coverage = { overview: 0, cast: 0, directors: 0, keywords: 0 }
  const percent = (part: number, whole: number) => `${((100 * part) / whole).toFixed(1)} %`
  for (const field of Object.keys(coverage) as (keyof typeof coverage)[]) {
    let ratings = 0
    for (const [itemIndex, text] of catalog.texts.entries()) {
      if (text[field].length === 0) continue
      coverage[field]++
      ratings += ratingCounts[itemIndex]
    }
    const movies = `${coverage[field]} of ${catalog.texts.length} movies (${percent(coverage[field], catalog.texts.length)})`
    log.info(`${field}: ${movies}, with ${percent(ratings, itemIndices.length)} of the ratings`)
  }
  return coverage
}

function isoDate(seconds: number): string {
  return new Date(seconds * 1000).toISOString().slice(0, 10)
}
