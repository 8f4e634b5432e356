import { expect, test } from 'vitest'
import type { Move } from '../../functions/client/index.ts'
import { mostMoved, placesUp } from '../../functions/web/moves.ts'

const standing = (rank: number) => ({
  rank,
  score: 0,
  shares: { cf: 0, next: 0, neighbours: 0, content: 0, popularity: 0 },
})

const move = (title: string, kind: Move['kind'], before: number | null, after: number | null): Move => ({
  movieId: 1,
  title,
  year: null,
  genres: [],
  meanRating: null,
  numRatings: 0,
  kind,
  before: before === null ? null : standing(before),
  after: after === null ? null : standing(after),
  scoreChange: null,
  shareChanges: null,
  text: '',
  because: [],
})

test('what came or went stands first, then the farthest moved', () => {
  const moved = [
    move('a', 'up', 4, 3),
    move('b', 'down', 2, 9),
    move('c', 'entered', 30, 5),
    move('d', 'left', 8, null),
  ]
  // b falls by 7, a rises by 1
  expect(mostMoved(moved, 9).map(({ title }) => title)).toEqual(['c', 'd', 'b', 'a'])
  expect(mostMoved(moved, 3).map(({ title }) => title)).toEqual(['c', 'd', 'b'])
  expect(moved.slice(0, 2).map(placesUp)).toEqual([1, -7])
})
