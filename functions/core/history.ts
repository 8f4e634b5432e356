/** What a viewer has rated, by itemIndex, in the order of time; the same shape whether stored, live or sent along. */
export interface History {
  itemIndices: Int32Array
  /** stars */
  ratings: Float32Array
  /** seconds since 1970; 0 where the request gave none */
  timestamps: Uint32Array
  /** what else is not to be recommended, such as what was only seen: it says nothing of the taste */
  hidden?: Int32Array
}

export const EMPTY_HISTORY: History = {
  itemIndices: new Int32Array(0),
  ratings: new Float32Array(0),
  timestamps: new Uint32Array(0),
}

export interface HistoryRow {
  itemIndex: number
  rating: number
  timestamp: number
}

/** Rows in any order → a History in the order of time; of several rows of one movie the last one given holds. */
export function historyOf(rows: Iterable<HistoryRow>): History {
  const latest = new Map<number, HistoryRow>()
  for (const row of rows) {
    latest.delete(row.itemIndex)
    latest.set(row.itemIndex, row)
  }
  const ordered = [...latest.values()].sort((a, b) => a.timestamp - b.timestamp)
  return {
    itemIndices: Int32Array.from(ordered, (row) => row.itemIndex),
    ratings: Float32Array.from(ordered, (row) => row.rating),
    timestamps: Uint32Array.from(ordered, (row) => row.timestamp),
  }
}

/** The movies rated `likedFrom` stars or more, in the order of time. */
export function likedItems(history: History, likedFrom: number): Int32Array {
  return history.itemIndices.filter((_, position) => history.ratings[position]! >= likedFrom)
}

/** What a history's viewer is not to be recommended: all that was rated, and all that is hidden. */
export function seenItems({ itemIndices, hidden }: History): Int32Array {
  return hidden === undefined ? itemIndices : Int32Array.from([...itemIndices, ...hidden])
}
