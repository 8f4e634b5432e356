import { exactScratchBytes } from '#core/kernels/train.ts'

/** Rows a worker claims at a time: few enough that it ends with the others, enough that claiming costs nothing. */
export const ROWS_PER_CLAIM = 16
/** A Gramian is summed in this many parts whoever computes them, so that its bits do not depend on the threads. */
export const GRAMIAN_PARTS = 32

const ALIGNMENT = 64
const MAX_BYTES = 2 ** 32

/** One side of the factorization; the numbers are addresses. */
export interface Side {
  numRows: number
  indptr: number
  indices: number
  /** numRows × factors */
  rows: number
}

/** Where everything lies in the one shared memory: addresses in bytes. */
export interface AlsMemory {
  factors: number
  users: Side
  items: Side
  /** next chunk to claim, int32 */
  claim: number
  /** the fixed side, whitened */
  whitened: number
  /** GRAMIAN_PARTS × factors × factors */
  gramianParts: number
  gramian: number
  /** G, U and V of the whitening */
  g: number
  u: number
  v: number
  /** float64, one a chunk of ROWS_PER_CLAIM rows */
  losses: number
  /** one a thread */
  scratch: number[]
  sizeBytes: number
}

export interface AlsShape {
  numUsers: number
  numItems: number
  numLikes: number
  factors: number
  threads: number
}

/** @throws {RangeError} when it all would not fit into the 4 GiB of a WebAssembly memory */
export function layOutMemory({ numUsers, numItems, numLikes, factors, threads }: AlsShape): AlsMemory {
  let end = 0
  const place = (sizeBytes: number) => {
    const start = end
    end = Math.ceil((end + sizeBytes) / ALIGNMENT) * ALIGNMENT
    return start
  }
  const side = (numRows: number): Side => ({
    numRows,
    indptr: place((numRows + 1) * 4),
    indices: place(numLikes * 4),
    rows: place(numRows * factors * 4),
  })
  const mostRows = Math.max(numUsers, numItems)
  const square = factors * factors * 4
  const memory = {
    factors,
    claim: place(4),
    users: side(numUsers),
    items: side(numItems),
    whitened: place(mostRows * factors * 4),
    gramianParts: place(GRAMIAN_PARTS * square),
    gramian: place(square),
    g: place(square),
    u: place(square),
    v: place(square),
    losses: place(Math.ceil(mostRows / ROWS_PER_CLAIM) * 8),
    scratch: Array.from({ length: threads }, () => place(exactScratchBytes(factors))),
  }
  if (end > MAX_BYTES) {
    const shape = `${numUsers} users, ${numItems} items, ${numLikes} likes, ${factors} factors`
    throw new RangeError(`als: ${shape} take ${(end / 2 ** 30).toFixed(1)} GiB, a WebAssembly memory holds 4`)
  }
  return { ...memory, sizeBytes: end }
}
