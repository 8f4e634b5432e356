import { useEffect, useRef, useState } from 'preact/hooks'
import { isStars } from '../history-store.ts'
import { strings } from '../strings.ts'

/** after the last arrow key, before the stars count: long enough to get from one half to five */
const KEY_REST_MS = 900

interface StarRatingProps {
  title: string
  /** null while unrated */
  value: number | null
  onRate(stars: number): void
  size?: 'small' | 'large'
}

/**
 * Half to five stars. A pointer picks by place; on the keyboard it is a slider: arrows choose, Enter or a short
 * rest gives the rating, Escape takes the choice back.
 */
export function StarRating({ title, value, onRate, size = 'small' }: StarRatingProps) {
  const [hovered, setHovered] = useState<number | null>(null)
  const [chosen, setChosen] = useState<number | null>(null)
  const rest = useRef<ReturnType<typeof setTimeout>>(undefined)
  useEffect(() => () => clearTimeout(rest.current), [])

  const shown = hovered ?? chosen ?? value ?? 0
  const give = (stars: number | null) => {
    clearTimeout(rest.current)
    setChosen(null)
    if (isStars(stars) && stars !== value) onRate(stars)
  }
  const choose = (stars: number) => {
    clearTimeout(rest.current)
    setChosen(stars)
    rest.current = setTimeout(() => give(stars), KEY_REST_MS)
  }
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Enter') give(chosen)
    else if (event.key === 'Escape' && chosen !== null) {
      // only the choice is taken back: a dialog around it stays open
      event.preventDefault()
      event.stopPropagation()
      give(null)
    }
  }

  return (
    // the slider inside is the control for keyboard and screen reader; the pointer's place is read on the row itself
    // biome-ignore lint/a11y/noStaticElementInteractions: the slider inside carries the semantics
    // biome-ignore lint/a11y/useKeyWithClickEvents: the slider inside takes the keys
    <div
      class={`stars stars-${size} ${value === null ? '' : 'rated'} ${hovered === null && chosen === null ? '' : 'choosing'}`}
      onPointerMove={(event) => event.pointerType === 'mouse' && setHovered(starsAt(event))}
      onPointerLeave={() => setHovered(null)}
      onClick={(event) => {
        setHovered(null)
        give(starsAt(event))
      }}
    >
      <input
        type="range"
        min="0"
        max="5"
        step="0.5"
        value={chosen ?? value ?? 0}
        aria-label={strings.ratings.rate(title)}
        aria-valuetext={shown === 0 ? strings.ratings.none : strings.ratings.stars(shown)}
        data-steady-focus
        onInput={(event) => choose(Number(event.currentTarget.value))}
        onKeyDown={onKeyDown}
        onBlur={() => give(chosen)}
      />
      {[1, 2, 3, 4, 5].map((star) => (
        <svg key={star} viewBox="0 0 24 24" aria-hidden="true">
          <path class="star-empty" d={STAR} />
          {shown >= star ? <path class="star-full" d={STAR} /> : null}
          {shown === star - 0.5 ? <path class="star-full" d={HALF_STAR} /> : null}
        </svg>
      ))}
    </div>
  )
}

const STAR = 'M12 2.6l2.9 5.9 6.5.95-4.7 4.6 1.1 6.45L12 17.45 6.2 20.5l1.1-6.45-4.7-4.6 6.5-.95z'
const HALF_STAR = 'M12 2.6V17.45L6.2 20.5l1.1-6.45-4.7-4.6 6.5-.95z'

/** The half star under the pointer: ten equal parts of the row, left to right. */
function starsAt(event: MouseEvent & { currentTarget: HTMLElement }): number {
  const { left, width } = event.currentTarget.getBoundingClientRect()
  return Math.min(10, Math.max(1, Math.ceil(((event.clientX - left) / width) * 10))) / 2
}
