import { createReadStream } from 'node:fs'
import { createInterface } from 'node:readline'
import { FeedbackEvent, FeedbackHeader } from '#core/schemas/feedback.ts'
import type { Database } from '../../io/database.ts'
import { DataError } from '../../io/files.ts'
import type { Finding } from '../reader.ts'
import type { InputFile } from '../staging/input-file.ts'

/** Rows handed to the database at once. */
const CHUNK_ROWS = 50_000
/** Rows shown of each reason, and letters of each. */
const SHOWN_ROWS = 3
const SHOWN_LETTERS = 120

/** Places are the numbers in the table `feedback_events`. */
export const KINDS = ['rated', 'unrated', 'seen', 'liked', 'disliked', 'snoozed', 'erased'] as const

/** Rows that are no events, by why. */
export interface BadRows {
  rows: number
  first: Finding[]
}

/**
 * A file of feedback → the table `feedback_events(version, userId, movieId, kind, halfStars, until, at)`, 0 for what a
 * kind has not. Rows that are no events are set aside.
 * @returns rows of the file without its header, and those set aside
 * @throws {DataError} when the first line is not that of a file of feedback
 */
export async function readFeedback(
  { file, plain }: InputFile,
  database: Database,
): Promise<{ rowsRead: number; bad: Map<string, BadRows> }> {
  await database.run(`CREATE TABLE feedback_events (
    version DOUBLE, "userId" INTEGER, "movieId" INTEGER, kind INTEGER, "halfStars" INTEGER, until DOUBLE, "at" DOUBLE)`)
  const bad = new Map<string, BadRows>()
  let line = 0
  let chunk = emptyChunk()
  const flush = async () => {
    if (chunk.version.length > 0) await database.append('feedback_events', columnsOf(chunk))
    chunk = emptyChunk()
  }
  for await (const text of createInterface({ input: createReadStream(plain), crlfDelay: Number.POSITIVE_INFINITY })) {
    line++
    if (line === 1) requireHeader(file, text)
    else {
      const { event, problem } = eventOf(text)
      if (event) add(chunk, event)
      else {
        const { rows, first } = bad.get(problem) ?? { rows: 0, first: [] }
        const finding = { line, found: shown(text), expected: problem }
        bad.set(problem, { rows: rows + 1, first: first.length < SHOWN_ROWS ? [...first, finding] : first })
      }
      if (chunk.version.length === CHUNK_ROWS) await flush()
    }
  }
  await flush()
  return { rowsRead: Math.max(0, line - 1), bad }
}

function requireHeader(file: string, text: string): void {
  const header = FeedbackHeader.safeParse(jsonOf(text))
  if (!header.success)
    throw new DataError(
      `${file}:1: found ${shown(text)}, expected {"format":"marquee-feedback","version":1}: "marquee feedback export" writes such files`,
    )
}

function eventOf(text: string): { event: FeedbackEvent; problem: '' } | { event: null; problem: string } {
  const json = jsonOf(text)
  if (json === undefined) return { event: null, problem: 'a line of JSON' }
  const parsed = FeedbackEvent.safeParse(json)
  if (parsed.success) return { event: parsed.data, problem: '' }
  const { path, message } = parsed.error.issues[0]!
  return { event: null, problem: `an event (${path.length > 0 ? `${path.join('.')}: ` : ''}${message})` }
}

function shown(text: string): string {
  return text.length > SHOWN_LETTERS ? `${text.slice(0, SHOWN_LETTERS)}…` : text
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

const emptyChunk = () => ({
  version: [] as number[],
  userId: [] as number[],
  movieId: [] as number[],
  kind: [] as number[],
  halfStars: [] as number[],
  until: [] as number[],
  at: [] as number[],
})
type Chunk = ReturnType<typeof emptyChunk>

function add(chunk: Chunk, event: FeedbackEvent): void {
  chunk.version.push(event.version)
  chunk.userId.push(event.userId)
  chunk.movieId.push(event.kind === 'erased' ? 0 : event.movieId)
  chunk.kind.push(KINDS.indexOf(event.kind))
  chunk.halfStars.push(event.kind === 'rated' ? event.halfStars : 0)
  chunk.until.push(event.kind === 'snoozed' ? event.until : 0)
  chunk.at.push(event.at)
}

function columnsOf({ version, userId, movieId, kind, halfStars, until, at }: Chunk) {
  const integers = [userId, movieId, kind, halfStars].map((values) => Int32Array.from(values))
  return [Float64Array.from(version), ...integers, Float64Array.from(until), Float64Array.from(at)]
}
