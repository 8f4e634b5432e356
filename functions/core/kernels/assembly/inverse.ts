/**
 * The inverse of a large symmetric positive definite matrix, in place, by sweeping a block of TILE rows after another
 * (Goodnight 1979; Gauss–Jordan on a symmetric matrix). With P = A_kk⁻¹ a sweep makes, for i, j ≠ k,
 *   A_ij − A_ik·P·A_kj,   P·A_kj,   −P;
 * after all of them −A⁻¹ stands where A was. It takes the n³ operations of a Cholesky inverse, nearly all in one product.
 *
 * Only the upper triangle is kept, in square tiles, row-major each, in the order (0,0), (0,1), …, (1,1), …. The factors of
 * the product are copied into strips that a register tile reads from end to end: on matrices as they are, rows a power
 * of two apart fall on the same few lines of L1.
 */

/** Rows of a tile; kernels/train/inverse.ts says the same number. Three tiles of f64 fit into 512 KiB of L2. */
export const TILE: i32 = 128

/** Columns of a strip of the left factor; one of the right factor is two vectors wide. */
export const LEFT: i32 = 4

// @ts-ignore: decorator
@inline
function multiplyAddOf<T>(a: v128, b: v128, c: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return v128.relaxed_madd<T>(a, b, c)
  return v128.add<T>(c, v128.mul<T>(a, b))
}

// @ts-ignore: decorator
@inline
export function tileBytes<T>(): usize {
  return TILE * TILE * sizeof<T>()
}

/** Where tile (i, j), i ≤ j, of a matrix of `numTiles` × `numTiles` starts. */
// @ts-ignore: decorator
@inline
export function tileAt<T>(tiles: usize, numTiles: i32, i: i32, j: i32): usize {
  return tiles + <usize>(i * numTiles - ((i * (i - 1)) >> 1) + j - i) * tileBytes<T>()
}

/**
 * Sweeps the diagonal tile of block `step` alone, and copies the −P it becomes into strips at `corner` (a tile's size).
 * @returns −1, or the first row whose pivot is not above 0
 */
export function sweepCorner(tiles: usize, numTiles: i32, step: i32, corner: usize, bytes: i32): i32 {
  return bytes == 8
    ? sweepCornerOf<f64>(tiles, numTiles, step, corner)
    : sweepCornerOf<f32>(tiles, numTiles, step, corner)
}

/** Panel columns begin ≤ j < end of block `step`: right = A_kj in strips, left = P·A_kj in strips and in its place. */
export function sweepPanel(
  begin: i32,
  end: i32,
  _scratch: usize,
  tiles: usize,
  numTiles: i32,
  step: i32,
  corner: usize,
  left: usize,
  right: usize,
  bytes: i32,
): void {
  if (bytes == 8) sweepPanelOf<f64>(begin, end, tiles, numTiles, step, corner, left, right)
  else sweepPanelOf<f32>(begin, end, tiles, numTiles, step, corner, left, right)
}

/** Tiles begin ≤ t < end, in their order, outside block `step`: A_ij −= (P·A_ki)ᵀ·A_kj. */
export function sweepTiles(
  begin: i32,
  end: i32,
  _scratch: usize,
  tiles: usize,
  numTiles: i32,
  step: i32,
  left: usize,
  right: usize,
  bytes: i32,
): void {
  if (bytes == 8) sweepTilesOf<f64>(begin, end, tiles, numTiles, step, left, right)
  else sweepTilesOf<f32>(begin, end, tiles, numTiles, step, left, right)
}

function sweepCornerOf<T>(tiles: usize, numTiles: i32, step: i32, corner: usize): i32 {
  const tile = tileAt<T>(tiles, numTiles, step, step)
  const stride = <usize>TILE * sizeof<T>()
  for (let p = 0; p < TILE; p++) {
    const row = tile + <usize>p * stride
    const pivot = load<T>(row + <usize>p * sizeof<T>())
    if (!(pivot > <T>0)) return step * TILE + p
    const inverse = <T>1 / pivot
    store<T>(row + <usize>p * sizeof<T>(), <T>1)
    const scale = v128.splat<T>(inverse)
    for (let at: usize = 0; at < stride; at += 16) v128.store(row + at, v128.mul<T>(scale, v128.load(row + at)))
    for (let i = 0; i < TILE; i++) {
      if (i == p) continue
      const other = tile + <usize>i * stride
      const share = load<T>(other + <usize>p * sizeof<T>())
      const lanes = v128.splat<T>(-share)
      for (let at: usize = 0; at < stride; at += 16) {
        v128.store(other + at, multiplyAddOf<T>(lanes, v128.load(row + at), v128.load(other + at)))
      }
      store<T>(other + <usize>p * sizeof<T>(), share * inverse)
    }
    store<T>(row + <usize>p * sizeof<T>(), -inverse)
  }
  copyToStrips<T>(tile, corner, LEFT, false)
  return -1
}

function sweepPanelOf<T>(
  begin: i32,
  end: i32,
  tiles: usize,
  numTiles: i32,
  step: i32,
  corner: usize,
  left: usize,
  right: usize,
): void {
  for (let j = begin; j < end; j++) {
    if (j == step) continue
    const isBelow = j < step
    const tile = isBelow ? tileAt<T>(tiles, numTiles, j, step) : tileAt<T>(tiles, numTiles, step, j)
    const from = right + <usize>j * tileBytes<T>()
    const to = left + <usize>j * tileBytes<T>()
    copyToStrips<T>(tile, from, 32 / <i32>sizeof<T>(), isBelow)
    memory.fill(to, 0, tileBytes<T>())
    // P·A_kj = 0 − (−P)·A_kj, row k' of it spread over the strips of LEFT columns
    const rowStride = LEFT * sizeof<T>()
    const stripStride = TILE * rowStride
    for (let row = 0; row < TILE; row += LEFT) {
      for (let column = 0; column < TILE; column += 32 / <i32>sizeof<T>()) {
        const out = to + <usize>(column / LEFT) * stripStride + <usize>row * rowStride
        const second = sizeof<T>() == 8 ? 16 : stripStride
        subtractProduct<T>(corner + <usize>row * TILE * sizeof<T>(), from + <usize>column * TILE * sizeof<T>(), out, rowStride, second)
      }
    }
    copyFromStrips<T>(to, tile, isBelow)
  }
}

function sweepTilesOf<T>(
  begin: i32,
  end: i32,
  tiles: usize,
  numTiles: i32,
  step: i32,
  left: usize,
  right: usize,
): void {
  let i = 0
  let first = 0 // number of tile (i, i)
  for (let t = begin; t < end; t++) {
    while (t >= first + numTiles - i) first += numTiles - i++
    const j = i + t - first
    if (i == step || j == step) continue
    const tile = tiles + <usize>t * tileBytes<T>()
    const leftTile = left + <usize>i * tileBytes<T>()
    const rightTile = right + <usize>j * tileBytes<T>()
    subtractTileProduct<T>(leftTile, rightTile, tile)
  }
}

/** out −= leftᵀ·right, a tile each: `left` in strips of LEFT columns, `right` of two vectors, `out` row-major. */
export function subtractTileProduct<T>(left: usize, right: usize, out: usize): void {
  const strip = TILE * sizeof<T>()
  for (let row = 0; row < TILE; row += LEFT) {
    for (let column = 0; column < TILE; column += 32 / <i32>sizeof<T>()) {
      const at = out + <usize>row * strip + <usize>column * sizeof<T>()
      subtractProduct<T>(left + <usize>row * strip, right + <usize>column * strip, at, strip, 16)
    }
  }
}

/**
 * Four rows of two vectors, `rowStride` and `second` bytes apart: out −= Σ_k left[k] ⊗ right[k]. The eight sums that
 * are under way at a time are what two multipliers of latency four can hold.
 */
// @ts-ignore: decorator
@inline
function subtractProduct<T>(left: usize, right: usize, out: usize, rowStride: usize, second: usize): void {
  let a0 = v128.splat<T>(<T>0)
  let a1 = a0
  let a2 = a0
  let a3 = a0
  let b0 = a0
  let b1 = a0
  let b2 = a0
  let b3 = a0
  for (const last = right + TILE * 32; right < last; right += 32) {
    const ra = v128.load(right)
    const rb = v128.load(right, 16)
    let l = v128.load_splat<T>(left)
    a0 = multiplyAddOf<T>(l, ra, a0)
    b0 = multiplyAddOf<T>(l, rb, b0)
    l = v128.load_splat<T>(left, sizeof<T>())
    a1 = multiplyAddOf<T>(l, ra, a1)
    b1 = multiplyAddOf<T>(l, rb, b1)
    l = v128.load_splat<T>(left, 2 * sizeof<T>())
    a2 = multiplyAddOf<T>(l, ra, a2)
    b2 = multiplyAddOf<T>(l, rb, b2)
    l = v128.load_splat<T>(left, 3 * sizeof<T>())
    a3 = multiplyAddOf<T>(l, ra, a3)
    b3 = multiplyAddOf<T>(l, rb, b3)
    left += LEFT * sizeof<T>()
  }
  subtract<T>(out, a0, b0, second)
  subtract<T>((out += rowStride), a1, b1, second)
  subtract<T>((out += rowStride), a2, b2, second)
  subtract<T>((out += rowStride), a3, b3, second)
}

// @ts-ignore: decorator
@inline
function subtract<T>(out: usize, a: v128, b: v128, second: usize): void {
  v128.store(out, v128.sub<T>(v128.load(out), a))
  v128.store(out + second, v128.sub<T>(v128.load(out + second), b))
}

/** A tile, or its transpose, as strips of `width` columns, row after row within each. */
export function copyToStrips<T>(tile: usize, strips: usize, width: i32, isTransposed: bool): void {
  const along: usize = isTransposed ? <usize>TILE : 1
  const down: usize = isTransposed ? 1 : <usize>TILE
  let to = strips
  for (let column: usize = 0; column < <usize>TILE; column += width) {
    for (let row: usize = 0; row < <usize>TILE; row++) {
      let from = tile + (row * down + column * along) * sizeof<T>()
      for (let at = 0; at < width; at++, to += sizeof<T>(), from += along * sizeof<T>()) store<T>(to, load<T>(from))
    }
  }
}

/** Back from strips of LEFT columns. */
function copyFromStrips<T>(strips: usize, tile: usize, isTransposed: bool): void {
  const along: usize = isTransposed ? <usize>TILE : 1
  const down: usize = isTransposed ? 1 : <usize>TILE
  let from = strips
  for (let column: usize = 0; column < <usize>TILE; column += LEFT) {
    for (let row: usize = 0; row < <usize>TILE; row++) {
      let to = tile + (row * down + column * along) * sizeof<T>()
      for (let at = 0; at < LEFT; at++, from += sizeof<T>(), to += along * sizeof<T>()) store<T>(to, load<T>(from))
    }
  }
}
