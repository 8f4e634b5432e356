import type { Intent, Mood } from '../schemas/intent.ts'
import { fold } from '../text/analyse.ts'
import { STOP_WORDS } from '../text/stop-words.ts'
import { hasVietnamese, languageOf } from './language.ts'
import type { QueryLexicon } from './lexicon.ts'
import { unwantedParts } from './negation.ts'
import { isKindOfGenre, isWish, type Phrase, WITHIN_PHRASE } from './phrase-table.ts'
import type { GenreConcept } from './phrases/genres.ts'
import type { GrammarRole } from './phrases/grammar.ts'
import { LANGUAGE_PHRASES } from './phrases/languages.ts'
import { readPeople } from './read-people.ts'
import { readPhrases } from './read-phrases.ts'
import { readRuntime } from './read-runtime.ts'
import { readTitles } from './read-titles.ts'
import { readWords, withShorthand } from './read-words.ts'
import { readYears } from './read-years.ts'
import { openReading, type Part, partBefore, type Reading } from './reading.ts'

export interface ParseOptions {
  /** of a clock, for “last year”; without it these words say nothing */
  thisYear?: number
}

/** Words right in front of a mood that make it stronger or weaker. */
const DEGREES = new Set(
  'rat hoi kha qua so very really a bit little kinda pretty too quite extremely super cuc'.split(' '),
)
const LONGEST_KEYWORD = 40
/** TMDB's code of Cantonese. */
const CANTONESE = 'cn'

/**
 * What a wish in Vietnamese, English or both asks for, by rules: longest phrase first, Vietnamese with and without its marks,
 * negations, decades, ranges, titles, people. Any string gives an intent; one that asks for nothing gives an empty one.
 * Linear in the text; ≤ 1 ms for 300 characters. What is both wanted and refused is refused.
 */
export function parseQuery(text: string, lexicon: QueryLexicon, { thisYear }: ParseOptions = {}): Intent {
  const typed = readWords(text)
  const isVietnamese = hasVietnamese(typed)
  const words = isVietnamese ? withShorthand(typed) : typed
  const reading = openReading(words, lexicon, isVietnamese)
  readTitles(reading)
  readPeople(reading)
  readYears(reading, thisYear ?? null)
  readRuntime(reading)
  readPhrases(reading)

  const unwanted = unwantedParts(reading)
  const parts = reading.parts.filter((part) => part !== undefined)
  const lessWanted = new Set([...lessWantedParts(reading, parts), ...toleratedParts(reading, parts)])
  const wanted = parts.filter((part) => !unwanted.has(part) && !lessWanted.has(part) && !isOwnState(reading, part))
  const isNamed = namedWords(parts)
  const genres = collect(wanted, ({ genres }) => genres)
  // “a comedy, but no romantic comedy” takes back the romance, “horror without slashers” no horror
  const wantedBut = (phrase: Phrase) =>
    collect(
      wanted.filter(({ is }) => is.kind !== 'phrase' || is.phrase.folded.join() !== phrase.folded.join()),
      ({ genres }) => genres,
    )
  const avoided = collect([...unwanted], (phrase) => {
    const kept = phrase.genres.length > 1 ? genres : isKindOfGenre(phrase) ? wantedBut(phrase) : []
    return phrase.genres.filter((genre) => !kept.includes(genre))
  })
  const avoidedMoods = collect([...unwanted], ({ moods }) => moods)
  // what shall not be scary shall be no horror film, but where that is what is asked for
  if (avoidedMoods.includes('scary') && !genres.includes('Horror')) avoided.push('Horror')
  const avoidGenres = named(avoided, lexicon)
  const mustGenres = named(genres, lexicon).filter((genre) => !avoidGenres.includes(genre))
  const avoidPeople = people([...unwanted])

  return {
    language: languageOf(words, (at) => !isNamed.has(at)),
    mustGenres,
    genresJoin: mustGenres.length > 1 && areAlternatives(reading, wanted) ? 'any' : 'all',
    avoidGenres,
    moods: collect(wanted, ({ moods }) => moods).filter((mood: Mood) => !avoidedMoods.includes(mood)),
    keywords: keywords(reading, wanted, parts, lexicon),
    similarTitles: titles(wanted, lexicon),
    people: people(wanted).filter((name) => !avoidPeople.some((avoided) => fold(avoided) === fold(name))),
    avoidPeople,
    ...years(wanted),
    ...runtime(wanted),
    originalLanguage: originalLanguage(wanted, lexicon),
  }
}

type PhrasePart = Part & { is: { kind: 'phrase' } }

function isPhrase(part: Part): part is PhrasePart {
  return part.is.kind === 'phrase'
}

const COMPARING = new Set(['than', 'hon', 'over'])
const BESIDE_COMPARING = new Set(['la', 'phim', 'movie', 'movies', 'films', 'so', 'nhieu', 'more', 'a', 'the'])

/** “more funny than scary”, `thích hài hơn kinh dị`, `Truffaut hơn Godard`: what counts less is neither asked for nor refused. */
function lessWantedParts({ text: { words } }: Reading, parts: Part[]): Part[] {
  const feels = parts.filter(
    ({ is }) =>
      is.kind === 'title' ||
      is.kind === 'person' ||
      (is.kind === 'phrase' && is.phrase.genres.length + is.phrase.moods.length > 0),
  )
  return feels.filter((part, place) => {
    const before = feels[place - 1]
    if (!before || before.is.kind !== part.is.kind) return false
    const between = words.slice(before.to, part.from)
    return (
      between.some(({ folded }) => COMPARING.has(folded)) &&
      between.every(({ folded, gap }) => gap.trim() === '' && (COMPARING.has(folded) || BESIDE_COMPARING.has(folded)))
    )
  })
}

const TOLERATING = /^(?:cung (?:duoc|ok|okay|oke|khong sao|ko sao)|(?:is|are) (?:fine|ok|okay) too|also (?:ok|fine))\b/

/** `nặng nề cũng được`: a mood that may be, beside others that shall. */
function toleratedParts({ text: { words } }: Reading, parts: Part[]): Part[] {
  const asked = parts.filter((part) => !isPhrase(part) || isWish(part.is.phrase))
  return asked.filter((part) => {
    const behind = words.slice(part.to, part.to + 3).map(({ folded }) => folded)
    const isMood = isPhrase(part) && part.is.phrase.moods.length > 0 && part.is.phrase.genres.length === 0
    return asked.length > 1 && isMood && TOLERATING.test(behind.join(' '))
  })
}

/** Each value once, in the order of the query. */
function collect<Value>(parts: Part[], valuesOf: (phrase: PhrasePart['is']['phrase']) => Value[]): Value[] {
  return [...new Set(parts.filter(isPhrase).flatMap(({ is }) => valuesOf(is.phrase)))]
}

/** The catalogue's names of what it has; what it lacks is a keyword. */
function named(genres: GenreConcept[], lexicon: QueryLexicon): string[] {
  return [...new Set(genres.map(lexicon.genre).filter((name) => name !== undefined))]
}

/** What the movie does, and no state: `xem xong thấy vui`, `xem mà thấy yêu đời`. */
const BEFORE_EFFECT = new Set(['xem', 'coi', 'xong', 'ma'])

/** “I’m sad”, `đang buồn`: how the viewer is. */
function isOwnState(reading: Reading, part: Part): boolean {
  if (!isPhrase(part) || part.is.phrase.moods.length === 0) return false
  let at = part.from
  while (at > 0 && DEGREES.has(reading.text.words[at - 1]!.folded)) at--
  const before = partBefore(reading, at)
  if (before?.is.kind !== 'phrase' || !before.is.phrase.roles.has('state')) return false
  return !BEFORE_EFFECT.has(reading.text.words[before.from - 1]?.folded ?? '')
}

/** Whether two wanted genres have an “or” between them. */
function areAlternatives({ parts }: Reading, wanted: Part[]): boolean {
  const isWanted = new Set(wanted)
  const hasRole = (part: Part, ...roles: GrammarRole[]) =>
    isPhrase(part) && roles.some((role) => part.is.phrase.roles.has(role))
  const hasGenre = (part: Part) => isPhrase(part) && part.is.phrase.genres.length > 0 && isWanted.has(part)
  const all = parts.filter((part) => part !== undefined)
  return all.some((or, place) => {
    if (!hasRole(or, 'or')) return false
    let [before, behind] = [place - 1, place + 1]
    while (before >= 0 && !hasGenre(all[before]!) && hasRole(all[before]!, 'filler')) before--
    while (behind < all.length && !hasGenre(all[behind]!) && hasRole(all[behind]!, 'filler')) behind++
    return before >= 0 && behind < all.length && hasGenre(all[before]!) && hasGenre(all[behind]!)
  })
}

function titles(wanted: Part[], { titles }: QueryLexicon): Intent['similarTitles'] {
  const items = new Set(wanted.flatMap(({ is }) => (is.kind === 'title' ? [is.item] : [])))
  return [...items].map((item) => ({ movieId: titles.movieId(item), title: titles.title(item) }))
}

/** Each once, however written. */
function people(parts: Part[]): string[] {
  const names = parts.flatMap(({ is }) => (is.kind === 'person' ? is.names : []))
  return [...new Map(names.map((name) => [fold(name), name])).values()]
}

/** All that is said of years at once; bounds that leave no year say nothing. */
function years(wanted: Part[]): Pick<Intent, 'yearFrom' | 'yearTo'> {
  const spans = wanted.flatMap(({ is }) => (is.kind === 'years' ? [is] : []))
  const { from, to } = bounds(spans)
  return from !== null && to !== null && from > to ? { yearFrom: null, yearTo: null } : { yearFrom: from, yearTo: to }
}

function runtime(wanted: Part[]): Pick<Intent, 'runtimeFrom' | 'runtimeTo'> {
  const { from, to } = bounds(wanted.flatMap(({ is }) => (is.kind === 'runtime' ? [is] : [])))
  return { runtimeFrom: from, runtimeTo: to }
}

interface Bounds {
  from: number | null
  to: number | null
}

/** What all spans with both ends cover, within the others where that leaves something: “the 90s, but after 1995”. */
function bounds(spans: Bounds[]): Bounds {
  const whole = narrowest(spans.filter((span): span is Whole => span.from !== null && span.to !== null))
  const open = widest(spans.filter(({ from, to }) => from === null || to === null))
  if (whole.length === 0) return open
  const all = widest(whole)
  const from = Math.max(all.from!, open.from ?? all.from!)
  const to = Math.min(all.to!, open.to ?? all.to!)
  return from > to ? widest(spans) : { from, to }
}

interface Whole extends Bounds {
  from: number
  to: number
}

/** “the 20th century, from 1920 to 1939” says no more than the second; a span that holds another goes. */
function narrowest(spans: Whole[]): Whole[] {
  return spans.filter(
    (span) => !spans.some(({ from, to }) => from >= span.from && to <= span.to && to - from < span.to - span.from),
  )
}

function widest(spans: Bounds[]): Bounds {
  const froms = spans.flatMap(({ from }) => (from === null ? [] : [from]))
  const tos = spans.flatMap(({ to }) => (to === null ? [] : [to]))
  return { from: froms.length > 0 ? Math.min(...froms) : null, to: tos.length > 0 ? Math.max(...tos) : null }
}

function originalLanguage(wanted: Part[], lexicon: QueryLexicon): string | null {
  const [code] = collect(wanted, ({ languages }) => languages)
  if (code === undefined) return null
  return code === 'zh-HK' && lexicon.hasLanguage(CANTONESE) ? CANTONESE : code.slice(0, 2)
}

/** What is left: topics in English, genres and languages that the catalogue lacks, and words that nothing explains. */
function keywords(reading: Reading, wanted: Part[], parts: Part[], lexicon: QueryLexicon): string[] {
  const found = new Set<string>()
  const isWanted = new Set(wanted)
  const refused = refusedWords(parts)
  for (const [at, { folded, typed }] of reading.text.words.entries()) {
    const part = reading.parts[at]
    if (part && isPhrase(part) && isWanted.has(part)) {
      const { topics, genres, languages } = part.is.phrase
      for (const topic of topics) found.add(topic)
      for (const genre of genres) if (lexicon.genre(genre) === undefined) found.add(genre.toLowerCase())
      for (const code of languages)
        if (!lexicon.hasLanguage(code.slice(0, 2))) found.add(LANGUAGE_PHRASES[code]!.split(',')[0]!)
    }
    if (reading.taken[at] === 1) continue
    if (refused.has(at)) {
      if (WITHIN_PHRASE.test(reading.text.words[at + 1]?.gap ?? '')) refused.add(at + 1)
    } else if (isKeyword(folded) && typed.length <= LONGEST_KEYWORD) found.add(typed)
  }
  return [...found]
}

/** Whether a word that nothing explains says something: no function word, no number, no lone letter. */
function isKeyword(folded: string): boolean {
  return folded.length > 1 && /\p{L}/u.test(folded) && !STOP_WORDS.has(folded)
}

/** Where a word that nothing explains is not wanted: right behind a negation, but for words such as `cảnh`. */
function refusedWords(parts: Part[]): Set<number> {
  const refused = new Set<number>()
  for (const part of parts) {
    if (!isPhrase(part) || isWish(part.is.phrase)) continue
    const { roles } = part.is.phrase
    if (roles.has('negator') || (roles.has('filler') && refused.has(part.from))) refused.add(part.to)
  }
  return refused
}

/** Words of titles and people. */
function namedWords(parts: Part[]): Set<number> {
  const found = new Set<number>()
  for (const { from, to, is } of parts)
    if (is.kind === 'title' || is.kind === 'person') for (let at = from; at < to; at++) found.add(at)
  return found
}
