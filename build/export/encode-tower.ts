import { TOWER_HISTORY, TOWER_LAYERS } from '#core/format/tables.ts'
import { TOWER_FILES } from '#core/format/towers.ts'
import type { Trained } from '../nouns.ts'
import { encodeTable } from './encode-table.ts'
import { quantizeRows } from './quantize.ts'

/** The files of a user tower: int8 rows of what an item of a history says, and the layers as they are; none without one. */
export function encodeTower({ tower, factors, itemFactors }: Trained): [string, Uint8Array][] {
  if (!tower) return []
  const [historyFile, layersFile] = TOWER_FILES
  const numItems = itemFactors.length / factors
  const { quantized, scales } = quantizeRows(tower.history, numItems, factors)
  const { layers } = tower
  return [
    [
      historyFile,
      encodeTable(TOWER_HISTORY, numItems, { quantized: { size: factors, values: quantized }, scale: scales }),
    ],
    [
      layersFile,
      encodeTable(TOWER_LAYERS, layers.length, {
        outputs: Int32Array.from(layers, ({ outputs }) => outputs),
        weights: listsOf(layers.map(({ weights }) => weights)),
        bias: listsOf(layers.map(({ bias }) => bias)),
      }),
    ],
  ]
}

export function listsOf(lists: readonly Float32Array[]): { offsets: Uint32Array; values: Float32Array } {
  const offsets = new Uint32Array(lists.length + 1)
  for (const [number, { length }] of lists.entries()) offsets[number + 1] = offsets[number]! + length
  const values = new Float32Array(offsets.at(-1)!)
  for (const [number, list] of lists.entries()) values.set(list, offsets[number])
  return { offsets, values }
}
