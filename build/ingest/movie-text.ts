import * as z from 'zod'
import { hashFile } from '../io/files.ts'
import { readLines } from './json-lines.ts'
import { shown } from './locate.ts'
import { type Dropped, type ReaderInput, STAGED_COLUMNS, type Staged } from './reader.ts'

/** rows shown of each reason */
const SHOWN_ROWS = 3

/** One line of the file. Other fields may stand beside these and are left alone. */
const MovieTextLine = z.object({
  movieId: z.int32().positive(),
  overview: z.string().default(''),
  tagline: z.string().default(''),
  keywords: z.array(z.string()).default([]),
  cast: z.array(z.string()).default([]),
  directors: z.array(z.string()).default([]),
  /** minutes, 0 where unknown */
  runtime: z.int().min(0).max(32_767).default(0),
  /** URL */
  poster: z.string().default(''),
  /** URL of the page that the overview is from */
  source: z.string().default(''),
})
type MovieTextLine = z.infer<typeof MovieTextLine>

/** Movie texts as JSON lines by MovieLens' movieId, plain or gzipped: the bundled sample's format, and an open one. */
export async function readMovieText({ path, database, handles }: ReaderInput): Promise<Staged[]> {
  const { sizeBytes, sha256 } = await hashFile(path)
  const kept: MovieTextLine[] = []
  const lines: number[] = []
  const rejected = new Map<string, Dropped>()
  const decoder = new TextDecoder('utf-8', { fatal: true })

  for await (const { line, bytes } of readLines(path)) {
    const parsed = parseLine(bytes, decoder)
    if (parsed.ok) {
      kept.push(parsed.movie)
      lines.push(line)
      continue
    }
    const dropped = rejected.get(parsed.reason) ?? { reason: parsed.reason, rows: 0, bad: true, first: [] }
    rejected.set(parsed.reason, dropped)
    dropped.rows++
    if (dropped.first.length < SHOWN_ROWS) dropped.first.push({ line, found: shown(bytes), expected: parsed.expected })
  }
  handles.signal.throwIfAborted()
  const names = Object.keys(STAGED_COLUMNS.metadata) as (keyof MovieTextLine)[]
  const definition = Object.entries(STAGED_COLUMNS.metadata).map(([name, type]) => `"${name}" ${type}`)
  await database.run(`CREATE TABLE staged_metadata (${definition.join(', ')})`)
  await database.append(
    'staged_metadata',
    names.map((name) => kept.map((movie) => movie[name])),
  )
  const locate = async (rowids: readonly number[]) =>
    rowids.map((rowid) => ({ line: lines[rowid], text: shown(JSON.stringify(kept[rowid])) }))
  return [
    {
      kind: 'metadata',
      table: 'staged_metadata',
      file: path,
      sizeBytes,
      sha256,
      rows: kept.length,
      rejected: [...rejected.values()],
      locate,
    },
  ]
}

function parseLine(
  bytes: Buffer,
  decoder: InstanceType<typeof TextDecoder>,
): { ok: true; movie: MovieTextLine } | { ok: false; reason: string; expected: string } {
  let value: unknown
  try {
    value = JSON.parse(decoder.decode(bytes))
  } catch (error) {
    return error instanceof SyntaxError
      ? { ok: false, reason: 'invalid JSON', expected: 'one JSON object a line' }
      : { ok: false, reason: 'not UTF-8', expected: 'text in UTF-8' }
  }
  const parsed = MovieTextLine.safeParse(value)
  if (parsed.success) return { ok: true, movie: parsed.data }
  const { path, message } = parsed.error.issues[0]
  return {
    ok: false,
    reason: `${path.join('.') || 'line'} unusable`,
    expected: `${path.join('.') || 'an object'}: ${message}`,
  }
}
