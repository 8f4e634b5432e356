import { type History, historyOf } from '#core/history.ts'
import type { HistoryEntry } from '#core/schemas/api.ts'
import { LIKED_STARS } from '../histories.ts'
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
  const { catalog } = model
  const rowsOf = (some: HistoryEntry[]) =>
    some.map(({ movieId, rating = LIKED_STARS, timestamp = 0 }) => ({
      itemIndex: catalog.itemIndexOf(movieId),
      rating,
      timestamp,
    }))
  const known = entries.filter(({ movieId }) => catalog.itemIndexOf(movieId) >= 0)
  return {
    history: historyOf(rowsOf(known)),
    starred: historyOf(rowsOf(known.filter(({ rating }) => rating !== undefined))),
    unknownMovieIds: entries.map(({ movieId }) => movieId).filter((movieId) => catalog.itemIndexOf(movieId) < 0),
  }
}
