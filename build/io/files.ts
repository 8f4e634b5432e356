import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { open, rename, stat, writeFile } from 'node:fs/promises'

/** The data cannot be used as it is. The message names file and line, what was found and what was expected. */
export class DataError extends Error {
  override readonly name = 'DataError'
}

/** Buffers of this size keep both the disk and the hash busy. */
export const READ_BYTES = 1 << 20

/** A file that is there and not empty: its size and hash, streamed. @throws {DataError} */
export async function hashFile(file: string): Promise<{ sizeBytes: number; sha256: string }> {
  const found = await stat(file).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === 'ENOENT' || cause.code === 'ENOTDIR')
      throw new DataError(`${file}: no such file, expected it as the config names it`, { cause })
    throw new DataError(`${file}: cannot be read (${cause.code})`, { cause })
  })
  if (!found.isFile()) throw new DataError(`${file}: found a folder, expected a file`)
  if (found.size === 0) throw new DataError(`${file}: the file is empty, expected rows`)
  const hash = createHash('sha256')
  try {
    for await (const chunk of createReadStream(file, { highWaterMark: READ_BYTES })) hash.update(chunk)
  } catch (cause) {
    throw new DataError(`${file}: cannot be read (${(cause as NodeJS.ErrnoException).code})`, { cause })
  }
  return { sizeBytes: found.size, sha256: hash.digest('hex') }
}

/** Write a text; a file that was there is replaced when the new one is whole. */
export async function writeWhole(file: string, text: string): Promise<void> {
  await writeFile(`${file}.unfinished`, text)
  await rename(`${file}.unfinished`, file)
}

/** A folder that is there. @throws {DataError} */
export async function requireFolder(folder: string, expected: string): Promise<void> {
  const found = await stat(folder).catch((cause) => {
    throw new DataError(`${folder}: no such folder, expected ${expected}`, { cause })
  })
  if (!found.isDirectory()) throw new DataError(`${folder}: found a file, expected ${expected}`)
}

/** The first line, without byte order mark and line end; at most 64 KiB of it. @throws {DataError} for UTF-16 and gzip */
export async function firstLine(file: string): Promise<string> {
  return (await firstText(file)).split(/\r?\n|\r/u, 1)[0]!
}

/** @throws {DataError} for UTF-16 and gzip, and for a file whose beginning shows that it is no text */
export async function expectText(file: string): Promise<void> {
  if ((await firstText(file)).includes('\0')) throw new DataError(`${file}: found zero bytes, expected text`)
}

/** The first 64 KiB, without byte order mark. */
async function firstText(file: string): Promise<string> {
  const handle = await open(file)
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(1 << 16), 0, 1 << 16, 0)
    if ((buffer[0] === 0xff && buffer[1] === 0xfe) || (buffer[0] === 0xfe && buffer[1] === 0xff))
      throw new DataError(`${file}:1: found a UTF-16 byte order mark, expected UTF-8`)
    if (buffer[0] === 0x1f && buffer[1] === 0x8b) throw new DataError(`${file}: found gzip, expected it unpacked`)
    return buffer.toString('utf8', 0, bytesRead).replace(/^\ufeff/u, '')
  } finally {
    await handle.close()
  }
}
