import type { ContentIndex } from '#core/format/content.ts'
import { type Profile, profileOf } from '#core/scoring/content-scores.ts'

/** Content scores of a few movies, where `contentScores` has those of all: by the movies' terms instead of by the terms' movies. */
export interface ContentProfile {
  /** Take the profile of these likes; the one before goes. @returns whether it has any terms */
  open(likes: Int32Array): boolean
  /** Cosine with the profile, as `contentScores` has it but for rounding. O(terms of the movie). */
  scoreOf(item: number): number
}

export function contentProfile(index: ContentIndex): ContentProfile {
  const { offsets, termIndices, weights, scales, numTerms } = index
  /** weight of each term in the profile, at unit length; 0 of all others */
  const unit = new Float32Array(numTerms)
  let profile: Profile = { terms: new Int32Array(0), weights: new Float64Array(0) }
  return {
    open(likes) {
      for (let place = 0; place < profile.terms.length; place++) unit[profile.terms[place]!] = 0
      profile = profileOf(index, likes)
      let squared = 0
      for (let place = 0; place < profile.weights.length; place++) squared += profile.weights[place]! ** 2
      const norm = 1 / Math.sqrt(squared)
      for (let place = 0; place < profile.terms.length; place++)
        unit[profile.terms[place]!] = profile.weights[place]! * norm
      return squared > 0
    },
    scoreOf(item) {
      let product = 0
      const end = offsets[item + 1]!
      for (let entry = offsets[item]!; entry < end; entry++) product += unit[termIndices[entry]!]! * weights[entry]!
      return product * scales[item]!
    },
  }
}
