import { useState } from 'preact/hooks'
import type { Move, MovieDetails, WhatIf as WhatIfAnswer } from '../../client/index.ts'
import type { Client } from '../client.ts'
import { type Load, useLoad } from '../hooks/use-load.ts'
import type { Viewer } from '../hooks/use-recommendations.ts'
import { mostMoved, placesUp } from '../moves.ts'
import { nameOf } from '../names.ts'
import { inLanguage, strings } from '../strings.ts'
import { FailureNotice } from './notices.tsx'

/** of the list that is compared */
const K = 20
/** moves in sight; a list of 20 can have 40 */
const MOVES_SHOWN = 10
const LOVED_STARS = 5

interface WhatIfProps {
  client: Client
  viewer: Viewer
  movie: Pick<MovieDetails, 'movieId' | 'title' | 'localTitle'>
  /** then the question is what the list would be without it, else what it would be if it were loved */
  isInHistory: boolean
  onOpen(movieId: number): void
}

/** What this movie does to the list: asked when somebody wants to know, and nothing is stored. */
export function WhatIf({ client, viewer, movie, isInHistory, onOpen }: WhatIfProps) {
  const [isAsked, setAsked] = useState(false)
  const { movieId } = movie
  const change = isInHistory ? { remove: [movieId] } : { add: [{ movieId, rating: LOVED_STARS }] }
  const request = { ...viewer, ...change, k: K, ...inLanguage() }
  const key = isAsked ? JSON.stringify(request) : null
  const answer = useLoad(`what if ${movieId}`, key, (signal) => client.whatIf(request, { signal }))
  const words = strings.whatIf
  return (
    <section class="what-if" aria-busy={answer.loading}>
      <h3>{isInHistory ? words.without(nameOf(movie)) : words.loved(nameOf(movie))}</h3>
      {isAsked ? (
        <Moves answer={answer} changedId={movieId} onOpen={onOpen} />
      ) : (
        <button type="button" class="button" onClick={() => setAsked(true)}>
          {words.ask}
        </button>
      )}
    </section>
  )
}

interface MovesProps {
  answer: Load<WhatIfAnswer>
  /** the movie of the question: that it comes or goes itself is no news */
  changedId: number
  onOpen(movieId: number): void
}

function Moves({ answer: { value, loading, failure, retry }, changedId, onOpen }: MovesProps) {
  const words = strings.whatIf
  if (failure) return <FailureNotice title={words.failed} failure={failure} onRetry={retry} />
  if (loading || value === null) return <div class="bone bone-line" aria-hidden="true" />
  const moved = value.moved.filter((move) => move.movieId !== changedId)
  const count = (kind: Move['kind']) => moved.filter((move) => move.kind === kind).length
  if (value.ignoredMovieIds.length > 0) return <p class="muted">{words.notInHistory}</p>
  if (moved.length === 0) return <p class="muted">{words.nothing(K)}</p>
  return (
    <>
      <p class="muted">{words.summary(K, count('entered'), count('left'), count('up') + count('down'))}</p>
      <ul class="moves">
        {mostMoved(moved, MOVES_SHOWN).map((move) => (
          <li key={move.movieId} class={`move move-${move.kind}`}>
            <span class="move-kind">{words.kinds[move.kind](Math.abs(placesUp(move)))}</span>
            <button type="button" class="text-button" onClick={() => onOpen(move.movieId)}>
              {nameOf(move)}
            </button>
          </li>
        ))}
      </ul>
    </>
  )
}
