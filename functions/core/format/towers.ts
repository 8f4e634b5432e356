import type { TowerMemory, UserTower } from '../scoring/user-tower.ts'
import { ArtifactError, openTable } from './open-table.ts'
import { TOWER_HISTORY, TOWER_LAYERS } from './tables.ts'

/** Files of a user tower; a model that folds histories in has none. */
export const TOWER_FILES = ['tower-history.arrow', 'tower-layers.arrow'] as const

/** What a tower remembers of a history; travels in the manifest, as its weights mean nothing without it. */
export interface TowerSettings {
  scales: readonly TowerMemory[]
  layerNorm: boolean
  /** p of stars^p that an item of the history counts */
  ratingExponent: number
  /** what a movie's score is: the product of the two vectors, or its share of their softmax */
  scores: 'products' | 'shares'
}

/**
 * Views on the artifacts.
 * @param shape of the model that it belongs to
 * @throws {ArtifactError} when the layers do not lead from the pools to a vector of the model
 */
export function openTower(
  read: (file: (typeof TOWER_FILES)[number]) => Uint8Array,
  { scales, layerNorm }: TowerSettings,
  shape: { numItems: number; factors: number },
): UserTower {
  const [historyFile, layersFile] = TOWER_FILES
  const rows = openTable(historyFile, read(historyFile), TOWER_HISTORY)
  const table = openTable(layersFile, read(layersFile), TOWER_LAYERS)
  const { values: history, size } = rows.fixed<Int8Array>('quantized')
  const outputs = table.numbers<Int32Array>('outputs')
  const weights = table.list<Float32Array>('weights')
  const bias = table.list<Float32Array>('bias')

  const layers: UserTower['layers'][number][] = []
  let inputs = scales.length * shape.factors
  for (let number = 0; number < table.numRows; number++) {
    const layer = {
      ...{ inputs, outputs: outputs[number]! },
      weights: weights.values.subarray(weights.offsets[number]!, weights.offsets[number + 1]!),
      bias: bias.values.subarray(bias.offsets[number]!, bias.offsets[number + 1]!),
    }
    if (layer.weights.length !== inputs * layer.outputs || layer.bias.length !== layer.outputs)
      throw new ArtifactError(
        `${layersFile}: layer ${number} has ${layer.weights.length} weights and ${layer.bias.length} biases, ` +
          `expected ${inputs * layer.outputs} and ${layer.outputs}`,
      )
    layers.push(layer)
    inputs = layer.outputs
  }
  for (const [where, found, expected] of [
    [`${historyFile}: rows`, rows.numRows, shape.numItems],
    [`${historyFile}: rows of length`, size, shape.factors],
    [`${layersFile}: outputs of the last layer`, layers.at(-1)?.outputs ?? 0, shape.factors],
  ] as const)
    if (found !== expected) throw new ArtifactError(`${where} ${found}, expected ${expected}`)
  const historyScales = rows.numbers<Float32Array>('scale')
  return { factors: shape.factors, scales, layerNorm, history, historyScales, layers }
}
