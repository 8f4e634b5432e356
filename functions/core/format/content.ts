import { ArtifactError, openTable } from './open-table.ts'
import { CONTENT, TERMS } from './tables.ts'

/** TF-IDF of the catalogue, by movie and by term. */
export interface ContentIndex {
  numItems: number
  numTerms: number
  /** numItems + 1; terms of itemIndex are [offsets[i], offsets[i + 1]) */
  offsets: Int32Array
  termIndices: Int32Array
  /** weight of entry e of item i is `weights[e] · scales[i]` */
  weights: Uint8Array
  scales: Float32Array
  /** numTerms + 1 */
  postingOffsets: Uint32Array
  /** itemIndex of each posting, ascending within a term */
  postingItems: Int32Array
  /** already scaled */
  postingWeights: Float32Array
  term(termIndex: number): string
}

/** O(entries): the postings are made here by a counting sort, so that only one of the two orders is published. */
export function openContent(contentBytes: Uint8Array, termBytes: Uint8Array): ContentIndex {
  const content = openTable('content.arrow', contentBytes, CONTENT)
  const terms = openTable('terms.arrow', termBytes, TERMS)
  const { offsets, values: termIndices } = content.list<Int32Array>('termIndices')
  const { values: weights } = content.list<Uint8Array>('weights')
  const scales = content.numbers<Float32Array>('scale')
  const numItems = content.numRows
  const numTerms = terms.numRows

  const postingOffsets = new Uint32Array(numTerms + 1)
  for (let entry = offsets[0]!; entry < offsets[numItems]!; entry++) {
    const term = termIndices[entry]!
    if (!(term >= 0 && term < numTerms))
      throw new ArtifactError(`content.arrow: term ${term}, terms.arrow has ${numTerms}`)
    postingOffsets[term + 1]!++
  }
  for (let term = 0; term < numTerms; term++) postingOffsets[term + 1]! += postingOffsets[term]!
  const next = postingOffsets.slice()
  const postingItems = new Int32Array(postingOffsets[numTerms]!)
  const postingWeights = new Float32Array(postingItems.length)
  for (let item = 0; item < numItems; item++) {
    for (let entry = offsets[item]!; entry < offsets[item + 1]!; entry++) {
      const slot = next[termIndices[entry]!]!++
      postingItems[slot] = item
      postingWeights[slot] = weights[entry]! * scales[item]!
    }
  }
  return {
    numItems,
    numTerms,
    offsets,
    termIndices,
    weights,
    scales,
    postingOffsets,
    postingItems,
    postingWeights,
    term: (termIndex) => terms.text('term', termIndex),
  }
}
