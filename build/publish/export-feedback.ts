import { createWriteStream } from 'node:fs'
import { mkdir, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGzip } from 'node:zlib'
import type { FeedbackEvent, FeedbackHeader } from '#core/schemas/feedback.ts'
import type { StepHandles } from '../io/handles.ts'
import type { LiveDatabase } from './live-database.ts'

/** Rows asked for at once: about 1 MB of an answer. */
const PAGE_ROWS = 10_000

interface Row {
  version: number
  user_id: number
  movie_id: number
  kind: FeedbackEvent['kind']
  half_stars: number | null
  until: number | null
  updated_at: number
}

export interface ExportedFeedback {
  events: number
  /** the newest one's, 0 without any: an export from here on would have what came since */
  lastVersion: number
  /** events above `since` */
  newEvents: number
}

/**
 * Copy what users said into one file, whole or not at all. Versions only grow, and a page holds the next ones, so that
 * everything written before the copy began is in it, or what took its place. A mark that is taken back meanwhile may be in
 * it still; of a user who is forgotten meanwhile the note comes last, and whoever reads the file goes by that.
 * @param since version that events are counted from, for whether a rebuild is worth it
 */
export async function exportFeedback(
  database: LiveDatabase,
  file: string,
  { log, progress, signal }: Pick<StepHandles, 'log' | 'progress' | 'signal'>,
  since = 0,
): Promise<ExportedFeedback> {
  const exported: ExportedFeedback = { events: 0, lastVersion: 0, newEvents: 0 }
  const [counted] = await database.all<{ total: number }>('SELECT count(*) AS total FROM live_feedback')
  async function* lines(): AsyncGenerator<string> {
    const header: FeedbackHeader = { format: 'marquee-feedback', version: 1 }
    yield `${JSON.stringify(header)}\n`
    for (;;) {
      signal.throwIfAborted()
      const rows = await database.all<Row>(
        'SELECT version, user_id, movie_id, kind, half_stars, until, updated_at FROM live_feedback WHERE version > ? ORDER BY version LIMIT ?',
        exported.lastVersion,
        PAGE_ROWS,
      )
      if (rows.length === 0) return
      exported.events += rows.length
      exported.newEvents += rows.filter(({ version }) => version > since).length
      exported.lastVersion = rows.at(-1)!.version
      progress.update('exporting feedback', exported.events, Math.max(exported.events, counted!.total))
      yield rows.map((row) => `${JSON.stringify(eventOf(row))}\n`).join('')
    }
  }
  await mkdir(dirname(file), { recursive: true })
  const unfinished = `${file}.unfinished`
  try {
    const gzip = file.endsWith('.gz') ? [createGzip()] : []
    await pipeline([Readable.from(lines()), ...gzip, createWriteStream(unfinished)], { signal })
    await rename(unfinished, file)
  } catch (error) {
    await rm(unfinished, { force: true })
    throw error
  }
  log.info(`feedback: ${exported.events} events in ${file}`)
  return exported
}

function eventOf(row: Row): FeedbackEvent {
  const common = { version: row.version, userId: row.user_id, at: row.updated_at }
  if (row.kind === 'erased') return { ...common, kind: row.kind }
  const about = { ...common, movieId: row.movie_id }
  if (row.kind === 'rated') return { ...about, kind: row.kind, halfStars: row.half_stars! }
  if (row.kind === 'snoozed') return { ...about, kind: row.kind, until: row.until! }
  return { ...about, kind: row.kind }
}
