import type { CatalogIndex } from '../format/catalog.ts'
import { words } from './analyse.ts'
import { openVocabulary, type Vocabulary } from './vocabulary.ts'

/** Movies whose names match, ascending, and how well each does. */
export interface FoundTitles {
  items: Int32Array
  /**
   * 4 a whole name, 3 a name begins with these words, 2 with the last of them begun, 1 whole words, 0 beginnings of words; 10
   * less for every typo
   */
  qualities: Float32Array
}

/** @param blocked numItems flags; 1 is not found */
export type FindTitles = (query: string, withTypos: boolean, blocked: Uint8Array) => FoundTitles

const WHOLE_NAME = 4
const BEGINS_NAME = 3
const BEGINS_IN_WORD = 2
const WHOLE_WORDS = 1
const TYPO = 10

/** Stands behind each name among the words of a movie. */
const NAME_END = -1
const ARTICLES = ['the', 'a', 'an']

/** What a movie's names are made of, as numbers of the vocabulary. */
interface TitleWords {
  vocabulary: Vocabulary
  /** of all movies, in their order: the words of each name, and NAME_END */
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
 * by what stands there in brackets, and by either without its marks (`Spider-Man` → `spiderman`). Made at the first search
 * and kept: 87,000 titles take 0.4 s and 5 MB; then a search takes 1 ms, 4 ms for a single letter (in workerd).
 */
export function openTitles(catalog: Pick<CatalogIndex, 'numItems' | 'title' | 'years'>): FindTitles {
  let kept: TitleWords | undefined
  return (query, withTypos, blocked) => {
    kept ??= indexTitleWords(catalog)
    const index = kept
    const wanted = words(query).map((word) => wantedOf(word, index.vocabulary, withTypos))
    const isCandidate = candidates(wanted, index, catalog.years)
    const items: number[] = []
    const qualities: number[] = []
    for (let item = 0; item < isCandidate.length; item++) {
      if (isCandidate[item] === 0 || blocked[item] === 1) continue
      const found = quality(wanted, item, index, catalog.years[item]!)
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
function quality(wanted: Wanted[], item: number, index: TitleWords, year: number): number {
  const [start, end] = [index.starts[item]!, index.starts[item + 1]!]
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
    if (word === NAME_END) begins = at + 1
  }
  return best - TYPO * typos
}

/**
 * How well the name that begins at a place matches as a whole: its words one after the other, the last may be a beginning.
 * Behind NAME_END, which is no word, nothing matches.
 */
function nameQuality(wanted: Wanted[], named: number, at: number, typos: number, found: Int32Array): number {
  for (let place = 0; place < named; place++) {
    const word = found[at + place]!
    const edits = editsBetween(wanted[place]!, word)
    if (edits > typos) return 0
    const isWhole = edits > 0 || word === wanted[place]!.whole
    if (!isWhole) return place === named - 1 ? BEGINS_IN_WORD : 0
  }
  return found[at + named] === NAME_END ? WHOLE_NAME : BEGINS_NAME
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

function indexTitleWords(catalog: Pick<CatalogIndex, 'numItems' | 'title'>): TitleWords {
  const met = new Map<string, number>()
  const sequence: number[] = []
  const starts = new Int32Array(catalog.numItems + 1)
  for (let item = 0; item < catalog.numItems; item++) {
    for (const name of namesOf(catalog.title(item))) {
      for (const word of words(name)) {
        let number = met.get(word)
        if (number === undefined) met.set(word, (number = met.size))
        sequence.push(number)
      }
      sequence.push(NAME_END)
    }
    starts[item + 1] = sequence.length
  }
  const vocabulary = openVocabulary([...met.keys()])
  const renumbered = Int32Array.from(met.keys(), (word) => vocabulary.indexOf(word))
  const ids = Int32Array.from(sequence, (number) => (number === NAME_END ? NAME_END : renumbered[number]!))
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
        if (word === NAME_END || lastOf[word] === item) continue
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
