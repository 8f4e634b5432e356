import { useRef } from 'preact/hooks'
import type { RatedMovie } from '../history-store.ts'
import type { Ratings } from '../hooks/use-ratings.ts'
import { useSteadyList } from '../hooks/use-steady-list.ts'
import { nameOf } from '../names.ts'
import { strings } from '../strings.ts'

interface RatingsRowProps {
  ratings: Ratings
  /** a fresh viewer's ratings are all there are; a known viewer's are those of this visit */
  isFresh: boolean
  onRemove(movie: RatedMovie): void
  onOpen(movieId: number): void
  onClear(): void
}

/** What the list rests on, rating by rating: to look at, to change, to take back. */
export function RatingsRow({ ratings, isFresh, onRemove, onOpen, onClear }: RatingsRowProps) {
  const row = useRef<HTMLUListElement>(null)
  useSteadyList(
    row,
    ratings.items.map(({ movieId }) => movieId),
  )
  if (ratings.items.length === 0) return null
  return (
    <section class="ratings" aria-labelledby="ratings-title">
      <h3 id="ratings-title" title={isFresh && ratings.kept ? strings.ratings.keptHere : undefined}>
        {isFresh ? strings.ratings.title : strings.ratings.visitTitle}
      </h3>
      <ul class="ratings-row" ref={row}>
        {ratings.items.map((movie) => (
          <li key={movie.movieId} class="rating" data-movie-id={movie.movieId}>
            <button type="button" onClick={() => onOpen(movie.movieId)}>
              <span class="rating-title">{nameOf(movie)}</span>
              <span class="visually-hidden">, {strings.ratings.stars(movie.rating)}</span>
              <span class="rating-stars" aria-hidden="true">
                {movie.rating} ★
              </span>
            </button>
            <button
              type="button"
              class="rating-remove"
              aria-label={strings.ratings.remove(nameOf(movie))}
              data-steady-focus
              onClick={() => onRemove(movie)}
            >
              ×
            </button>
          </li>
        ))}
      </ul>
      {isFresh && ratings.items.length > 1 ? (
        <button type="button" class="text-button" onClick={onClear}>
          {strings.ratings.clear}
        </button>
      ) : null}
      {ratings.kept ? null : <p class="notice notice-degraded">{strings.ratings.notKept}</p>}
    </section>
  )
}
