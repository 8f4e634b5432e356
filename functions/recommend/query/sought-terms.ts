import type { ContentIndex } from '#core/format/content.ts'
import type { Intent, Mood } from '#core/schemas/intent.ts'
import type { Profile } from '#core/scoring/content-scores.ts'
import { tokens, words } from '#core/text/analyse.ts'
import { MOOD_SIGNS } from './moods.ts'

/** A sign of a mood counts less than a word of the query itself: there are many, and none of them was said. */
const SIGN_WEIGHT = 0.35
/** Of the signs, a genre says least: it stands for thousands of movies. */
const SIGN_GENRE_WEIGHT = 0.2

/** What a query's words and moods look for in the content index. */
export interface SoughtTerms {
  /** weight = how much it was asked for · ln(numItems / documentFrequency), as in the index's own rows */
  profile: Profile
  /** the same by term */
  weightOf: ReadonlyMap<number, number>
  /** by term: the mood that it is a sign of, or null for a word of the query */
  moodOf: ReadonlyMap<number, string | null>
}

/** The terms of the index that a query's keywords and moods stand for; none for what no movie's texts say. */
export function soughtTerms(
  { keywords, moods }: Pick<Intent, 'keywords' | 'moods'>,
  content: ContentIndex,
): SoughtTerms {
  const asked = new Map<number, number>()
  const moodOf = new Map<number, string | null>()
  const ask = (term: number, weight: number, mood: string | null) => {
    if (term < 0 || (asked.get(term) ?? 0) >= weight) return
    asked.set(term, weight)
    moodOf.set(term, mood)
  }
  for (const name of namesOf(keywords)) ask(content.termIndexOf(name), 1, null)
  for (const mood of moods) for (const { term, weight } of signsOf(mood, content)) ask(term, weight, mood)

  const { numItems, documentFrequencies } = content
  const weightOf = new Map<number, number>()
  for (const [term, weight] of asked) weightOf.set(term, weight * Math.log(numItems / documentFrequencies[term]!))
  return {
    profile: { terms: Int32Array.from(weightOf.keys()), weights: Float64Array.from(weightOf.values()) },
    weightOf,
    moodOf,
  }
}

interface Sign {
  term: number
  weight: number
}

const knownSigns = new WeakMap<ContentIndex, Map<Mood, Sign[]>>()

/** The signs of a mood that a content index has; looked up once a mood and index. */
function signsOf(mood: Mood, content: ContentIndex): Sign[] {
  let known = knownSigns.get(content)
  if (!known) knownSigns.set(content, (known = new Map()))
  let signs = known.get(mood)
  if (!signs) {
    const { words: inTexts, genres } = MOOD_SIGNS[mood]
    signs = [
      ...tokens(inTexts).map((name) => ({ term: content.termIndexOf(name), weight: SIGN_WEIGHT })),
      ...genres.map((name) => ({
        term: content.termIndexOf(`genre:${words(name).join(' ')}`),
        weight: SIGN_GENRE_WEIGHT,
      })),
    ]
    known.set(mood, signs)
  }
  return signs
}

/** A phrase as its words and as the whole keyword that a source may have: `time travel` → time, travel, keyword:time travel */
function namesOf(keywords: readonly string[]): string[] {
  return keywords.flatMap((phrase) => [...tokens(phrase), `keyword:${words(phrase).join(' ')}`])
}
