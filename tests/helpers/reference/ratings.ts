import { dot, type Matrix, solve } from '../reference.ts'

/** One side of the model in kernels/train/ratings.ts: means, covariances, noise scales, and the prior. */
export interface SlowSide {
  /** the coordinate that is 1 */
  known: number
  rows: Matrix
  covariances: Matrix[]
  scales: number[]
  /** m_r */
  means: Matrix
  /** Λ */
  precision: Matrix
}

/** Who met whom with what value: for each row of a side, [other row, r − μ]. */
export type Met = readonly (readonly (readonly [other: number, value: number])[])[]

export function inverse(a: Matrix): Matrix {
  const columns = a.map((_, k) =>
    solve(
      a,
      a.map((_, i) => (i === k ? 1 : 0)),
    ),
  )
  return a.map((_, i) => columns.map((column) => column[i]!))
}

/** E[xxᵀ] of a row. */
export function momentOf({ rows, covariances }: SlowSide, row: number): Matrix {
  const x = rows[row]!
  return x.map((xi, i) => x.map((xj, j) => xi * xj + covariances[row]![i]![j]!))
}

/**
 * Posteriors of a side given the other, then its noise scales; in place. Solved without the known coordinate.
 * @returns Σ a_r a_j · expected squared error
 */
export function solveSide(
  side: SlowSide,
  other: SlowSide,
  met: Met,
  noisePrecision: number,
  scaleShape: number,
): number {
  let total = 0
  for (const [r, ratings] of met.entries()) {
    const coordinates = side.rows[r]!.map((_, k) => k)
    const unknown = coordinates.filter((k) => k !== side.known)
    const noise = noisePrecision * side.scales[r]!
    const sumOf = (term: (j: number, value: number) => number) =>
      ratings.reduce((sum, [j, value]) => sum + other.scales[j]! * term(j, value), 0)
    const observed = coordinates.map((i) => coordinates.map((k) => sumOf((j) => momentOf(other, j)[i]![k]!)))
    const right = coordinates.map((i) => sumOf((j, value) => value * other.rows[j]![i]!))

    const system = unknown.map((i) => unknown.map((k) => side.precision[i]![k]! + noise * observed[i]![k]!))
    const wanted = unknown.map(
      (i) => dot(side.precision[i]!, side.means[r]!) + noise * (right[i]! - observed[i]![side.known]!),
    )
    const x = coordinates.map(() => 1)
    const solution = solve(system, wanted)
    for (const [at, k] of unknown.entries()) x[k] = solution[at]!
    side.rows[r] = x
    const covariance = inverse(system)
    side.covariances[r] = coordinates.map((i) =>
      coordinates.map((k) =>
        i === side.known || k === side.known ? 0 : covariance[unknown.indexOf(i)]![unknown.indexOf(k)]!,
      ),
    )

    const moment = momentOf(side, r)
    const spread = coordinates.reduce((sum, i) => sum + dot(moment[i]!, observed[i]!), 0)
    const errors = sumOf((_, value) => value ** 2) - 2 * dot(x, right) + spread
    if (scaleShape > 0)
      side.scales[r] = (scaleShape + 0.5 * ratings.length) / (scaleShape + 0.5 * noisePrecision * errors)
    total += side.scales[r]! * errors
  }
  return total
}

/** z and c that minimize Σ_r |x_r − c − n_r^−½ Σ z|² + strength · Σ|z|² over z, with c the mean of what the z before leave. */
export function traces(
  rows: Matrix,
  before: Matrix,
  met: Met,
  strength: number,
): { traces: Matrix; constant: number[]; means: Matrix } {
  const shares = met.map((ratings) =>
    before.map((_, j) => (ratings.some(([k]) => k === j) ? ratings.length ** -0.5 : 0)),
  )
  const explained = (z: Matrix) =>
    shares.map((row) => z[0]!.map((_, k) => row.reduce((sum, share, j) => sum + share * z[j]![k]!, 0)))
  const left = explained(before).map((mean, r) => mean.map((value, k) => rows[r]![k]! - value))
  const constant = left[0]!.map((_, k) => left.reduce((sum, row) => sum + row[k]!, 0) / rows.length)
  const system = before.map((_, i) =>
    before.map((_, j) => shares.reduce((sum, row) => sum + row[i]! * row[j]!, i === j ? strength : 0)),
  )
  const columns = constant.map((c, k) =>
    solve(
      system,
      before.map((_, j) => shares.reduce((sum, row, r) => sum + row[j]! * (rows[r]![k]! - c), 0)),
    ),
  )
  const solved = before.map((_, j) => columns.map((column) => column[j]!))
  return {
    traces: solved,
    constant,
    means: explained(solved).map((row) => row.map((value, k) => value + constant[k]!)),
  }
}

/** Λ = (mean of E[(x − m)(x − m)ᵀ])⁻¹ without the known coordinate. */
export function precisionOf({ rows, covariances, means, known }: SlowSide): Matrix {
  const coordinates = rows[0]!.map((_, k) => k)
  const spread = coordinates.map((i) =>
    coordinates.map((j) => {
      if (i === known || j === known) return i === j ? 1 : 0
      const sum = rows.reduce(
        (sum, x, r) => sum + covariances[r]![i]![j]! + (x[i]! - means[r]![i]!) * (x[j]! - means[r]![j]!),
        0,
      )
      return sum / rows.length
    }),
  )
  return inverse(spread).map((row, i) => row.map((value, j) => (i === known && j === known ? 0 : value)))
}
