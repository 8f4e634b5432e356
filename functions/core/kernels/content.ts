/**
 * The postings of the content index in a kernel's memory: which movies a term occurs in, and how much. One instance a model.
 */

const PAGE_BYTES = 65_536
/** As in kernels/serve.ts: no vector load crosses a cache line. */
const ALIGNMENT = 64
/** Of a gap between two items in a posting. */
const GAP_BITS = 24

/** Rows of a content index, by item. */
export interface ContentRows {
  numItems: number
  numTerms: number
  /** numItems + 1; terms of an item are [offsets[i], offsets[i + 1]) */
  offsets: Int32Array
  termIndices: Int32Array
  /** weight of entry e of item i is `weights[e] · scales[i]` */
  weights: Uint8Array
  scales: Float32Array
}

export interface ContentKernels {
  /**
   * Σ termWeights · weight of the term, of every item. O(numItems + postings of the terms).
   * @param terms each once, below numTerms
   * @param out numItems; made when not given
   */
  scores(terms: Int32Array, termWeights: ArrayLike<number>, out?: Float32Array): Float32Array
}

interface Exports {
  scoreContent(
    terms: number,
    termWeights: number,
    count: number,
    offsets: number,
    postings: number,
    scales: number,
    numItems: number,
    out: number,
  ): void
}

/**
 * O(entries): postings by a counting sort, so that only one of the two orders is published. A 32-bit number each: the gap from
 * the item before and, in the low 8 bits, the weight. Side by side they are one miss of the cache a term, which is what the
 * short lists of rare terms cost.
 * @param module compiled serve.wasm
 * @throws {RangeError} for more items than a gap can cross
 */
export function openContentKernels(module: WebAssembly.Module, rows: ContentRows): ContentKernels {
  const { numItems, numTerms } = rows
  if (numItems > 2 ** GAP_BITS) throw new RangeError(`${numItems} items, expected at most ${2 ** GAP_BITS}`)
  const starts = postingStarts(rows)
  const numPostings = starts[numTerms]!
  const paddedItems = Math.ceil(numItems / 4) * 4

  let end = 0
  const place = (sizeBytes: number) => {
    const start = end
    end = Math.ceil((end + sizeBytes) / ALIGNMENT) * ALIGNMENT
    return start
  }
  const offsets = place(4 * (numTerms + 1))
  const postings = place(4 * numPostings)
  const scales = place(4 * paddedItems)
  const scores = place(4 * paddedItems)
  const terms = place(4 * numTerms)
  const termWeights = place(4 * numTerms)
  const memory = new WebAssembly.Memory({ initial: Math.max(1, Math.ceil(end / PAGE_BYTES)) })
  const kernels = new WebAssembly.Instance(module, { env: { memory } }).exports as unknown as Exports

  new Uint32Array(memory.buffer, offsets, numTerms + 1).set(starts)
  new Float32Array(memory.buffer, scales, numItems).set(rows.scales)
  fillPostings(rows, starts, new Uint32Array(memory.buffer, postings, numPostings))
  const results = new Float32Array(memory.buffer, scores, numItems)
  const wanted = new Int32Array(memory.buffer, terms, numTerms)
  const wantedWeights = new Float32Array(memory.buffer, termWeights, numTerms)

  return {
    scores(someTerms, someWeights, out = new Float32Array(numItems)) {
      const count = someTerms.length
      wanted.set(someTerms)
      wantedWeights.set(someWeights)
      kernels.scoreContent(terms, termWeights, count, offsets, postings, scales, paddedItems, scores)
      out.set(results)
      return out
    },
  }
}

/** Where each term's postings begin, and behind the last one the end of all. */
function postingStarts({ numItems, numTerms, offsets, termIndices }: ContentRows): Uint32Array {
  const starts = new Uint32Array(numTerms + 1)
  for (let entry = offsets[0]!; entry < offsets[numItems]!; entry++) starts[termIndices[entry]! + 1]!++
  for (let term = 0; term < numTerms; term++) starts[term + 1]! += starts[term]!
  return starts
}

function fillPostings(
  { numItems, numTerms, offsets, termIndices, weights }: ContentRows,
  starts: Uint32Array,
  postings: Uint32Array,
): void {
  // of each term its next place and the item before, side by side: they are always wanted together
  const state = new Int32Array(2 * numTerms)
  for (let term = 0; term < numTerms; term++) state[2 * term] = starts[term]!
  for (let item = 0; item < numItems; item++)
    for (let entry = offsets[item]!; entry < offsets[item + 1]!; entry++) {
      const at = 2 * termIndices[entry]!
      postings[state[at]!++] = ((item - state[at + 1]!) << 8) | weights[entry]!
      state[at + 1] = item
    }
}
