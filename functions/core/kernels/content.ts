/**
 * The postings of the content index in a kernel's memory: which movies a term occurs in, and how much. One instance a model.
 */

const PAGE_BYTES = 65_536
/** As in kernels/serve.ts: no vector load crosses a cache line. */
const ALIGNMENT = 64
const LARGEST_GAP = 0xffff

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
    gaps: number,
    weights: number,
    scales: number,
    numItems: number,
    out: number,
  ): void
}

/**
 * O(entries): postings by a counting sort, so that only one of the two orders is published. 3 bytes each: the gap from the
 * item before and the weight; an entry of weight 0 crosses a gap above 65,535.
 * @param module compiled serve.wasm
 */
export function openContentKernels(module: WebAssembly.Module, rows: ContentRows): ContentKernels {
  const { numItems, numTerms } = rows
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
  const gaps = place(2 * numPostings)
  const weights = place(numPostings)
  const scales = place(4 * paddedItems)
  const scores = place(4 * paddedItems)
  const terms = place(4 * numTerms)
  const termWeights = place(4 * numTerms)
  const memory = new WebAssembly.Memory({ initial: Math.max(1, Math.ceil(end / PAGE_BYTES)) })
  const kernels = new WebAssembly.Instance(module, { env: { memory } }).exports as unknown as Exports

  new Uint32Array(memory.buffer, offsets, numTerms + 1).set(starts)
  new Float32Array(memory.buffer, scales, numItems).set(rows.scales)
  fillPostings(
    rows,
    starts,
    new Uint16Array(memory.buffer, gaps, numPostings),
    new Uint8Array(memory.buffer, weights, numPostings),
  )
  const results = new Float32Array(memory.buffer, scores, numItems)
  const wanted = new Int32Array(memory.buffer, terms, numTerms)
  const wantedWeights = new Float32Array(memory.buffer, termWeights, numTerms)

  return {
    scores(someTerms, someWeights, out = new Float32Array(numItems)) {
      const count = someTerms.length
      wanted.set(someTerms)
      wantedWeights.set(someWeights)
      kernels.scoreContent(terms, termWeights, count, offsets, gaps, weights, scales, paddedItems, scores)
      out.set(results)
      return out
    },
  }
}

/** Where each term's postings begin, and behind the last one the end of all, with the entries that cross wide gaps. */
function postingStarts({ numItems, numTerms, offsets, termIndices }: ContentRows): Uint32Array {
  const starts = new Uint32Array(numTerms + 1)
  const before = new Int32Array(numTerms)
  for (let item = 0; item < numItems; item++)
    for (let entry = offsets[item]!; entry < offsets[item + 1]!; entry++) {
      const term = termIndices[entry]!
      starts[term + 1]! += Math.max(1, Math.ceil((item - before[term]!) / LARGEST_GAP))
      before[term] = item
    }
  for (let term = 0; term < numTerms; term++) starts[term + 1]! += starts[term]!
  return starts
}

function fillPostings(
  { numItems, numTerms, offsets, termIndices, weights }: ContentRows,
  starts: Uint32Array,
  gaps: Uint16Array,
  postingWeights: Uint8Array,
): void {
  // of each term its next place and the item before, side by side: they are always wanted together
  const state = new Int32Array(2 * numTerms)
  for (let term = 0; term < numTerms; term++) state[2 * term] = starts[term]!
  for (let item = 0; item < numItems; item++)
    for (let entry = offsets[item]!; entry < offsets[item + 1]!; entry++) {
      const at = 2 * termIndices[entry]!
      let place = state[at]!
      let gap = item - state[at + 1]!
      for (; gap > LARGEST_GAP; gap -= LARGEST_GAP) gaps[place++] = LARGEST_GAP
      gaps[place] = gap
      postingWeights[place] = weights[entry]!
      state[at] = place + 1
      state[at + 1] = item
    }
}
