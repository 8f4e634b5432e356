import { ArtifactError, openTable } from './open-table.ts'
import { NEIGHBOURS } from './tables.ts'

/** Item–item weights by the item in a history; views on the artifact, or whole numbers and weights that are not exported. */
export interface NeighbourIndex {
  numItems: number
  /** numItems + 1; entries of itemIndex are [offsets[i], offsets[i + 1]) */
  offsets: Int32Array
  /** from the item of the entry before, or from 0, to this one */
  gaps: Uint16Array | Int32Array
  /** weight of entry e of item i is `weights[e] · scales[i]` */
  weights: Int8Array | Float32Array
  scales: Float32Array
}

/** O(entries) for the check. @throws {ArtifactError} when a row points beyond the items, or its lists differ in length */
export function openNeighbours(bytes: Uint8Array, file = 'neighbours.arrow'): NeighbourIndex {
  const table = openTable(file, bytes, NEIGHBOURS)
  const { offsets, values: gaps } = table.list<Uint16Array>('gaps')
  const { offsets: weightOffsets, values: weights } = table.list<Int8Array>('weights')
  const numItems = table.numRows
  for (let row = 0; row < numItems; row++) {
    if (offsets[row + 1] !== weightOffsets[row + 1])
      throw new ArtifactError(
        `${file}: gaps of row ${row} end at ${offsets[row + 1]}, weights at ${weightOffsets[row + 1]}`,
      )
    let item = 0
    for (let entry = offsets[row]!; entry < offsets[row + 1]!; entry++) item += gaps[entry]!
    if (item >= numItems)
      throw new ArtifactError(`${file}: row ${row} reaches item ${item}, expected below ${numItems}`)
  }
  return { numItems, offsets, gaps, weights, scales: table.numbers('scale') }
}
