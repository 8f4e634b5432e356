/** How a movie's place changed between two answers; nothing is said of one that kept its place. */
export type Movement = { kind: 'new' } | { kind: 'up' | 'down'; places: number }

/**
 * Compare two rankings. Movies that left because the viewer rated them are to be taken out of `before` by the
 * caller: what they stood above did not earn its rise.
 * @param before movieIds, best first
 * @param after movieIds, best first
 * @returns movieId → movement, for those of `after` that moved
 */
export function rankMovements(before: readonly number[], after: readonly number[]): Map<number, Movement> {
  const rankBefore = new Map(before.map((movieId, rank) => [movieId, rank]))
  const movements = new Map<number, Movement>()
  after.forEach((movieId, rank) => {
    const previous = rankBefore.get(movieId)
    if (previous === undefined) movements.set(movieId, { kind: 'new' })
    else if (previous > rank) movements.set(movieId, { kind: 'up', places: previous - rank })
    else if (previous < rank) movements.set(movieId, { kind: 'down', places: rank - previous })
  })
  return movements
}
