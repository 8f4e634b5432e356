import { useEffect, useRef } from 'preact/hooks'
import type { MovieDetails } from '../../client/index.ts'
import type { Client } from '../client.ts'
import { useLoad } from '../hooks/use-load.ts'
import type { Viewer } from '../hooks/use-recommendations.ts'
import { nameOf, originalOf } from '../names.ts'
import { inLanguage, strings } from '../strings.ts'
import { FailureNotice } from './notices.tsx'
import { Poster } from './poster.tsx'
import { StarRating } from './star-rating.tsx'
import { WhatIf } from './what-if.tsx'
import { type Why, WhyHere } from './why-here.tsx'

const SIMILAR = 12
/** the only place that pictures may come from; the page's Content-Security-Policy says the same */
const PICTURE_HOST = 'https://upload.wikimedia.org/'

interface MovieDrawerProps {
  client: Client
  movieId: number
  /** part to show first */
  part: 'details' | 'similar'
  stars: number | null
  /** why the movie is in the list shown, where it is */
  why: Why | undefined
  /** whose list it is; null for a group's */
  viewer: Viewer | null
  onRate(movie: MovieDetails, stars: number | null): void
  onOpen(movieId: number): void
  onClose(): void
}

/** Everything about one movie, in a dialog at the side (on a phone, over the whole screen). */
export function MovieDrawer(props: MovieDrawerProps) {
  const { client, movieId, part, stars, why, viewer, onRate, onOpen, onClose } = props
  const dialog = useRef<HTMLDialogElement>(null)
  const scope = `movie ${movieId}`
  const asked = inLanguage()
  const details = useLoad(scope, `${scope} ${asked.locale}`, (signal) => client.movie(movieId, asked, { signal }))
  const movie = details.value

  useEffect(() => {
    const opener = document.activeElement
    dialog.current?.showModal()
    return () => opener instanceof HTMLElement && opener.isConnected && opener.focus({ preventScroll: true })
  }, [])
  useEffect(() => dialog.current?.scrollTo({ top: 0 }), [movieId])

  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: Escape closes a dialog by itself
    <dialog
      ref={dialog}
      class="drawer"
      aria-label={movie ? nameOf(movie) : strings.search.searching}
      aria-busy={details.loading}
      onClose={onClose}
      onClick={(event) => event.target === dialog.current && onClose()}
    >
      <div class="drawer-body">
        <button type="button" class="round-button drawer-close" aria-label={strings.drawer.close} onClick={onClose}>
          ×
        </button>
        {details.failure ? (
          <FailureNotice title={strings.failure.movie} failure={details.failure} onRetry={details.retry} />
        ) : null}
        {movie ? (
          <>
            <DrawerHead movie={movie} stars={stars} onRate={onRate} />
            {why ? <WhyHere why={why} /> : null}
            <Facts movie={movie} />
            {viewer ? (
              <WhatIf
                key={movieId}
                client={client}
                viewer={viewer}
                movie={movie}
                isInHistory={stars !== null || viewer.history?.some((entry) => entry.movieId === movieId) === true}
                onOpen={onOpen}
              />
            ) : null}
          </>
        ) : null}
        {details.loading && !movie ? <DrawerSkeleton /> : null}
        <Similar key={movieId} client={client} movieId={movieId} isFirst={part === 'similar'} onOpen={onOpen} />
      </div>
    </dialog>
  )
}

function DrawerHead({
  movie,
  stars,
  onRate,
}: {
  movie: MovieDetails
  stars: number | null
  onRate: MovieDrawerProps['onRate']
}) {
  const facts = [
    movie.year ?? strings.movie.noYear,
    movie.runtime ? strings.drawer.runtime(movie.runtime) : null,
    ...movie.genres.map(strings.genre),
  ]
  const picture = movie.poster.startsWith(PICTURE_HOST) ? movie.poster : ''
  return (
    <header class="drawer-head">
      <div class="drawer-poster">
        <Poster movie={movie} picture={picture} />
      </div>
      <div>
        <h2>{nameOf(movie)}</h2>
        {originalOf(movie) === null ? null : <p class="muted">{originalOf(movie)}</p>}
        <p class="muted">{facts.filter((fact) => fact !== null && !String(fact).startsWith('(')).join(' · ')}</p>
        {movie.meanRating === null ? null : (
          <p class="muted">★ {strings.movie.mean(movie.meanRating, movie.numRatings)}</p>
        )}
        <div class="drawer-rating">
          <span aria-hidden="true">{strings.drawer.yours}</span>
          <StarRating title={nameOf(movie)} value={stars} size="large" onRate={(given) => onRate(movie, given)} />
          {stars === null ? null : (
            <button type="button" class="text-button" onClick={() => onRate(movie, null)}>
              {strings.drawer.remove}
            </button>
          )}
        </div>
      </div>
    </header>
  )
}

function Facts({ movie }: { movie: MovieDetails }) {
  return (
    <section class="facts">
      {movie.tagline === '' ? null : <p class="tagline">{movie.tagline}</p>}
      <p>{movie.overview === '' ? strings.drawer.noOverview : movie.overview}</p>
      <TextSource address={movie.source} />
      <dl>
        <Names name={strings.drawer.by} values={movie.directors} />
        <Names name={strings.drawer.cast} values={movie.cast} />
        <Names name={strings.drawer.keywords} values={movie.keywords} />
        {movie.imdbId === null && movie.tmdbId === null ? null : (
          <div>
            <dt>{strings.drawer.elsewhere}</dt>
            <dd class="links">
              {movie.imdbId === null ? null : (
                <Outside address={`https://www.imdb.com/title/${movie.imdbId}/`} name="IMDb" />
              )}
              {movie.tmdbId === null ? null : (
                <Outside address={`https://www.themoviedb.org/movie/${movie.tmdbId}`} name="TMDB" />
              )}
            </dd>
          </div>
        )}
      </dl>
    </section>
  )
}

/** Wikipedia's licence asks for the name of the source beside its text; other addresses are named by their host. */
function TextSource({ address }: { address: string }) {
  if (!address.startsWith('https://')) return null
  const { host } = new URL(address)
  const name = host.endsWith('.wikipedia.org') ? strings.drawer.wikipedia : host
  return (
    <p class="source">
      {strings.drawer.textFrom} <Outside address={address} name={name} />
    </p>
  )
}

const Outside = ({ address, name }: { address: string; name: string }) => (
  <a href={address} target="_blank" rel="noopener noreferrer">
    {name}
  </a>
)

const Names = ({ name, values }: { name: string; values: string[] }) =>
  values.length === 0 ? null : (
    <div>
      <dt>{name}</dt>
      <dd>{values.join(', ')}</dd>
    </div>
  )

interface SimilarProps {
  client: Client
  movieId: number
  isFirst: boolean
  onOpen(movieId: number): void
}

function Similar({ client, movieId, isFirst, onOpen }: SimilarProps) {
  const section = useRef<HTMLElement>(null)
  const scope = `similar ${movieId}`
  const asked = { k: SIMILAR, ...inLanguage() }
  const similar = useLoad(scope, `${scope} ${asked.locale}`, (signal) =>
    client.similarMovies(movieId, asked, { signal }),
  )
  const movies = similar.value?.items ?? []
  useEffect(() => {
    if (isFirst && similar.value) section.current?.scrollIntoView({ block: 'start' })
  }, [isFirst, similar.value])

  return (
    <section class="similar" ref={section}>
      <h3>{strings.drawer.similar}</h3>
      {similar.failure ? (
        <FailureNotice title={strings.failure.similar} failure={similar.failure} onRetry={similar.retry} />
      ) : null}
      {similar.value && movies.length === 0 ? <p class="muted">{strings.drawer.noSimilar}</p> : null}
      <ul>
        {movies.map((movie) => (
          <li key={movie.movieId}>
            <button type="button" class="poster-button" onClick={() => onOpen(movie.movieId)}>
              <span class="visually-hidden">{strings.list.details} </span>
              <Poster movie={movie} />
            </button>
          </li>
        ))}
        {similar.loading ? Array.from({ length: 6 }, (_, place) => <li key={place} class="bone bone-poster" />) : null}
      </ul>
    </section>
  )
}

const DrawerSkeleton = () => (
  <div class="drawer-head" aria-hidden="true">
    <div class="drawer-poster bone bone-poster" />
    <div>
      <div class="bone bone-heading" />
      <div class="bone bone-line" />
      <div class="bone bone-line short" />
    </div>
  </div>
)
