/// <reference path="../../functions/core/kernels/webassembly.d.ts" />
import type { ContentIndex } from '#core/format/content.ts'
import { openTrainKernels } from '#core/kernels/train.ts'
import { allowedPostings, termWorths, WORTH_STEPS } from '#core/scoring/content-scores.ts'
import { layOut } from './rooms.ts'

/** Bits of a term's number in an entry. */
const TERM_BITS = 24

/** Content scores of a few movies, where `contentScores` has those of all: by the movies' terms instead of by the terms' movies. */
export interface ContentProfile {
  /** Take the profile of these likes; the one before goes. @returns whether it has any terms */
  open(likes: Int32Array): boolean
  /** Cosine with the profile of each item, as `contentScores` has it but for rounding. O(terms of the items). */
  scores(items: Int32Array, out: Float32Array): void
}

/**
 * @param module compiled train kernels
 * @param order all items: what is asked for most first, so that its rows lie together
 * @throws {RangeError} for more terms than an entry can name
 */
export function openContentProfile(module: WebAssembly.Module, index: ContentIndex, order: Int32Array): ContentProfile {
  const { numItems, numTerms, offsets, termIndices, weights, scales, documentFrequencies } = index
  if (numTerms > 2 ** TERM_BITS) throw new RangeError(`batch: ${numTerms} terms, expected at most ${2 ** TERM_BITS}`)
  const numEntries = offsets[numItems]!
  const { place, makeMemory } = layOut()
  const at = {
    bounds: place(8 * numItems),
    entries: place(4 * numEntries),
    scales: place(4 * numItems),
    sums: place(4 * numTerms),
    traits: place(8 * numTerms),
    terms: place(4 * (numTerms + 1)),
    worths: place(4 * (numTerms + 1)),
    postings: place(4 * (WORTH_STEPS + 1)),
    items: place(4 * numItems),
    scores: place(4 * numItems),
  }
  const memory = makeMemory()
  const { buffer } = memory
  const kernels = openTrainKernels(module, memory)
  const allowed = Math.floor(allowedPostings(numItems))
  new Float32Array(buffer, at.scales, numItems).set(scales)
  const bounds = new Uint32Array(buffer, at.bounds, 2 * numItems)
  const entries = new Uint32Array(buffer, at.entries, numEntries)
  // the terms that most movies have first: most sums are then a few cache lines
  const byFrequency = Int32Array.from(documentFrequencies.keys()).sort(
    (a, b) => documentFrequencies[b]! - documentFrequencies[a]! || a - b,
  )
  const numberOf = new Int32Array(numTerms)
  const worths = termWorths(index)
  const floats = new Float32Array(buffer, at.traits, 2 * numTerms)
  const counts = new Uint32Array(buffer, at.traits, 2 * numTerms)
  for (const [number, term] of byFrequency.entries()) {
    numberOf[term] = number
    floats[2 * number] = worths[term]!
    counts[2 * number + 1] = documentFrequencies[term]!
  }
  let end = 0
  for (const item of order) {
    bounds[2 * item] = end
    for (let entry = offsets[item]!; entry < offsets[item + 1]!; entry++)
      entries[end++] = (numberOf[termIndices[entry]!]! << 8) | weights[entry]!
    bounds[2 * item + 1] = end
  }
  const items = new Int32Array(buffer, at.items, numItems)
  const scores = new Float32Array(buffer, at.scores, numItems)
  let numOpen = 0

  return {
    open(likes) {
      kernels.closeProfile(at.terms, numOpen, at.sums)
      items.set(likes)
      numOpen = kernels.openProfile(
        at.items,
        likes.length,
        at.bounds,
        at.entries,
        at.scales,
        at.sums,
        at.traits,
        at.terms,
        at.worths,
        at.postings,
        WORTH_STEPS,
        allowed,
      )
      return numOpen > 0
    },
    scores(wanted, out) {
      items.set(wanted)
      kernels.profileProducts(at.items, wanted.length, at.bounds, at.entries, at.scales, at.sums, at.scores)
      for (let row = 0; row < wanted.length; row++) out[row] = scores[row]!
    },
  }
}
