import type { Page, Section } from '../charts/page.ts'
import { percent, whole } from '../charts/svg.ts'
import type { Facts } from './facts.ts'
import { contentFigures } from './figures-content.ts'
import { qualityFigures, sparsityFigures } from './figures-quality.ts'
import { ratingFigures } from './figures-ratings.ts'
import { timeFigures } from './figures-times.ts'
import { spreadOf } from './statistics.ts'

/** The report's plots in the order they are read, each with the sentence that a reader should take along. */
export function describe(facts: Facts, name: string): Page {
  const { totals, histogram, times } = facts
  const all = spreadOf(histogram)
  const density = totals.ratings / (totals.users * totals.ratedMovies)
  const tiles = [
    { value: whole(totals.ratings), label: 'ratings' },
    { value: whole(totals.users), label: 'users' },
    { value: whole(totals.ratedMovies), label: `movies with a rating, of ${whole(totals.movies)}` },
    { value: percent(density), label: 'of user × movie pairs are rated' },
    { value: `${all.mean.toFixed(2)} ± ${all.deviation.toFixed(2)}`, label: 'stars, mean ± sd' },
    { value: whole(totals.tags), label: 'tags' },
    ...(times
      ? [{ value: `${times.first.slice(0, 4)} – ${times.last.slice(0, 4)}`, label: 'first and last year' }]
      : []),
  ]
  return {
    title: `What is in ${name}`,
    lead:
      'The data as the pipeline sees it after reading and checking, before any filter: how ratings are spread over values, ' +
      'users, movies, genres and time, and what to mind when a model is trained on them.',
    tiles,
    sections: [
      { id: 'ratings', title: 'Ratings, users and movies', figures: ratingFigures(facts, all) },
      { id: 'genres', title: 'Genres and years', figures: contentFigures(facts) },
      ...(times ? [{ id: 'time', title: 'Time', figures: timeFigures(times) }] : []),
      { id: 'sparsity', title: 'Sparsity and cold start', figures: sparsityFigures(facts, density) },
      { id: 'quality', title: 'Data quality', figures: qualityFigures(facts) },
    ].filter(({ figures }) => figures.length > 0) satisfies Section[],
  }
}
