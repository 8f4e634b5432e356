import { isUtf8 } from 'node:buffer'
import { DataError, firstLine, hashFile } from '../../io/files.ts'
import type { Format, ReaderInput, Staged } from '../reader.ts'
import { type Outcome, stageMetadata } from '../staging/stage-metadata.ts'
import { readLines } from '../text/json-lines.ts'
import { localTitle, titleLanguagesOf } from '../text/title-languages.ts'
import { idOf, imdbIdOf, languageOf, textOf, yearOf } from './metadata-fields.ts'

const NEEDED = ['language', 'localTitle']
/** at least one of them says which movie it is */
const KEYS = ['movieId', 'imdbId', 'tmdbId', 'title', 'year']

/**
 * What movies are called in other languages, as a table between tabs: a title a line, the lines of one movie one after the
 * other, the first of a language being the one that is shown and the others what the movie is known by too. The bundled
 * file of Vietnamese titles is one.
 */
export const localTitles: Format = {
  needs: 'a .tsv file with the columns language, localTitle and one of movieId, imdbId, tmdbId or title',
  detect: async (path) => /\.tsv$/iu.test(path) && isHeader(await columnsOf(path).catch(() => [])),
  files: async (path) => [path],
  async read(input: ReaderInput): Promise<Staged[]> {
    const { path, handles } = input
    const columns = await columnsOf(path)
    if (!isHeader(columns))
      throw new DataError(`${path}:1: found the columns ${columns.join()}, expected ${localTitles.needs}`)
    handles.progress.update('reading titles', 0, 1)
    const wanted = new Set(titleLanguagesOf(input.titleLanguages).map(({ language }) => language))
    return [await stageMetadata({ file: path, ...(await hashFile(path)) }, movies(path, columns, wanted), input)]
  },
}

async function columnsOf(path: string): Promise<string[]> {
  return (await firstLine(path)).split('\t').map((name) => name.trim())
}

function isHeader(columns: readonly string[]): boolean {
  return NEEDED.every((name) => columns.includes(name)) && KEYS.some((name) => columns.includes(name))
}

/** The lines of one movie as one row, at its first line. */
async function* movies(path: string, columns: readonly string[], wanted: ReadonlySet<string>): AsyncGenerator<Outcome> {
  let movie: (Outcome & { row: { localTitles: string[] } }) | null = null
  let before: string | undefined
  for await (const { line, bytes } of readLines(path)) {
    if (line === 1) continue
    const outcome = parseLine(bytes, columns, wanted)
    if (!('row' in outcome)) {
      yield { line, bytes, ...outcome }
      continue
    }
    const { row, key } = outcome
    if (movie !== null && key === before) {
      movie.row.localTitles.push(...row.localTitles)
      continue
    }
    if (movie !== null) yield movie
    movie = { line, bytes, row }
    before = key
  }
  if (movie !== null) yield movie
}

function parseLine(bytes: Buffer, columns: readonly string[], wanted: ReadonlySet<string>) {
  if (!isUtf8(bytes)) return { reason: 'not UTF-8', expected: 'text in UTF-8', bad: true }
  const cells = bytes.toString('utf8').replace(/\r$/u, '').split('\t')
  if (cells.length !== columns.length)
    return { reason: 'another number of columns', expected: `${columns.length} columns between tabs`, bad: true }
  const field = (name: string) => cells[columns.indexOf(name)] ?? ''
  const [language, title] = [languageOf(field('language')), textOf(field('localTitle'))]
  if (language === '' || title === '')
    return { reason: 'no language or title', expected: 'a code such as vi as language, text as localTitle', bad: true }
  const row = {
    movieId: idOf(field('movieId')),
    imdbId: imdbIdOf(field('imdbId')),
    tmdbId: idOf(field('tmdbId')),
    title: textOf(field('title')),
    year: yearOf(field('year')),
    localTitles: wanted.has(language) ? [localTitle(language, title)] : [],
  }
  return { row, key: KEYS.map(field).join('\t') }
}
