import type { ComponentChildren } from 'preact'
import { useRef } from 'preact/hooks'
import type { Mark, Recommendations, RecommendedMovie } from '../../client/index.ts'
import type { Address } from '../address.ts'
import type { GrowingList } from '../hooks/use-recommendations.ts'
import { useSteadyList } from '../hooks/use-steady-list.ts'
import { strings } from '../strings.ts'
import { DiversityDial } from './diversity-dial.tsx'
import { Filters } from './filters.tsx'
import { CardSkeleton, MovieCard } from './movie-card.tsx'
import { EmptyNotice, FailureNotice, HonestNotes } from './notices.tsx'
import { WeightPanel } from './weight-panel.tsx'

interface RecommendationListProps {
  list: GrowingList
  /** whether anything is known of whose list it is */
  isKnown: boolean
  /** movies rated or marked since the answer was made: they leave the list at once */
  saidIds: Set<number>
  genres: string[]
  address: Address
  onAddress(change: Partial<Address>): void
  onRate(movie: RecommendedMovie, stars: number): void
  onMark(movie: RecommendedMovie, kind: Mark): void
  onOpen(movieId: number, part: 'details' | 'similar'): void
  /** the ratings that the list rests on */
  ratingsRow: ComponentChildren
}

/** The list itself: what it rests on, its filters, its cards, and what is shown when there are none. */
export function RecommendationList(props: RecommendationListProps) {
  const { list, isKnown, saidIds, genres, address, onAddress, onRate, onMark, onOpen, ratingsRow } = props
  const movies = list.value?.answer.items.filter(({ movieId }) => !saidIds.has(movieId)) ?? []
  const grid = useRef<HTMLUListElement>(null)
  useSteadyList(
    grid,
    movies.map(({ movieId }) => movieId),
  )
  const isComing = list.loading || (list.value === null && list.failure === null)
  const hasFilters = address.genres.length > 0 || address.decade !== null

  return (
    <section class="list" id="list" tabIndex={-1} aria-labelledby="list-title" aria-busy={list.loading}>
      <div class="section-head">
        <h2 id="list-title">{titleFor(address.userId, isKnown)}</h2>
        {list.value ? <RungNote answer={list.value.answer} /> : <p class="rung">&nbsp;</p>}
        {list.loading && list.value ? <span class="updating">{strings.list.updating}</span> : null}
      </div>
      {ratingsRow}
      <Filters genres={genres} address={address} onChange={onAddress} />
      {isKnown ? (
        <div class="dials">
          <DiversityDial
            value={address.diversity}
            receipt={list.value?.answer.diversity}
            onChange={(diversity) => onAddress({ diversity })}
          />
          <WeightPanel
            value={address.weights}
            used={list.value?.answer.weights}
            onChange={(weights) => onAddress({ weights })}
          />
        </div>
      ) : null}
      {list.value ? (
        <HonestNotes degraded={list.value.answer.degraded} unknown={list.value.answer.history.unknownMovieIds} />
      ) : null}
      {list.failure ? (
        <FailureNotice
          title={list.value ? `${strings.failure.list}. ${strings.failure.stale}` : strings.failure.list}
          failure={list.failure}
          onRetry={list.retry}
        />
      ) : null}
      {list.value && !list.loading && movies.length === 0 ? (
        <EmptyNotice title={strings.list.nothingLeft}>
          {hasFilters ? (
            <button type="button" class="button" onClick={() => onAddress({ genres: [], decade: null })}>
              {strings.list.clearFilters}
            </button>
          ) : null}
        </EmptyNotice>
      ) : null}
      <ul class="grid" ref={grid}>
        {isComing && movies.length === 0
          ? Array.from({ length: 12 }, (_, place) => <CardSkeleton key={place} />)
          : movies.map((movie, place) => (
              <MovieCard
                key={movie.movieId}
                movie={movie}
                reason={movie.reason.text}
                rank={place + 1}
                movement={list.value?.movements.get(movie.movieId)}
                isPersonal={(list.value?.answer.history.ratings ?? 0) > 0}
                onRate={(stars) => onRate(movie, stars)}
                onMark={(kind) => onMark(movie, kind)}
                onOpen={(part) => onOpen(movie.movieId, part)}
              />
            ))}
      </ul>
      {list.more && movies.length > 0 ? (
        <button type="button" class="button more" onClick={list.more}>
          {list.loading ? strings.list.updating : strings.list.longer}
        </button>
      ) : null}
    </section>
  )
}

const titleFor = (userId: number | null, isKnown: boolean): string =>
  userId !== null ? strings.list.userTitle(userId) : isKnown ? strings.list.title : strings.list.freshTitle

function RungNote({ answer }: { answer: Recommendations }) {
  const rung = strings.rungs[answer.rung]
  return (
    <p class="rung">
      <span class={`rung-name rung-${answer.rung}`}>{rung.name}</span> <span>{rung.text(answer.history.likes)}</span>
    </p>
  )
}
