import { TERMS_IN_VIETNAMESE } from '#core/query/terms-in-vietnamese.ts'
import type { Mood } from '#core/schemas/intent.ts'
import { words } from '#core/text/analyse.ts'
import { GENRES_IN_VIETNAMESE, MOODS_IN_VIETNAMESE } from '#core/text/vietnamese.ts'
import type { Facts } from './facts.ts'

/** Why an explanation may not be sent. */
export type Violation =
  | 'empty'
  | 'tooLong'
  | 'markup'
  | 'language'
  /** a number that no fact has */
  | 'number'
  /** a genre that the movie does not have */
  | 'genre'
  /** a title or person that stands in no fact */
  | 'name'

const MAX_CHARACTERS = 320
const MAX_SENTENCES = 2
/** Fewer words than these may be Vietnamese without a letter that only it has. */
const FEWEST_WORDS = 3
/** Letters that only Vietnamese has. */
const VIETNAMESE_LETTERS = /[ăâđêôơưạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹ]/gi
/** Genre words that people use besides the names themselves, by the name; only words that hardly mean anything else. */
const GENRE_WORDS: Readonly<Record<string, readonly string[]>> = {
  Comedy: ['comedic', 'sitcom'],
  Horror: ['slasher'],
  'Sci-Fi': ['science fiction', 'scifi'],
  Romance: ['romantic'],
  Documentary: ['documentaries'],
  Animation: ['animated', 'anime'],
}

/**
 * What a text says of a movie that the facts do not: every number, genre, title and person in it must stand there. What
 * stands in the facts is taken out first; a capitalized word that is left within a sentence is a name from elsewhere.
 * It may refuse a true sentence: then a template goes out, which says less and is never wrong.
 * @returns none when the text may be sent
 */
export function violationsOf(text: string, facts: Facts): Violation[] {
  const found = new Set<Violation>()
  const trimmed = text.trim()
  if (!/\p{L}/u.test(trimmed)) return ['empty']
  const { rest, isWhole } = withoutNames(trimmed, facts)
  // `Seven (a.k.a. Se7en)` ends no sentence
  if (trimmed.length > MAX_CHARACTERS || sentencesOf(rest).length > MAX_SENTENCES) found.add('tooLong')
  if (/[<>{}[\]`|#*\n\r]|https?:|www\.|\p{Cc}/u.test(trimmed)) found.add('markup')

  if (!isInLanguage(rest, facts.language)) found.add('language')
  if (!isWhole || hasStrangeName(rest)) found.add('name')
  const numbers = new Set(numbersOf(facts))
  for (const [number] of rest.matchAll(/\d+(?:[.,]\d+)*/g)) if (!numbers.has(number)) found.add('number')
  if (hasStrangeGenre(rest, facts)) found.add('genre')
  return [...found]
}

/** @param text in which a dot may stand for a name */
function sentencesOf(text: string): string[] {
  return text.split(/(?<=[.!?…])\s+(?=[\p{Lu}“"·])/u).filter((sentence) => sentence.trim() !== '')
}

/** The text with the facts' titles and people taken out, longest first. */
function withoutNames(text: string, { title, receipt, because }: Facts): { rest: string; isWhole: boolean } {
  const titles = [title, ...(receipt.similarTo ?? []), ...because].flatMap((name) => [
    name,
    // with its year in brackets, or without
    name.replace(/ \(\d{4}\)$/, ''),
    // as people write it: `Matrix, The` → `The Matrix`
    name.replace(/ \(\d{4}\)$/, '').replace(/^(.*), (The|A|An)$/, '$2 $1'),
  ])
  const people = [...(receipt.people ?? []), ...(receipt.without ?? [])]
  const moods = (receipt.moods ?? []).flatMap(({ mood, signs }) => [mood, MOODS_IN_VIETNAMESE[mood as Mood], ...signs])
  const said = [...(receipt.terms ?? []), ...moods]
  const terms = said.flatMap((term) => [term, TERMS_IN_VIETNAMESE.get(term) ?? term])
  const names = [...new Set([...titles, ...people, ...terms])].filter((name) => name !== '')
  names.sort((a, b) => b.length - a.length)
  let rest = text
  for (const name of names)
    rest = rest.replace(new RegExp(`(?<![\\p{L}\\p{N}])${escaped(name)}(?![\\p{L}\\p{N}])`, 'giu'), ' · ')
  // a quotation of anything else is a title or a line that nobody gave
  return { rest, isWhole: !/[“"«]\s*[^·\s”"»]/u.test(rest) }
}

/** A capital within a sentence that is not the first word’s, nor an English I. */
function hasStrangeName(rest: string): boolean {
  return sentencesOf(rest).some((sentence) => {
    const [, ...later] = sentence.match(/[\p{L}\p{N}][\p{L}\p{N}’'-]*|·/gu) ?? []
    return later.some((word) => /^\p{Lu}/u.test(word) && !/^I(?:['’]|$)/.test(word) && !isGenreName(word))
  })
}

/** The genres are held to the movie's own elsewhere. */
function isGenreName(word: string): boolean {
  const folded = plain(word)
  return [...GENRE_NAMES.values()].some((forms) => forms.some((form) => ` ${form} `.includes(` ${folded} `)))
}

function hasStrangeGenre(rest: string, { genres, receipt }: Facts): boolean {
  const allowed = new Set([...genres, ...(receipt.without ?? [])])
  // taken out first, so that a genre within a longer one's name is not found there
  let text = ` ${plain(rest)} `
  const forms = [...GENRE_NAMES].flatMap(([name, all]) => all.map((form) => ({ name, form })))
  forms.sort((a, b) => b.form.length - a.form.length || Number(allowed.has(b.name)) - Number(allowed.has(a.name)))
  for (const { name, form } of forms) {
    if (!text.includes(` ${form} `)) continue
    if (!allowed.has(name)) return true
    text = text.replaceAll(` ${form} `, ' ')
  }
  return false
}

/** Folded ways to write each genre. `đen` (noir), `hài` and `gia đình` fold to words that mean other things. */
const GENRE_NAMES: ReadonlyMap<string, readonly string[]> = new Map(
  Object.entries(GENRES_IN_VIETNAMESE).map(([name, vietnamese]) => {
    const forms = [name, ...(GENRE_WORDS[name] ?? [])]
    if (vietnamese.includes(' ') && name !== 'Family') forms.push(vietnamese)
    return [name, forms.map(plain)]
  }),
)

/** Folded words with a space between them. */
function plain(text: string): string {
  return words(text).join(' ')
}

/** Numbers as a text may write them. */
function numbersOf({ title, year, meanRating, numRatings, receipt, because }: Facts): string[] {
  const inNames = [title, ...(receipt.similarTo ?? []), ...because, ...(receipt.terms ?? [])].flatMap(
    (name) => name.match(/\d+/g) ?? [],
  )
  const numbers = [year, receipt.year, receipt.runtime, numRatings].filter(
    (number) => number !== undefined && number !== null,
  )
  const stars = meanRating === null ? [] : [meanRating, meanRating.replace('.', ',')]
  return [...numbers.map(String), ...stars, '5', ...inNames]
}

function isInLanguage(rest: string, language: Facts['language']): boolean {
  const letters = rest.match(VIETNAMESE_LETTERS)?.length ?? 0
  return language === 'vi' ? letters > 0 || words(rest).length < FEWEST_WORDS : letters === 0
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
}
