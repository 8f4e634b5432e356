import type { CatalogIndex } from '../format/catalog.ts'
import { words } from './analyse.ts'
import { openVocabulary, type Vocabulary } from './vocabulary.ts'

/** Movies whose names match, ascending, and how well each does. */
export interface FoundTitles {
  items: Int32Array
  /**
   * 4 a whole name, 3 a name begins with these words, 2 with the last of them begun, 1 whole words, 0 beginnings of words; 10
   * less for every typo, 5 less for a part of a local name that stands behind
   */
  qualities: Float32Array
}

/**
 * What a name in another language than the catalogue's counts: as much as any; less than any of its own, but for the whole
 * name, since syllables of one language are beginnings of words in another; nothing but the
 * whole name; or nothing.
 */
export type LocalNames = 'alike' | 'behind' | 'whole' | 'none'

/** @param blocked numItems flags; 1 is not found */
export type FindTitles = (
  query: string,
  withTypos: boolean,
  blocked: Uint8Array,
  localNames?: LocalNames,
) => FoundTitles

const WHOLE_NAME = 4
const BEGINS_NAME = 3
const BEGINS_IN_WORD = 2
const WHOLE_WORDS = 1
const TYPO = 10
const LOCAL_BEHIND = 5

/** Stands behind each name among the words of a movie: those of the catalogue first, then those in other languages. */
const NAME_END = -1
const LOCAL_NAME_END = -2
const ARTICLES = ['the', 'a', 'an']

/** What a movie's names are made of, as numbers of the vocabulary. */
interface TitleWords {
  vocabulary: Vocabulary
  /** of all movies, in their order: the words of each name, and an end, which is below 0 */
  words: Int32Array
  /** numItems + 1; the movie's words are [starts[item], starts[item + 1]) */
  starts: Int32Array
  /** by word, the items that have it, ascending: [offsets[word], offsets[word + 1]) */
  offsets: Int32Array
  items: Int32Array
  articles: number[]
}

/** What a word of the query may stand for. */
interface Wanted {
  /** words that begin so: [from, to) */
  from: number
  to: number
  /** itself; −1 where no title has it */
  whole: number
  /** words a typo or two away, with how many */
  near: ReadonlyMap<number, number>
  /** NaN where it is none */
  year: number
}

/**
 * Search over the names of a catalogue's movies: every word of the query must begin a word of a movie's names, or be its
 * year; with typos, or be within one edit of a word of 4 letters and more, two of 8 and more. A movie is known by its title,
 * by what stands there in brackets, by either without its marks (`Spider-Man` → `spiderman`), and by its local titles. Made at
 * the first search and kept: 87,000 titles take 0.4 s and 5 MB, 22,000 local ones 0.25 s and 1 MB more; then a search takes
 * 1 ms, 4 ms for a single letter (in workerd).
 */
export function openTitles(catalog: Named & Pick<CatalogIndex, 'years'>): FindTitles {
  let kept: TitleWords | undefined
  return (query, withTypos, blocked, localNames = 'behind') => {
    kept ??= indexTitleWords(catalog)
    const index = kept
    const wanted = words(query).map((word) => wantedOf(word, index.vocabulary, withTypos))
    const isCandidate = candidates(wanted, index, catalog.years)
    const items: number[] = []
    const qualities: number[] = []
    for (let item = 0; item < isCandidate.length; item++) {
      if (isCandidate[item] === 0 || blocked[item] === 1) continue
      const found = quality(wanted, item, index, catalog.years[item]!, localNames)
      if (Number.isNaN(found)) continue
      items.push(item)
      qualities.push(found)
    }
    return { items: Int32Array.from(items), qualities: Float32Array.from(qualities) }
  }
}

/** 1 for the movies that have the rarest word of the query. */
function candidates(wanted: Wanted[], { offsets, items }: TitleWords, years: Int16Array): Uint8Array {
  const flags = new Uint8Array(years.length)
  if (wanted.length === 0) return flags
  const sizes = wanted.map(({ from, to, near, year }) => {
    let size = Number.isNaN(year) ? offsets[to]! - offsets[from]! : years.length
    for (const word of near.keys()) size += offsets[word + 1]! - offsets[word]!
    return size
  })
  const { from, to, near, year } = wanted[sizes.indexOf(Math.min(...sizes))]!
  for (let entry = offsets[from]!; entry < offsets[to]!; entry++) flags[items[entry]!] = 1
  for (const word of near.keys())
    for (let entry = offsets[word]!; entry < offsets[word + 1]!; entry++) flags[items[entry]!] = 1
  if (!Number.isNaN(year)) for (let item = 0; item < years.length; item++) if (years[item] === year) flags[item] = 1
  return flags
}

/** @returns NaN where a word of the query stands for nothing in the movie's names */
function quality(wanted: Wanted[], item: number, index: TitleWords, year: number, localNames: LocalNames): number {
  const [start, end] = [index.starts[item]!, index.starts[item + 1]!]
  if (index.words[end - 1] !== LOCAL_NAME_END || localNames === 'alike')
    return qualityWithin(start, end, wanted, index, year)
  let ownEnd = end
  while (index.words[ownEnd - 1] !== NAME_END) ownEnd--
  const own = qualityWithin(start, ownEnd, wanted, index, year)
  if (localNames === 'none') return own
  const local = qualityWithin(ownEnd, end, wanted, index, year)
  const isWhole = local + TYPO * Math.ceil(-local / TYPO) === WHOLE_NAME
  const counted = isWhole ? local : localNames === 'behind' ? local - LOCAL_BEHIND : Number.NaN
  return counted > own || Number.isNaN(own) ? counted : own
}

/** By the names among words [start, end). */
function qualityWithin(start: number, end: number, wanted: Wanted[], index: TitleWords, year: number): number {
  let typos = 0
  let areWhole = true
  for (const word of wanted) {
    let isWhole = word.year === year
    let fewest = isWhole ? 0 : Number.POSITIVE_INFINITY
    for (let at = start; at < end; at++) {
      const edits = editsBetween(word, index.words[at]!)
      if (edits < fewest) fewest = edits
      if (edits === 0 && index.words[at] === word.whole) isWhole = true
    }
    if (fewest === Number.POSITIVE_INFINITY) return Number.NaN
    typos += fewest
    areWhole &&= isWhole || fewest > 0
  }
  // the year behind the title narrows, and is no part of the name
  const named = wanted.length > 1 && wanted.at(-1)!.year === year ? wanted.length - 1 : wanted.length
  let best = areWhole ? WHOLE_WORDS : 0
  let begins = start
  for (let at = start; at < end; at++) {
    const word = index.words[at]!
    if (at === begins || (at === begins + 1 && index.articles.includes(index.words[begins]!)))
      best = Math.max(best, nameQuality(wanted, named, at, typos, index.words))
    if (word < 0) begins = at + 1
  }
  return best - TYPO * typos
}

/**
 * How well the name that begins at a place matches as a whole: its words one after the other, the last may be a beginning.
 * Behind the end of a name, which is no word, nothing matches.
 */
function nameQuality(wanted: Wanted[], named: number, at: number, typos: number, found: Int32Array): number {
  for (let place = 0; place < named; place++) {
    const word = found[at + place]!
    const edits = editsBetween(wanted[place]!, word)
    if (edits > typos) return 0
    const isWhole = edits > 0 || word === wanted[place]!.whole
    if (!isWhole) return place === named - 1 ? BEGINS_IN_WORD : 0
  }
  return found[at + named]! < 0 ? WHOLE_NAME : BEGINS_NAME
}

/** 0 where the word begins as wanted; Infinity where they are too far apart. */
function editsBetween({ from, to, near }: Wanted, word: number): number {
  if (word >= from && word < to) return 0
  return (near.size > 0 ? near.get(word) : undefined) ?? Number.POSITIVE_INFINITY
}

function wantedOf(word: string, vocabulary: Vocabulary, withTypos: boolean): Wanted {
  const { from, to } = vocabulary.beginningWith(word)
  return {
    from,
    to,
    whole: vocabulary.indexOf(word),
    near: withTypos ? vocabulary.near(word) : new Map(),
    year: /^\d{4}$/.test(word) ? Number(word) : Number.NaN,
  }
}

type Named = Pick<CatalogIndex, 'numItems' | 'title' | 'localTitles'>

function indexTitleWords({ numItems, title, localTitles }: Named): TitleWords {
  const met = new Map<string, number>()
  const sequence: number[] = []
  const add = (name: string, end: number) => {
    for (const word of words(name)) {
      let number = met.get(word)
      if (number === undefined) met.set(word, (number = met.size))
      sequence.push(number)
    }
    sequence.push(end)
  }
  const starts = new Int32Array(numItems + 1)
  let row = 0
  for (let item = 0; item < numItems; item++) {
    for (const name of namesOf(title(item))) add(name, NAME_END)
    for (; localTitles.items[row] === item; row++)
      for (const name of namesOf(localTitles.title(row))) add(name, LOCAL_NAME_END)
    starts[item + 1] = sequence.length
  }
  const vocabulary = openVocabulary([...met.keys()])
  const renumbered = Int32Array.from(met.keys(), (word) => vocabulary.indexOf(word))
  const ids = Int32Array.from(sequence, (number) => (number < 0 ? number : renumbered[number]!))
  const articles = ARTICLES.map((word) => vocabulary.indexOf(word)).filter((word) => word >= 0)
  return { vocabulary, words: ids, starts, articles, ...itemsByWord(ids, starts, vocabulary.size) }
}

/** The words of every movie turned round; a word that stands twice in a movie's names counts once. */
function itemsByWord(ids: Int32Array, starts: Int32Array, numWords: number): Pick<TitleWords, 'offsets' | 'items'> {
  const offsets = new Int32Array(numWords + 1)
  const lastOf = new Int32Array(numWords).fill(-1)
  const eachOnce = (visit: (word: number, item: number) => void) => {
    lastOf.fill(-1)
    for (let item = 0; item + 1 < starts.length; item++)
      for (let at = starts[item]!; at < starts[item + 1]!; at++) {
        const word = ids[at]!
        if (word < 0 || lastOf[word] === item) continue
        lastOf[word] = item
        visit(word, item)
      }
  }
  eachOnce((word) => {
    offsets[word + 1]!++
  })
  for (let word = 0; word < numWords; word++) offsets[word + 1]! += offsets[word]!
  const next = offsets.slice()
  const items = new Int32Array(offsets[numWords]!)
  eachOnce((word, item) => {
    items[next[word]!++] = item
  })
  return { offsets, items }
}

/** `Léon: The Professional (a.k.a. The Professional)` is known by both, `WALL·E` as `wall e` and as `walle`. */
export function namesOf(title: string): string[] {
  if (ONE_NAME.test(title)) return [title]
  const [main = '', ...brackets] = title.split(/ \(/)
  const names = [main, ...brackets.map((bracket) => bracket.replace(/^a\.?k\.?a\.?:? /i, ''))]
  const joined = names.filter((name) => MARK_WITHIN.test(name)).map((name) => name.replace(MARKS_WITHIN, ''))
  return [...names, ...joined]
}

// most titles: no brackets, no marks within a word
const ONE_NAME = /^[A-Za-z0-9 ,']*$/
// marks of which words are made: all that stands between two of their letters and is no space
const MARK_WITHIN = /\S[-.·*:/&!+]\S/
const MARKS_WITHIN = /(?<=\S)[-.·*:/&!+]+(?=\S)/g
