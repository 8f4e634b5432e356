import { useRef } from 'preact/hooks'
import type { RateableMovie } from '../hooks/use-ratings.ts'
import { useSteadyList } from '../hooks/use-steady-list.ts'
import { nameOf } from '../names.ts'
import { strings } from '../strings.ts'
import { Poster } from './poster.tsx'
import { StarRating } from './star-rating.tsx'

interface MovieRailProps<T extends RateableMovie> {
  id: string
  title: string
  text?: string
  movies: T[]
  /** the viewer's stars, null while unrated */
  starsOf(movie: T): number | null
  onRate(movie: T, stars: number): void
  onOpen(movie: T): void
  small?: boolean
}

/** A row of posters to scroll through, each with its stars. */
export function MovieRail<T extends RateableMovie>(props: MovieRailProps<T>) {
  const { id, title, text, movies, starsOf, onRate, onOpen, small = false } = props
  const row = useRef<HTMLUListElement>(null)
  useSteadyList(
    row,
    movies.map(({ movieId }) => movieId),
  )
  const scroll = (direction: number) => row.current?.scrollBy({ left: direction * row.current.clientWidth * 0.85 })

  return (
    <section class={`rail ${small ? 'rail-small' : ''}`} aria-labelledby={id}>
      <div class="section-head">
        <h2 id={id}>{title}</h2>
        {text ? <p>{text}</p> : null}
        <div class="rail-arrows">
          <button type="button" class="round-button" aria-label={strings.wall.back} onClick={() => scroll(-1)}>
            ‹
          </button>
          <button type="button" class="round-button" aria-label={strings.wall.forward} onClick={() => scroll(1)}>
            ›
          </button>
        </div>
      </div>
      <ul class="rail-row" ref={row}>
        {movies.map((movie) => (
          <li key={movie.movieId} class="rail-card" data-movie-id={movie.movieId}>
            <button type="button" class="poster-button" onClick={() => onOpen(movie)}>
              <span class="visually-hidden">{strings.list.details} </span>
              <Poster movie={movie} />
            </button>
            <StarRating title={nameOf(movie)} value={starsOf(movie)} onRate={(stars) => onRate(movie, stars)} />
          </li>
        ))}
      </ul>
    </section>
  )
}

export function RailSkeleton() {
  return (
    <div class="rail" aria-hidden="true">
      <div class="bone bone-heading" />
      <ul class="rail-row">
        {Array.from({ length: 10 }, (_, place) => (
          <li key={place} class="rail-card skeleton">
            <div class="bone bone-poster" />
            <div class="bone-stars" />
          </li>
        ))}
      </ul>
    </div>
  )
}
