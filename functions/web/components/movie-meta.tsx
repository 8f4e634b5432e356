import type { MovieSummary } from '../../client/index.ts'
import { strings } from '../strings.ts'

interface MovieMetaProps {
  movie: Pick<MovieSummary, 'genres'> & Partial<MovieSummary>
  /** what the viewer would give; null where that is not known */
  predictedStars?: number | null
}

/** Stars and genres on one line: the stars that the viewer would give or else everybody's; the year is on the poster. */
export function MovieMeta({ movie, predictedStars = null }: MovieMetaProps) {
  const { meanRating = null, numRatings = 0 } = movie
  const genres = movie.genres.filter((genre) => !genre.startsWith('('))
  return (
    <p class="meta">
      {predictedStars === null ? null : (
        <span class="predicted" title={strings.movie.predictedLong(predictedStars)}>
          <span aria-hidden="true">
            ★ {predictedStars.toFixed(1)} {strings.movie.forYou}
          </span>
          <span class="visually-hidden">{strings.movie.predictedLong(predictedStars)}</span>
        </span>
      )}
      {meanRating === null || predictedStars !== null ? null : (
        <span class="mean" title={strings.movie.mean(meanRating, numRatings)}>
          <span aria-hidden="true">★ {meanRating.toFixed(1)}</span>
          <span class="visually-hidden">{strings.movie.mean(meanRating, numRatings)}</span>
        </span>
      )}
      <span class="genres">{genres.map(strings.genre).join(' · ')}</span>
    </p>
  )
}
