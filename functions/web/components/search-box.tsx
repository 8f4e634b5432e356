import { useEffect, useRef, useState } from 'preact/hooks'
import type { MovieSummary } from '#core/schemas/api.ts'
import type { Client } from '../client.ts'
import { useLoad } from '../hooks/use-load.ts'
import { strings } from '../strings.ts'
import { failureText } from './notices.tsx'

/** after the last key, before the server is asked */
const TYPING_REST_MS = 180
const RESULTS = 8

interface SearchBoxProps {
  client: Client
  starsOf(movieId: number): number | null
  onPick(movie: MovieSummary): void
}

/** Title search with a list to walk by arrow keys (the ARIA combobox pattern). */
export function SearchBox({ client, starsOf, onPick }: SearchBoxProps) {
  const [text, setText] = useState('')
  const [isOpen, setOpen] = useState(false)
  const [active, setActive] = useState(-1)
  const input = useRef<HTMLInputElement>(null)
  const query = useRested(text.trim(), TYPING_REST_MS)
  const found = useLoad('search', query === '' ? null : query, async (signal) => ({
    query,
    movies: (await client.movies({ q: query, k: RESULTS }, signal)).items,
  }))

  const showsList = isOpen && query !== '' && text.trim() !== ''
  const movies = showsList && found.failure === null && found.value ? found.value.movies : []
  const pick = (movie: MovieSummary) => {
    setOpen(false)
    setText('')
    onPick(movie)
  }
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault()
      setOpen(true)
      if (movies.length === 0) return
      const step = event.key === 'ArrowDown' ? 1 : -1
      setActive(active === -1 && step === -1 ? movies.length - 1 : (active + step + movies.length) % movies.length)
    } else if (event.key === 'Enter') {
      event.preventDefault()
      const movie = movies[active] ?? movies[0]
      if (movie && found.value?.query === text.trim()) pick(movie)
    } else if (event.key === 'Escape') {
      if (isOpen) setOpen(false)
      else setText('')
    }
  }

  return (
    <search class="search">
      <svg class="search-icon" viewBox="0 0 24 24" aria-hidden="true">
        <circle cx="10.5" cy="10.5" r="6.5" />
        <path d="M15.5 15.5L21 21" />
      </svg>
      <input
        ref={input}
        type="text"
        role="combobox"
        autoComplete="off"
        spellcheck={false}
        maxLength={200}
        value={text}
        placeholder={strings.search.placeholder}
        aria-label={strings.search.label}
        aria-autocomplete="list"
        aria-controls="search-results"
        aria-expanded={showsList}
        aria-activedescendant={active >= 0 && active < movies.length ? `found-${movies[active].movieId}` : undefined}
        onInput={(event) => {
          setText(event.currentTarget.value)
          setActive(-1)
          setOpen(true)
        }}
        onFocus={() => setOpen(true)}
        onBlur={() => setOpen(false)}
        onKeyDown={onKeyDown}
      />
      {text === '' ? null : (
        <button
          type="button"
          class="search-clear"
          aria-label={strings.search.clear}
          onClick={() => {
            setText('')
            input.current?.focus()
          }}
        >
          ×
        </button>
      )}
      <div class="search-panel" hidden={!showsList}>
        <div id="search-results" role="listbox" aria-label={strings.search.results}>
          {movies.map((movie, place) => (
            // biome-ignore lint/a11y/useFocusableInteractive: in a combobox focus stays in the field
            // biome-ignore lint/a11y/useKeyWithClickEvents: the field takes the keys
            <div
              key={movie.movieId}
              id={`found-${movie.movieId}`}
              class={`found ${place === active ? 'active' : ''}`}
              role="option"
              aria-selected={place === active}
              onMouseDown={(event) => event.preventDefault()}
              onClick={() => pick(movie)}
            >
              <span class="found-title">{movie.title}</span>
              <span class="found-meta">
                {[movie.year, ...movie.genres.slice(0, 3)].filter((part) => part !== null).join(' · ')}
              </span>
              <StarsGiven stars={starsOf(movie.movieId)} />
            </div>
          ))}
        </div>
        <p class="search-note" role="status">
          {searchNote(query, found.loading, found.failure, movies.length)}
        </p>
      </div>
    </search>
  )
}

const StarsGiven = ({ stars }: { stars: number | null }) =>
  stars === null ? null : <span class="found-stars">{stars} ★</span>

function searchNote(query: string, isLoading: boolean, failure: unknown, count: number): string {
  if (query === '') return ''
  if (failure) return `${strings.failure.search}: ${failureText(failure)}`
  if (isLoading) return strings.search.searching
  return count === 0 ? strings.search.none(query) : strings.search.count(count)
}

/** The value once it has rested for a while. */
function useRested(value: string, restMs: number): string {
  const [rested, setRested] = useState(value)
  useEffect(() => {
    const timer = setTimeout(() => setRested(value), restMs)
    return () => clearTimeout(timer)
  }, [value, restMs])
  return rested
}
