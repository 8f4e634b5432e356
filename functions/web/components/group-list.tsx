import { useRef } from 'preact/hooks'
import type { GroupedMovie, GroupRecommendations } from '../../client/index.ts'
import { type Address, type Member, STRATEGIES, type Strategy } from '../address.ts'
import { MIN_MEMBERS } from '../hooks/use-group.ts'
import type { Load } from '../hooks/use-load.ts'
import { useSteadyList } from '../hooks/use-steady-list.ts'
import { nameOf } from '../names.ts'
import { strings } from '../strings.ts'
import { DiversityDial } from './diversity-dial.tsx'
import { Face, memberName } from './face.tsx'
import { Filters } from './filters.tsx'
import { CardSkeleton } from './movie-card.tsx'
import { MovieMeta } from './movie-meta.tsx'
import { EmptyNotice, FailureNotice, HonestNotes } from './notices.tsx'
import { Poster } from './poster.tsx'

interface GroupListProps {
  group: Member[]
  list: Load<GroupRecommendations>
  /** whether anything is known of who sits here */
  knowsMe: boolean
  genres: string[]
  address: Address
  onAddress(change: Partial<Address>): void
  onOpen(movieId: number): void
}

/** One list for all who watch together, and how well it fits each of them. */
export function GroupList({ group, list, knowsMe, genres, address, onAddress, onOpen }: GroupListProps) {
  const answer = list.value
  const movies = answer?.items ?? []
  const grid = useRef<HTMLUListElement>(null)
  useSteadyList(
    grid,
    movies.map(({ movieId }) => movieId),
  )
  const words = strings.group
  const isComplete = group.length >= MIN_MEMBERS
  return (
    <section class="list" id="list" tabIndex={-1} aria-labelledby="list-title" aria-busy={list.loading}>
      <div class="section-head">
        <h1 id="list-title">{words.title}</h1>
        <p>{words.text}</p>
        {list.loading && answer ? <span class="updating">{strings.list.updating}</span> : null}
      </div>
      {group.includes('me') && !knowsMe ? <p class="notice notice-degraded">{words.unknownMe}</p> : null}
      {isComplete ? (
        <>
          <StrategyChoice strategy={address.strategy} onChange={(strategy) => onAddress({ strategy })} />
          <Filters genres={genres} address={address} onChange={onAddress} />
          <DiversityDial
            value={address.diversity}
            receipt={answer?.diversity}
            onChange={(diversity) => onAddress({ diversity })}
          />
          {answer && movies.length > 0 ? <Fairness group={group} answer={answer} /> : null}
          {answer ? (
            <HonestNotes
              degraded={answer.degraded}
              unknown={answer.members.flatMap(({ unknownMovieIds }) => unknownMovieIds)}
            />
          ) : null}
        </>
      ) : (
        <EmptyNotice title={words.emptyTitle} text={words.emptyText} />
      )}
      {list.failure ? <FailureNotice title={strings.failure.list} failure={list.failure} onRetry={list.retry} /> : null}
      {answer && !list.loading && movies.length === 0 ? <EmptyNotice title={strings.list.nothingLeft} /> : null}
      <ul class="grid" ref={grid}>
        {list.loading && movies.length === 0
          ? Array.from({ length: 12 }, (_, place) => <CardSkeleton key={place} />)
          : movies.map((movie) => (
              <GroupCard key={movie.movieId} group={group} movie={movie} onOpen={() => onOpen(movie.movieId)} />
            ))}
      </ul>
    </section>
  )
}

function StrategyChoice({ strategy, onChange }: { strategy: Strategy; onChange(strategy: Strategy): void }) {
  return (
    <fieldset class="chips strategies">
      <legend class="visually-hidden">{strings.group.strategy}</legend>
      {STRATEGIES.map((each) => (
        <button
          key={each}
          type="button"
          class="chip"
          aria-pressed={strategy === each}
          title={strings.group.strategies[each].text}
          onClick={() => onChange(each)}
        >
          {strings.group.strategies[each].name}
        </button>
      ))}
    </fieldset>
  )
}

/** How the list as a whole treats its members. */
function Fairness({ group, answer }: { group: Member[]; answer: GroupRecommendations }) {
  return (
    <ul class="fits fairness" aria-label={strings.group.fairness}>
      {group.map((member, at) => {
        const fit = answer.members[at]?.meanFit
        return fit === undefined ? null : <Fit key={member} member={member} fit={fit} isNamed />
      })}
    </ul>
  )
}

function GroupCard({ group, movie, onOpen }: { group: Member[]; movie: GroupedMovie; onOpen(): void }) {
  return (
    <li class="card" data-movie-id={movie.movieId}>
      <article aria-label={nameOf(movie)}>
        <div class="card-poster">
          <button type="button" class="poster-button" data-steady-focus onClick={onOpen}>
            <span class="visually-hidden">{strings.list.details} </span>
            <Poster movie={movie} />
          </button>
          <span class="rank">
            <span class="visually-hidden">{strings.list.rank(movie.rank)}</span>
            <span aria-hidden="true">{movie.rank}</span>
          </span>
        </div>
        <MovieMeta movie={movie} />
        <ul class="fits">
          {group.map((member, at) => {
            const told = movie.members[at]
            return told ? (
              <Fit key={member} member={member} fit={told.fit} stars={told.predictedStars} isSeen={told.seen} />
            ) : null
          })}
        </ul>
      </article>
    </li>
  )
}

interface FitProps {
  member: Member
  /** 0 to 1 */
  fit: number
  /** that the member would give */
  stars?: number | null
  isSeen?: boolean
  isNamed?: boolean
}

/** A member's fit as a bar, 100 % being the best movie there is for them. */
function Fit({ member, fit, stars = null, isSeen = false, isNamed = false }: FitProps) {
  const percent = Math.round(100 * fit)
  const words = strings.group.fit(memberName(member), percent, stars)
  return (
    <li class="fit" title={isSeen ? `${words}, ${strings.group.seen}` : words}>
      <Face member={member} />
      {isNamed ? <span class="fit-name">{memberName(member)}</span> : null}
      <span class="bar-track" aria-hidden="true">
        <span style={{ width: `${percent}%` }} />
      </span>
      <span class="fit-value" aria-hidden="true">
        {percent} %
      </span>
      <span class="visually-hidden">{words}</span>
    </li>
  )
}
