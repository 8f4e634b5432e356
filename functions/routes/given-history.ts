import { LIKED_STARS } from '#core/feedback/counted.ts'
import { type History, type HistoryRow, historyOf } from '#core/history.ts'
import type { HistoryEntry } from '#core/schemas/api.ts'
import type { ServedModel } from '../open-model.ts'
import { ProblemError } from './errors.ts'

/** A history that came with a request. */
export interface GivenHistory {
  history: History
  /** the entries that have stars: what a prediction of stars may go by */
  starred: History
  /** movies that the catalogue lacks */
  unknownMovieIds: number[]
}

/** @throws {ProblemError} for more entries than the model's limit */
export function givenHistory(entries: HistoryEntry[], { manifest, model }: ServedModel): GivenHistory {
  const { maxHistory } = manifest.api
  if (entries.length > maxHistory)
    throw new ProblemError('bad_request', `history: found ${entries.length} entries; at most ${maxHistory}`, 'history')
  const rows: HistoryRow[] = []
  const starredRows: HistoryRow[] = []
  const unknownMovieIds: number[] = []
  for (const { movieId, rating, timestamp = 0 } of entries) {
    const itemIndex = model.catalog.itemIndexOf(movieId)
    if (itemIndex < 0) {
      unknownMovieIds.push(movieId)
      continue
    }
    const row = { itemIndex, rating: rating ?? LIKED_STARS, timestamp }
    rows.push(row)
    if (rating !== undefined) starredRows.push(row)
  }
  // of several entries of one movie the latest holds, wherever it stands
  rows.sort(byTime)
  starredRows.sort(byTime)
  const history = historyOf(rows)
  return {
    history,
    starred: starredRows.length === rows.length ? history : historyOf(starredRows),
    unknownMovieIds,
  }
}

function byTime(a: HistoryRow, b: HistoryRow): number {
  return a.timestamp - b.timestamp
}
