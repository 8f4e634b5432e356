import type { Receipt } from '../client/index.ts'
import { strings } from './strings.ts'

/** Each part of the wish that holds, in words. */
export function receiptRows(receipt: Receipt): [name: string, value: string][] {
  const words = strings.receipt
  const { genres = [], people = [], without = [], similarTo = [], terms = [], moods = [] } = receipt
  const { year, runtime, originalLanguage } = receipt
  const rows: [string, string][] = [
    [words.genres, genres.map(strings.genre).join(', ')],
    [words.people, people.join(', ')],
    [words.year, year === undefined ? '' : String(year)],
    [words.runtime, runtime === undefined ? '' : strings.drawer.runtime(runtime)],
    [words.language, originalLanguage === undefined ? '' : strings.wish.language(originalLanguage)],
    [words.without, without.map(strings.genre).join(', ')],
    [words.similarTo, similarTo.join(', ')],
    [words.terms, terms.join(', ')],
    ...moods.map(({ mood, signs }): [string, string] => [strings.mood(mood), signs.join(', ')]),
  ]
  return rows.filter(([, value]) => value !== '')
}
