import { similarMovies } from '#recommend/similar.ts'
import type { Examination } from '../../nouns.ts'
import { countKnown, mostRatedFirst } from '../known-ratings.ts'
import type { Lists } from './lists.ts'
import { mainGenreOf } from './main-genre.ts'

const NEIGHBOURS = 6

/** Of each of the most common genres the most rated movie that it is the main genre of, with what is served as similar. */
export function similarExamples({ model, interactions }: Lists): Examination['similar'] {
  const { catalog } = model
  const counts = countKnown(interactions, catalog.numItems)
  const rated = mostRatedFirst(counts).filter((item) => counts[item]! > 0)
  const { commonest, genreOf } = mainGenreOf(catalog, rated)
  const shown = (item: number) => ({ title: catalog.title(item), year: catalog.years[item]! })
  return commonest
    .map((genre) => rated.find((item) => genreOf(item) === genre))
    .filter((item) => item !== undefined)
    .map((item) => ({
      ...shown(item),
      neighbours: similarMovies(item, {}, NEIGHBOURS, model).map(({ itemIndex, similarity }) => ({
        ...shown(itemIndex),
        score: similarity,
      })),
    }))
}
