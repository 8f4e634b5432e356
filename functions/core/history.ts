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
  const ordered = [...latest.values()]
  if (!isInOrder(ordered)) ordered.sort((a, b) => a.timestamp - b.timestamp)
  const history = {
    itemIndices: new Int32Array(ordered.length),
    ratings: new Float32Array(ordered.length),
    timestamps: new Uint32Array(ordered.length),
  }
  for (let at = 0; at < ordered.length; at++) {
    const { itemIndex, rating, timestamp } = ordered[at]!
    history.itemIndices[at] = itemIndex
    history.ratings[at] = rating
    history.timestamps[at] = timestamp
  }
  return history
}

function isInOrder(rows: HistoryRow[]): boolean {
  for (let at = 1; at < rows.length; at++) if (rows[at]!.timestamp < rows[at - 1]!.timestamp) return false
  return true
}

/** The movies rated `likedFrom` stars or more, in the order of time. */
export function likedItems(history: History, likedFrom: number): Int32Array {
  const { itemIndices, ratings } = history
  const likes = new Int32Array(itemIndices.length)
  let count = 0
  for (let at = 0; at < likes.length; at++) if (ratings[at]! >= likedFrom) likes[count++] = itemIndices[at]!
  return likes.subarray(0, count)
}

/** What a history's viewer is not to be recommended: all that was rated, and all that is hidden. */
export function seenItems({ itemIndices, hidden }: History): Int32Array {
  return hidden === undefined ? itemIndices : Int32Array.from([...itemIndices, ...hidden])
}
