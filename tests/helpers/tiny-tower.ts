import type { TowerSettings } from '#core/format/towers.ts'
import type { TrainedTower } from '../../build/nouns.ts'

const ITEMS = 10
const FACTORS = 8

/** It sees the last two movies, of which the older counts half. */
export const TINY_TOWER = {
  scales: [{ length: 2, recencyHalfLife: 1 }],
  layerNorm: false,
  ratingExponent: 1,
  scores: 'shares',
} satisfies TowerSettings

/** Movies of the tiny model's first taste speak for its second, and the other way round; the new ones say nothing. */
export function tinyTower(): TrainedTower {
  const history = new Float32Array(ITEMS * FACTORS)
  for (let item = 0; item < 8; item++) history[item * FACTORS + (item < 4 ? 1 : 0)] = 1
  const weights = Float32Array.from({ length: FACTORS * FACTORS }, (_, at) => Number(at % (FACTORS + 1) === 0))
  return { history, layers: [{ inputs: FACTORS, outputs: FACTORS, weights, bias: new Float32Array(FACTORS) }] }
}
