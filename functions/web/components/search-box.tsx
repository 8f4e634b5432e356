import { useEffect, useRef, useState } from 'preact/hooks'
import type { MovieSummary } from '../../client/index.ts'
import { MAX_WISH_LENGTH } from '../address.ts'
import type { Client } from '../client.ts'
import { useLoad } from '../hooks/use-load.ts'
import { nameOf, originalOf } from '../names.ts'
import { inLanguage, strings } from '../strings.ts'
import { failureText } from './notices.tsx'

/** after the last key, before the server is asked */
const TYPING_REST_MS = 180
const RESULTS = 8
const ASK_ID = 'found-ask'

interface SearchBoxProps {
  client: Client
  starsOf(movieId: number): number | null
  onPick(movie: MovieSummary): void
  /** for a text that is no title that was picked */
  onAsk(text: string): void
}

/**
 * One box for a title or a wish (the ARIA combobox pattern): titles that match to walk by arrow keys, and behind them the
 * text itself as a wish. Enter without a choice takes the title that was typed whole, else the wish.
 */
export function SearchBox({ client, starsOf, onPick, onAsk }: SearchBoxProps) {
  const [text, setText] = useState('')
  const [isOpen, setOpen] = useState(false)
  const [active, setActive] = useState(-1)
  const input = useRef<HTMLInputElement>(null)
  const query = useRested(text.trim(), TYPING_REST_MS)
  const asked = { q: query, k: RESULTS, ...inLanguage() }
  const found = useLoad('search', query === '' ? null : JSON.stringify(asked), async (signal) => ({
    query,
    movies: (await client.movies(asked, { signal })).items,
  }))

  const showsList = isOpen && query !== '' && text.trim() !== ''
  const movies = showsList && found.failure === null && found.value ? found.value.movies : []
  const pick = (movie: MovieSummary) => {
    setOpen(false)
    setText('')
    onPick(movie)
  }
  const ask = () => {
    const wish = text.trim()
    if (wish === '') return
    setOpen(false)
    setText('')
    input.current?.blur()
    onAsk(wish)
  }
  // the wish is the last of the options
  const numOptions = showsList ? movies.length + 1 : 0
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault()
      setOpen(true)
      if (numOptions === 0) return
      const step = event.key === 'ArrowDown' ? 1 : -1
      setActive(active === -1 && step === -1 ? numOptions - 1 : (active + step + numOptions) % numOptions)
    } else if (event.key === 'Enter') {
      event.preventDefault()
      const movie = movies[active] ?? (active === -1 ? movies.find((movie) => isTitle(text, movie)) : undefined)
      if (movie && found.value?.query === text.trim()) pick(movie)
      else ask()
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
        maxLength={MAX_WISH_LENGTH}
        value={text}
        placeholder={strings.search.placeholder}
        aria-label={strings.search.label}
        aria-autocomplete="list"
        aria-controls="search-results"
        aria-expanded={showsList}
        aria-activedescendant={active < 0 || active >= numOptions ? undefined : (optionId(movies[active]) ?? ASK_ID)}
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
              id={optionId(movie)}
              class={`found ${place === active ? 'active' : ''}`}
              role="option"
              aria-selected={place === active}
              onMouseDown={(event) => event.preventDefault()}
              onClick={() => pick(movie)}
            >
              <span class="found-title">{nameOf(movie)}</span>
              <span class="found-meta">
                {[originalOf(movie), movie.year, ...movie.genres.slice(0, 3).map(strings.genre)]
                  .filter((part) => part !== null)
                  .join(' · ')}
              </span>
              <StarsGiven stars={starsOf(movie.movieId)} />
            </div>
          ))}
          {showsList ? (
            // biome-ignore lint/a11y/useFocusableInteractive: in a combobox focus stays in the field
            // biome-ignore lint/a11y/useKeyWithClickEvents: the field takes the keys
            <div
              id={ASK_ID}
              class={`found found-ask ${active === movies.length ? 'active' : ''}`}
              role="option"
              aria-selected={active === movies.length}
              onMouseDown={(event) => event.preventDefault()}
              onClick={ask}
            >
              <span class="found-title">{strings.search.ask(text.trim())}</span>
            </div>
          ) : null}
        </div>
        <p class="search-note" role="status">
          {searchNote(query, found.loading, found.failure, movies.length)}
        </p>
      </div>
    </search>
  )
}

const optionId = (movie: MovieSummary | undefined) => (movie ? `found-${movie.movieId}` : undefined)

/** Whether a title was typed whole, with or without its year. */
function isTitle(text: string, movie: MovieSummary): boolean {
  const typed = text.trim().toLowerCase()
  const names = [movie.title, movie.title.replace(/ \(\d{4}\)$/, ''), nameOf(movie)]
  return names.some((name) => name.toLowerCase() === typed)
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
