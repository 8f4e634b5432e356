import * as z from 'zod'
import { hashFile } from '../../io/files.ts'
import type { Format, ReaderInput, Staged } from '../reader.ts'
import { type Outcome, type Parsed, stageMetadata } from '../staging/stage-metadata.ts'
import { readLines } from '../text/json-lines.ts'
import { languageOf } from './metadata-fields.ts'

const id = z.int32().positive().optional()
/** URL */
const address = z.string().default('')

/** One line of the file. Other fields may stand beside these and are left alone. */
const MovieTextLine = z.object({
  movieId: id,
  tmdbId: id,
  imdbId: id,
  title: z.string().default(''),
  year: z.int().min(0).max(9999).default(0),
  genres: z.array(z.string()).default([]),
  overview: z.string().default(''),
  tagline: z.string().default(''),
  keywords: z.array(z.string()).default([]),
  cast: z.array(z.string()).default([]),
  directors: z.array(z.string()).default([]),
  /** minutes, 0 where unknown */
  runtime: z.int().min(0).max(32_767).default(0),
  /** ISO 639 code of the original language */
  language: z.string().default(''),
  poster: address,
  /** of the page that the overview is from */
  source: address,
})

/**
 * Movie texts as JSON lines, plain or gzipped, by movieId, tmdbId, imdbId or title and year: the bundled sample's format,
 * and an open one.
 */
export const movieText: Format = {
  needs: 'a file NAME.jsonl or NAME.jsonl.gz, one JSON object with a movieId a line',
  detect: async (path) => /\.jsonl(\.gz)?$/u.test(path),
  files: async (path) => [path],
  async read(input: ReaderInput): Promise<Staged[]> {
    const { path } = input
    return [await stageMetadata({ file: path, ...(await hashFile(path)) }, outcomes(path), input)]
  },
}

async function* outcomes(path: string): AsyncGenerator<Outcome> {
  const decoder = new TextDecoder('utf-8', { fatal: true })
  for await (const { line, bytes } of readLines(path)) yield { line, bytes, ...parseLine(bytes, decoder) }
}

function parseLine(bytes: Buffer, decoder: InstanceType<typeof TextDecoder>): Parsed {
  let value: unknown
  try {
    value = JSON.parse(decoder.decode(bytes))
  } catch (error) {
    return error instanceof SyntaxError
      ? { reason: 'invalid JSON', expected: 'one JSON object a line', bad: true }
      : { reason: 'not UTF-8', expected: 'text in UTF-8', bad: true }
  }
  const parsed = MovieTextLine.safeParse(value)
  if (parsed.success) return { row: { ...parsed.data, language: languageOf(parsed.data.language) } }
  const { path, message } = parsed.error.issues[0]
  return {
    reason: `${path.join('.') || 'line'} unusable`,
    expected: `${path.join('.') || 'an object'}: ${message}`,
    bad: true,
  }
}
