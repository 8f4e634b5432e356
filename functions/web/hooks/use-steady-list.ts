import type { RefObject } from 'preact'
import { useLayoutEffect, useRef } from 'preact/hooks'

const GLIDE_MS = 260

interface Place {
  left: number
  top: number
}

/**
 * Keeps a changing list of cards steady: a card that moved glides from its old place, one that came fades in,
 * and keyboard focus stays on the card it was on or, when that one left, on the card that took its place.
 * Cards are the descendants of `list` with `data-movie-id`; what gets focus in them is marked `data-steady-focus`.
 */
export function useSteadyList(list: RefObject<HTMLElement | null>, movieIds: number[]): void {
  const places = useRef(new Map<string, Place>())
  // read while rendering, before the cards change under the focus
  const focused = focusedCard(list.current)

  useLayoutEffect(() => {
    const container = list.current
    if (container === null) return
    const cards = cardsOf(container)
    places.current = glide(cards, places.current)
    if (focused !== null && !container.contains(document.activeElement)) focusCard(cards, focused)
  }, [list, movieIds.join()])
}

const cardsOf = (container: HTMLElement) => [...container.querySelectorAll<HTMLElement>('[data-movie-id]')]

function focusedCard(container: HTMLElement | null): { movieId: string | undefined; position: number } | null {
  const card = container?.contains(document.activeElement)
    ? document.activeElement?.closest<HTMLElement>('[data-movie-id]')
    : null
  if (!container || !card) return null
  return { movieId: card.dataset.movieId, position: cardsOf(container).indexOf(card) }
}

function focusCard(
  cards: HTMLElement[],
  { movieId, position }: { movieId: string | undefined; position: number },
): void {
  const card =
    cards.find((candidate) => candidate.dataset.movieId === movieId) ?? cards[Math.min(position, cards.length - 1)]
  card?.querySelector<HTMLElement>('[data-steady-focus]')?.focus({ preventScroll: true })
}

/** @returns where the cards stand now, as layout has it: a glide still running does not count */
function glide(cards: HTMLElement[], before: Map<string, Place>): Map<string, Place> {
  const still = matchMedia('(prefers-reduced-motion: reduce)').matches
  const timing = { duration: GLIDE_MS, easing: 'cubic-bezier(0.2, 0, 0, 1)' }
  const after = new Map<string, Place>()
  for (const card of cards) {
    const movieId = card.dataset.movieId ?? ''
    const place = { left: card.offsetLeft, top: card.offsetTop }
    after.set(movieId, place)
    const old = before.get(movieId)
    if (still || before.size === 0) continue
    if (old === undefined) card.animate([{ opacity: 0 }, { opacity: 1 }], timing)
    else if (old.left !== place.left || old.top !== place.top) {
      const from = `translate(${old.left - place.left}px, ${old.top - place.top}px)`
      card.animate([{ transform: from }, { transform: 'none' }], timing)
    }
  }
  return after
}
