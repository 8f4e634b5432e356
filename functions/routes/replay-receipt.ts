import type { History } from '#core/history.ts'
import { historyOf } from '#core/history.ts'
import type { Replay, ReplayViewer } from '#core/schemas/api.ts'
import type { OpenedModel } from '../open-model.ts'
import type { ViewerHistory } from './viewer.ts'

/** What an answer came from: enough to give it again, byte for byte, by the same model. */
export function replayOf(
  { model, modelId }: OpenedModel,
  time: number,
  viewers: ViewerHistory[],
  { experiment, ...asked }: Pick<Replay, 'experiment' | 'recommend' | 'group' | 'whatIf'>,
): Replay {
  const { movieIds } = model.catalog
  const rowsOf = ({ itemIndices, ratings, timestamps }: History) =>
    Array.from(itemIndices, (item, at) => ({
      movieId: movieIds[item]!,
      rating: ratings[at]!,
      timestamp: timestamps[at]!,
    }))
  return {
    modelId,
    seed: null,
    time,
    viewers: viewers.map(({ history, starred, unknownMovieIds, degraded }) => ({
      history: rowsOf(history),
      starred: sameRows(history, starred) ? null : rowsOf(starred),
      hidden: Array.from(history.hidden ?? [], (item) => movieIds[item]!),
      unknownMovieIds,
      degraded,
    })),
    ...(experiment && { experiment }),
    ...asked,
  }
}

/** The viewer of a receipt, as they were known; movies that the model lacks are passed over. */
export function viewerOfReceipt(
  { history, starred, hidden, unknownMovieIds, degraded }: ReplayViewer,
  { model }: OpenedModel,
): ViewerHistory {
  const { catalog } = model
  const historyFrom = (rows: ReplayViewer['history']) =>
    historyOf(
      rows
        .map(({ movieId, ...row }) => ({ ...row, itemIndex: catalog.itemIndexOf(movieId) }))
        .filter(({ itemIndex }) => itemIndex >= 0),
    )
  const known = historyFrom(history)
  const hiddenItems = Int32Array.from(hidden, (movieId) => catalog.itemIndexOf(movieId)).filter((item) => item >= 0)
  return {
    history: { ...known, ...(hiddenItems.length > 0 && { hidden: hiddenItems }) },
    starred: starred ? historyFrom(starred) : known,
    unknownMovieIds,
    degraded,
  }
}

/** Whether they have the same movies with the same stars, in the same order. */
function sameRows(a: History, b: History): boolean {
  return (
    a.itemIndices.length === b.itemIndices.length &&
    a.itemIndices.every((item, at) => item === b.itemIndices[at] && a.ratings[at] === b.ratings[at]) &&
    a.timestamps.every((time, at) => time === b.timestamps[at])
  )
}
