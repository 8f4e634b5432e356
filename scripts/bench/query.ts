import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { openTable } from '#core/format/open-table.ts'
import { TERMS } from '#core/format/tables.ts'
import { openQueryLexicon, type QueryLexicon } from '#core/query/lexicon.ts'
import { parseQuery } from '#core/query/parse-query.ts'
import { randomSource } from '#core/random.ts'
import { openTitles } from '#core/text/titles.ts'
import { encodeTable } from '../../build/export/encode-table.ts'
import { parseTitle } from '../../build/ingest/text/title.ts'
import { table } from '../../build/io/table.ts'
import { drawLocalTitles } from './draw-local-titles.ts'

/**
 * Understanding a query at ML-32M's size: 87,000 titles of the words of the bundled sample's, Vietnamese ones for a quarter of
 * them, 100,000 people, and the labelled queries. One process, this one: `node scripts/bench/query.ts`
 */
const ROOT = join(import.meta.dirname, '../..')
const MOVIES = join(ROOT, 'data/sample/ml-latest-small/movies.csv')
const QUERIES = ['development', 'test'].map((part) => join(ROOT, `prompts/queries/${part}.jsonl`))
const NUM_TITLES = 87_000
const NUM_PEOPLE = 100_000
const NUM_WORDS = 80_000
const OPENINGS = 5
const ROUNDS = 5

const { uniform } = randomSource(1)
const oneOf = <T>(list: readonly T[]): T => list[Math.floor(uniform() * list.length)]!

const LINE = /^\d+,(?:"(.*)"|(.*?)),[^,]*$/gm
const real = Array.from(readFileSync(MOVIES, 'utf8').matchAll(LINE), ([, quoted, plain]) =>
  parseTitle(quoted ?? plain!),
)
const words = real.flatMap(({ title }) => title.split(' '))
const titles = real.map(({ title }) => title)
while (titles.length < NUM_TITLES)
  titles.push(
    oneOf(real)
      .title.split(' ')
      .map(() => oneOf(words))
      .join(' '),
  )

const SYLLABLES = 'an the or ing ed er le ra mo ti ver con star lo na ri sto pe ma de bert son'.split(' ')
const syllables = (count: number) => Array.from({ length: count }, () => oneOf(SYLLABLES)).join('')
const distinct = (count: number, draw: () => string) => {
  const found = new Set<string>()
  while (found.size < count) found.add(draw())
  return [...found]
}
const person = (role: string) => `${role}:${syllables(2)} ${syllables(3)}`
const terms = [
  ...distinct(NUM_WORDS, () => syllables(4)),
  ...distinct(NUM_PEOPLE * 0.85, () => person('cast')),
  ...distinct(NUM_PEOPLE * 0.15, () => person('director')),
].sort()

/** Texts in a table, decoded when asked for, as the Worker has them. */
const textsOf = (texts: string[]) => {
  const documentFrequency = Int32Array.from(texts, () => 3)
  return openTable('terms.arrow', encodeTable(TERMS, texts.length, { term: texts, documentFrequency }), TERMS)
}
const titleTable = textsOf(titles)
const termTable = textsOf(terms)
const local = drawLocalTitles(titles.length, randomSource(2).uniform)
const catalog = {
  numItems: titles.length,
  movieIds: Int32Array.from(titles.keys()),
  years: Int16Array.from(titles, (_, item) => real[item]?.year ?? 1930 + Math.floor(95 * uniform())),
  numRatings: Int32Array.from(titles, () => Math.floor(1000 * uniform())),
  genreNames: ['Action', 'Comedy', 'Horror', 'Sci-Fi', 'Romance', 'Drama'],
  languageCodes: [],
  title: (item: number) => titleTable.text('term', item),
  localTitles: local.titles,
}
const content = {
  numTerms: terms.length,
  documentFrequencies: termTable.numbers<Int32Array>('documentFrequency'),
  term: (index: number) => termTable.text('term', index),
}
// what the lexicon reads of a model
const model = { catalog, content, titles: openTitles(catalog) } as unknown as Parameters<typeof openQueryLexicon>[0]

let lexicon: QueryLexicon | undefined
const openings = Array.from({ length: OPENINGS }, () => cpuOf(() => (lexicon = openQueryLexicon(model))))
const queries = QUERIES.flatMap((file) => readFileSync(file, 'utf8').trim().split('\n')).map(
  (line) => (JSON.parse(line) as { text: string }).text,
)
let understood = 0
const parse = (text: string) => (understood += parseQuery(text, lexicon!).mustGenres.length)
const opening = openings.map((ms) => ms.toFixed(0)).join(', ')
console.log(
  `${titles.length} titles, ${local.titles.numTitles} local ones of ${(local.sizeBytes / 1e6).toFixed(1)} MB, ${terms.length} terms; opened in ${opening} ms of CPU, ${(lexicon!.sizeBytes / 1e6).toFixed(1)} MB`,
)

const fastest = (texts: string[]) => {
  const times = texts.map((text) => Math.min(...Array.from({ length: ROUNDS }, () => timed(() => parse(text)))))
  return times.sort((a, b) => a - b)
}
const row = (what: string, texts: string[]) => {
  const times = fastest(texts)
  const at = (share: number) => times[Math.min(times.length - 1, Math.floor(share * times.length))]!.toFixed(3)
  return [what, String(texts.length), at(0.5), at(0.95), at(1)]
}
// the first search with typos indexes all titles
parse('like incpetoin')
const longest = queries.map((text) => `${text} ${text} ${text} ${text} ${text}`.slice(0, 300))
const rows = [
  row('labelled', queries),
  row('to 300 characters', longest),
  row('10 kB', [queries.join(' ').slice(0, 10_000)]),
  row('a mistyped title', ['movies like The Shawshenk Redemption', 'phim giong Forest Gump']),
]
console.log(table(['query', 'texts', 'p50 ms', 'p95', 'slowest'], rows))
console.log(`${understood} genres understood`)

function timed(work: () => unknown): number {
  const startedAt = performance.now()
  work()
  return performance.now() - startedAt
}

/** All threads, the collector's too. */
function cpuOf(work: () => unknown): number {
  const before = process.cpuUsage()
  work()
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1000
}
