import type { Mood } from '../schemas/intent.ts'
import { fold } from '../text/analyse.ts'
import { openVocabulary, type Vocabulary } from '../text/vocabulary.ts'
import { GENRE_PHRASES, GENRES_THEMSELVES, type GenreConcept } from './phrases/genres.ts'
import { GRAMMAR_PHRASES, type GrammarRole } from './phrases/grammar.ts'
import { COUNTRIES, LANGUAGE_PHRASES } from './phrases/languages.ts'
import { MOOD_PHRASES } from './phrases/moods.ts'
import { TOPIC_PHRASES } from './phrases/topics.ts'
import { type QueryText, type QueryWord, withOldMarks } from './read-words.ts'

/** A phrase that the tables of this folder know, with all that they say of it. */
export interface Phrase {
  /** with their marks, and without */
  typed: string[]
  folded: string[]
  genres: GenreConcept[]
  moods: Mood[]
  topics: string[]
  languages: string[]
  roles: Set<GrammarRole>
}

/** Whether a phrase asks for something, rather than join what does. */
export function isWish({ genres, moods, topics, languages }: Phrase): boolean {
  return genres.length + moods.length + topics.length + languages.length > 0
}

const THEMSELVES: ReadonlySet<string> = new Set(split(GENRES_THEMSELVES).map(fold))

/** Whether a phrase is of a kind of its genre, as slashers are of horror. */
export function isKindOfGenre({ genres, folded }: Phrase): boolean {
  const name = folded.join(' ')
  return genres.length > 0 && !THEMSELVES.has(name) && !THEMSELVES.has(name.replace(/ies$/, 'y').replace(/s$/, ''))
}

/** Vietnamese words of one syllable that mean nothing else without their mark. */
const PLAIN_SYLLABLES = new Set(['buon', 'khoc', 'nhanh'])
/** Without its mark each is a word more frequent. */
const NEVER_PLAIN = new Set(['cỡ', 'mê', 'khỏi', 'kỵ', 'chớ', 'căng', 'ngẫm', 'lú', 'tếu', 'ngọt', 'nhóc'])
/** What means something only right behind `phim`, unless it has its mark: `hai` is two, `sau` is after. */
const ONLY_AFTER_PHIM = new Set('ma hai sau han phap nhat trung thai viet duc my anh nga y an tau'.split(' '))
/** Of these, countries that may stand behind a genre too. */
export const ORIGINS: ReadonlySet<string> = new Set(['my', 'han', 'phap', 'thai', 'viet'])
/** Elsewhere `nhat` without its mark says what is most so. */
export const JAPANESE_FIRST: ReadonlySet<string> = new Set(['anime', 'hinh'])
/** Negations, and the last syllables of genres. */
const BEFORE_COMEDY = new Set(
  `khong phai tru dung tranh va hoac ma dong thuat luu hinh pham su lieu kich ly ao tuong di nhac tham an cam man tinh tru gan ky
  boi tay dinh nhi`.split(/\s+/),
)
const COUNTED = new Set(
  'phim nguoi bo tieng gio nam phan vo me anh chi em ban chang co nuoc dua lan tap nhan ong ba tre con trieu nghin'.split(
    ' ',
  ),
)
/** In text with marks, what makes a ghost of `ma`. */
const BEFORE_MA = new Set(
  'có không con chuyện truyện sợ hồn gặp đừng trừ né ghét tránh bỏ chừa ngán cấm khỏi chớ thích'.split(' '),
)
/** What may stand between the words of a phrase. */
export const WITHIN_PHRASE = /^(?:\s+|\s*[-‐–/.'’&]\s?)$/

let kept: Map<string, Phrase[]> | undefined

/** Made at the first query: a Worker that is never asked in words need not wait for it. */
function phrases(): Map<string, Phrase[]> {
  kept ??= phrasesByFirstWord()
  return kept
}

/** The longest phrase that begins at a word; O(phrases with that first word). */
export function phraseAt({ words, hasMarks }: QueryText, at: number, isVietnamese: boolean): Phrase | undefined {
  return phrases()
    .get(words[at]!.folded)
    ?.find((phrase) => matches(phrase, words, at, hasMarks, isVietnamese))
}

function matches({ typed, folded, roles }: Phrase, words: QueryWord[], at: number, hasMarks: boolean, isVi: boolean) {
  if (at + folded.length > words.length) return false
  let exact = 0
  let plain = 0
  for (const [place, syllable] of folded.entries()) {
    const word = words[at + place]!
    if (word.folded !== syllable || (place > 0 && !WITHIN_PHRASE.test(word.gap))) return false
    if (word.typed === typed[place] || (word.isPossessive && typed[place] === syllable)) exact++
    else if (word.typed === word.joined || (folded.length > 1 && isPartlyMarked(word.typed, typed[place]!))) plain++
  }
  if (folded.length === 1) {
    const [syllable] = folded
    if (ONLY_AFTER_PHIM.has(syllable!) && roles.size === 0) {
      const before = words[at - 1]?.typed ?? ''
      if (syllable === 'ma') return exact === 1 && (before === 'phim' || (hasMarks && BEFORE_MA.has(before)))
      if (exact === 0) {
        const isBehindGenre =
          syllable === 'hai' ? isComedy(words, at) : ORIGINS.has(syllable!) && BEFORE_COMEDY.has(before)
        const isOwn = before === 'phim' || (syllable === 'nhat' && JAPANESE_FIRST.has(before))
        return plain === 1 && !hasMarks && (isOwn || isBehindGenre)
      }
    }
    const isPlain = plain === 1 && isVi && !hasMarks && !NEVER_PLAIN.has(typed[0]!)
    return exact === 1 || (isPlain && (roles.size > 0 || PLAIN_SYLLABLES.has(syllable!)))
  }
  if (exact === folded.length) return true
  // no phrase of another language is typed with marks
  return (
    isVi && (exact + plain === folded.length || folded.length > 2 || isMismarked(words[at]!, words[at + 1]!, typed))
  )
}

/** Without its mark `hai` is two, but behind a genre or a negation, and not in front of what is counted. */
function isComedy(words: QueryWord[], at: number): boolean {
  return BEFORE_COMEDY.has(words[at - 1]?.folded ?? '') && !COUNTED.has(words[at + 1]?.folded ?? '')
}

/** `hươc` for `hước`: no mark but those meant. */
function isPartlyMarked(typed: string, meant: string): boolean {
  const [marks, wanted] = [typed.normalize('NFD'), meant.normalize('NFD')]
  let at = 0
  for (const letter of wanted) if (letter === marks[at]) at++
  return at === marks.length
}

/** `kinh dĩ`: of two syllables one has a wrong mark, and the other is long enough to say what is meant. */
function isMismarked(first: QueryWord, second: QueryWord, typed: string[]): boolean {
  const isSaid = (word: QueryWord, meant: string) => word.typed === meant && meant.length > 3 && meant !== 'phim'
  return isSaid(first, typed[0]!) || isSaid(second, typed[1]!)
}

/** Longest first, of one first word. */
function phrasesByFirstWord(): Map<string, Phrase[]> {
  const byKey = new Map<string, Phrase>()
  const phraseOf = (text: string) => {
    const typed = text.split(/\s+/).map(withOldMarks)
    const key = typed.join(' ')
    let phrase = byKey.get(key)
    if (!phrase) {
      const folded = typed.map(fold)
      byKey.set(key, (phrase = { typed, folded, genres: [], moods: [], topics: [], languages: [], roles: new Set() }))
    }
    return phrase
  }
  for (const [genre, list] of entriesOf(GENRE_PHRASES))
    for (const text of split(list)) phraseOf(text).genres.push(genre)
  for (const text of ofChildren()) phraseOf(text).genres.push('Children')
  for (const [mood, list] of entriesOf(MOOD_PHRASES)) for (const text of split(list)) phraseOf(text).moods.push(mood)
  for (const [topic, list] of entriesOf(TOPIC_PHRASES))
    for (const text of split(list)) phraseOf(text).topics.push(topic)
  for (const [code, list] of entriesOf(LANGUAGE_PHRASES))
    for (const text of split(list)) phraseOf(text).languages.push(code)
  for (const [code, list] of entriesOf(COUNTRIES))
    for (const name of split(list)) for (const text of ofCountry(name)) phraseOf(text).languages.push(code)
  for (const [role, list] of entriesOf(GRAMMAR_PHRASES)) for (const text of split(list)) phraseOf(text).roles.add(role)

  const byFirstWord = new Map<string, Phrase[]>()
  for (const phrase of [...byKey.values(), ...pluralsOf(byKey), ...doublesOf(byKey)]) {
    const phrases = byFirstWord.get(phrase.folded[0]!)
    if (phrases) phrases.push(phrase)
    else byFirstWord.set(phrase.folded[0]!, [phrase])
  }
  // without marks `hay` is itself before it is `hãy`
  const numMarked = ({ typed, folded }: Phrase) => typed.filter((word, place) => word !== folded[place]).length
  for (const phrases of byFirstWord.values())
    phrases.sort((a, b) => b.folded.length - a.folded.length || numMarked(a) - numMarked(b))
  return byFirstWord
}

/** English wishes with a plural: westerns, comedies. */
function pluralsOf(byKey: ReadonlyMap<string, Phrase>): Phrase[] {
  return [...byKey.values()].flatMap((phrase) => {
    const last = phrase.folded.at(-1)!
    if (!isWish({ ...phrase, languages: [] }) || phrase.typed.at(-1) !== last || last.endsWith('s')) return []
    const plural = /[^aeiou]y$/.test(last)
      ? `${last.slice(0, -1)}ies`
      : /(?:ch|sh|x|o)$/.test(last)
        ? `${last}es`
        : `${last}s`
    const folded = [...phrase.folded.slice(0, -1), plural]
    return byKey.has(folded.join(' ')) ? [] : [{ ...phrase, typed: [...phrase.typed.slice(0, -1), plural], folded }]
  })
}

/** Vietnamese adjectives said twice: `hài hài`, `buồn buồn`. */
function doublesOf(byKey: ReadonlyMap<string, Phrase>): Phrase[] {
  return [...byKey.values()].flatMap((phrase) => {
    const [typed] = phrase.typed
    const [folded] = phrase.folded
    const isAdjective = phrase.typed.length === 1 && phrase.genres.length + phrase.moods.length > 0 && typed !== folded
    if (!isAdjective || byKey.has(`${typed} ${typed}`)) return []
    return [{ ...phrase, typed: [typed!, typed!], folded: [folded!, folded!] }]
  })
}

/** “6 year old”, `5 tuổi`, “I am 9”: viewers for whom a movie is one for children. */
function ofChildren(): string[] {
  return Array.from({ length: OLDEST_CHILD }, (_, years) => years + 1).flatMap((age) => [
    ...['year old', 'years old', 'year olds', 'yo', 'yrs old', 'tuổi'].map((unit) => `${age} ${unit}`),
    ...['i am', 'im', 'aged', 'age'].map((is) => `${is} ${age}`),
  ])
}

/** MovieLens' genre Children is for the primary school and below. */
const OLDEST_CHILD = 11

/** Where a country's name says whose movies are meant. */
function ofCountry(name: string): string[] {
  const noun = name.replace(/^the /, '')
  return [`from ${name}`, `made in ${name}`, `produced in ${name}`, ...MOVIES.map((movies) => `${noun} ${movies}`)]
}

const MOVIES = ['movie', 'movies', 'film', 'films', 'cinema']

function entriesOf<Key extends string>(lists: Readonly<Record<Key, string>>): [Key, string][] {
  return Object.entries(lists) as [Key, string][]
}

function split(list: string): string[] {
  return list.split(',').map((text) => text.trim())
}

/** Wishes of genre and mood by their letters without spaces, to find them when glued together or mistyped. */
export interface Glued {
  vocabulary: Vocabulary
  phrase(letters: string): Phrase
}

/** Letters from which a word is long enough to be recognized with an edit. */
const TYPO_FROM = 5

export function openGlued(): Glued {
  const byLetters = new Map<string, Phrase>()
  for (const sameStart of phrases().values())
    for (const phrase of sameStart) {
      const letters = phrase.folded.join('')
      if (phrase.genres.length + phrase.moods.length > 0 && letters.length >= TYPO_FROM && !byLetters.has(letters))
        byLetters.set(letters, phrase)
    }
  return { vocabulary: openVocabulary([...byLetters.keys()]), phrase: (letters) => byLetters.get(letters)! }
}
