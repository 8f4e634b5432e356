import type { ContentIndex } from '../format/content.ts'

/**
 * Cosine of every movie with the profile of some movies, the sum of their TF-IDF rows (Rocchio's centroid).
 * O(terms of the items + postings of the profile's terms).
 * @param items the movies of the profile, repeated ones count again
 * @param out numItems scores, 0 to 1; made when not given
 */
export function contentScores(
  index: ContentIndex,
  items: ArrayLike<number>,
  out: Float32Array = new Float32Array(index.numItems),
): Float32Array {
  return profileScores(index, profileOf(index, items), out)
}

/** Cosine of every movie with a profile, whose terms are any, each once; as `contentScores`. */
export function profileScores(
  index: ContentIndex,
  { terms, weights }: Profile,
  out: Float32Array = new Float32Array(index.numItems),
): Float32Array {
  let squared = 0
  for (const weight of weights) squared += weight * weight
  if (squared === 0) return out.fill(0)
  const norm = 1 / Math.sqrt(squared)
  return index.postings.scores(
    terms,
    weights.map((weight) => weight * norm),
    out,
  )
}

/** Cosine of two movies' TF-IDF rows, 0 to 1 but for rounding; 0 where one has no terms. O(terms of both). */
export function contentCosine({ offsets, termIndices, weights, scales }: ContentIndex, a: number, b: number): number {
  let product = 0
  let entryOfB = offsets[b]!
  for (let entry = offsets[a]!; entry < offsets[a + 1]!; entry++) {
    const term = termIndices[entry]!
    while (entryOfB < offsets[b + 1]! && termIndices[entryOfB]! < term) entryOfB++
    if (entryOfB < offsets[b + 1]! && termIndices[entryOfB] === term) product += weights[entry]! * weights[entryOfB]!
  }
  return product * scales[a]! * scales[b]!
}

/** The candidate whose texts are nearest to a movie's, and the terms that they share, weightiest first. */
export interface Nearest {
  itemIndex: number
  terms: string[]
}

/** @returns null when no candidate shares a term with the movie; of equally near ones the first */
export function nearestByContent(
  index: ContentIndex,
  itemIndex: number,
  candidates: ArrayLike<number>,
): Nearest | null {
  const own = new Map<number, number>()
  for (const { term, weight } of termsOf(index, itemIndex)) own.set(term, weight)
  let nearest = -1
  let largest = 0
  for (let position = 0; position < candidates.length; position++) {
    let product = 0
    const candidate = candidates[position]!
    for (let entry = index.offsets[candidate]!; entry < index.offsets[candidate + 1]!; entry++)
      product += (own.get(index.termIndices[entry]!) ?? 0) * index.weights[entry]! * index.scales[candidate]!
    if (product > largest) {
      nearest = candidate
      largest = product
    }
  }
  if (nearest < 0) return null
  const shared = termsOf(index, nearest)
    .map(({ term, weight }) => ({ term, weight: weight * (own.get(term) ?? 0) }))
    .filter(({ weight }) => weight > 0)
    .sort((a, b) => b.weight - a.weight || a.term - b.term)
  return { itemIndex: nearest, terms: shared.map(({ term }) => index.term(term)) }
}

function termsOf(index: ContentIndex, itemIndex: number): { term: number; weight: number }[] {
  const terms: { term: number; weight: number }[] = []
  for (let entry = index.offsets[itemIndex]!; entry < index.offsets[itemIndex + 1]!; entry++)
    terms.push({ term: index.termIndices[entry]!, weight: index.weights[entry]! * index.scales[itemIndex]! })
  return terms
}

/** Weights of terms. */
export interface Profile {
  terms: Int32Array
  weights: Float64Array
}

/** Sum of the items' rows; terms in the order in which they first occur. */
export function profileOf(index: ContentIndex, items: ArrayLike<number>): Profile {
  const sums = roomFor(index)
  const terms: number[] = []
  for (let position = 0; position < items.length; position++) {
    const item = items[position]!
    const scale = index.scales[item]!
    for (let entry = index.offsets[item]!; entry < index.offsets[item + 1]!; entry++) {
      const term = index.termIndices[entry]!
      if (sums[term] === 0) terms.push(term)
      sums[term]! += index.weights[entry]! * scale
    }
  }
  const profile = { terms: Int32Array.from(terms), weights: Float64Array.from(terms, (term) => sums[term]!) }
  for (const term of terms) sums[term] = 0
  return profile
}

const rooms = new WeakMap<ContentIndex, Float64Array>()

/** Zeros, one a term, to be left as zeros: to make them at every request takes longer than what they are for. */
function roomFor(index: ContentIndex): Float64Array {
  const known = rooms.get(index)
  if (known) return known
  const room = new Float64Array(index.numTerms)
  rooms.set(index, room)
  return room
}
