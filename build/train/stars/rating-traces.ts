import type { Engine } from '../engine.ts'
import { ROWS_PER_CHUNK } from '../engine.ts'

/** Who met whom, from one side, and where the two sides' rows lie. */
export interface TraceSide {
  numRows: number
  indptr: number
  indices: number
  /** posterior means, numRows × size */
  rows: number
  /** prior means m, numRows × size */
  means: number
  /** 1 / n_r, 0 for a row that met nobody */
  shares: number
  /** z of the other side's rows, numOthers × size */
  traces: number
}

/** Room for max(numUsers, numItems) × size floats each. */
export interface TraceRoom {
  mine: number
  theirs: number
  product: number
}

/**
 * Learn where the priors of a side stand: the z and c of m_r = c + n_r^−½ · Σ z_j that lie closest to the rows as they are,
 * min Σ_r |x_r − m_r|² + strength · Σ_j |z_j|², by `steps` conjugate-gradient steps from the z there are. Each coordinate
 * is a system of its own with the same matrix. Writes the traces and the means. O((ratings + rows) · size · steps).
 * @returns c (size)
 */
export async function fitTraces(
  engine: Engine,
  side: TraceSide,
  other: TraceSide,
  room: TraceRoom,
  size: number,
  { strength, steps }: { strength: number; steps: number },
): Promise<Float32Array> {
  const length = other.numRows * size
  const traces = engine.f32(side.traces, length)
  const rows = engine.f32(side.rows, side.numRows * size)
  const means = engine.f32(side.means, side.numRows * size)
  const shares = engine.f32(side.shares, side.numRows)
  const mine = engine.f32(room.mine, side.numRows * size)
  const direction = engine.f32(room.theirs, length)
  const product = engine.f32(room.product, length)
  const sumOf = (of: TraceSide, from: number, scales: number, out: number) =>
    engine.run(
      'sumRows',
      { numRows: of.numRows, rowsPerChunk: ROWS_PER_CHUNK },
      of.indptr,
      of.indices,
      from,
      size,
      scales,
      out,
    )

  // mine = n⁻¹ Σ z; the constant is what is left of the rows, on average
  direction.set(traces)
  await sumOf(side, room.theirs, side.shares, room.mine)
  const constant = new Float64Array(size)
  for (let row = 0; row < side.numRows; row++) {
    const root = Math.sqrt(shares[row]!)
    for (let k = 0; k < size; k++) {
      const left = rows[row * size + k]! - (root && mine[row * size + k]! / root)
      constant[k]! += left / side.numRows
      mine[row * size + k] = left
    }
  }
  for (let row = 0; row < side.numRows; row++) {
    const root = Math.sqrt(shares[row]!)
    for (let k = 0; k < size; k++) mine[row * size + k] = root * (mine[row * size + k]! - constant[k]!)
  }

  // residual = Aᵀ(x − c − Az) − strength · z
  await sumOf(other, room.mine, 0, room.product)
  const residual = new Float64Array(length)
  for (let at = 0; at < length; at++) residual[at] = product[at]! - strength * traces[at]!
  direction.set(residual)
  let squared = columnProducts(residual, residual, size)
  for (let step = 0; step < steps; step++) {
    await sumOf(side, room.theirs, side.shares, room.mine)
    await sumOf(other, room.mine, 0, room.product)
    for (let at = 0; at < length; at++) product[at]! += strength * direction[at]!
    const energy = columnProducts(direction, product, size)
    const lengths = squared.map((value, k) => (energy[k]! > 0 ? value / energy[k]! : 0))
    for (let row = 0; row < length; row += size) {
      for (let k = 0; k < size; k++) {
        traces[row + k]! += lengths[k]! * direction[row + k]!
        residual[row + k]! -= lengths[k]! * product[row + k]!
      }
    }
    const next = columnProducts(residual, residual, size)
    const turns = next.map((value, k) => (squared[k]! > 0 ? value / squared[k]! : 0))
    for (let row = 0; row < length; row += size)
      for (let k = 0; k < size; k++) direction[row + k] = residual[row + k]! + turns[k]! * direction[row + k]!
    squared = next
  }

  direction.set(traces)
  await sumOf(side, room.theirs, side.shares, room.mine)
  for (let row = 0; row < side.numRows; row++) {
    const root = Math.sqrt(shares[row]!)
    for (let k = 0; k < size; k++) means[row * size + k] = constant[k]! + (root && mine[row * size + k]! / root)
  }
  return Float32Array.from(constant)
}

/** Σ over rows of a·b, a coordinate each. */
function columnProducts(a: Float32Array | Float64Array, b: Float32Array | Float64Array, size: number): Float64Array {
  const sums = new Float64Array(size)
  for (let row = 0; row < a.length; row += size) for (let k = 0; k < size; k++) sums[k]! += a[row + k]! * b[row + k]!
  return sums
}
