import type { Intent } from '#core/schemas/intent.ts'

/** A query of which nothing was understood. */
export const NOTHING_ASKED: Intent = {
  language: 'en',
  mustGenres: [],
  genresJoin: 'all',
  avoidGenres: [],
  moods: [],
  keywords: [],
  similarTitles: [],
  people: [],
  avoidPeople: [],
  yearFrom: null,
  yearTo: null,
  runtimeFrom: null,
  runtimeTo: null,
  originalLanguage: null,
}
