import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { openCatalog } from '#core/format/catalog.ts'
import { openTable } from '#core/format/open-table.ts'
import { USERS } from '#core/format/tables.ts'
import { randomSource } from '#core/random.ts'
import type { LoadPlan } from './load.ts'

type Requests = LoadPlan['requests']

/** As many different ones, so that no answer is just asked for again. */
const DIFFERENT = 500
const RATED = 50
const K = 20
const SEED = 7
const MEMBERS = 3
const WISHES = [
  'phim hài không kinh dị thập niên 90',
  'phim khoa hoc vien tuong sau nam 2000',
  'a sad drama about war, no comedy',
  'something romantic and funny from the eighties',
  'phim hành động căng thẳng dưới 2 tiếng',
]
const ADDED = 2

/**
 * What is asked of a published model: histories of 50 rated movies, the best known ones more often, users of the data, wishes
 * with such a history, groups of three, and histories with two of their movies as a change.
 */
export function drawRequests(modelFolder: string): Record<'history' | 'user' | 'query' | 'group' | 'whatIf', Requests> {
  const { uniform } = randomSource(SEED)
  const bytes = (name: string) => new Uint8Array(readFileSync(join(modelFolder, name)))
  const { movieIds, popularity } = openCatalog(bytes('catalog.arrow'))
  const userIds = openTable('users.arrow', bytes('users.arrow'), USERS).numbers<Int32Array>('userId')
  const byRank = Array.from(movieIds.keys()).sort((a, b) => popularity[b]! - popularity[a]!)
  const drawMovie = () => movieIds[byRank[Math.floor(0.3 * byRank.length * uniform() ** 3)]!]!
  const drawHistory = () => {
    const drawn = new Set<number>()
    while (drawn.size < RATED) drawn.add(drawMovie())
    return Array.from(drawn, (movieId, at) => ({
      movieId,
      rating: 0.5 * Math.round(4 + 6 * uniform()),
      timestamp: 1_700_000_000 + at,
    }))
  }
  const oneOf = <Choice>(list: readonly Choice[]) => list[Math.floor(uniform() * list.length)]!
  const each = <Made>(make: () => Made) => Array.from({ length: DIFFERENT }, make)
  return {
    history: each(() => ({
      method: 'POST',
      path: '/recommend/history',
      body: JSON.stringify({ history: drawHistory(), k: K }),
    })),
    user: each(() => ({
      method: 'GET',
      path: `/recommend/user/${userIds[Math.floor(uniform() * userIds.length)]}?k=${K}`,
    })),
    query: each(() => ({
      method: 'POST',
      path: '/recommend/query',
      body: JSON.stringify({ text: oneOf(WISHES), history: drawHistory(), k: K }),
    })),
    group: each(() => ({
      method: 'POST',
      path: '/recommend/group',
      body: JSON.stringify({ members: Array.from({ length: MEMBERS }, () => ({ history: drawHistory() })), k: K }),
    })),
    whatIf: each(() => {
      const history = drawHistory()
      const add = history.slice(-ADDED).map(({ movieId }) => ({ movieId, rating: 5 }))
      return {
        method: 'POST',
        path: '/what-if',
        body: JSON.stringify({ history: history.slice(0, -ADDED), add, k: K }),
      }
    }),
  }
}
