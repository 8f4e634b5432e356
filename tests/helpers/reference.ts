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
  /** λ of the row that is solved */
  regularization: number
  /** t − w of a like; 0 unless told */
  bias?: number
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

/** The x of A x = Σ (w + bias)·y. */
export function foldIn(items: Matrix, liked: readonly number[], weights: readonly number[], terms: AlsTerms): number[] {
  const { bias = 0 } = terms
  const right = items[0]!.map((_, k) =>
    liked.reduce((sum, item, n) => sum + (weights[n]! + bias) * items[item]![k]!, 0),
  )
  return solve(system(items, liked, weights, terms), right)
}

/** A likes-only model's objective as it stands in kernels/train/als.ts, term by term. */
export interface Objective {
  likedBy: (user: number) => readonly number[]
  /** w of the likes of a user; all 1 unless told */
  weightsOf?: (user: number) => readonly number[]
  unobservedWeight: number
  bias?: number
  /** λ of a row */
  regularization: (side: 'users' | 'items', row: number) => number
}

/** Σ_liked [t − 2t·xᵀy + w·(xᵀy)²] + α₀ Σ_all (xᵀy)² + Σ λ|row|², t = w + bias. */
export function objective(users: Matrix, items: Matrix, terms: Objective): number {
  const { bias = 0, unobservedWeight, regularization } = terms
  let loss = 0
  for (const [user, x] of users.entries()) {
    const liked = terms.likedBy(user)
    const weights = terms.weightsOf?.(user) ?? liked.map(() => 1)
    for (const y of items) loss += unobservedWeight * dot(x, y) ** 2
    for (const [position, item] of liked.entries()) {
      const score = dot(x, items[item]!)
      const weight = weights[position]!
      loss += weight + bias - 2 * (weight + bias) * score + weight * score ** 2
    }
  }
  for (const [user, row] of users.entries()) loss += regularization('users', user) * dot(row, row)
  for (const [item, row] of items.entries()) loss += regularization('items', item) * dot(row, row)
  return loss
}
