import { useRef } from 'preact/hooks'
import type { Intent, Mark, QueriedMovie, QueryAnswer } from '../../client/index.ts'
import { useSteadyList } from '../hooks/use-steady-list.ts'
import type { WishLoad } from '../hooks/use-wish.ts'
import { strings } from '../strings.ts'
import { wishChips } from '../wish-chips.ts'
import { CardSkeleton, MovieCard } from './movie-card.tsx'
import { EmptyNotice, FailureNotice, HonestNotes } from './notices.tsx'

interface WishListProps {
  text: string
  load: WishLoad
  /** movies rated or marked since the answer was made: they leave the list at once */
  saidIds: Set<number>
  /** whether the predicted stars go by the viewer's own */
  isPersonal: boolean
  onIntent(intent: Intent): void
  onBack(): void
  onRate(movie: QueriedMovie, stars: number): void
  onMark(movie: QueriedMovie, kind: Mark): void
  onOpen(movieId: number, part: 'details' | 'similar'): void
}

/** The list for a wish: what it was understood as, what of it could not be held, and its cards. */
export function WishList(props: WishListProps) {
  const { text, load, saidIds, isPersonal, onIntent, onBack, onRate, onMark, onOpen } = props
  const { answer, explanations, degraded, loading, failure, retry } = load
  const movies = answer?.items.filter(({ movieId }) => !saidIds.has(movieId)) ?? []
  const grid = useRef<HTMLUListElement>(null)
  useSteadyList(
    grid,
    movies.map(({ movieId }) => movieId),
  )
  return (
    <section class="list" id="list" tabIndex={-1} aria-labelledby="list-title" aria-busy={loading}>
      <div class="section-head">
        <h1 id="list-title">{strings.wish.title(text)}</h1>
        <button type="button" class="text-button" onClick={onBack}>
          {strings.wish.back}
        </button>
        {loading && answer ? <span class="updating">{strings.list.updating}</span> : null}
      </div>
      {answer ? <Understood intent={answer.intent} onIntent={onIntent} /> : null}
      {loading && !answer ? <div class="bone bone-chips" aria-hidden="true" /> : null}
      {answer ? <Relaxed answer={answer} /> : null}
      {answer ? <HonestNotes degraded={degraded} unknown={answer.unknownMovieIds} /> : null}
      {failure ? <FailureNotice title={strings.wish.failed} failure={failure} onRetry={retry} /> : null}
      {answer && !loading && movies.length === 0 ? <EmptyNotice title={strings.wish.none} /> : null}
      <ul class="grid" ref={grid}>
        {loading && movies.length === 0
          ? Array.from({ length: 12 }, (_, place) => <CardSkeleton key={place} />)
          : movies.map((movie, place) => (
              <MovieCard
                key={movie.movieId}
                movie={movie}
                reason={(explanations.get(movie.movieId) ?? movie.explanation).text}
                rank={place + 1}
                movement={undefined}
                isPersonal={isPersonal}
                onRate={(stars) => onRate(movie, stars)}
                onMark={(kind) => onMark(movie, kind)}
                onOpen={(part) => onOpen(movie.movieId, part)}
              />
            ))}
      </ul>
    </section>
  )
}

/** The parts of the wish as they were understood; each goes away by a click. */
function Understood({ intent, onIntent }: { intent: Intent; onIntent(intent: Intent): void }) {
  const chips = wishChips(intent)
  if (chips.length === 0) return <p class="notice">{strings.wish.nothing}</p>
  return (
    <ul class="chips wish-chips" aria-label={strings.wish.understood}>
      {chips.map(({ text, isRefusal, without }) => (
        <li key={text}>
          <button
            type="button"
            class={`chip wish-chip ${isRefusal ? 'wish-chip-refusal' : ''}`}
            aria-label={strings.wish.remove(text)}
            onClick={() => onIntent(without)}
          >
            {text} <span aria-hidden="true">×</span>
          </button>
        </li>
      ))}
    </ul>
  )
}

function Relaxed({ answer }: { answer: QueryAnswer }) {
  const { relaxed, wishes } = strings.wish
  return (
    <>
      {answer.relaxed.map(({ wish, reason }) => (
        <p key={wish} class="notice notice-degraded">
          {relaxed[reason](wishes[wish])}
        </p>
      ))}
    </>
  )
}
