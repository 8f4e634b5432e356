import { RANKER_FEATURES, type RankerModel } from '../scoring/ranker.ts'
import { ArtifactError, openTable } from './open-table.ts'
import { RANKER } from './tables.ts'

export const RANKER_FILE = 'ranker.arrow'

/**
 * Views on the artifact. A child stands behind its parent and within its tree, so every walk comes to a leaf.
 * @throws {ArtifactError} for trees that are none, features that this code does not know, and numbers that cannot be
 */
export function openRanker(bytes: Uint8Array): RankerModel {
  const table = openTable(RANKER_FILE, bytes, RANKER)
  const refuse = (found: string, expected: string) =>
    new ArtifactError(`${RANKER_FILE}: ${found}, expected ${expected}`)
  const names = table.metadata.get('features')
  if (names !== RANKER_FEATURES.join(',')) throw refuse(`features ${names}`, RANKER_FEATURES.join(','))
  const number = (key: string, isValid: (value: number) => boolean, expected: string) => {
    const value = Number(table.metadata.get(key) ?? Number.NaN)
    if (!isValid(value)) throw refuse(`${key} is ${table.metadata.get(key)}`, expected)
    return value
  }
  const model: RankerModel = {
    pool: number('pool', (value) => Number.isInteger(value) && value >= 2, 'a whole number from 2 up'),
    minRatings: number('minRatings', (value) => Number.isInteger(value) && value >= 0, 'a whole number from 0 up'),
    scale: number('scale', (value) => value >= 0 && Number.isFinite(value), 'a number from 0 up'),
    features: table.numbers('feature'),
    thresholds: table.numbers('threshold'),
    left: table.numbers('left'),
    values: table.numbers('value'),
    roots: rootsOf(table.numbers<Uint16Array>('tree')),
  }
  if (model.roots.length === 0) throw refuse('no trees', 'one or more')
  checkNodes(model, refuse)
  return model
}

/** Where the number of the tree goes up. */
function rootsOf(trees: Uint16Array): Int32Array {
  const roots: number[] = []
  for (let node = 0; node < trees.length; node++) if (node === 0 || trees[node] !== trees[node - 1]) roots.push(node)
  return Int32Array.from(roots)
}

function checkNodes(
  { features, thresholds, left, values, roots }: RankerModel,
  refuse: (found: string, expected: string) => ArtifactError,
): void {
  for (let tree = 0; tree < roots.length; tree++) {
    const end = roots[tree + 1] ?? features.length
    for (let node = roots[tree]!; node < end; node++) {
      if (!Number.isFinite(thresholds[node]!) || !Number.isFinite(values[node]!))
        throw refuse(`threshold ${thresholds[node]} and value ${values[node]} of node ${node}`, 'numbers')
      if (features[node]! < -1 || features[node]! >= RANKER_FEATURES.length)
        throw refuse(`feature ${features[node]} of node ${node}`, `-1 to ${RANKER_FEATURES.length - 1}`)
      if (features[node]! >= 0 && (left[node]! <= node || left[node]! + 1 >= end))
        throw refuse(`node ${node} goes on at ${left[node]}`, `${node + 1} to ${end - 2}`)
    }
  }
}
