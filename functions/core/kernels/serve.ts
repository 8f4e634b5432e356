/**
 * The serving kernels: fold a history in, score all items, and say which liked item gave how much. One instance a
 * model; its memory holds the item factors once. Not reentrant: what a call leaves behind, the next one overwrites.
 */

const PAGE_BYTES = 65_536
/** Every block starts on one, so that no vector load crosses a cache line. */
const ALIGNMENT = 64
/** Rows of the kernel's panel, `PANEL_ROWS` in assembly/symmetric.ts. */
const PANEL_ROWS = 64
/** From 513 factors on, the scan's 32-bit sums could overflow. */
const MAX_FACTORS = 512
const MAX_INT16 = 32_767
/** Room of `blendBestReaching` in assembly/reach.ts. */
const WAITING = 33
/** First bits of a length, its order to a part in 128; no length of the same ones is above that with all other bits 1. */
const KEY_BITS = 16
const OTHER_BITS = 0xffff
/** What a length may be off by, and a score that is made in f32. */
const LENGTH_ERROR = 1e-5
/** A vector that is shorter is scanned whole: products with it may be too small for f32. */
const MIN_LENGTH = 1e-20
/** Rows that `rooms` gives. */
const ROOMS = 3
/** Rows that `blendBest` takes at most, and the longest list that it makes. */
const MAX_ROWS = 10
const MAX_BEST = 4096
/**
 * Of the sum of the weights, what a blend in f32 may differ from one in f64 by: rows within −1 and 1, twelve roundings of 2⁻²⁴
 * each for a weight, its product and the sums, and as much again.
 */
const BLEND_ERROR = 1.5e-6

export interface ServeModel {
  numItems: number
  /** f, a multiple of 8 up to 512 */
  factors: number
  /** int8, row-major (numItems × factors): an item's factors are its row times its scale */
  quantized: Int8Array
  /** numItems; 0 with a row of zeros for an item without factors */
  scales: Float32Array
  /** YᵀY of the dequantized item factors Y, symmetric (factors × factors), without weight and λ */
  gramian: Float32Array
  /** α₀, above 0 */
  unobservedWeight: number
  /** λ, above 0 */
  regularization: number
  /** ν of λ·(n + m)^ν, the regularization of a history of n likes (Rendle et al. 2021, eq. 14); 0 by default: it is λ */
  regularizationExponent?: number
  /** m, from 0 up: α₀ times the movies that the model was trained with; 0 by default */
  unobservedMass?: number
  /** a row of numItems scores that many blends take and that never changes: it is copied once */
  fixedRow?: Float32Array
  /** likes there is room for at first; a longer history makes the memory grow */
  maxHistory?: number
}

export interface ServeKernels {
  /**
   * Fold in a user: solve A x = Σ w·y over the liked items, A = α₀·YᵀY + Σ w·y yᵀ + λ·(n + m)^ν·I, by Cholesky. That is the exact
   * user half-step of training (Rendle et al. 2021), where every w is 1. O(n·f² + f³) for n likes.
   * @param weights w ≥ 0, one a like, beside α₀: c − 1 = w / α₀ in the terms of Hu, Koren & Volinsky 2008; all 1 by default
   * @returns x (factors), the caller's own; zeros when nothing is liked
   * @throws {RangeError} naming the first index not below numItems, or the first weight below 0 or not finite
   */
  foldIn(likedItems: Int32Array, weights?: Float32Array): Float32Array
  /**
   * What each like gives to the score of an item: w_j · y_iᵀ A⁻¹ y_j (Hu, Koren & Volinsky 2008, eq. 8), with the A of
   * the last `foldIn`, which must have been given the same likes and weights. They sum to y_iᵀ x. O(f² + n·f).
   * @param out one a like
   */
  contributions(itemIndex: number, likedItems: Int32Array, weights?: Float32Array, out?: Float32Array): Float32Array
  /**
   * Scores y_iᵀ x of all items: int8 rows times the vector rounded to int16, in exact integers, then scaled. Off by at
   * most scale_i · Σ_k |q_ik| · max|x| / 65534.
   * @param userVector x (factors)
   * @param out numItems; without it, a view on the kernels' memory that the next `scan`, `cosines` or growth overwrites
   */
  scan(userVector: Float32Array, out?: Float32Array): Float32Array
  /** `scan` of several vectors in one pass over the items' rows, ten at a time; the caller's own. */
  scanTogether(userVectors: readonly Float32Array[]): Float32Array[]
  /**
   * Begin a scan whose scores only a `blendBest` needs, with a weight above 0: it fills in those of the items that may be
   * among its best, and leaves for the others what they can reach at most, |y_i|·|x| (Cauchy & Schwarz).
   * A fifth of the items of ML-32M's shape, 6 % of the trained sample's: scan and blend of 87,000 × 128 in 0.7 ms for 1.6.
   * @returns the row, a view as of `scan`
   */
  scanForBest(userVector: Float32Array): Float32Array
  /** Cosine of one item with all, −1 to 1, itself included; 0 where either row is zeros. `out` as in `scan`. */
  cosines(itemIndex: number, out?: Float32Array): Float32Array
  /**
   * The rows of some items at unit length, so that their products are cosines; zeros where a row is.
   * @param out items × factors
   */
  unitRows(items: Int32Array, out?: Float32Array): Float32Array
  /** The factors of an item, the caller's own. */
  itemFactors(itemIndex: number): Float32Array
  /** Three rows of numItems in the kernels' memory to put scores in; a `foldIn` that makes it grow takes them away. */
  rooms(): Float32Array[]
  /**
   * The k items of the largest Σ weights[r] · rows[r] / farthest[r] that are not blocked, best first, ties to the lower index.
   * One pass over the items, summed in f64.
   * @param rows numItems finite scores each; views on the kernels' memory, as `rooms` and `scan` give, are not copied
   * @param blocked numItems flags; 1 is never returned
   * @returns null for more rows or a longer list than there is room for
   */
  blendBest(
    rows: readonly Float32Array[],
    weights: readonly number[],
    blocked: Uint8Array,
    k: number,
  ): BlendedBest | null
  /**
   * Σ weights[r] · rows[r] / farthest[r] of every item, in f64; NaN where blocked. Rows as of `blendBest`.
   * @param inParts in parts of the best, 0 to 1: of what is below 0 or blocked 0
   * @param out numItems
   * @throws {RangeError} for more than ten rows, or one of another length
   */
  blendScores(
    rows: readonly Float32Array[],
    weights: readonly number[],
    blocked: Uint8Array,
    inParts?: boolean,
    out?: Float64Array,
  ): BlendedScores
}

export interface BlendedScores {
  scores: Float64Array
  /** as of `BlendedBest` */
  farthest: number[]
}

export interface BlendedBest {
  items: Int32Array
  scores: Float64Array
  /** of each row, the largest |score| of an item that is not blocked; 1 where all are 0 */
  farthest: number[]
}

interface Exports {
  foldIn(
    liked: number,
    weights: number,
    count: number,
    items: number,
    scales: number,
    gramian: number,
    factors: number,
    unobservedWeight: number,
    regularization: number,
    system: number,
    panel: number,
    x: number,
  ): number
  contributions(
    item: number,
    liked: number,
    weights: number,
    count: number,
    items: number,
    scales: number,
    factors: number,
    system: number,
    v: number,
    out: number,
  ): void
  scan(
    queries: number,
    scales: number,
    outs: number,
    count: number,
    rows: number,
    multipliers: number,
    itemOf: number,
    numRows: number,
    factors: number,
  ): void
  farthestFromZero(rows: number, count: number, blocked: number, numItems: number, out: number): void
  blendBest(
    rows: number,
    scales: number,
    count: number,
    blocked: number,
    numItems: number,
    k: number,
    margin: number,
    heapScores: number,
    heapItems: number,
  ): number
  scanReaching(
    query: number,
    rows: number,
    multipliers: number,
    lengths: number,
    lengthsByPlace: number,
    itemOf: number,
    placeOf: number,
    blocked: number,
    numRows: number,
    factors: number,
    scale: number,
    vectorLength: number,
    out: number,
  ): number
  blendBestReaching(...as: [...Parameters<Exports['blendBest']>, waiting: number]): number
  blendScores(rows: number, scales: number, count: number, blocked: number, numItems: number, out: number): void
  partsOfBest(scores: number, numItems: number): void
}

/**
 * @param module compiled serve.wasm
 * @throws {RangeError} when the shapes disagree or a number is out of its range
 */
export function openServeKernels(module: WebAssembly.Module, model: ServeModel): ServeKernels {
  // what stays of it: were the whole model kept, its rows would be in memory twice
  const { numItems, factors, regularization, unobservedWeight, fixedRow } = model
  const { regularizationExponent = 0, unobservedMass = 0 } = model
  checkModel(model)

  // the kernels take items by four and by sixteen: all blocks of items have room for the last ones
  const paddedItems = Math.ceil(numItems / 16) * 16
  const { place, end } = layout()
  // by place, the longest row first: `scales` and `inverseNorms` too
  const rows = place(paddedItems * factors)
  const scales = place(paddedItems * 4)
  const inverseNorms = place(paddedItems * 4)
  const scores = place(paddedItems * 4)
  const gramian = place(factors * factors * 4)
  const system = place(factors * factors * 4)
  const panel = place(PANEL_ROWS * factors * 4)
  const vector = place(factors * 4)
  const queries = place(MAX_ROWS * factors * 2)
  const queryScales = place(MAX_ROWS * 4)
  const lengths = place(paddedItems * 4)
  const lengthsByPlace = place(paddedItems * 4)
  const itemOfPlace = place(paddedItems * 4)
  const placeOfItem = place(paddedItems * 4)
  const roomBlocks = Array.from({ length: ROOMS }, () => place(paddedItems * 4))
  const rowBlocks = Array.from({ length: MAX_ROWS }, () => place(paddedItems * 4))
  const fixedBlock = place(fixedRow ? paddedItems * 4 : 0)
  const rowAddresses = place(MAX_ROWS * 4)
  const rowScales = place(MAX_ROWS * 8)
  const rowFarthest = place(MAX_ROWS * 4)
  const blockedFlags = place(paddedItems)
  const heapScores = place(MAX_BEST * 8)
  const heapItems = place(MAX_BEST * 4)
  const sums = place(paddedItems * 8)
  const waiting = place(WAITING * 4)
  const history = place(0)

  let capacity = Math.max(model.maxHistory ?? 1024, 1)
  const historyEnd = () => end() + 3 * 4 * capacity
  const memory = new WebAssembly.Memory({ initial: Math.ceil(historyEnd() / PAGE_BYTES) })
  const kernels = new WebAssembly.Instance(module, { env: { memory } }).exports as Exports

  const placeOf = layRows(model)
  const inverseNorm = (item: number) => floats(inverseNorms, numItems)[placeOf[item]!]!
  floats(gramian, factors * factors).set(model.gramian)
  if (fixedRow) floats(fixedBlock, numItems).set(fixedRow)
  // the items that only fill the last sixteen up
  new Uint8Array(memory.buffer).fill(1, blockedFlags + numItems, blockedFlags + paddedItems)
  /** of a scan that the next blend makes */
  let begun: { step: number; vectorLength: number } | null = null

  function floats(at: number, length: number): Float32Array {
    return new Float32Array(memory.buffer, at, length)
  }

  /** Puts the rows where they belong, with what is said of each. @returns places, the caller's own */
  function layRows({ quantized, scales: scaleOfItem }: ServeModel): Uint32Array {
    const norms = inverseRowNorms(quantized, numItems, factors)
    const rowLengths = lengthsOf(scaleOfItem, norms)
    // four bytes at a time: one by one they take as long as all else here
    const words = factors / 4
    const from = wordsOf(quantized)
    const laid = new Int32Array(memory.buffer, rows, numItems * words)
    const lengthBits = new Uint32Array(rowLengths.buffer)
    const [scaleOf, normOf] = [scales, inverseNorms].map((block) => floats(block, numItems))
    const reachOf = new Uint32Array(memory.buffer, lengthsByPlace, numItems)
    const itemOf = new Uint32Array(memory.buffer, itemOfPlace, paddedItems)
    const places = new Uint32Array(numItems)
    // what fills the last sixteen up stays where it is
    for (let place = numItems; place < paddedItems; place++) itemOf[place] = place
    const order = longestFirst(lengthBits)
    for (let place = 0; place < numItems; place++) {
      const item = order[place]!
      for (let k = 0; k < words; k++) laid[place * words + k] = from[item * words + k]!
      scaleOf![place] = scaleOfItem[item]!
      normOf![place] = norms[item]!
      reachOf[place] = lengthBits[item]! | OTHER_BITS
      itemOf[place] = item
      places[item] = place
    }
    floats(lengths, numItems).set(rowLengths)
    new Uint32Array(memory.buffer, placeOfItem, numItems).set(places)
    return places
  }

  function rowOf(item: number): Int8Array {
    return new Int8Array(memory.buffer, rows + placeOf[item]! * factors, factors)
  }

  /** Copies a history into memory: places, weights, and as much room for contributions. */
  function putHistory(likedItems: Int32Array, weights: Float32Array | undefined): { weightsAt: number; outAt: number } {
    checkHistory(likedItems, weights, numItems)
    if (likedItems.length > capacity) {
      capacity = Math.max(likedItems.length, 2 * capacity)
      const missing = historyEnd() - memory.buffer.byteLength
      if (missing > 0) memory.grow(Math.ceil(missing / PAGE_BYTES))
    }
    const weightsAt = history + 4 * capacity
    const liked = new Uint32Array(memory.buffer, history, likedItems.length)
    for (let position = 0; position < liked.length; position++) liked[position] = placeOf[likedItems[position]!]!
    if (weights) floats(weightsAt, weights.length).set(weights)
    else floats(weightsAt, likedItems.length).fill(1)
    return { weightsAt, outAt: weightsAt + 4 * capacity }
  }

  /** Rounds a vector to int16. @returns what 1 stands for, and the length of what was rounded */
  function putVector(userVector: Float32Array, at = queries): { step: number; vectorLength: number } {
    if (userVector.length !== factors)
      throw new RangeError(`user vector has ${userVector.length} factors, expected ${factors}`)
    let largest = 0
    for (let k = 0; k < factors; k++) {
      const value = userVector[k]!
      if (!Number.isFinite(value)) throw new RangeError(`user vector: ${value} at ${k}, expected a finite number`)
      largest = Math.max(largest, Math.abs(value))
    }
    const step = largest / MAX_INT16 || 1
    const rounded = new Int16Array(memory.buffer, at, factors)
    let squares = 0
    for (let k = 0; k < factors; k++) {
      rounded[k] = Math.round(userVector[k]! / step)
      squares += rounded[k]! ** 2
    }
    return { step, vectorLength: step * Math.sqrt(squares) }
  }

  /** All scores of a scan that has begun. */
  function finishScan(): void {
    if (begun) scanInto([scores], [begun.step], scales)
    begun = null
  }

  /** @param outs where the scores of each of the vectors that lie in `queries` go */
  function scanInto(outs: readonly number[], queryScale: readonly number[], multipliers: number): void {
    floats(queryScales, outs.length).set(queryScale)
    new Uint32Array(memory.buffer, rowAddresses, outs.length).set(outs)
    const count = outs.length
    kernels.scan(queries, queryScales, rowAddresses, count, rows, multipliers, itemOfPlace, paddedItems, factors)
  }

  function scanWith(multipliers: number, scale: number, out: Float32Array | undefined): Float32Array {
    if (out && out.length !== numItems) throw new RangeError(`out has ${out.length} places, expected ${numItems}`)
    scanInto([scores], [scale], multipliers)
    begun = null
    const view = floats(scores, numItems)
    if (!out) return view
    out.set(view)
    return out
  }

  return {
    foldIn(likedItems, weights) {
      const { weightsAt } = putHistory(likedItems, weights)
      const failed = kernels.foldIn(
        history,
        weightsAt,
        likedItems.length,
        rows,
        scales,
        gramian,
        factors,
        unobservedWeight,
        regularization * (likedItems.length + unobservedMass) ** regularizationExponent,
        system,
        panel,
        vector,
      )
      if (failed >= 0)
        throw new RangeError(`fold-in: pivot ${failed} is not above 0; regularization ${regularization} is too small`)
      return floats(vector, factors).slice()
    },
    contributions(itemIndex, likedItems, weights, out = new Float32Array(likedItems.length)) {
      checkItem(itemIndex, numItems)
      if (out.length !== likedItems.length)
        throw new RangeError(`out has ${out.length} places, expected ${likedItems.length}`)
      const { weightsAt, outAt } = putHistory(likedItems, weights)
      const count = likedItems.length
      kernels.contributions(
        placeOf[itemIndex]!,
        history,
        weightsAt,
        count,
        rows,
        scales,
        factors,
        system,
        vector,
        outAt,
      )
      out.set(floats(outAt, count))
      return out
    },
    scan: (userVector, out) => scanWith(scales, putVector(userVector).step, out),
    scanTogether(userVectors) {
      const found: Float32Array[] = []
      for (let from = 0; from < userVectors.length; from += MAX_ROWS) {
        const some = userVectors.slice(from, from + MAX_ROWS)
        const steps = some.map((userVector, at) => putVector(userVector, queries + 2 * at * factors).step)
        const outs = rowBlocks.slice(0, some.length)
        scanInto(outs, steps, scales)
        for (const at of outs) found.push(floats(at, numItems).slice())
      }
      return found
    },
    scanForBest(userVector) {
      const { step, vectorLength } = putVector(userVector)
      if (vectorLength < MIN_LENGTH) return scanWith(scales, step, undefined)
      begun = { step, vectorLength: vectorLength * (1 + LENGTH_ERROR) }
      return floats(scores, numItems)
    },
    cosines(itemIndex, out) {
      checkItem(itemIndex, numItems)
      new Int16Array(memory.buffer, queries, factors).set(rowOf(itemIndex))
      return scanWith(inverseNorms, inverseNorm(itemIndex), out)
    },
    unitRows(wanted, out = new Float32Array(wanted.length * factors)) {
      if (out.length !== wanted.length * factors)
        throw new RangeError(`out has ${out.length} places, expected ${wanted.length * factors}`)
      for (let position = 0; position < wanted.length; position++) {
        const item = wanted[position]!
        checkItem(item, numItems)
        const row = rowOf(item)
        const norm = inverseNorm(item)
        for (let k = 0; k < factors; k++) out[position * factors + k] = norm * row[k]!
      }
      return out
    },
    itemFactors(itemIndex) {
      checkItem(itemIndex, numItems)
      const scale = floats(scales, numItems)[placeOf[itemIndex]!]!
      return Float32Array.from(rowOf(itemIndex), (q) => q * scale)
    },
    rooms: () => roomBlocks.map((block) => floats(block, numItems)),
    blendBest(rows, weights, blocked, k) {
      const capacity = Math.min(k, numItems)
      if (rows.length > MAX_ROWS || capacity > MAX_BEST) {
        finishScan()
        return null
      }
      const place = begun
        ? rows.findIndex(({ byteOffset, buffer }) => buffer === memory.buffer && byteOffset === scores)
        : -1
      const { farthest, margin } = putRows(rows, weights, blocked, place)
      const as = [rowAddresses, rowScales, rows.length, blockedFlags, paddedItems, capacity, margin] as const
      let size = 0
      if (capacity > 0 && place < 0) size = kernels.blendBest(...as, heapScores, heapItems)
      else if (capacity > 0) size = kernels.blendBestReaching(...as, heapScores, heapItems, waiting)
      return { ...bestFirst(size), farthest }
    },
    blendScores(rows, weights, blocked, inParts = false, out = new Float64Array(numItems)) {
      if (rows.length > MAX_ROWS) throw new RangeError(`${rows.length} rows, expected at most ${MAX_ROWS}`)
      finishScan()
      const { farthest } = putRows(rows, weights, blocked)
      kernels.blendScores(rowAddresses, rowScales, rows.length, blockedFlags, paddedItems, sums)
      if (inParts) kernels.partsOfBest(sums, paddedItems)
      out.set(new Float64Array(memory.buffer, sums, numItems))
      return { scores: out, farthest }
    },
  }

  function scanReaching(): number {
    const { step, vectorLength } = begun!
    begun = null
    return kernels.scanReaching(
      queries,
      rows,
      scales,
      lengths,
      lengthsByPlace,
      itemOfPlace,
      placeOfItem,
      blockedFlags,
      paddedItems,
      factors,
      step,
      vectorLength,
      scores,
    )
  }

  /**
   * Rows, their scales and the flags, put where the kernels look for them.
   * @param begunRow which of them is that of the scan that has begun; −1: none
   * @returns also what a sum in f32 may be off by
   */
  function putRows(
    rows: readonly Float32Array[],
    weights: readonly number[],
    blocked: Uint8Array,
    begunRow = -1,
  ): { farthest: number[]; margin: number } {
    for (const [r, { length }] of [...rows, blocked].entries())
      if (length !== numItems) throw new RangeError(`row ${r} has ${length} places, expected ${numItems}`)
    new Uint8Array(memory.buffer, blockedFlags, numItems).set(blocked)
    const addresses = new Uint32Array(memory.buffer, rowAddresses, MAX_ROWS)
    const scalesOfRows = new Float64Array(memory.buffer, rowScales, MAX_ROWS)
    for (const [r, row] of rows.entries()) {
      const known = row.buffer === memory.buffer ? row.byteOffset : row === fixedRow ? fixedBlock : null
      addresses[r] = known ?? rowBlocks[r]!
      if (known === null) floats(rowBlocks[r]!, numItems).set(row)
    }
    const farthestOf = (from: number, to: number) =>
      kernels.farthestFromZero(rowAddresses + 4 * from, to - from, blockedFlags, paddedItems, rowFarthest + 4 * from)
    if (begunRow < 0) farthestOf(0, rows.length)
    else {
      farthestOf(0, begunRow)
      floats(rowFarthest, rows.length)[begunRow] = scanReaching()
      farthestOf(begunRow + 1, rows.length)
    }
    const farthest = Array.from(floats(rowFarthest, rows.length), (size) => size || 1)
    let margin = 0
    for (const [r, size] of farthest.entries()) {
      const scale = weights[r]! * (1 / size)
      scalesOfRows[r] = scale
      // a row so small that its scale is beyond f32 is blended in f64 throughout
      margin += Number.isFinite(Math.fround(scale)) ? BLEND_ERROR * Math.abs(weights[r]!) : Number.POSITIVE_INFINITY
    }
    return { farthest, margin }
  }

  /** The heap in its order: the largest score first, of equal ones the lower index. */
  function bestFirst(size: number): { items: Int32Array; scores: Float64Array } {
    const items = new Int32Array(memory.buffer, heapItems, size)
    const scores = new Float64Array(memory.buffer, heapScores, size)
    const order = Array.from(items.keys()).sort((a, b) => scores[b]! - scores[a]! || items[a]! - items[b]!)
    const sorted = { items: new Int32Array(size), scores: new Float64Array(size) }
    for (let place = 0; place < size; place++) {
      sorted.items[place] = items[order[place]!]!
      sorted.scores[place] = scores[order[place]!]!
    }
    return sorted
  }
}

/** Blocks one after the other, in bytes. */
function layout(): { place(sizeBytes: number): number; end(): number } {
  let at = 0
  return {
    place(sizeBytes) {
      const start = at
      at = Math.ceil((at + sizeBytes) / ALIGNMENT) * ALIGNMENT
      return start
    },
    end: () => at,
  }
}

/** 1 / |q| of each row; the row's scale cancels out of a cosine. */
function inverseRowNorms(quantized: Int8Array, numItems: number, factors: number): Float32Array {
  const norms = new Float32Array(numItems)
  for (let item = 0; item < numItems; item++) {
    let sum = 0
    for (let at = item * factors; at < (item + 1) * factors; at++) sum += quantized[at]! ** 2
    norms[item] = sum > 0 ? 1 / Math.sqrt(sum) : 0
  }
  return norms
}

/** The same bytes; a copy where they do not begin at a whole word. */
function wordsOf(bytes: Int8Array): Int32Array {
  const { buffer, byteOffset, length } = bytes.byteOffset % 4 === 0 ? bytes : bytes.slice()
  return new Int32Array(buffer, byteOffset, length / 4)
}

/** scale · |q| of each row, no less than it is. */
function lengthsOf(scales: Float32Array, inverseNorms: Float32Array): Float32Array {
  return inverseNorms.map((norm, item) => (norm > 0 ? (scales[item]! / norm) * (1 + LENGTH_ERROR) : 0))
}

/** Items by the first bits of their lengths. Counted, as a sort takes 30 ms for 87,000 of them. */
function longestFirst(lengthBits: Uint32Array): Uint32Array {
  const places = new Uint32Array(2 ** KEY_BITS + 1)
  const keyOf = (item: number) => OTHER_BITS - (lengthBits[item]! >>> KEY_BITS)
  for (let item = 0; item < lengthBits.length; item++) places[keyOf(item) + 1]!++
  for (let key = 1; key < places.length; key++) places[key]! += places[key - 1]!
  const items = new Uint32Array(lengthBits.length)
  for (let item = 0; item < lengthBits.length; item++) items[places[keyOf(item)]!++] = item
  return items
}

function checkModel(model: ServeModel): void {
  const { numItems, factors, quantized, scales, gramian, unobservedWeight, regularization } = model
  if (!Number.isInteger(numItems) || numItems < 0)
    throw new RangeError(`numItems is ${numItems}, expected a whole number from 0 up`)
  if (!Number.isInteger(factors) || factors < 8 || factors > MAX_FACTORS || factors % 8 !== 0)
    throw new RangeError(`factors is ${factors}, expected a multiple of 8 from 8 to ${MAX_FACTORS}`)
  for (const [name, found, expected] of [
    ['quantized', quantized.length, numItems * factors],
    ['scales', scales.length, numItems],
    ['fixedRow', model.fixedRow?.length ?? numItems, numItems],
    ['gramian', gramian.length, factors * factors],
  ] as const) {
    if (found !== expected) throw new RangeError(`${name} has ${found} numbers, expected ${expected}`)
  }
  for (const [name, value] of Object.entries({ unobservedWeight, regularization })) {
    if (!(value > 0 && Number.isFinite(value))) throw new RangeError(`${name} is ${value}, expected a number above 0`)
  }
  const { regularizationExponent = 0, unobservedMass = 0 } = model
  for (const [name, value] of Object.entries({ regularizationExponent, unobservedMass })) {
    if (!(value >= 0 && Number.isFinite(value)))
      throw new RangeError(`${name} is ${value}, expected a number from 0 up`)
  }
}

function checkHistory(likedItems: Int32Array, weights: Float32Array | undefined, numItems: number): void {
  for (let position = 0; position < likedItems.length; position++) checkItem(likedItems[position]!, numItems)
  if (!weights) return
  if (weights.length !== likedItems.length)
    throw new RangeError(`${weights.length} weights for ${likedItems.length} liked items`)
  for (let position = 0; position < weights.length; position++) {
    const weight = weights[position]!
    if (!(weight >= 0 && Number.isFinite(weight)))
      throw new RangeError(`weight ${weight} at ${position}, expected a number from 0 up`)
  }
}

function checkItem(item: number, numItems: number): void {
  if (!(item >= 0 && item < numItems && Number.isInteger(item)))
    throw new RangeError(`item index ${item}, expected 0 to ${numItems - 1}`)
}
