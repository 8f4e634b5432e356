import { useState } from 'preact/hooks'
import type { Address } from '../address.ts'
import { strings } from '../strings.ts'

const FIRST_DECADE = 1920
/** genres in sight at first; the others are a click away */
const GENRES_SHOWN = 8

interface FiltersProps {
  /** most frequent first */
  genres: string[]
  address: Address
  onChange(change: Partial<Address>): void
}

/** Any of these genres, and one decade. */
export function Filters({ genres, address, onChange }: FiltersProps) {
  const [showsAll, setShowsAll] = useState(false)
  const shown = showsAll ? genres : genres.slice(0, GENRES_SHOWN)
  const offered = [...new Set([...shown, ...address.genres])].sort()
  const hidden = genres.filter((genre) => !offered.includes(genre)).length
  const toggle = (genre: string) =>
    onChange({
      genres: address.genres.includes(genre)
        ? address.genres.filter((name) => name !== genre)
        : [...address.genres, genre],
    })
  const decades = []
  for (let decade = FIRST_DECADE; decade <= new Date().getFullYear(); decade += 10) decades.unshift(decade)

  return (
    <search class="filters" aria-label={strings.filters.label}>
      <select
        class="select"
        aria-label={strings.filters.decade}
        value={address.decade ?? ''}
        onChange={(event) => onChange({ decade: Number(event.currentTarget.value) || null })}
      >
        <option value="">{strings.filters.anyDecade}</option>
        {decades.map((decade) => (
          <option key={decade} value={decade}>
            {strings.filters.decadeName(decade)}
          </option>
        ))}
      </select>
      <fieldset class="chips">
        <legend class="visually-hidden">{strings.filters.genres}</legend>
        <button
          type="button"
          class="chip"
          aria-pressed={address.genres.length === 0}
          onClick={() => onChange({ genres: [] })}
        >
          {strings.filters.all}
        </button>
        {offered.map((genre) => (
          <button
            key={genre}
            type="button"
            class="chip"
            aria-pressed={address.genres.includes(genre)}
            onClick={() => toggle(genre)}
          >
            {strings.genre(genre)}
          </button>
        ))}
        {hidden > 0 ? (
          <button type="button" class="chip chip-more" onClick={() => setShowsAll(true)}>
            {strings.filters.more(hidden)}
          </button>
        ) : null}
      </fieldset>
    </search>
  )
}
