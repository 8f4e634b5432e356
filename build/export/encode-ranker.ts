import { RANKER_FILE } from '#core/format/ranker.ts'
import { RANKER } from '#core/format/tables.ts'
import { RANKER_FEATURES, type RankerModel } from '#core/scoring/ranker.ts'
import { encodeTable } from './encode-table.ts'

/** ranker.arrow, a row a node of its trees. @param ranker null: no file */
export function encodeRanker(ranker: RankerModel | null): [string, Uint8Array][] {
  if (!ranker) return []
  const { pool, minRatings, scale, features, thresholds, left, values, roots } = ranker
  const tree = new Uint16Array(features.length)
  for (const root of roots.subarray(1)) for (let node = root; node < tree.length; node++) tree[node]! += 1
  const file = encodeTable(
    RANKER,
    features.length,
    { tree, feature: features, threshold: thresholds, left, value: values },
    {
      features: RANKER_FEATURES.join(','),
      pool: String(pool),
      minRatings: String(minRatings),
      scale: String(scale),
    },
  )
  return [[RANKER_FILE, file]]
}
