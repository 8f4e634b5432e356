import { words } from '../text/analyse.ts'
import { namesOf } from '../text/titles.ts'
import { HASH_OF_NOTHING, hashOf } from './name-index.ts'

export const ARTICLES: ReadonlySet<string> = new Set(['the', 'a', 'an'])
/** Words that people leave out of a name or write otherwise, but for its first and last. */
const DROPPED = new Set(['and', 'the', 'part', 'vol', 'volume', 'episode', 'chapter'])
/** Numerals behind the first word that stand for digits: `Rocky II`, `Chapter Two`, `Ocean's Twelve`, and `tập I`. */
const NUMERALS: ReadonlyMap<string, string> = new Map(
  ['i ii iii iv v vi vii viii ix', 'one two three four five six seven eight nine ten eleven twelve thirteen'].flatMap(
    (list) => list.split(' ').map((numeral, at) => [numeral, String(at + 1)] as const),
  ),
)
/** Where a name may be cut: `Star Wars: Episode IV - A New Hope`. */
const CUTS = /: | - | or: /
/** `Harry Potter and the …`, behind two words at least. */
const AND_THE = ' and the '
/** Half of all titles: one name without marks. */
const PLAIN = /^[A-Za-z0-9]+(?: [A-Za-z0-9]+)*$/
/** Where two plain names may be alike and not the same. */
const LIKE_OTHERS = new RegExp(` (?:${[...DROPPED, ...NUMERALS.keys()].join('|')})\\b`)
const ARTICLE = /^(?:the|an?) /
const NOT_ASCII = /[^ -~]/
const ACRONYM = /^(?:\p{L}\.){2,}(?= )/u

/** What a movie is called, as words; a name may stand there twice. */
export interface TitleWords {
  /** whole names, with their article and without */
  whole: string[][]
  /** parts of one, such as the name of the series, `E.T.` and `ET` */
  parts: string[][]
}

/** Linear in the title's length. */
export function wordsOfTitle(title: string): TitleWords {
  const found: TitleWords = { whole: [], parts: [] }
  if (PLAIN.test(title) && !title.includes(AND_THE)) {
    add(title.toLowerCase().split(' '), found.whole)
    return found
  }
  // as queries are read: `Alien³` is `alien3`
  for (const name of namesOf(NOT_ASCII.test(title) ? title.normalize('NFKC') : title)) {
    add(words(name), found.whole)
    const [acronym] = name[1] === '.' ? (ACRONYM.exec(name) ?? []) : []
    if (acronym !== undefined) for (const mark of [' ', '']) add(words(acronym.replaceAll('.', mark)), found.parts)
    const and = name.indexOf(AND_THE)
    if (and > 0 && name.lastIndexOf(' ', and - 1) > 0) add(words(name.slice(0, and)), found.parts)
    const pieces = name.split(CUTS)
    if (pieces.length > 1) for (const piece of pieces) add(words(piece), found.parts)
    // `Star Wars: Episode IV`
    if (pieces.length > 2) add(words(pieces.slice(0, 2).join(' ')), found.parts)
  }
  return found
}

/**
 * Hash each name of a title, as `hashOfName` does; most without cutting them into words: 87,000 titles take half the time
 * (scripts/bench/query.ts).
 */
export function visitNames(title: string, visit: (hash: number, isPart: boolean) => void): void {
  const lower = title.toLowerCase()
  if (PLAIN.test(title) && !LIKE_OTHERS.test(lower)) {
    visit(hashOf(lower), false)
    const [article] = ARTICLE.exec(lower) ?? []
    if (article !== undefined) visit(hashOf(lower.slice(article.length)), false)
    return
  }
  const { whole, parts } = wordsOfTitle(title)
  for (const name of whole) visit(hashOfName(name), false)
  for (const name of parts) visit(hashOfName(name), true)
}

/** The same for names that are alike but for “and”, “part”, an inner “the” and how numbers are written. */
export function hashOfName(found: readonly string[]): number {
  let hash = hashOf(found[0] ?? '', HASH_OF_NOTHING)
  for (let at = 1; at < found.length; at++)
    if (isKept(found, at)) hash = hashOf(plainNumber(found[at]!), Math.imul(hash ^ SPACE, PRIME))
  return hash >>> 0
}

export function areAlike(a: readonly string[], b: readonly string[]): boolean {
  return keyOf(a) === keyOf(b)
}

const SPACE = 32
const PRIME = 0x01000193

function keyOf(found: readonly string[]): string {
  return found
    .filter((_, at) => at === 0 || isKept(found, at))
    .map((word, at) => (at === 0 ? word : plainNumber(word)))
    .join(' ')
}

/** What ends in “and” is no name yet. */
function isKept(found: readonly string[], at: number): boolean {
  return at === found.length - 1 || !DROPPED.has(found[at]!)
}

/** III, three → 3 */
function plainNumber(word: string): string {
  return NUMERALS.get(word) ?? word
}

function add(found: string[], names: string[][]): void {
  if (found.length === 0) return
  names.push(found)
  if (found.length > 1 && ARTICLES.has(found[0]!)) names.push(found.slice(1))
}
