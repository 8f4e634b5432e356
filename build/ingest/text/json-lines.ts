import { createReadStream } from 'node:fs'
import { createGunzip } from 'node:zlib'
import { DataError, READ_BYTES } from '../../io/files.ts'

const NEWLINE = 10

/**
 * The non-blank lines of a file, which may be gzipped, as bytes with their line number from 1.
 * @throws {DataError} with the line that a damaged or cut-off gzip stream ends in
 */
export async function* readLines(file: string): AsyncGenerator<{ line: number; bytes: Buffer }> {
  let line = 1
  let carried: Buffer = Buffer.alloc(0)
  try {
    for await (const chunk of openBytes(file)) {
      const bytes: Buffer = carried.length === 0 ? chunk : Buffer.concat([carried, chunk])
      let from = 0
      for (let at = bytes.indexOf(NEWLINE); at !== -1; at = bytes.indexOf(NEWLINE, from)) {
        if (at > from) yield { line, bytes: bytes.subarray(from, at) }
        line++
        from = at + 1
      }
      carried = bytes.subarray(from)
    }
  } catch (cause) {
    if (!/^Z_/u.test((cause as NodeJS.ErrnoException).code ?? '')) throw cause
    throw new DataError(
      `${file}:${line}: found a damaged gzip stream (${(cause as Error).message}), expected a whole one`,
      { cause },
    )
  }
  if (carried.length > 0) yield { line, bytes: carried }
}

function openBytes(file: string): AsyncIterable<Buffer> {
  const stream = createReadStream(file, { highWaterMark: READ_BYTES })
  if (!file.endsWith('.gz')) return stream
  const gunzip = createGunzip({ chunkSize: READ_BYTES })
  stream.on('error', (error) => gunzip.destroy(error))
  return stream.pipe(gunzip)
}
