import { expect, test } from 'vitest'
import {
  HISTORY_KEY,
  isStars,
  MAX_ENTRIES,
  parseHistory,
  type RatedMovie,
  readHistory,
  withRating,
  writeHistory,
} from '../../functions/web/history-store.ts'

const heat: RatedMovie = { movieId: 6, title: 'Heat', year: 1995, genres: ['Action'], rating: 4.5, timestamp: 100 }
const casino: RatedMovie = { movieId: 16, title: 'Casino', year: 1995, genres: [], rating: 3, timestamp: 200 }

function memoryStore(): () => Pick<Storage, 'getItem' | 'setItem'> {
  const kept = new Map<string, string>()
  return () => ({ getItem: (key) => kept.get(key) ?? null, setItem: (key, value) => void kept.set(key, value) })
}

test('what is written is read back', () => {
  const store = memoryStore()
  expect(writeHistory(store, [casino, heat])).toBe(true)
  expect(readHistory(store)).toEqual([casino, heat])
})

test('nothing stored, broken JSON and JSON that is no list give an empty history', () => {
  for (const text of [null, '', '{', '"x"', '{"movieId":6}', 'null']) expect(parseHistory(text)).toEqual([])
})

test('entries with an impossible id or rating are left out, the others stay', () => {
  const entries = [
    { ...heat, rating: 7 },
    { ...heat, rating: 3.3 },
    { ...heat, rating: '4' },
    { ...heat, movieId: 0 },
    { ...heat, movieId: 1.5 },
    { ...heat, movieId: 2 ** 31 },
    { ...heat, title: undefined },
    null,
    17,
    casino,
  ]
  expect(parseHistory(JSON.stringify(entries))).toEqual([casino])
})

test('a field that only decorates is repaired, not refused', () => {
  const entry = { movieId: 6, title: 'Heat', rating: 4.5, year: 'x', genres: ['Action', 7], timestamp: -1 }
  expect(parseHistory(JSON.stringify([entry]))).toEqual([{ ...heat, year: null, timestamp: 0 }])
})

test('of two entries of one movie the newest, which stands first, is kept', () => {
  expect(parseHistory(JSON.stringify([{ ...heat, rating: 1 }, heat]))).toEqual([{ ...heat, rating: 1 }])
})

test('rating a movie again replaces its rating and puts it first', () => {
  const again = { ...heat, rating: 2, timestamp: 300 }
  expect(withRating([casino, heat], again)).toEqual([again, casino])
})

test('the oldest entries fall off a full history', () => {
  const full = Array.from({ length: MAX_ENTRIES }, (_, place) => ({ ...heat, movieId: place + 100 }))
  const next = withRating(full, casino)
  expect(next).toHaveLength(MAX_ENTRIES)
  expect(next[0]).toEqual(casino)
  expect(next.at(-1)?.movieId).toBe(MAX_ENTRIES + 98)
})

test('a browser without storage gives an empty history and says that it kept nothing', () => {
  const blocked = () => {
    throw new Error('storage is switched off')
  }
  expect(readHistory(blocked)).toEqual([])
  expect(writeHistory(blocked, [heat])).toBe(false)
})

test('a store of another key is not read', () => {
  const store = memoryStore()
  store().setItem(`${HISTORY_KEY}.old`, JSON.stringify([heat]))
  expect(readHistory(store)).toEqual([])
})

test('stars are halves from 0.5 to 5', () => {
  expect([0.5, 1, 4.5, 5].every(isStars)).toBe(true)
  expect([0, 0.25, 5.5, Number.NaN, '4', null].some(isStars)).toBe(false)
})
