import type { NextScale } from '../../../build/train/sequence/features.ts'
import type { SparseRows } from '../../../build/train/sparse-rows.ts'
import type { Matrix } from '../reference.ts'
import { inverseOf } from './item-item.ts'

/** Slow, obvious twin of the next-item regression: every position's features written out, plain matrices. */

/** What each item says at each scale about a position with this history before it, the oldest first; scales × items. */
export function bagsOf(history: readonly number[], numItems: number, scales: readonly NextScale[]): number[] {
  return scales.flatMap(({ length, recencyHalfLife }) => {
    const bag = new Array<number>(numItems).fill(0)
    for (const [since, item] of history.toReversed().slice(0, length).entries())
      bag[item]! += 0.5 ** (since / recencyHalfLife)
    return bag
  })
}

/** B = (XᵀX + Λ)⁻¹XᵀY of all items at all scales, (scales × items) rows × items. */
export function nextWeights(histories: SparseRows, numItems: number, scales: readonly NextScale[]): Matrix {
  const { system, answers } = normalEquations(histories, numItems, scales)
  return inverseOf(system).map((row) =>
    answers[0]!.map((_, item) => row.reduce((sum, value, k) => sum + value * answers[k]![item]!, 0)),
  )
}

/** The same of each item on the `most` features alone that correlate with it most, |xᵀy| / √(xᵀx + λ); zeros elsewhere. */
export function nearestNextWeights(
  histories: SparseRows,
  numItems: number,
  scales: readonly NextScale[],
  most: number,
): Matrix {
  const { system, answers } = normalEquations(histories, numItems, scales)
  const weights: Matrix = answers.map((row) => row.map(() => 0))
  for (let item = 0; item < numItems; item++) {
    const strength = answers.map((row, f) => row[item]! / Math.sqrt(system[f]![f]!))
    const order = [...strength.keys()].sort((a, b) => strength[b]! - strength[a]! || a - b)
    const near = order.slice(0, most).filter((f) => strength[f]! > 0)
    const inverse = inverseOf(near.map((f) => near.map((g) => system[f]![g]!)))
    for (const [p, f] of near.entries())
      weights[f]![item] = inverse[p]!.reduce((sum, value, q) => sum + value * answers[near[q]!]![item]!, 0)
  }
  return weights
}

/** XᵀX + Λ and XᵀY. */
function normalEquations(
  { indptr, indices }: SparseRows,
  numItems: number,
  scales: readonly NextScale[],
): { system: Matrix; answers: Matrix } {
  const system = scales.flatMap(({ regularization }, scale) =>
    Array.from({ length: numItems }, (_, item) => {
      const row = new Array<number>(scales.length * numItems).fill(0)
      row[scale * numItems + item] = regularization
      return row
    }),
  )
  const answers: Matrix = system.map(() => new Array<number>(numItems).fill(0))
  for (let user = 0; user + 1 < indptr.length; user++) {
    const history = [...indices.subarray(indptr[user]!, indptr[user + 1]!)]
    for (const [position, next] of history.entries()) {
      const x = bagsOf(history.slice(0, position), numItems, scales)
      for (const [r, value] of x.entries()) {
        if (value === 0) continue
        for (const [c, other] of x.entries()) system[r]![c]! += value * other
        answers[r]![next]! += value
      }
    }
  }
  return { system, answers }
}
