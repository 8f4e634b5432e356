import { TILE } from '#core/kernels/train/inverse.ts'
import type { Engine } from '../engine.ts'
import { entryOf, type TiledMatrix } from '../item-item/inverse.ts'

/** How far a number of (XᵀX + Λ)·P may be from the identity's: beyond, the weights have fewer than two digits. */
const LARGEST_RESIDUAL = 0.01

/** Columns of P that are looked at. */
const PROBES = 32

/**
 * Keeps the row of a matrix that has the largest diagonal, so that its inverse can be judged by it when it stands in
 * the matrix's place.
 */
export function probeOf(engine: Engine, matrix: TiledMatrix): { check(advice: string): void } {
  const size = matrix.numTiles * TILE
  const numbers = Array.from({ length: size }, (_, at) => at)
  const diagonal = numbers.map((at) => entryOf(engine, matrix, at, at))
  const probed = diagonal.reduce((most, value, at) => (value > diagonal[most]! ? at : most), 0)
  const row = numbers.map((at) => entryOf(engine, matrix, probed, at))
  const columns = [probed, ...numbers.filter((at) => at !== probed && at % Math.ceil(size / PROBES) === 0)]
  return {
    /** @throws {Error} when the matrix is not minus the inverse of what it was */
    check(advice) {
      const residual = Math.max(
        ...columns.map((column) =>
          Math.abs(
            (column === probed ? -1 : 0) -
              row.reduce((sum, value, at) => sum + value * entryOf(engine, matrix, at, column), 0),
          ),
        ),
      )
      if (!(residual <= LARGEST_RESIDUAL))
        throw new Error(
          `next: the inverse is off by ${residual.toPrecision(2)}, at most ${LARGEST_RESIDUAL} will do; ${advice}`,
        )
    },
  }
}
