import type { Move } from '../client/index.ts'

/** The moves that say most: what came or went, then the farthest; ties in the order of the answer. */
export function mostMoved(moved: readonly Move[], atMost: number): Move[] {
  const distance = (move: Move) =>
    move.kind === 'entered' || move.kind === 'left' ? Number.POSITIVE_INFINITY : Math.abs(placesUp(move))
  return moved.toSorted((a, b) => (distance(a) === distance(b) ? 0 : distance(b) - distance(a))).slice(0, atMost)
}

/** Places up in the list, below 0 down. */
export const placesUp = ({ before, after }: Move) => (before?.rank ?? 0) - (after?.rank ?? 0)
