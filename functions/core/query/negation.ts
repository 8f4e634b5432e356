import { isWish } from './phrase-table.ts'
import type { GrammarRole } from './phrases/grammar.ts'
import type { Part, Reading } from './reading.ts'

/** Folded negations that mean something else as often without their marks: they need a wish right behind them. */
const WEAK = new Set([
  'dung',
  'tranh',
  'chang',
  'cha',
  'cho',
  'bot',
  'it',
  'bo',
  'ne',
  'ngoai',
  'chan',
  'ngan',
  'ky',
  'khoi',
  'k',
  'so',
  'hong',
  'tru',
  'chua',
])
/** They take back one property, not what has it: “a not too scary family film”. */
const OF_ONE = new Set(['non', 'not too', 'not so', 'not that', 'not very', 'less', 'fewer', 'bot', 'khong qua', 'it'])
/** Items of a list that are looked through for its “or”. */
const LONGEST_LIST = 16
/** They end a negation even before it has met a wish. */
const STRONG_TURNS = new Set([
  'but',
  'however',
  'only',
  'just',
  'instead',
  'nhung',
  'nhung ma',
  'ma',
  'ma la',
  'chi',
  'chi can',
  'chi muon',
  'chi xem',
  'thay vao do',
  'just something',
  'con lai',
  'ma con',
  'looking for',
  'give me',
])
/** Moods that belong to a genre: in “no horror, gore” they go with it. */
const COMPANIONS: Readonly<Record<string, readonly string[]>> = {
  Horror: ['scary', 'violent', 'dark'],
  Romance: ['romantic'],
  Action: ['violent'],
  Superhero: ['epic', 'violent'],
}

/**
 * Which parts are not wanted. A negation reaches the wish behind it, with the adjectives in front of that; and those that
 * and/or join to it; it ends at but/nhưng/mà, at “phim”, and at a comma unless a list goes on to an “or”. Two negations with
 * no wish between cancel each other.
 * @returns the unwanted parts
 */
export function unwantedParts(reading: Reading): Set<Part> {
  const parts = reading.parts.filter((part) => part !== undefined)
  const unwanted = new Set<Part>()
  let isOpen = false
  let isSingle = false
  let isPrefix = false
  let last: Part | null = null
  let isJoined = false
  const close = () => {
    isOpen = isSingle = isPrefix = isJoined = false
    last = null
  }
  for (const [place, part] of parts.entries()) {
    const gap = reading.text.words[part.from]!.gap
    if (isOpen && last && AND_MARK.test(gap)) isJoined = true
    if (isOpen && CLAUSE_END.test(gap) && place > 0) {
      if (last && /^\s*,\s*$/.test(gap) && isListUpToOr(parts, place)) isJoined = true
      else close()
    }
    if (part.is.kind !== 'phrase' || isWish(part.is.phrase)) {
      if (OPERATOR.test(gap)) {
        unwanted.add(part)
        continue
      }
      if (!isOpen) continue
      // “non-English drama”, where nothing knows the first
      if (isPrefix && parts[place - 1]!.to !== part.from) {
        close()
        continue
      }
      const isCompanion = last !== null && (isCompanionOf(part, last) || isSameGenre(part, last))
      if (last !== null && !isJoined && !isCompanion && !isAdjectiveOf(last, part, isSingle)) {
        close()
        continue
      }
      if (part.is.kind === 'runtime' || (part.is.kind === 'years' && last !== null)) {
        close()
        continue
      }
      unwanted.add(part)
      last = part
      isJoined = false
      continue
    }
    const name = part.is.phrase.folded.join(' ')
    if (hasRole(part, 'affirmation')) {
      if (last) close()
    } else if (hasRole(part, 'refusal') && !isOpen && refused(reading, parts, place)) {
      unwanted.add(refused(reading, parts, place)!)
    } else if (hasRole(part, 'negator')) {
      if (isWeak(reading, part) && !isWishNext(reading, parts, place)) continue
      // `không phải là không thích`
      const isDouble: boolean = isOpen && last === null && !OF_ONE.has(name)
      close()
      isOpen = !isDouble
      isSingle = OF_ONE.has(name)
      isPrefix = name === 'non'
    } else if (hasRole(part, 'and', 'or') || (name === 'voi' && isPhraseNext(parts, place))) {
      isJoined = last !== null
    } else if (hasRole(part, 'turn')) {
      if (last !== null || (STRONG_TURNS.has(name) && !isOfNegator(reading, parts, place))) close()
    } else if (last !== null && name === 'phim' && !isJoined) close()
  }
  return unwanted
}

/** “action -horror”, “comedy !romance” */
const OPERATOR = /\s[-!]$/
/** “no action/comedy”, “anything but drama & romance” */
const AND_MARK = /^\s*[&/+]\s*$/
const CLAUSE_END = /[,;.!?()\n\p{Extended_Pictographic}]|\s[-–—]\s/u

function hasRole({ is }: Part, ...roles: GrammarRole[]): boolean {
  return is.kind === 'phrase' && roles.some((role) => is.phrase.roles.has(role))
}

function isAWish({ is }: Part): boolean {
  return is.kind !== 'phrase' || isWish(is.phrase)
}

/** `không phim tài liệu với phim nhạc kịch`, and no person: `với Tom Cruise` */
function isPhraseNext(parts: Part[], place: number): boolean {
  const next = parts.slice(place + 1).find((part) => isAWish(part) || !hasRole(part, 'filler'))
  return next?.is.kind === 'phrase' && isWish(next.is.phrase)
}

/** `đừng có mà`, `đừng mà` */
function isOfNegator({ text }: Reading, parts: Part[], place: number): boolean {
  const folded = (part: Part | undefined) => (part ? text.words[part.from]!.folded : '')
  const before = folded(parts[place - 1]) === 'co' ? place - 2 : place - 1
  return folded(parts[place]) === 'ma' && before >= 0 && hasRole(parts[before]!, 'negator')
}

/** “no horror, war or westerns”: wishes and commas only, up to an “or” with one more behind it. */
function isListUpToOr(parts: Part[], from: number): boolean {
  let place = from
  while (place < Math.min(parts.length, from + LONGEST_LIST) && isAWish(parts[place]!) && isBehind(parts, place))
    place++
  return place < parts.length - 1 && place >= from && hasRole(parts[place]!, 'or') && isAWish(parts[place + 1]!)
}

/** Whether no unread word stands between a part and the one before it. */
function isBehind(parts: Part[], place: number): boolean {
  return place === 0 || parts[place - 1]!.to === parts[place]!.from
}

/** “gory horror”: a mood and the genre right behind it. */
function isAdjectiveOf(mood: Part, noun: Part, isSingle: boolean): boolean {
  if (isSingle || mood.to !== noun.from || mood.is.kind !== 'phrase' || noun.is.kind !== 'phrase') return false
  const { genres, moods } = mood.is.phrase
  return genres.length === 0 && moods.length > 0 && noun.is.phrase.genres.length + noun.is.phrase.topics.length > 0
}

function isCompanionOf(part: Part, last: Part): boolean {
  if (part.is.kind !== 'phrase' || last.is.kind !== 'phrase' || part.from !== last.to) return false
  const { moods, genres } = part.is.phrase
  if (genres.length > 0 || moods.length === 0) return false
  return last.is.phrase.genres.some((genre) => moods.every((mood) => COMPANIONS[genre]?.includes(mood)))
}

/** `ma quỷ kinh dị`: the same genre twice. */
function isSameGenre({ from, is }: Part, last: Part): boolean {
  if (is.kind !== 'phrase' || last.is.kind !== 'phrase' || from !== last.to) return false
  const { genres } = last.is.phrase
  return is.phrase.genres.length > 0 && is.phrase.genres.every((genre) => genres.includes(genre))
}

/** The wish in front of “thì không” is what is refused; words such as “movies” may stand between. */
function refused({ text }: Reading, parts: Part[], place: number): Part | undefined {
  const { folded, gap } = text.words[parts[place]!.from]!
  // “horror-free”, and no free horror
  if (folded === 'free' && gap !== '-') return undefined
  let before = place - 1
  while (before >= 0 && parts[before]!.to === parts[before + 1]!.from && hasRole(parts[before]!, 'filler')) before--
  const wish = parts[before]
  return wish && isAWish(wish) && wish.to === parts[before + 1]!.from ? wish : undefined
}

function isWeak({ text }: Reading, { from, to }: Part): boolean {
  return to - from === 1 && !text.hasMarks && WEAK.has(text.words[from]!.folded)
}

/** What may stand between a weak negation and what it refuses. */
const BETWEEN = new Set('phim the loai dong co canh yeu to qua nhung cac may xem goi cho'.split(' '))

/** Whether a wish comes next, but for words such as `phim`. */
function isWishNext({ text }: Reading, parts: Part[], place: number): boolean {
  for (let next = place + 1; next < parts.length; next++) {
    if (parts[next]!.from !== parts[next - 1]!.to || /[,.;]/.test(text.words[parts[next]!.from]!.gap)) return false
    if (isAWish(parts[next]!)) return true
    if (!BETWEEN.has(text.words[parts[next]!.from]!.folded)) return false
  }
  return false
}
