import { expect, test } from 'vitest'
import { asRequest, MAX_MARKS, parseMarks, readMarks, withMark, writeMarks } from '../../functions/web/mark-store.ts'

const LIKED = { movieId: 1, kind: 'liked', timestamp: 100 } as const
const SNOOZED = { movieId: 2, kind: 'snoozed', timestamp: 200 } as const
const SEEN = { movieId: 3, kind: 'seen', timestamp: 300 } as const

test('marks come back as they were kept', () => {
  const kept = new Map<string, string>()
  const store = () => ({
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, text: string) => void kept.set(key, text),
  })
  writeMarks(store, [SEEN, LIKED])
  expect(readMarks(store)).toEqual([SEEN, LIKED])
})

test('a movie has one mark, the newest, and old ones fall off', () => {
  expect(withMark([SEEN, LIKED], { ...LIKED, kind: 'disliked' })).toEqual([{ ...LIKED, kind: 'disliked' }, SEEN])
  const many = Array.from({ length: MAX_MARKS }, (_, index) => ({ ...SEEN, movieId: index + 10 }))
  expect(withMark(many, LIKED)).toHaveLength(MAX_MARKS)
})

test.each([
  null,
  '',
  'x',
  '{}',
  '[null]',
  '[{"movieId":0,"kind":"seen","timestamp":1}]',
  '[{"movieId":1,"kind":"loved"}]',
])('what is no list of marks is none: %s', (text) => {
  expect(parseMarks(text)).toEqual([])
})

test('a browser that keeps nothing costs nothing', () => {
  const refusing = () => {
    throw new Error('storage is off')
  }
  expect(readMarks(refusing)).toEqual([])
  expect(() => writeMarks(refusing, [SEEN])).not.toThrow()
})

test('likes go into the history, the others are left out, a snooze for 30 days', () => {
  const marks = [SEEN, SNOOZED, LIKED]
  expect(asRequest(marks, 300)).toEqual({ likes: [{ movieId: 1, timestamp: 100 }], exclude: [3, 2] })
  expect(asRequest(marks, 200 + 30 * 86_400).exclude).toEqual([3])
})
