import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { randomSource } from '#core/random.ts'
import { openTitles } from '#core/text/titles.ts'
import { searchMovies } from '#recommend/search.ts'
import { parseTitle } from '../../build/ingest/text/title.ts'
import { table } from '../../build/io/table.ts'
import { drawLocalTitles } from './draw-local-titles.ts'

/**
 * Search over as many titles as ML-32M has: those of the bundled sample, and others of their words, a tenth of which no other
 * title has, as with names. One process, this one: `node scripts/bench/search.ts`
 */
const MOVIES = join(import.meta.dirname, '../../data/sample/ml-latest-small/movies.csv')
const NUM_TITLES = 87_000
const NUM_QUERIES = 300
const ROUNDS = 3
const K = 20

const { uniform } = randomSource(1)
const oneOf = <T>(list: readonly T[]): T => list[Math.floor(uniform() * list.length)]!

const LINE = /^\d+,(?:"(.*)"|(.*?)),[^,]*$/gm
const real = Array.from(
  readFileSync(MOVIES, 'utf8').matchAll(LINE),
  ([, quoted, plain]) => parseTitle(quoted ?? plain!).title,
)
const words = real.flatMap((title) => title.split(' '))
const anotherWord = () => (uniform() < 0.1 ? oneOf(words) + oneOf(words).toLowerCase() : oneOf(words))
const titles = [...real]
while (titles.length < NUM_TITLES) titles.push(oneOf(real).split(' ').map(anotherWord).join(' '))

const catalog = {
  numItems: titles.length,
  title: (item: number) => titles[item]!,
  localTitles: drawLocalTitles(titles.length, randomSource(2).uniform).titles,
  years: Int16Array.from(titles, () => 1930 + Math.floor(95 * uniform())),
  popularity: Float32Array.from(titles, uniform),
}
const blocked = new Uint8Array(titles.length)
const model = { catalog, titles: openTitles(catalog) }
const search = (query: string) => searchMovies(query, blocked, K, model).length

const DRAWN: Record<string, () => string> = {
  'a whole name': () => oneOf(real),
  'a beginning of one': () => {
    const title = oneOf(real)
    return title.slice(0, 2 + Math.floor(uniform() * title.length))
  },
  'a single letter': () => oneOf([...'abcdefghijklmnopqrstuvwxyz']),
  'a letter lacks in every long word': () =>
    oneOf(real).replace(/\p{L}{6,}/gu, (word) => word.slice(0, 2) + word.slice(3)),
  'no name of any': () => `${oneOf(words)}qqx`,
}

console.log(`${titles.length} titles, opened in ${timed(() => search('a')).toFixed(0)} ms; k ${K}, ms a query`)
let found = 0
const rows = Object.entries(DRAWN).map(([what, draw]) => {
  const queries = Array.from({ length: NUM_QUERIES }, draw)
  found += queries.map(search).reduce((sum, length) => sum + length)
  const fastest = queries.map((query) => Math.min(...Array.from({ length: ROUNDS }, () => timed(() => search(query)))))
  fastest.sort((a, b) => a - b)
  const at = (share: number) => fastest[Math.floor(share * NUM_QUERIES)]!.toFixed(2)
  return [what, at(0.5), at(0.99)]
})
console.log(table(['query', 'p50', 'p99'], rows))
console.log(`${found} movies found`)

function timed(work: () => unknown): number {
  const startedAt = performance.now()
  work()
  return performance.now() - startedAt
}
