/**
 * What a ranker knows of a movie in a list. Scores are in parts of the list's farthest from 0, places count from 0, and
 * what has nothing to go by is 0.
 */
export const RANKER_FEATURES = [
  // of the blended list
  'blended',
  'blendedPart',
  'blendedPlace',
  // by each source alone
  'cfPart',
  'cfPlace',
  'nextPart',
  'nextPlace',
  'neighboursPart',
  'neighboursPlace',
  'contentPart',
  'contentPlace',
  'popularityPart',
  'popularityPlace',
  // what single movies of the history give to the score of what comes next: the last one, the one before, the strongest
  'nextByLast',
  'nextBySecondLast',
  'nextByStrongest',
  // to that of the neighbours
  'neighboursByStrongest',
  // cosine of the factors with the last movies of the history
  'cosineToLast',
  'cosineToSecondLast',
] as const
export type RankerFeature = (typeof RANKER_FEATURES)[number]

/** Regression trees, their nodes one after the other; the sum of what they say of a movie corrects its blended score. */
export interface RankerModel {
  /** movies of the blended list that are put in order */
  pool: number
  /** ratings that a history must have: it was learned from hardly any shorter ones */
  minRatings: number
  /** what 1 of `blendedPart` is worth beside the trees */
  scale: number
  /** of each node, the place in RANKER_FEATURES of what it asks for; −1: a leaf */
  features: Int16Array
  /** of each node: movies at or below it go on at `left`, others at the node behind that */
  thresholds: Float32Array
  /** of each node, the one for movies at or below the threshold; 0 for a leaf */
  left: Int32Array
  /** of each leaf, what it adds; 0 for other nodes */
  values: Float32Array
  /** first node of each tree */
  roots: Int32Array
}

/**
 * How well movies suit, by their features: `scale` times the blended score, and what each tree adds to it.
 * O(movies · trees · depth).
 * @param features row-major (movies × RANKER_FEATURES)
 * @returns one number a movie; comparable within a list only
 */
export function rankerMargins(model: RankerModel, features: Float32Array): Float64Array {
  const { roots, features: asked, thresholds, left, values, scale } = model
  const numFeatures = RANKER_FEATURES.length
  const margins = new Float64Array(features.length / numFeatures)
  for (let movie = 0; movie < margins.length; movie++) {
    const first = movie * numFeatures
    let margin = scale * features[first + BLENDED_PART]!
    for (let tree = 0; tree < roots.length; tree++) {
      let node = roots[tree]!
      let feature = asked[node]!
      while (feature >= 0) {
        node = left[node]! + (features[first + feature]! <= thresholds[node]! ? 0 : 1)
        feature = asked[node]!
      }
      margin += values[node]!
    }
    margins[movie] = margin
  }
  return margins
}

const BLENDED_PART = RANKER_FEATURES.indexOf('blendedPart')
