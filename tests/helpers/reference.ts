/** Slow, obvious twins of the kernels: plain loops over 64-bit floats. Matrices are arrays of rows. */

export type Matrix = number[][]

export function rowsOf(flat: ArrayLike<number>, columns: number): Matrix {
  return Array.from({ length: flat.length / columns }, (_, row) =>
    Array.from({ length: columns }, (_, column) => flat[row * columns + column]!),
  )
}

export function dot(a: readonly number[], b: readonly number[]): number {
  return a.reduce((sum, value, k) => sum + value * b[k]!, 0)
}

/** YᵀY */
export function gramian(rows: Matrix, factors: number): Matrix {
  return Array.from({ length: factors }, (_, i) =>
    Array.from({ length: factors }, (_, j) => rows.reduce((sum, row) => sum + row[i]! * row[j]!, 0)),
  )
}

/** Solve A x = b by Gaussian elimination with pivoting. */
export function solve(a: Matrix, b: readonly number[]): number[] {
  const rows = a.map((row, i) => [...row, b[i]!])
  for (let k = 0; k < rows.length; k++) {
    const pivot = rows
      .slice(k)
      .reduce((best, row, i) => (Math.abs(row[k]!) > Math.abs(rows[best]![k]!) ? k + i : best), k)
    ;[rows[k], rows[pivot]] = [rows[pivot]!, rows[k]!]
    for (let i = k + 1; i < rows.length; i++) {
      const share = rows[i]![k]! / rows[k]![k]!
      for (let j = k; j <= rows.length; j++) rows[i]![j]! -= share * rows[k]![j]!
    }
  }
  const x = new Array<number>(rows.length).fill(0)
  for (let k = rows.length - 1; k >= 0; k--) {
    const known = x.reduce((sum, value, j) => sum + value * rows[k]![j]!, 0)
    x[k] = (rows[k]![rows.length]! - known) / rows[k]![k]!
  }
  return x
}

export interface AlsTerms {
  unobservedWeight: number
  regularization: number
}

/** A = α₀·YᵀY + Σ w·y yᵀ + λI over the liked items. */
export function system(items: Matrix, liked: readonly number[], weights: readonly number[], terms: AlsTerms): Matrix {
  const factors = items[0]!.length
  return gramian(items, factors).map((row, i) =>
    row.map((value, j) => {
      const observed = liked.reduce((sum, item, n) => sum + weights[n]! * items[item]![i]! * items[item]![j]!, 0)
      return terms.unobservedWeight * value + observed + (i === j ? terms.regularization : 0)
    }),
  )
}

/** The x of A x = Σ w·y. */
export function foldIn(items: Matrix, liked: readonly number[], weights: readonly number[], terms: AlsTerms): number[] {
  const right = items[0]!.map((_, k) => liked.reduce((sum, item, n) => sum + weights[n]! * items[item]![k]!, 0))
  return solve(system(items, liked, weights, terms), right)
}

/** Σ_liked (1 − xᵀy)² + α₀ Σ_all (xᵀy)² + λ(‖X‖² + ‖Y‖²), term by term. */
export function objective(
  users: Matrix,
  items: Matrix,
  likedBy: (user: number) => readonly number[],
  terms: AlsTerms,
): number {
  let loss = 0
  for (const [user, x] of users.entries()) {
    for (const y of items) loss += terms.unobservedWeight * dot(x, y) ** 2
    for (const item of likedBy(user)) loss += (1 - dot(x, items[item]!)) ** 2
  }
  for (const row of [...users, ...items]) loss += terms.regularization * dot(row, row)
  return loss
}
