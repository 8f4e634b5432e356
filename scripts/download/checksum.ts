import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { pipeline } from 'node:stream/promises'
import { createGunzip } from 'node:zlib'
import { READ_BYTES } from '../../build/io/files.ts'
import type { StepHandles } from '../../build/io/handles.ts'
import { DownloadError, StatusError } from './download-error.ts'
import { showMegabytes } from './megabytes.ts'
import { type RequestOptions, readBody, request } from './request.ts'

/** a checksum and a file name; more is something else */
const MAX_CHECKSUM_FILE_BYTES = 4096

/**
 * The checksum published beside a file, as `FILE.md5`: in md5sum's words, in BSD's, or alone.
 * @returns hex, or null when none is published
 */
export async function fetchMd5(url: string, options: RequestOptions): Promise<string | null> {
  try {
    let text = ''
    for await (const chunk of readBody(await request(`${url}.md5`, options))) {
      text += chunk.toString('latin1')
      if (text.length > MAX_CHECKSUM_FILE_BYTES) break
    }
    return parseMd5(text)
  } catch (error) {
    if (error instanceof StatusError && error.status === 404) return null
    throw error
  }
}

export function parseMd5(text: string): string | null {
  if (text.length > MAX_CHECKSUM_FILE_BYTES) return null
  return /(?<![0-9a-f])[0-9a-f]{32}(?![0-9a-f])/i.exec(text)?.[0].toLowerCase() ?? null
}

/** @throws {DownloadError} when the file has another checksum */
export async function checkMd5(file: string, expected: string, label: string, handles: StepHandles): Promise<void> {
  await checkDigest('md5', file, expected, label, handles)
}

/** @throws {DownloadError} when the file has another checksum */
export async function checkSha256(file: string, expected: string, label: string, handles: StepHandles): Promise<void> {
  await checkDigest('sha256', file, expected, label, handles)
}

async function checkDigest(
  algorithm: 'md5' | 'sha256',
  file: string,
  expected: string,
  label: string,
  handles: StepHandles,
): Promise<void> {
  const hash = createHash(algorithm)
  await readAll(file, `${label}: checking`, handles, (chunks) => pipeline(chunks, hash))
  const found = hash.digest('hex')
  if (found !== expected)
    throw new DownloadError(
      `${label}: found ${algorithm.toUpperCase()} ${found}, expected ${expected}: it was damaged on the way`,
    )
}

/** The CRC and the length at the end of a gzip file hold for what is before. @throws {DownloadError} */
export async function checkGzip(file: string, label: string, handles: StepHandles): Promise<void> {
  try {
    await readAll(file, `${label}: checking`, handles, (chunks) =>
      pipeline(chunks, createGunzip({ chunkSize: READ_BYTES }), async (contents) => {
        for await (const _ of contents) {
          // read for its checks only
        }
      }),
    )
  } catch (cause) {
    if (!(cause as NodeJS.ErrnoException).code?.startsWith('Z_')) throw cause
    throw new DownloadError(`${label}: is no complete gzip file (${(cause as Error).message})`, { cause })
  }
}

async function readAll(
  file: string,
  label: string,
  { progress, signal }: StepHandles,
  consume: (chunks: AsyncIterable<Buffer>) => Promise<void>,
): Promise<void> {
  const { size } = await stat(file)
  let done = 0
  const chunks = async function* () {
    for await (const chunk of createReadStream(file, { highWaterMark: READ_BYTES, signal }) as AsyncIterable<Buffer>) {
      done += chunk.length
      showMegabytes(progress, label, done, size)
      yield chunk
    }
  }
  await consume(chunks())
}
