import type { Intent } from '../client/index.ts'
import { nameOf } from './names.ts'
import { strings } from './strings.ts'

/** A part of what was understood, and the intent without it. */
export interface WishChip {
  text: string
  isRefusal: boolean
  without: Intent
}

/** What a wish was understood as, part by part: each can be taken away. */
export function wishChips(intent: Intent): WishChip[] {
  const { wish } = strings
  const asItIs = (name: string) => name
  const wordOf = {
    ...{ mustGenres: strings.genre, avoidGenres: strings.genre, moods: strings.mood },
    ...{ people: asItIs, avoidPeople: asItIs, keywords: asItIs },
  }
  const chip = (text: string, change: Partial<Intent>, isRefusal = false): WishChip => ({
    text,
    isRefusal,
    without: { ...intent, ...change },
  })
  const each = <Key extends 'mustGenres' | 'avoidGenres' | 'people' | 'avoidPeople' | 'moods' | 'keywords'>(
    key: Key,
    isRefusal = false,
  ) =>
    intent[key].map((name) =>
      chip(
        isRefusal ? wish.no(wordOf[key](name)) : wordOf[key](name),
        { [key]: intent[key].filter((other) => other !== name) },
        isRefusal,
      ),
    )
  const isAny = intent.genresJoin === 'any' && intent.mustGenres.length > 1
  const { yearFrom, yearTo, runtimeFrom, runtimeTo, originalLanguage } = intent
  return [
    ...intent.similarTitles.map(({ movieId, ...names }) =>
      chip(wish.like(nameOf(names)), {
        similarTitles: intent.similarTitles.filter((other) => other.movieId !== movieId),
      }),
    ),
    ...(isAny ? [chip(intent.mustGenres.map(strings.genre).join(wish.or), { mustGenres: [] })] : each('mustGenres')),
    ...each('avoidGenres', true),
    ...each('moods'),
    ...each('people'),
    ...each('avoidPeople', true),
    ...(yearFrom !== null || yearTo !== null
      ? [chip(wish.years(yearFrom, yearTo), { yearFrom: null, yearTo: null })]
      : []),
    ...(runtimeFrom !== null || runtimeTo !== null
      ? [chip(wish.minutes(runtimeFrom, runtimeTo), { runtimeFrom: null, runtimeTo: null })]
      : []),
    ...(originalLanguage === null ? [] : [chip(wish.language(originalLanguage), { originalLanguage: null })]),
    ...each('keywords'),
  ]
}
