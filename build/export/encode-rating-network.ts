import { RATING_NETWORK_FILES, RATING_NETWORK_TOLD_FILE } from '#core/format/rating-network.ts'
import { RATING_NETWORK, RATING_NETWORK_LAYERS, RATING_NETWORK_TOLD } from '#core/format/tables.ts'
import { RATING_BLOCKS } from '#core/kernels/train/rating-network.ts'
import type { TrainedStarNetwork } from '../nouns.ts'
import { encodeTable } from './encode-table.ts'
import { listsOf } from './encode-tower.ts'
import { quantizeRows } from './quantize.ts'

/** The files of a rating network: int8 rows with a scale each, layers as they are; none where it is no help. */
export function encodeRatingNetwork(network: TrainedStarNetwork | null): [string, Uint8Array][] {
  if (!network) return []
  const [itemsFile, layersFile] = RATING_NETWORK_FILES
  const { width, heads, poolDamping, usual, layers, shares, told } = network
  const size = RATING_BLOCKS * width
  const numItems = usual.counts.length
  const items = quantizeRows(network.items, numItems, size)
  const { mean, variance } = usual
  const files: [string, Uint8Array][] = [
    [
      itemsFile,
      encodeTable(
        RATING_NETWORK,
        numItems,
        {
          quantized: { size, values: items.quantized },
          ...{ scale: items.scales, count: usual.counts, sum: usual.sums, squares: usual.squares },
        },
        Object.fromEntries(
          Object.entries({ width, heads, poolDamping, mean, variance, ...shares }).map(([key, value]) => [
            key,
            String(value),
          ]),
        ),
      ),
    ],
    [
      layersFile,
      encodeTable(RATING_NETWORK_LAYERS, layers.length, {
        outputs: Int32Array.from(layers, ({ outputs }) => outputs),
        weights: listsOf(layers.map(({ weights }) => weights)),
        bias: listsOf(layers.map(({ bias }) => bias)),
      }),
    ],
  ]
  if (shares.told === 0) return files
  const numRows = told.rows.length / (2 * width)
  const rows = quantizeRows(told.rows, numRows, 2 * width)
  const columns = { quantized: { size: 2 * width, values: rows.quantized }, scale: rows.scales }
  const metadata = { genres: JSON.stringify(told.genres), buckets: String(told.buckets) }
  return [...files, [RATING_NETWORK_TOLD_FILE, encodeTable(RATING_NETWORK_TOLD, numRows, columns, metadata)]]
}
