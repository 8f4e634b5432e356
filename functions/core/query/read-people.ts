import { words } from '../text/analyse.ts'
import { STOP_WORDS } from '../text/stop-words.ts'
import { editDistance, openVocabulary } from '../text/vocabulary.ts'
import type { PersonRole } from './people.ts'
import { isWish } from './phrase-table.ts'
import { CERTAIN_SURNAMES, FAMOUS_NAMES, NAME_ALIASES } from './phrases/surnames.ts'
import { areFree, hasRole, partBefore, phraseOf, type Reading, take } from './reading.ts'

/** Words of the longest name; between its words stand spaces, dots and hyphens. */
const LONGEST = 4
const WITHIN_NAME = /^[\s.\-‐’']*$/
const SURNAME_LETTERS = 3
const SURNAME_LETTERS_OF_TYPO = 7
/** Letters of a whole name from which it is recognized with one edit, and with two. */
const LETTERS_OF_TWO_WORDS = 7
const LETTERS_OF_TWO_TYPOS = 12
const LONGEST_LETTERS = 30

/** A word in front that makes a name of what follows, and how sure that is. */
interface Cue {
  role: PersonRole | null
  isSure: boolean
}

/** Directors and actors: whole names anywhere; surnames and mistyped names behind words such as `đạo diễn`. */
export function readPeople(reading: Reading): void {
  const { words: found } = reading.text
  let cue: Cue | null = null
  for (let at = 0; at < found.length; ) {
    if (reading.taken[at] === 1) {
      at++
      continue
    }
    const to =
      aliasedName(reading, at) ??
      wholeName(reading, at) ??
      mistypedFamous(reading, at) ??
      cuedName(reading, at, cue) ??
      lonelySurname(reading, at) ??
      joinedSurname(reading, at)
    if (to !== null) {
      // “De Niro and Pacino”
      at = to
      continue
    }
    const next = cueAt(reading, at)
    if (next) cue = together(cue, next)
    else if (!hasRole(reading, at, 'and', 'or', 'filler') && !/^(?:the|a|of|mr|ong|ba)$/.test(found[at]!.folded))
      cue = null
    at += phraseOf(reading, at)?.folded.length ?? 1
  }
}

/** `của đạo diễn` is as sure as its surer word. */
function together(first: Cue | null, { role, isSure }: Cue): Cue {
  return { role: role ?? first?.role ?? null, isSure: isSure || first?.isSure === true }
}

function cueAt(reading: Reading, at: number): Cue | null {
  if (hasRole(reading, at, 'director')) return { role: 'director', isSure: true }
  if (hasRole(reading, at, 'actor')) {
    const phrase = phraseOf(reading, at)!
    // “with” and `có` introduce anything
    return { role: 'cast', isSure: !/^(?:with|co|voi|stars?|cast|in which|actors?)$/.test(phrase.folded.join(' ')) }
  }
  return hasRole(reading, at, 'owner') ? { role: null, isSure: false } : null
}

/** @returns the end of the longest name that begins here */
function wholeName(reading: Reading, from: number): number | null {
  const { words: found } = reading.text
  for (let to = Math.min(found.length, from + LONGEST); to > from + 1; to--) {
    if (!areNameWords(reading, from, to)) continue
    const name = nameOf(reading, from, to)
    if (!reading.lexicon.people.has(name)) continue
    const phrase = phraseOf(reading, from)
    if (phrase && phrase.folded.length >= to - from) return null
    return takeName(reading, from, to, name)
  }
  return null
}

function cuedName(reading: Reading, from: number, cue: Cue | null): number | null {
  if (!cue) return null
  const { words: found } = reading.text
  const { people } = reading.lexicon
  const phrase = phraseOf(reading, from)
  if (phrase && (isWish(phrase) || !found[from]!.isCapital)) return null
  for (const length of [3, 2]) {
    const to = from + length
    if (!areNameWords(reading, from, to)) continue
    const isCapital = found.slice(from, to).every((word) => word.isCapital)
    const folded = found.slice(from, to).map((word) => word.folded)
    const name =
      people.bySurname(folded.join(' '), cue.role) ?? (cue.isSure || isCapital ? people.spelled(folded) : null)
    if (name !== null) return takeName(reading, from, to, name)
  }
  const word = found[from]!
  if (isSurname(reading, from, cue)) {
    const name =
      CERTAIN_SURNAMES.get(word.folded) ??
      people.bySurname(word.folded, cue.role) ??
      people.bySurname(word.folded, null)
    if (name !== null) return takeName(reading, from, from + 1, name)
  }
  return cue.isSure ? unknownName(reading, from) : null
}

/** “by David Lean”: the first of two words with capitals is no surname. */
function isFirstOfName(reading: Reading, at: number): boolean {
  return (
    reading.text.words[at + 1]?.isCapital === true && areNameWords(reading, at, at + 2) && !phraseOf(reading, at + 1)
  )
}

/** A name that the catalogue has not, where it can be nothing else: “directed by Jane Roe” finds none of hers. */
function unknownName(reading: Reading, from: number): number | null {
  const { words: found } = reading.text
  let to = from
  while (to < found.length && to - from < LONGEST && found[to]!.isCapital && areNameWords(reading, from, to + 1)) to++
  return to - from >= 2 ? takeName(reading, from, to, nameOf(reading, from, to)) : null
}

/** Surnames that are places more often. */
const PLACES = new Set(
  'france germany england ireland scotland wales italy spain japan china korea india israel jordan chad paris london york america texas africa europe washington houston dakota georgia'.split(
    ' ',
  ),
)
/** “directed by the guy who made Jaws”, “starring someone famous” */
const NOBODY = new Set(['guy', 'man', 'woman', 'girl', 'lady', 'person', 'people', 'team', 'same', 'someone', 'anyone'])

function isSurname(reading: Reading, at: number, cue: Cue): boolean {
  const { folded, isCapital } = reading.text.words[at]!
  if (isCapital ? PLACES.has(folded) : NOBODY.has(folded)) return false
  if (folded.length < SURNAME_LETTERS || STOP_WORDS.has(folded) || /\d/.test(folded)) return false
  if (isCapital && !CERTAIN_SURNAMES.has(folded) && isFirstOfName(reading, at)) return false
  return isCapital || CERTAIN_SURNAMES.has(folded) || (cue.isSure && !phraseOf(reading, at))
}

const FIRST_OF_ALIASES = new Set(Array.from(NAME_ALIASES.keys(), (name) => name.split(' ')[0]!))

/** `Thành Long`, “the Coen brothers” */
function aliasedName(reading: Reading, from: number): number | null {
  const { folded, joined } = reading.text.words[from]!
  if (!FIRST_OF_ALIASES.has(folded) && !FIRST_OF_ALIASES.has(joined)) return null
  for (let to = Math.min(reading.text.words.length, from + LONGEST); to > from; to--) {
    const names = areNameWords(reading, from, to) ? NAME_ALIASES.get(nameOf(reading, from, to)) : undefined
    if (!names) continue
    const known = names.filter(reading.lexicon.people.has)
    take(reading, from, to, { kind: 'person', names: (known.length > 0 ? known : names.slice(0, 1)).map(capitalized) })
    return to
  }
  return null
}

/** “Nolan’s”, “Tarantino movies”, `tarantino`, “chris nolan” */
function lonelySurname(reading: Reading, at: number): number | null {
  const { folded, isCapital, isPossessive } = reading.text.words[at]!
  const certain = certainSurname(reading, at)
  const next = reading.text.words[at + 1]?.folded ?? ''
  const isNamed =
    isCapital &&
    folded.length > SURNAME_LETTERS &&
    !phraseOf(reading, at) &&
    (isPossessive || /^(?:movies?|films?|flicks?|dong)$/.test(next))
  if (certain === undefined && !isNamed) return null
  const name = certain ?? reading.lexicon.people.bySurname(folded, null)
  if (name === null) return null
  const behind = reading.text.words[at + 1]
  const isLike = behind !== undefined && /^(?:like|esque|ian)$/.test(behind.folded) && /^[-‐]$/.test(behind.gap)
  const from =
    certain?.includes(' ') && isFirstName(reading, at - 1, certain.slice(0, certain.indexOf(' '))) ? at - 1 : at
  return takeName(reading, from, at + (isLike ? 2 : 1), name)
}

const FAMOUS_BY_SURNAME = new Map(
  [...FAMOUS_NAMES.keys()].reverse().map((name) => [name.slice(name.lastIndexOf(' ') + 1), name] as const),
)

/** `Spielberg hoặc Lucas`: joined to a person a surname is one that may be another word elsewhere. */
function joinedSurname(reading: Reading, at: number): number | null {
  const { folded, isCapital, gap } = reading.text.words[at]!
  if (at === 0 || !isCapital || phraseOf(reading, at) || PLACES.has(folded)) return null
  const end = gap.trim() === '' && hasRole(reading, at - 1, 'and', 'or') ? at - 1 : at
  if (end === at && !/^\s*[,/&+]\s*$/.test(gap)) return null
  if (partBefore(reading, end)?.is.kind !== 'person') return null
  const name = FAMOUS_BY_SURNAME.get(folded)
  return name === undefined ? null : takeName(reading, at, at + 1, name)
}

/** “chris” and “quentn”, right in front of the surname. */
function isFirstName(reading: Reading, at: number, firstName: string): boolean {
  if (at < 0 || !areNameWords(reading, at, at + 2)) return false
  const { folded } = reading.text.words[at]!
  return folded.length > 2 && (firstName.startsWith(folded) || editDistance(folded, firstName, 1) <= 1)
}

/** Whose surname it is, or what a long word that is none of the texts nearly is: `scorcese`. */
function certainSurname(reading: Reading, at: number): string | undefined {
  const { folded } = reading.text.words[at]!
  const name = CERTAIN_SURNAMES.get(folded)
  if (name !== undefined) return name
  if (folded.length < SURNAME_LETTERS_OF_TYPO || phraseOf(reading, at) || reading.lexicon.isKnownWord(folded))
    return undefined
  for (const [surname, known] of CERTAIN_SURNAMES)
    if (surname.length >= SURNAME_LETTERS_OF_TYPO && editDistance(surname, folded, 1) <= 1) return known
  return undefined
}

const LETTERS_OF_FAMOUS = new Map([...FAMOUS_NAMES.keys()].map((name) => [name.replaceAll(' ', ''), name]))
const FAMOUS_VOCABULARY = openVocabulary([...LETTERS_OF_FAMOUS.keys()])

/** `brad pit`, `leonardo di caprio`: two or three words that are a famous name but for a letter or a space. */
function mistypedFamous(reading: Reading, from: number): number | null {
  if (phraseOf(reading, from)) return null
  for (const length of [3, 2]) {
    const to = from + length
    if (!areNameWords(reading, from, to)) continue
    const letters = nameOf(reading, from, to).replaceAll(' ', '')
    if (letters.length < LETTERS_OF_TWO_WORDS || letters.length > LONGEST_LETTERS) continue
    const known = LETTERS_OF_FAMOUS.has(letters)
      ? letters
      : phraseOf(reading, to - 1)
        ? undefined
        : nearlyFamous(letters)
    if (known !== undefined) return takeName(reading, from, to, LETTERS_OF_FAMOUS.get(known)!)
  }
  return null
}

function nearlyFamous(letters: string): string | undefined {
  const [near] = [...FAMOUS_VOCABULARY.near(letters)].sort((a, b) => a[1] - b[1])
  // two edits make another name of a short one
  if (!near || (near[1] > 1 && letters.length < LETTERS_OF_TWO_TYPOS)) return undefined
  return FAMOUS_VOCABULARY.word(near[0])
}

/** A name as people write it: as in the query where it stands there whole with its capitals. */
function takeName(reading: Reading, from: number, to: number, name: string): number {
  const found = reading.text.words.slice(from, to)
  const isWhole = nameOf(reading, from, to) === name && found.every(({ isCapital }) => isCapital)
  const shown = isWhole
    ? found.map(({ shown, gap }, at) => (at > 0 ? gap.replace(/\s+/g, ' ') : '') + shown).join('')
    : capitalized(name)
  take(reading, from, to, { kind: 'person', names: [shown] })
  return to
}

/** `christopher nolan` → `Christopher Nolan`, `leonardo dicaprio` → `Leonardo DiCaprio` */
function capitalized(name: string): string {
  return FAMOUS_NAMES.get(name) ?? name.replace(/(?<=^| )\p{Ll}/gu, (letter) => letter.toUpperCase())
}

function areNameWords(reading: Reading, from: number, to: number): boolean {
  const { words: found } = reading.text
  if (!areFree(reading, from, to)) return false
  for (let at = from + 1; at < to; at++) if (!WITHIN_NAME.test(found[at]!.gap)) return false
  return true
}

function nameOf({ text }: Reading, from: number, to: number): string {
  return words(
    text.words
      .slice(from, to)
      .map(({ folded, joined }, at) => (at === to - from - 1 ? folded : joined))
      .join(' '),
  ).join(' ')
}
