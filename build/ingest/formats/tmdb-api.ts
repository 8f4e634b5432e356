import { isUtf8 } from 'node:buffer'
import { createHash } from 'node:crypto'
import { readdir, readFile, stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import * as z from 'zod'
import { DataError, hashFile } from '../../io/files.ts'
import type { Format, ReaderInput, Staged } from '../reader.ts'
import { type MetadataRow, type Outcome, type Parsed, stageMetadata } from '../staging/stage-metadata.ts'
import { readLines } from '../text/json-lines.ts'
import { localTitle, type TitleLanguage, titleLanguagesOf } from '../text/title-languages.ts'
import { imdbIdOf, languageOf, namesOf, posterOf, textOf, yearOf } from './metadata-fields.ts'
import { castIn, directorsIn, ListError, namesIn } from './tmdb-lists.ts'

const text = z.string().nullish()

const Translations = z.array(
  z.object({ iso_3166_1: z.string(), iso_639_1: z.string(), data: z.object({ title: text }).nullish() }),
)
const Alternatives = z.array(z.object({ iso_3166_1: z.string(), title: z.string() }))

/**
 * What TMDB's API answers to `GET /3/movie/{id}`, with what `append_to_response` may add; or to its `/translations` and
 * `/alternative_titles` alone, which have their lists beside the id (developer.themoviedb.org/reference).
 */
const Reply = z.object({
  id: z.int32().positive(),
  imdb_id: text,
  title: text,
  original_title: text,
  original_language: text,
  release_date: text,
  overview: text,
  tagline: text,
  runtime: z.number().nullish(),
  poster_path: text,
  genres: z.unknown().optional(),
  keywords: z.object({ keywords: z.unknown().optional() }).nullish(),
  credits: z.object({ cast: z.unknown().optional(), crew: z.unknown().optional() }).nullish(),
  translations: z.union([Translations, z.object({ translations: Translations })]).nullish(),
  alternative_titles: z.object({ titles: Alternatives }).nullish(),
  titles: Alternatives.nullish(),
})
type Reply = z.infer<typeof Reply>

/** As whoever asks for one movie after the other keeps them: 27205.json */
const REPLY_FILE = /^\d+\.json$/u
const MAX_RUNTIME = 32_767

/** Replies of TMDB's API as they came: one a file of a folder, or one a line of a .jsonl file, plain or gzipped. */
export const tmdbApi: Format = {
  needs: 'a folder of replies of the API as ID.json; or a .jsonl file of them, where the format is named',
  detect: async (path) => (await repliesIn(path)).length > 0,
  files: async (path) => ((await isFolder(path)) ? repliesIn(path) : [path]),
  async read(input: ReaderInput): Promise<Staged[]> {
    const { path, handles } = input
    const files = await tmdbApi.files(path)
    if (files.length === 0) throw new DataError(`${path}: found no replies, expected ${tmdbApi.needs}`)
    handles.progress.update('reading replies of TMDB', 0, 1)
    const hashes = await Promise.all(files.map(hashFile))
    const whole = {
      file: path,
      sizeBytes: hashes.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
      sha256: createHash('sha256')
        .update(hashes.map(({ sha256 }) => sha256).join(''))
        .digest('hex'),
    }
    return [await stageMetadata(whole, outcomes(files, titleLanguagesOf(input.titleLanguages)), input)]
  },
}

async function repliesIn(path: string): Promise<string[]> {
  if (!(await isFolder(path))) return []
  const names = (await readdir(path)).filter((name) => REPLY_FILE.test(name))
  return names.sort((a, b) => Number.parseInt(a, 10) - Number.parseInt(b, 10)).map((name) => join(path, name))
}

async function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  )
}

async function* outcomes(files: readonly string[], languages: readonly TitleLanguage[]): AsyncGenerator<Outcome> {
  for (const file of files) {
    if (REPLY_FILE.test(basename(file))) {
      const bytes = await readFile(file)
      yield { file, line: 1, bytes, ...parse(bytes, languages) }
    } else for await (const { line, bytes } of readLines(file)) yield { file, line, bytes, ...parse(bytes, languages) }
  }
}

function parse(bytes: Buffer, languages: readonly TitleLanguage[]): Parsed {
  if (!isUtf8(bytes)) return { reason: 'not UTF-8', expected: 'text in UTF-8', bad: true }
  try {
    return { row: rowOf(Reply.parse(JSON.parse(bytes.toString('utf8'))), languages) }
  } catch (error) {
    if (error instanceof SyntaxError) return { reason: 'invalid JSON', expected: 'a reply of the API', bad: true }
    if (error instanceof ListError)
      return { reason: 'a list is none', expected: error.message.replace(/^expected /u, ''), bad: true }
    if (!(error instanceof z.ZodError)) throw error
    const { path, message } = error.issues[0]
    const name = path.join('.') || 'reply'
    return { reason: `${String(path[0] ?? 'reply')} unusable`, expected: `${name}: ${message}`, bad: true }
  }
}

function rowOf(reply: Reply, languages: readonly TitleLanguage[]): MetadataRow {
  const { genres, keywords, credits, runtime } = reply
  return {
    tmdbId: reply.id,
    imdbId: imdbIdOf(reply.imdb_id ?? ''),
    title: textOf(reply.title ?? ''),
    year: yearOf(reply.release_date ?? ''),
    genres: genres === undefined ? [] : namesIn(genres),
    overview: textOf(reply.overview ?? ''),
    tagline: textOf(reply.tagline ?? ''),
    keywords: keywords?.keywords === undefined ? [] : namesIn(keywords.keywords),
    cast: credits?.cast === undefined ? [] : castIn(credits.cast),
    directors: credits?.crew === undefined ? [] : directorsIn(credits.crew),
    runtime: runtime && runtime > 0 && runtime <= MAX_RUNTIME ? Math.round(runtime) : undefined,
    language: languageOf(reply.original_language ?? ''),
    poster: posterOf(reply.poster_path ?? ''),
    localTitles: languages.flatMap((wanted) => titlesIn(reply, wanted)),
  }
}

/** The movie's own title where that is its language, then the translation's, then others of the country. */
function titlesIn(reply: Reply, { language, region }: TitleLanguage): string[] {
  const { translations, alternative_titles, original_language, original_title } = reply
  const translated = (Array.isArray(translations) ? translations : (translations?.translations ?? []))
    .filter((one) => one.iso_639_1 === language && (region === null || one.iso_3166_1 === region))
    .map(({ data }) => data?.title ?? '')
  const others = [...(alternative_titles?.titles ?? []), ...(reply.titles ?? [])]
    .filter(({ iso_3166_1 }) => iso_3166_1 === region)
    .map(({ title }) => title)
  const own = original_language === language ? [original_title ?? ''] : []
  return namesOf([...own, ...translated, ...others]).map((title) => localTitle(language, title))
}
