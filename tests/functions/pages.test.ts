import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { MovieList, Recommendations, SimilarMovies } from '#core/schemas/api.ts'
import { tinyFiles } from '../helpers/tiny-model.ts'
import { startTinyWorker, type TinyWorker } from '../helpers/tiny-worker.ts'

let worker: TinyWorker
beforeAll(async () => {
  worker = await startTinyWorker()
  await worker.publish('0000000000000001')
}, 30_000)
afterAll(() => worker.stop())

const ids = (items: { movieId: number }[]) => items.map(({ movieId }) => movieId)
const join = (path: string, cursor: string | null) => `${path}${path.includes('?') ? '&' : '?'}cursor=${cursor}`

/** Every page from the first to the last. */
async function pagesOf(path: string): Promise<{ items: { movieId: number }[]; modelChanged: boolean }[]> {
  const pages = [(await worker.call(path)).json]
  while (pages.at(-1).nextCursor !== null) pages.push((await worker.call(join(path, pages.at(-1).nextCursor))).json)
  return pages
}

test.each([
  ['/recommend/user/1?k=3', 7],
  ['/recommend/user/999?k=4&genres=Sci-Fi', 5],
  ['/movies/50/similar?k=2', 9],
  ['/movies?k=4', 10],
  ['/movies?k=1&q=star', 2],
])('%s: the pages together are the list of all', async (path, length) => {
  const pages = await pagesOf(path)
  const whole = (await worker.call(path.replace(/k=\d+/, 'k=20'))).json
  expect(pages.flatMap(({ items }) => items)).toEqual(whole.items)
  expect(whole.items).toHaveLength(length)
  expect(whole.nextCursor).toBeNull()
  expect(pages.every(({ modelChanged }) => !modelChanged)).toBe(true)
})

test('every kind of list takes every filter', async () => {
  const query = 'genres=Sci-Fi,Drama&runtimeTo=140&only=10,20,60,80,90&exclude=20&language=en&k=20'
  for (const path of ['/recommend/user/999', '/movies/50/similar', '/movies']) {
    const { status, json } = await worker.call(`${path}?${query}`)
    expect({ path, status, ids: ids(json.items ?? []).sort((a, b) => a - b) }).toEqual({
      path,
      status: 200,
      ids: [10, 60],
    })
  }
})

test('a page that is exactly full is the last one', async () => {
  expect(await pagesOf('/movies?k=5')).toHaveLength(2)
  expect(await pagesOf('/recommend/user/1?k=7')).toHaveLength(1)
})

test('what was rated between two pages is on none of those that follow', async () => {
  const first = Recommendations.parse((await worker.call('/recommend/user/800?k=3')).json)
  const rated = 30
  await worker.call(`/users/800/ratings/${rated}`, { method: 'PUT', body: { rating: 5 } })
  const second = Recommendations.parse((await worker.call(join('/recommend/user/800?k=20', first.nextCursor))).json)
  expect(second.rung).toBe('personalized')
  expect(ids(second.items)).not.toContain(rated)
  expect(ids(second.items).filter((movieId) => ids(first.items).includes(movieId))).toEqual([])
  expect(second.items[0]!.rank).toBe(4)
})

describe('bad input', () => {
  const good = async (path: string) => (await worker.call(path)).json.nextCursor as string
  const refused = async (path: string, cursor: string) => {
    const { status, json } = await worker.call(join(path, cursor))
    return { status, path: json.error?.path, message: json.error?.message }
  }

  test('a cursor that is broken, cut off or of another kind of list is refused', async () => {
    const shown = await good('/recommend/user/1?k=2')
    const position = await good('/movies?k=2')
    for (const [path, cursor] of [
      ['/recommend/user/1', 'nonsense'],
      ['/recommend/user/1', shown.slice(0, -2)],
      ['/recommend/user/1', position],
      ['/movies/50/similar', position],
      ['/movies', shown],
    ] as const)
      expect(await refused(path, cursor)).toMatchObject({ status: 400, path: 'cursor' })
    expect((await refused('/movies', 'x')).message).toBe('cursor: found "x"; must be nextCursor of a search, whole')
  })
})

// last: it swaps the model
test('a swap of the model in between repeats nothing and is told', async () => {
  const paths = ['/recommend/user/1?k=3', '/movies/50/similar?k=3']
  const firsts = await Promise.all(paths.map(async (path) => (await worker.call(path)).json))
  const search = MovieList.parse((await worker.call('/movies?k=3')).json)
  // the least popular movie is the most popular one now
  const popularity = Float32Array.of(0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1)
  await worker.publish('0000000000000002', undefined, tinyFiles({ popularity }))
  await worker.call('/readyz')
  for (const [place, path] of paths.entries()) {
    const { json } = await worker.call(join(path.replace('k=3', 'k=20'), firsts[place].nextCursor))
    const second = (path.includes('similar') ? SimilarMovies : Recommendations).parse(json)
    expect(second).toMatchObject({ modelId: '0000000000000002', modelChanged: true, nextCursor: null })
    const all = [...ids(firsts[place].items), ...ids(second.items)]
    expect(new Set(all).size).toBe(all.length)
    expect(all).toHaveLength(path.includes('similar') ? 9 : 7)
  }
  const { json } = await worker.call(join('/movies?k=3', search.nextCursor))
  expect(MovieList.parse(json).modelChanged).toBe(true)
})
