import { open, readFile, rm, stat, writeFile } from 'node:fs/promises'
import type { IncomingMessage } from 'node:http'
import * as z from 'zod'
import type { StepHandles } from '../../build/io/handles.ts'
import { bytes } from '../../build/io/table.ts'
import { ConnectionError, DownloadError } from './download-error.ts'
import { showMegabytes } from './megabytes.ts'
import { type RequestOptions, readBody, request } from './request.ts'
import { retry } from './retry.ts'

/** What must be known of a file to go on with it in another run; stands beside it as `FILE.json`. */
const Note = z.strictObject({
  /** strong ETag or date of the version that the bytes are of, for If-Range */
  validator: z.string().nullable(),
  /** of the whole file, null where the server does not say */
  sizeBytes: z.int().min(0).nullable(),
  /** MD5 that came with the answer, in hex */
  md5: z.string().nullable(),
})
type Note = z.infer<typeof Note>

export interface FetchOptions {
  url: string
  /** complete or not, the bytes are there */
  file: string
  authorization: string | null
  /** for the progress */
  label: string
  /** used while the server has not said the size */
  expectedBytes: number
  stallMs: number
  /** wait after a first failure */
  retryMs: number
  /** called before the first byte is written: refuses what the disk cannot hold */
  beforeBody: (bytesToCome: number) => Promise<void>
}

/**
 * Download into a file, going on with the bytes that are there when they are of the version the server has
 * (Range, If-Range), from the start when not. What may pass is tried again.
 * @returns the MD5 that the server sent along, if it did
 * @throws {StatusError | ConnectionError} the last failure
 */
export async function fetchFile(options: FetchOptions, handles: StepHandles): Promise<{ md5: string | null }> {
  const { file, label, retryMs } = options
  return retry(() => fetchOnce(options, handles), { label, retryMs, arrivedBytes: () => sizeOf(file) }, handles)
}

/** Its bytes and what is known of them. */
export async function discard(file: string): Promise<void> {
  await rm(file, { force: true })
  await rm(noteOf(file), { force: true })
}

async function fetchOnce(options: FetchOptions, handles: StepHandles): Promise<{ md5: string | null }> {
  const { file, url, label } = options
  const { signal, log } = handles
  const known = await readNote(file)
  const have = known === null ? 0 : await sizeOf(file)
  if (known !== null && known.sizeBytes === have) return known

  const headers: Record<string, string> =
    known !== null && known.validator !== null && have > 0
      ? { range: `bytes=${have}-`, 'if-range': known.validator }
      : {}
  const common: RequestOptions = { authorization: options.authorization, stallMs: options.stallMs, signal }
  const response = await request(url, { ...common, headers })
  try {
    const from = startOf(response, have, known)
    if (from === null) {
      await discard(file)
      throw new ConnectionError('the server has not the rest of what is here', 'ECHANGED')
    }
    const note = known !== null && from > 0 ? known : noteFrom(response)
    refuseWebPage(response)
    if (from > 0) log.info(`${label}: going on after ${bytes(from)}`)
    else if (have > 0) log.info(`${label}: the server does not go on with what is here; from the start`)
    await options.beforeBody((note.sizeBytes ?? options.expectedBytes) - from)
    // never the bytes of one version beside the note of another, even when this process is killed in between
    if (from === 0) await discard(file)
    await writeFile(noteOf(file), JSON.stringify(note))
    const sizeBytes = await append(response, from, note, options, handles)
    await writeFile(noteOf(file), JSON.stringify({ ...note, sizeBytes }))
    return note
  } finally {
    response.destroy()
  }
}

/** Writes the body behind the first `from` bytes, and holds it to the length announced. @returns the file's size */
async function append(
  response: IncomingMessage,
  from: number,
  { sizeBytes }: Note,
  { file, label, expectedBytes }: FetchOptions,
  { progress }: StepHandles,
): Promise<number> {
  const handle = await open(file, from > 0 ? 'a' : 'w')
  let size = from
  // counted from where this connection began, so that the time left is right
  const report = (totalBytes: number) => showMegabytes(progress, label, size - from, totalBytes - from)
  try {
    for await (const chunk of readBody(response)) {
      await handle.writeFile(chunk)
      size += chunk.length
      report(sizeBytes ?? Math.max(expectedBytes, size + 1))
    }
    await handle.sync()
  } finally {
    await handle.close()
  }
  if (sizeBytes !== null && size < sizeBytes)
    throw new ConnectionError(`the answer ended after ${size} of ${sizeBytes} bytes`, 'ESHORT')
  if (sizeBytes !== null && size > sizeBytes) {
    await discard(file)
    throw new ConnectionError(`the answer went on after ${sizeBytes} bytes, its whole length`, 'ELONG')
  }
  report(size)
  return size
}

/** Where the body belongs: at what is there, at 0, or, when it fits neither, null. */
function startOf({ statusCode, headers }: IncomingMessage, have: number, known: Note | null): number | null {
  if (statusCode === 200) return 0
  const [, start, total] = /^bytes (\d+)-\d+\/(\d+|\*)$/.exec(headers['content-range'] ?? '') ?? []
  const fits =
    statusCode === 206 &&
    known !== null &&
    Number(start) === have &&
    (known.sizeBytes === null || total === '*' || Number(total) === known.sizeBytes) &&
    (headers.etag === undefined || !known.validator?.startsWith('"') || headers.etag === known.validator)
  return fits ? have : null
}

function noteFrom({ headers }: IncomingMessage): Note {
  const length = headers['content-length']
  // a weak ETag says that versions are alike, not that their bytes are the same. RFC 9110, 13.1.5
  const etag = headers.etag?.startsWith('"') ? headers.etag : null
  const digest = /md5=([\w+/]{22}==)/.exec(`${headers['x-goog-hash']}`)?.[1] ?? headers['content-md5']
  return {
    validator: etag ?? headers['last-modified'] ?? null,
    sizeBytes: length === undefined ? null : Number(length),
    md5: digest === undefined ? null : Buffer.from(`${digest}`, 'base64').toString('hex'),
  }
}

/** A hotel's or a company's network answers anything with its log-in page. */
function refuseWebPage({ headers }: IncomingMessage): void {
  if (headers['content-type']?.startsWith('text/html'))
    throw new DownloadError('the answer is a web page, expected a file: does this network, or the site, ask to log in?')
}

async function sizeOf(file: string): Promise<number> {
  return (await stat(file).catch(() => null))?.size ?? 0
}

async function readNote(file: string): Promise<Note | null> {
  try {
    return Note.parse(JSON.parse(await readFile(noteOf(file), 'utf8')))
  } catch {
    return null // none, or cut off in the writing: the file is fetched again
  }
}

function noteOf(file: string): string {
  return `${file}.json`
}
