import type { Mark, MovieSummary } from '../../client/index.ts'
import { nameOf } from '../names.ts'
import type { Movement } from '../rank-movement.ts'
import { strings } from '../strings.ts'
import { MarkMenu } from './mark-menu.tsx'
import { MovieMeta } from './movie-meta.tsx'
import { Poster } from './poster.tsx'
import { type NamedShares, ScoreShares } from './score-shares.tsx'
import { StarRating } from './star-rating.tsx'

interface MovieCardProps {
  movie: MovieSummary & { predictedStars: number | null; shares: NamedShares }
  /** why it is here */
  reason: string
  /** place in the list as shown, 1 first */
  rank: number
  movement: Movement | undefined
  /** whether the predicted stars go by the viewer's own */
  isPersonal: boolean
  onRate(stars: number): void
  onMark(kind: Mark): void
  onOpen(part: 'details' | 'similar'): void
}

/** One recommendation: what it is, why it is here, and what to do about it. */
export function MovieCard({ movie, reason, rank, movement, isPersonal, onRate, onMark, onOpen }: MovieCardProps) {
  return (
    <li class="card" data-movie-id={movie.movieId}>
      <article aria-label={nameOf(movie)}>
        <div class="card-poster">
          <button type="button" class="poster-button" onClick={() => onOpen('details')}>
            <span class="visually-hidden">{strings.list.details} </span>
            <Poster movie={movie} />
          </button>
          <span class="rank">
            <span class="visually-hidden">{strings.list.rank(rank)}</span>
            <span aria-hidden="true">{rank}</span>
          </span>
          {movement ? <MovementBadge movement={movement} /> : null}
        </div>
        <MovieMeta movie={movie} predictedStars={isPersonal ? movie.predictedStars : null} />
        <p class="reason" title={reason}>
          {reason}
        </p>
        <ScoreShares shares={movie.shares} />
        <div class="card-actions">
          <div class="card-stars">
            <StarRating title={nameOf(movie)} value={null} onRate={onRate} />
          </div>
          <button
            type="button"
            class="text-button"
            aria-label={strings.list.moreOf(nameOf(movie))}
            onClick={() => onOpen('similar')}
          >
            {strings.list.more}
          </button>
          <MarkMenu title={nameOf(movie)} onMark={onMark} />
        </div>
      </article>
    </li>
  )
}

function MovementBadge({ movement }: { movement: Movement }) {
  const { moved } = strings.list
  const [short, long] =
    movement.kind === 'new'
      ? [moved.new, moved.newLong]
      : movement.kind === 'up'
        ? [moved.up(movement.places), moved.upLong(movement.places)]
        : [moved.down(movement.places), moved.downLong(movement.places)]
  return (
    <span class={`movement movement-${movement.kind}`}>
      <span aria-hidden="true">{short}</span>
      <span class="visually-hidden">{long}</span>
    </span>
  )
}

/** Where a card will stand while the list is on its way. */
export function CardSkeleton() {
  return (
    <li class="card skeleton" aria-hidden="true">
      <div class="bone bone-poster" />
      <div class="bone bone-line" />
      <div class="bone bone-line short" />
    </li>
  )
}
