import type { ContentIndex } from '../format/content.ts'
import { topK } from './top-k.ts'

/** Terms of a profile that are looked up; the rest of a long history's tail changes little. */
const MAX_PROFILE_TERMS = 512

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
  out.fill(0)
  const profile = strongest(profileOf(index, items), MAX_PROFILE_TERMS)
  let squared = 0
  for (const weight of profile.values()) squared += weight * weight
  if (squared === 0) return out
  const norm = 1 / Math.sqrt(squared)
  for (const [term, weight] of profile) {
    const termWeight = weight * norm
    const end = index.postingOffsets[term + 1]!
    for (let posting = index.postingOffsets[term]!; posting < end; posting++)
      out[index.postingItems[posting]!]! += termWeight * index.postingWeights[posting]!
  }
  return out
}

/** The terms that two movies share, strongest product of weights first. */
export function sharedTerms(index: ContentIndex, itemA: number, itemB: number): { term: string; weight: number }[] {
  const weightsOfA = profileOf(index, [itemA])
  const shared: { term: string; weight: number }[] = []
  for (const [term, weight] of profileOf(index, [itemB])) {
    const other = weightsOfA.get(term)
    if (other !== undefined) shared.push({ term: index.term(term), weight: weight * other })
  }
  return shared.sort((a, b) => b.weight - a.weight || (a.term < b.term ? -1 : 1))
}

function profileOf(index: ContentIndex, items: ArrayLike<number>): Map<number, number> {
  const profile = new Map<number, number>()
  for (let position = 0; position < items.length; position++) {
    const item = items[position]!
    for (let entry = index.offsets[item]!; entry < index.offsets[item + 1]!; entry++) {
      const term = index.termIndices[entry]!
      profile.set(term, (profile.get(term) ?? 0) + index.weights[entry]! * index.scales[item]!)
    }
  }
  return profile
}

function strongest(profile: Map<number, number>, limit: number): Map<number, number> {
  if (profile.size <= limit) return profile
  const entries = [...profile]
  const { items } = topK(
    Float64Array.from(entries, ([, weight]) => weight),
    limit,
  )
  return new Map(Array.from(items, (position) => entries[position]!))
}
