import type { Intent } from '#core/schemas/intent.ts'
import type { ExpectedIntent } from '#core/schemas/labelled-query.ts'
import { words } from '#core/text/analyse.ts'

/** Slots that every query is judged by, in the order of the tables. */
export const SLOTS = [
  'must_genres',
  'avoid_genres',
  'mood',
  'similar_titles',
  'people',
  'year_from',
  'year_to',
] as const
/** Slots that a query is judged by where its label names them. */
export const OPTIONAL_SLOTS = [
  'genres_join',
  'avoid_people',
  'runtime_from',
  'runtime_to',
  'original_language',
] as const

export type Slot = (typeof SLOTS)[number] | (typeof OPTIONAL_SLOTS)[number]
export type Slots = Record<Slot, string[]>

/** What was understood, as labels say it. @param titleOf `Interstellar (2014)` */
export function slotsOfIntent(intent: Intent, titleOf: (movieId: number) => string): Slots {
  return {
    must_genres: intent.mustGenres,
    avoid_genres: intent.avoidGenres,
    mood: intent.moods,
    similar_titles: intent.similarTitles.map(({ movieId }) => titleOf(movieId)),
    people: intent.people,
    year_from: valuesOf(intent.yearFrom),
    year_to: valuesOf(intent.yearTo),
    genres_join: [intent.genresJoin],
    avoid_people: intent.avoidPeople,
    runtime_from: valuesOf(intent.runtimeFrom),
    runtime_to: valuesOf(intent.runtimeTo),
    original_language: valuesOf(intent.originalLanguage),
  }
}

export interface ExpectedSlots {
  slots: Slots
  /** titles of the label that the catalogue lacks: nobody can find them, so they are not judged */
  unknownTitles: string[]
}

/** @param titleNamed the catalogue's form of a label's title; undefined where it lacks it */
export function slotsOfLabel(
  expected: ExpectedIntent,
  titleNamed: (label: string) => string | undefined,
): ExpectedSlots {
  const labels = expected.similar_titles ?? []
  const titles = labels.map((label) => ({ label, title: titleNamed(label) }))
  return {
    slots: {
      must_genres: expected.must_genres ?? [],
      avoid_genres: expected.avoid_genres ?? [],
      mood: expected.mood ?? [],
      similar_titles: titles.flatMap(({ title }) => (title === undefined ? [] : [title])),
      people: expected.people ?? [],
      year_from: valuesOf(expected.year_from),
      year_to: valuesOf(expected.year_to),
      genres_join: valuesOf(expected.genres_join),
      avoid_people: expected.avoid_people ?? [],
      runtime_from: valuesOf(expected.runtime_from),
      runtime_to: valuesOf(expected.runtime_to),
      original_language: valuesOf(expected.original_language),
    },
    unknownTitles: titles.flatMap(({ label, title }) => (title === undefined ? [label] : [])),
  }
}

/** Which slots a query is judged by. */
export function judgedSlots(expected: ExpectedIntent): Slot[] {
  return [...SLOTS, ...OPTIONAL_SLOTS.filter((slot) => expected[slot] !== undefined)]
}

/** Values are the same whatever their case, marks and punctuation: `heartwarming`, `Penelope Cruz`. */
export function comparable(value: string): string {
  return words(value).join('') || value
}

function valuesOf(value: string | number | null | undefined): string[] {
  return value === null || value === undefined ? [] : [String(value)]
}
