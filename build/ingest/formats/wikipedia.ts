import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DataError, requireFolder } from '../../io/files.ts'
import type { Format, ReaderInput, Staged } from '../reader.ts'
import { inputFile } from '../staging/input-file.ts'
import { type Outcome, type Parsed, stageMetadata } from '../staging/stage-metadata.ts'
import { type JsonElement, jsonElements } from '../text/json-elements.ts'
import { MAX_CAST, namesOf, textOf } from './metadata-fields.ts'
import { Article, textsOf } from './wikipedia-article.ts'

/** one file a decade, plain or gzipped */
const NAME = /^movies-\d{4}s\.json(?:\.gz)?$/u
/**
 * github.com/prust/wikipedia-movie-data: films of the United States as Wikipedia has them, a JSON file a decade.
 * The files are one table, as a film of 1999 may be listed in 2000.
 */
export const wikipedia: Format = {
  needs: 'movies-1990s.json and other decades of wikipedia-movie-data',
  detect: async (folder) => (await filesIn(folder)).length > 0,
  files: filesIn,
  async read(input: ReaderInput): Promise<Staged[]> {
    const { path, scratch } = input
    const expected = 'the folder with movies-1990s.json and other decades'
    await requireFolder(path, expected)
    const names = await filesIn(path)
    if (names.length === 0) throw new DataError(`${path}: found no movies-NNNNs.json, expected ${expected}`)
    const files = []
    for (const name of names) files.push(await inputFile(name, scratch))
    const hash = createHash('sha256')
    for (const { sha256 } of files) hash.update(sha256)
    const whole = {
      file: path,
      sizeBytes: files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
      sha256: hash.digest('hex'),
    }
    return [await stageMetadata(whole, readArticles(files, input), input)]
  },
}

async function filesIn(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch(() => [])
  return names
    .filter((name) => NAME.test(name))
    .sort()
    .map((name) => join(folder, name))
}

async function* readArticles(
  files: readonly { file: string; plain: string }[],
  { handles }: ReaderInput,
): AsyncGenerator<Outcome> {
  const seen = new Set<string>()
  for (const [done, { file, plain }] of files.entries()) {
    handles.signal.throwIfAborted()
    handles.progress.update(`reading ${file}`, done, files.length)
    for (const element of jsonElements(file, await readFile(plain))) {
      const place = { file, line: element.line, bytes: element.bytes }
      const outcome = { ...place, ...outcomeOf(element) }
      // the lists name some films twice, in one year or two
      const page = 'row' in outcome ? outcome.row.source : undefined
      if (page && seen.has(page))
        yield { ...place, reason: 'the same article again', expected: 'each article once', bad: false }
      else yield outcome
      if (page) seen.add(page)
    }
  }
}

function outcomeOf({ value }: JsonElement): Parsed {
  if (value === undefined) return { reason: 'invalid JSON', expected: 'a JSON object in UTF-8', bad: true }
  const parsed = Article.safeParse(value)
  if (!parsed.success) {
    const { path, message } = parsed.error.issues[0]
    const name = path.join('.') || 'article'
    return { reason: `${String(path[0] ?? 'article')} unusable`, expected: `${name}: ${message}`, bad: true }
  }
  const { title, year, genres } = parsed.data
  const { cast, ...texts } = textsOf(parsed.data)
  return { row: { title: textOf(title), year, genres: namesOf(genres), cast: cast.slice(0, MAX_CAST), ...texts } }
}
