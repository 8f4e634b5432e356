import { placementColumns, YEARS } from '#core/scoring/movie-features.ts'
import type { Trained } from '../../build/nouns.ts'
import { TINY_CONFIG } from './tiny-model.ts'

/** Space films and weepies as in tiny-model.ts, by words that a request can tell. */
const TERMS = ['love', 'space']
const [LOVE, SPACE] = [0, 1]
const OF_ITEMS = [[SPACE], [SPACE], [LOVE, SPACE], [SPACE], [LOVE], [LOVE], [LOVE], [LOVE], [SPACE], []]
const SIZE = 8

/**
 * Where new movies belong, small enough to work out by hand: "space" has the factors and the stars (+0.5, taste 1) of the
 * space films, "love" those of the weepies (+0.5, taste −1); movies of 1990 get 0.25 stars more, and 1 squared star is
 * not known. Both words occur in half of the movies.
 */
export function tinyPlacement(): Pick<Trained, 'content' | 'placement'> {
  const indptr = new Uint32Array(OF_ITEMS.length + 1)
  for (const [item, terms] of OF_ITEMS.entries()) indptr[item + 1] = indptr[item]! + terms.length
  const { years, numColumns } = placementColumns(TERMS.length)
  const factors = new Float32Array(numColumns * SIZE)
  const stars = new Float32Array(numColumns * SIZE)
  factors[SPACE * SIZE] = 1
  factors[LOVE * SIZE + 1] = 1
  stars.set([0.5, 1, 1], SPACE * SIZE)
  stars.set([0.5, 1, -1], LOVE * SIZE)
  // 1990 lies on a point of the scale, whose share is its length
  stars.set([0.25 / YEARS.length], (years + (1990 - YEARS.first) / YEARS.step) * SIZE)
  return {
    content: {
      terms: TERMS,
      documentFrequencies: Int32Array.of(5, 5),
      indptr,
      termIndices: Int32Array.from(OF_ITEMS.flat()),
      weights: Float32Array.from(OF_ITEMS.flatMap((terms) => terms.map(() => 1 / Math.sqrt(terms.length)))),
    },
    placement: { factors, stars, starVariance: 1, content: TINY_CONFIG.model.content },
  }
}
