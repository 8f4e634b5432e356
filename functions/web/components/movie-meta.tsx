import type { MovieSummary } from '#core/schemas/api.ts'
import { strings } from '../strings.ts'

/** Mean stars and genres on one line; the year stands on the poster. */
export function MovieMeta({ movie }: { movie: Pick<MovieSummary, 'genres'> & Partial<MovieSummary> }) {
  const { meanRating = null, numRatings = 0 } = movie
  const genres = movie.genres.filter((genre) => !genre.startsWith('('))
  return (
    <p class="meta">
      {meanRating === null ? null : (
        <span class="mean" title={strings.movie.mean(meanRating, numRatings)}>
          <span aria-hidden="true">★ {meanRating.toFixed(1)}</span>
          <span class="visually-hidden">{strings.movie.mean(meanRating, numRatings)}</span>
        </span>
      )}
      <span class="genres">{genres.join(' · ')}</span>
    </p>
  )
}
