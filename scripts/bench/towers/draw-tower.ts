import { randomSource } from '#core/random.ts'
import { TwoTowerConfig } from '#core/schemas/config.ts'
import { towerReach, towerVector, type UserTower } from '#core/scoring/user-tower.ts'

const SEED = 42

/** A served tower as configured by default, with numbers that are drawn. */
export function drawTower(numItems: number, factors: number): UserTower {
  const { scales, hidden, layerNorm } = TwoTowerConfig.parse({})
  const { uniform, normal } = randomSource(SEED)
  const widths = [scales.length * factors, ...hidden, factors]
  const drawn = (count: number) => Float32Array.from({ length: count }, () => 0.1 * normal())
  return {
    ...{ factors, scales, layerNorm },
    history: Int8Array.from({ length: numItems * factors }, () => 255 * uniform() - 128),
    historyScales: new Float32Array(numItems).fill(0.001),
    layers: widths.slice(1).map((outputs, number) => {
      const inputs = widths[number]!
      return { inputs, outputs, weights: drawn(inputs * outputs), bias: drawn(outputs) }
    }),
  }
}

/** Makes vectors of histories as long as the tower sees, another each time. @returns what to call for the next one */
export function vectorMaker(tower: UserTower): () => Float32Array {
  const numItems = tower.historyScales.length
  const { uniform } = randomSource(SEED)
  const strengths = new Float32Array(towerReach(tower)).fill(1)
  const items = new Int32Array(strengths.length)
  return () => {
    for (let at = 0; at < items.length; at++) items[at] = Math.floor(numItems * uniform())
    return towerVector(tower, items, strengths)
  }
}
