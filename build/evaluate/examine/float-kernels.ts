import type { ServeKernels } from '#core/kernels/serve.ts'
import type { Model } from '#core/model.ts'
import { invert } from '#core/scoring/invert.ts'
import { toShares } from '#core/scoring/user-tower.ts'
import type { Trained } from '../../nouns.ts'

/**
 * The serving kernels with factors that were never rounded: fold-in and scan in plain 64-bit loops, to compare with; what
 * else there is stays as served, a user tower among it.
 */
export function floatKernels(
  { kernels: served, tower: servedTower, catalog: { numItems } }: Model,
  { itemFactors, placedByTexts, foldIn, tower }: Pick<Trained, 'itemFactors' | 'placedByTexts' | 'foldIn' | 'tower'>,
): ServeKernels {
  const factors = itemFactors.length / numItems
  const gramian = new Float64Array(factors * factors)
  // movies that their texts place are scored, but no part of what the factors were learned from
  for (let item = 0; item < numItems; item++)
    if (placedByTexts[item] === 0) addOuter(gramian, itemFactors, item, factors, 1)
  const scan: ServeKernels['scan'] = (userVector, out = new Float32Array(numItems)) => {
    for (let item = 0; item < numItems; item++) {
      let score = 0
      for (let k = 0; k < factors; k++) score += userVector[k]! * itemFactors[item * factors + k]!
      out[item] = score
    }
    return servedTower?.scores === 'shares' ? toShares(out) : out
  }
  return {
    ...served,
    scan,
    foldIn(likedItems, weights = new Float32Array(likedItems.length).fill(1)) {
      if (tower) return served.foldIn(likedItems, weights)
      const { unobservedWeight, regularization, regularizationExponent, unobservedMass } = foldIn
      const system = gramian.map((value) => unobservedWeight * value)
      const wanted = new Float64Array(factors)
      for (const [position, item] of likedItems.entries()) {
        addOuter(system, itemFactors, item, factors, weights[position]!)
        for (let k = 0; k < factors; k++) wanted[k]! += weights[position]! * itemFactors[item * factors + k]!
      }
      const ridge = regularization * (likedItems.length + unobservedMass) ** regularizationExponent
      for (let k = 0; k < factors; k++) system[k * factors + k]! += ridge
      const inverse = invert(system, factors)
      return Float32Array.from({ length: factors }, (_, i) =>
        wanted.reduce((sum, value, k) => sum + value * inverse[i * factors + k]!, 0),
      )
    },
  }
}

/** sums += weight · y yᵀ of one row */
function addOuter(sums: Float64Array, rows: Float32Array, row: number, width: number, weight: number): void {
  for (let i = 0; i < width; i++) {
    const share = weight * rows[row * width + i]!
    if (share === 0) continue
    for (let j = 0; j < width; j++) sums[i * width + j]! += share * rows[row * width + j]!
  }
}
