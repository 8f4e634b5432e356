import { type ContentKernels, type ContentRows, openContentKernels } from '../kernels/content.ts'
import { ArtifactError, openTable } from './open-table.ts'
import { CONTENT, TERMS } from './tables.ts'

/** TF-IDF of the catalogue, by movie and by term. */
export interface ContentIndex extends ContentRows {
  /** the same by term */
  postings: ContentKernels
  /** movies that a term occurs in */
  documentFrequencies: Int32Array
  /** ascending by code unit */
  term(termIndex: number): string
  /** @returns −1 for a term that no movie has; O(log numTerms) */
  termIndexOf(term: string): number
}

/** @param module compiled kernels/serve.wasm, whose memory holds the postings */
export function openContent(contentBytes: Uint8Array, termBytes: Uint8Array, module: WebAssembly.Module): ContentIndex {
  const content = openTable('content.arrow', contentBytes, CONTENT)
  const terms = openTable('terms.arrow', termBytes, TERMS)
  const { offsets, values: termIndices } = content.list<Int32Array>('termIndices')
  const { values: weights } = content.list<Uint8Array>('weights')
  const scales = content.numbers<Float32Array>('scale')
  const numItems = content.numRows
  const numTerms = terms.numRows

  for (let entry = offsets[0]!; entry < offsets[numItems]!; entry++) {
    const term = termIndices[entry]!
    if (!(term >= 0 && term < numTerms))
      throw new ArtifactError(`content.arrow: term ${term}, terms.arrow has ${numTerms}`)
  }
  const rows: ContentRows = { numItems, numTerms, offsets, termIndices, weights, scales }
  const termOf = (termIndex: number) => terms.text('term', termIndex)
  return {
    ...rows,
    postings: openContentKernels(module, rows),
    documentFrequencies: terms.numbers('documentFrequency'),
    term: termOf,
    termIndexOf: (wanted) => indexOfTerm(wanted, numTerms, termOf),
  }
}

function indexOfTerm(wanted: string, numTerms: number, termOf: (termIndex: number) => string): number {
  let low = 0
  let high = numTerms - 1
  while (low <= high) {
    const middle = (low + high) >>> 1
    const term = termOf(middle)
    if (term === wanted) return middle
    if (term < wanted) low = middle + 1
    else high = middle - 1
  }
  return -1
}
