import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type LocalTitles, openLocalTitles } from '#core/format/local-titles.ts'
import { encodeLocalTitles } from '../../build/export/encode-local-titles.ts'

const FILE = join(import.meta.dirname, '../../data/sample/local-titles.tsv')
/** of a catalogue's movies, as of those that TMDB has a Vietnamese title for */
const SHARE = 0.25

/** Vietnamese titles for a quarter of a catalogue's movies, of the words of the bundled ones. */
export function drawLocalTitles(numItems: number, uniform: () => number): { titles: LocalTitles; sizeBytes: number } {
  const real = readFileSync(FILE, 'utf8')
    .trim()
    .split('\n')
    .slice(1)
    .map((line) => line.split('\t').at(-1)!)
  const words = real.flatMap((title) => title.split(' '))
  const oneOf = <T>(list: readonly T[]): T => list[Math.floor(uniform() * list.length)]!
  const drawn = Array.from({ length: numItems }, (_, itemIndex) => itemIndex)
    .filter(() => uniform() < SHARE)
    .map((itemIndex) => {
      const title = oneOf(real)
        .split(' ')
        .map(() => oneOf(words))
        .join(' ')
      return { itemIndex, language: 'vi', title }
    })
  const bytes = encodeLocalTitles(drawn)[0]![1]
  return { titles: openLocalTitles(bytes, numItems), sizeBytes: bytes.length }
}
