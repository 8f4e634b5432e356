import type { ItemWeights } from '../../../build/nouns.ts'
import type { SparseRows } from '../../../build/train/sparse-rows.ts'
import type { Matrix } from '../reference.ts'

/** Slow, obvious twins of the item–item learners: item × item matrices of plain numbers, row i the item in the history. */

/** XᵀX: how many users like both. */
export function coOccurrences({ indptr, indices }: SparseRows, numItems: number): Matrix {
  const counts: Matrix = Array.from({ length: numItems }, () => new Array<number>(numItems).fill(0))
  for (let user = 0; user + 1 < indptr.length; user++) {
    const liked = new Set(indices.subarray(indptr[user]!, indptr[user + 1]!))
    for (const i of liked) for (const j of liked) counts[i]![j]! += 1
  }
  return counts
}

/** B of EASE; with dropout p the diagonal grows by p / (1 − p) · likes too. */
export function ease(likes: SparseRows, numItems: number, regularization: number, dropout = 0): Matrix {
  const system = coOccurrences(likes, numItems).map((row, i) =>
    row.map((count, j) => (i === j ? count / (1 - dropout) + regularization : count)),
  )
  const inverse = inverseOf(system)
  return inverse.map((row, i) => row.map((value, j) => (i === j ? 0 : -value / inverse[j]![j]!)))
}

/** Each item regressed on the `most` others whose likers are most like its own by the cosine; column j is of item j. */
export function fsSlim(likes: SparseRows, numItems: number, regularization: number, most: number): Matrix {
  const counts = coOccurrences(likes, numItems)
  const nearness = similarities(likes, numItems, 0.5, 0)
  const weights: Matrix = counts.map((row) => row.map(() => 0))
  for (let j = 0; j < numItems; j++) {
    const order = nearness.map((_, i) => i).sort((a, b) => nearness[b]![j]! - nearness[a]![j]! || a - b)
    const near = order.slice(0, most).filter((i) => nearness[i]![j]! > 0)
    const inverse = inverseOf(near.map((i) => near.map((k) => counts[i]![k]! + (i === k ? regularization : 0))))
    for (const [p, i] of near.entries())
      weights[i]![j] = inverse[p]!.reduce((sum, value, q) => sum + value * counts[near[q]!]![j]!, 0)
  }
  return weights
}

/** Gauss–Jordan elimination beside an identity; no pivoting, which a positive definite matrix does without. */
export function inverseOf(matrix: Matrix): Matrix {
  const rows = matrix.map((row, i) => [...row, ...row.map((_, j) => (i === j ? 1 : 0))])
  for (const [k, pivotRow] of rows.entries()) {
    const pivot = pivotRow[k]!
    for (let j = 0; j < pivotRow.length; j++) pivotRow[j]! /= pivot
    for (const [i, row] of rows.entries()) {
      const share = i === k ? 0 : row[k]!
      for (let j = k; j < row.length; j++) row[j]! -= share * pivotRow[j]!
    }
  }
  return rows.map((row) => row.slice(matrix.length))
}

export function similarities(likes: SparseRows, numItems: number, asymmetry: number, shrinkage: number): Matrix {
  const counts = coOccurrences(likes, numItems)
  const likers = counts.map((row, i) => row[i]!)
  return counts.map((row, i) =>
    row.map((count, j) =>
      i === j || count === 0 ? 0 : count / (likers[i]! ** (1 - asymmetry) * likers[j]! ** asymmetry + shrinkage),
    ),
  )
}

/** Each row's `most` numbers farthest from 0, of equal ones the first; zeros elsewhere. */
export function strongestOfRows(matrix: Matrix, most: number): Matrix {
  return matrix.map((row) => {
    const order = row.map((_, j) => j).sort((a, b) => Math.abs(row[b]!) - Math.abs(row[a]!) || a - b)
    const kept = new Set(order.slice(0, most))
    return row.map((value, j) => (kept.has(j) ? value : 0))
  })
}

export function transpose(matrix: Matrix): Matrix {
  return matrix.map((_, i) => matrix.map((row) => row[i]!))
}

export function denseWeights({ indptr, indices, weights }: ItemWeights): Matrix {
  const numItems = indptr.length - 1
  return Array.from({ length: numItems }, (_, item) => {
    const row = new Array<number>(numItems).fill(0)
    for (let at = indptr[item]!; at < indptr[item + 1]!; at++) row[indices[at]!] = weights[at]!
    return row
  })
}

/** The largest difference of two numbers in the same place. */
export function farthestApart(a: Matrix, b: Matrix): number {
  let most = 0
  for (const [i, row] of a.entries())
    for (const [j, value] of row.entries()) most = Math.max(most, Math.abs(value - b[i]![j]!))
  return most
}
