/**
 * Eigenvalues and vectors of a symmetric matrix, A = Q·diag(d)·Qᵀ: Householder's reduction to tridiagonal form, then
 * the QL algorithm with implicit shifts (tred2 and tql2 of EISPACK; Bowdler, Martin, Reinsch & Wilkinson 1968). O(n³).
 * @param matrix n × n; only its lower triangle is read
 * @returns `vectors` Qᵀ: row k belongs to values[k]; in no order
 */
export function eigen(matrix: Float64Array, n: number): { values: Float64Array; vectors: Float64Array } {
  const { diagonal, beside, reflectors } = tridiagonal(matrix, n)
  diagonalize(diagonal, beside, reflectors, n)
  return { values: diagonal, vectors: reflectors }
}

/** QᵀAQ with `diagonal` and, from place 1, `beside` it; `reflectors` is Qᵀ. */
function tridiagonal(matrix: Float64Array, n: number) {
  const a = matrix.slice()
  const diagonal = new Float64Array(n)
  const beside = new Float64Array(n)
  for (let i = n - 1; i > 0; i--) {
    const row = a.subarray(i * n, i * n + i)
    let squared = 0
    for (const value of row) squared += value * value
    const last = row[i - 1]!
    if (squared === last * last) {
      beside[i] = last
      diagonal[i] = 0
      continue
    }
    // u = row − g·e_last reflects the row onto its last place; P = I − uuᵀ/h
    const g = last > 0 ? -Math.sqrt(squared) : Math.sqrt(squared)
    const h = squared - last * g
    beside[i] = g
    row[i - 1] = last - g
    diagonal[i] = h
    // p = A u / h, K = uᵀp / 2h, A ← A − u(p − Ku)ᵀ − (p − Ku)uᵀ
    const p = beside.subarray(0, i)
    p.fill(0)
    for (let j = 0; j < i; j++) {
      const start = j * n
      let sum = 0
      for (let k = 0; k < j; k++) {
        sum += a[start + k]! * row[k]!
        p[k]! += a[start + k]! * row[j]!
      }
      p[j]! += sum + a[start + j]! * row[j]!
    }
    let k2h = 0
    for (let j = 0; j < i; j++) {
      p[j]! /= h
      k2h += p[j]! * row[j]!
    }
    k2h /= h + h
    for (let j = 0; j < i; j++) p[j]! -= k2h * row[j]!
    for (let j = 0; j < i; j++) {
      const start = j * n
      for (let k = 0; k <= j; k++) a[start + k]! -= row[j]! * p[k]! + p[j]! * row[k]!
    }
  }
  const values = Float64Array.from({ length: n }, (_, i) => a[i * n + i]!)
  return { diagonal: values, beside, reflectors: gathered(a, diagonal, n) }
}

/** Qᵀ = the product of the reflections, from the smallest: (row k) ← row k − (row k · u) u / h. */
function gathered(a: Float64Array, h: Float64Array, n: number): Float64Array {
  const q = new Float64Array(n * n)
  for (let i = 0; i < n; i++) q[i * n + i] = 1
  for (let i = 1; i < n; i++) {
    if (h[i] === 0) continue
    for (let k = 0; k < i; k++) {
      let sum = 0
      for (let j = 0; j < i; j++) sum += q[k * n + j]! * a[i * n + j]!
      sum /= h[i]!
      for (let j = 0; j < i; j++) q[k * n + j]! -= sum * a[i * n + j]!
    }
  }
  return q
}

/** QL sweeps until nothing is beside the diagonal; the rows of `vectors` turn along. */
function diagonalize(d: Float64Array, beside: Float64Array, vectors: Float64Array, n: number): void {
  const e = new Float64Array(n)
  e.set(beside.subarray(1))
  for (let l = 0; l < n; l++) {
    for (;;) {
      let m = l
      while (m < n - 1 && Math.abs(e[m]!) > Number.EPSILON * (Math.abs(d[m]!) + Math.abs(d[m + 1]!))) m++
      if (m === l) break
      const half = (d[l + 1]! - d[l]!) / (2 * e[l]!)
      let g = d[m]! - d[l]! + e[l]! / (half + Math.sign(half || 1) * Math.hypot(half, 1))
      let s = 1
      let c = 1
      let p = 0
      let i = m - 1
      for (; i >= l; i--) {
        const f = s * e[i]!
        const b = c * e[i]!
        const r = Math.hypot(f, g)
        e[i + 1] = r
        if (r === 0) {
          d[i + 1]! -= p
          e[m] = 0
          break
        }
        s = f / r
        c = g / r
        g = d[i + 1]! - p
        const t = (d[i]! - g) * s + 2 * c * b
        p = s * t
        d[i + 1] = g + p
        g = c * t - b
        rotate(vectors, i * n, n, c, s)
      }
      if (i >= l) continue
      d[l]! -= p
      e[l] = g
      e[m] = 0
    }
  }
}

/** The row at `at` and the one below it, turned. */
function rotate(rows: Float64Array, at: number, n: number, c: number, s: number): void {
  for (let k = at; k < at + n; k++) {
    const below = rows[k + n]!
    rows[k + n] = s * rows[k]! + c * below
    rows[k] = c * rows[k]! - s * below
  }
}
