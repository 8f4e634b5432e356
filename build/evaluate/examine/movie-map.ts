import type { Examination } from '../../nouns.ts'
import { countKnown, mostRatedFirst } from '../known-ratings.ts'
import type { Lists } from './lists.ts'
import { mainGenreOf } from './main-genre.ts'
import { principalPlane } from './principal-plane.ts'

/** More points than that hide each other. */
const MOST_POINTS = 1500

/** The most rated movies in the plane in which their factors, at unit length, lie farthest apart. */
export function mapOfMovies({ model, interactions }: Lists): Examination['map'] {
  const { catalog, kernels, hasFactors } = model
  const counts = countKnown(interactions, catalog.numItems)
  const items = Int32Array.from(
    mostRatedFirst(counts)
      .filter((item) => hasFactors[item] === 1)
      .slice(0, MOST_POINTS),
  )
  const { places, share } = principalPlane(kernels.unitRows(items), items.length)
  const { genreOf } = mainGenreOf(catalog, items)
  return {
    method:
      `principal components of the factors of the ${items.length} most rated movies, each at unit length; ` +
      `the plane shows ${Math.round(100 * share)} % of their variance`,
    points: Array.from(items, (item, at) => ({
      title: catalog.title(item),
      genre: genreOf(item),
      x: places[2 * at]!,
      y: places[2 * at + 1]!,
      ratings: counts[item]!,
    })),
  }
}
