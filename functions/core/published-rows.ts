import { indexInSorted } from './format/catalog.ts'
import type { HistoryRow } from './history.ts'
import type { Model } from './model.ts'

/** A user's ratings in the published model, in the order of time; none where it does not have the user. */
export async function publishedRows(
  userId: number,
  { userIds, histories }: Pick<Model, 'userIds' | 'histories'>,
): Promise<HistoryRow[]> {
  const userIndex = indexInSorted(userIds, userId)
  if (userIndex < 0) return []
  const { table, row } = await histories.row(userIndex)
  const items = table.list<Int32Array>('itemIndices')
  const halfStars = table.list<Uint8Array>('halfStars').values
  const timestamps = table.list<Uint32Array>('timestamps').values
  const rows: HistoryRow[] = []
  for (let entry = items.offsets[row]!; entry < items.offsets[row + 1]!; entry++)
    rows.push({ itemIndex: items.values[entry]!, rating: halfStars[entry]! / 2, timestamp: timestamps[entry]! })
  return rows
}
