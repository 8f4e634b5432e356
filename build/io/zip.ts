import { createReadStream, createWriteStream } from 'node:fs'
import { mkdir, open, statfs } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { pipeline as pipe, Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { crc32, createInflateRaw } from 'node:zlib'
import { DataError, READ_BYTES } from './files.ts'
import { bytes } from './table.ts'

/**
 * Zip archives, PKWARE APPNOTE 6.3.10. The directory at the end of the file says what is in it:
 *
 *   entry, entry, …  | directory: one header an entry | (zip64 end record, zip64 locator) | end record, comment
 *
 * Stored and deflated entries, zip64 too; nothing encrypted, nothing in several volumes.
 */

const END = { signature: 0x06054b50, sizeBytes: 22 }
const END_64 = { signature: 0x06064b50, sizeBytes: 56 }
const LOCATOR_64 = { signature: 0x07064b50, sizeBytes: 20 }
const HEADER = { signature: 0x02014b50, sizeBytes: 46 }
const LOCAL_HEADER = { signature: 0x04034b50, sizeBytes: 30 }

const STORED = 0
const DEFLATED = 8
const FLAG_ENCRYPTED = 1
const EXTRA_ZIP64 = 1
/** in a 16 or 32 bit field: the value stands in the zip64 record */
const ELSEWHERE_16 = 0xffff
const ELSEWHERE_32 = 0xffffffff
/** the upper half of the external attributes is the Unix mode */
const UNIX_TYPE_MASK = 0o170000
const UNIX_SYMLINK = 0o120000
const MAX_COMMENT_BYTES = 0xffff
/** a million files; a data set has a dozen */
const MAX_DIRECTORY_BYTES = 1 << 26

/** The archive may be good; there is no room for what is in it. */
export class DiskSpaceError extends DataError {}

/** A file in an archive. */
export interface ZipEntry {
  /** relative, with forward slashes, without `..` */
  path: string
  sizeBytes: number
  compressedBytes: number
  crc32: number
  method: number
  /** where its local header stands in the archive */
  headerOffset: number
}

export interface UnzipOptions {
  signal?: AbortSignal
  /** which entries, by path; all when absent */
  select?: (path: string) => boolean
  /** called with the bytes unpacked so far and the bytes there will be */
  onProgress?: (doneBytes: number, totalBytes: number) => void
  /** bytes free at a folder; tests put their own in place */
  freeBytes?: (folder: string) => Promise<number>
}

/**
 * The files in an archive, in the directory's order; folders are left out.
 * @throws {DataError} when it is no complete archive, or holds what would be written outside of a folder, twice
 * to one place, encrypted, by another method, or overlapping
 */
export async function readZip(file: string): Promise<ZipEntry[]> {
  const handle = await open(file)
  try {
    const { size } = await handle.stat()
    const readAt = async (offset: number, length: number) => {
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(length), 0, length, offset)
      return buffer.subarray(0, bytesRead)
    }
    const { count, offset, length } = await findDirectory(file, size, readAt)
    const entries = parseDirectory(file, await readAt(offset, length), count)
    checkPlaces(file, entries, offset)
    return entries
  } finally {
    await handle.close()
  }
}

/**
 * An entry's bytes, checked as they pass: no more than declared, and at the end the length and the CRC.
 * @throws {DataError} naming archive and entry
 */
export async function* readZipEntry(file: string, entry: ZipEntry): AsyncGenerator<Buffer> {
  const start = await dataOffset(file, entry)
  // an empty range cannot be asked for: `end` is inclusive
  const raw =
    entry.compressedBytes === 0
      ? Readable.from([])
      : createReadStream(file, { start, end: start + entry.compressedBytes - 1, highWaterMark: READ_BYTES })
  const contents = entry.method === STORED ? raw : pipe(raw, createInflateRaw({ chunkSize: READ_BYTES }), () => {})
  let size = 0
  let checksum = 0
  try {
    for await (const chunk of contents as AsyncIterable<Buffer>) {
      size += chunk.length
      if (size > entry.sizeBytes) break
      checksum = crc32(chunk, checksum)
      yield chunk
    }
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException
    if (!code?.startsWith('Z_')) throw cause
    throw new DataError(`${file}: ${entry.path} is damaged (${message})`, { cause })
  }
  if (size !== entry.sizeBytes)
    throw new DataError(
      `${file}: ${entry.path} has ${size > entry.sizeBytes ? 'more' : 'less'} than the ${entry.sizeBytes} bytes it declares`,
    )
  if (checksum !== entry.crc32)
    throw new DataError(`${file}: ${entry.path} has CRC ${hex(checksum)}, expected ${hex(entry.crc32)}: it is damaged`)
}

/**
 * Unpack into a folder. What was written stays there when it fails: unpack into a folder of its own.
 * @returns the entries unpacked
 * @throws {DataError} as `readZip` and `readZipEntry`
 * @throws {DiskSpaceError} before anything is written
 */
export async function unzip(file: string, folder: string, options: UnzipOptions = {}): Promise<ZipEntry[]> {
  const { signal, select = () => true, onProgress, freeBytes = freeBytesAt } = options
  const entries = (await readZip(file)).filter(({ path }) => select(path))
  const totalBytes = entries.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0)
  await mkdir(folder, { recursive: true })
  const free = await freeBytes(folder)
  if (totalBytes > free)
    throw new DiskSpaceError(`${file}: needs ${bytes(totalBytes)} unpacked, ${bytes(free)} are free at ${folder}`)

  let doneBytes = 0
  for (const entry of entries) {
    const target = join(folder, entry.path)
    await mkdir(dirname(target), { recursive: true })
    const counted = async function* () {
      for await (const chunk of readZipEntry(file, entry)) {
        onProgress?.((doneBytes += chunk.length), totalBytes)
        yield chunk
      }
    }
    await pipeline(counted, createWriteStream(target, { flags: 'wx' }), { ...(signal && { signal }) })
  }
  return entries
}

/** What this user may still write where the folder is. */
export async function freeBytesAt(folder: string): Promise<number> {
  const { bavail, bsize } = await statfs(folder)
  return bavail * bsize
}

type ReadAt = (offset: number, length: number) => Promise<Buffer>

/** The end record is the last thing in the file but for a comment of any length: looked for from behind. */
async function findDirectory(file: string, size: number, readAt: ReadAt) {
  const tailOffset = Math.max(0, size - END.sizeBytes - MAX_COMMENT_BYTES - LOCATOR_64.sizeBytes)
  const tail = await readAt(tailOffset, size - tailOffset)
  let at = tail.length - END.sizeBytes
  // a comment may hold the signature too: the record's own comment length must lead to the end of the file
  while (
    at >= 0 &&
    !(tail.readUInt32LE(at) === END.signature && at + END.sizeBytes + tail.readUInt16LE(at + 20) === tail.length)
  )
    at--
  if (at < 0) throw new DataError(`${file}: no end record of a zip archive found: it is another format or cut off`)

  let count = tail.readUInt16LE(at + 10)
  let length = tail.readUInt32LE(at + 12)
  let offset = tail.readUInt32LE(at + 16)
  if (count === ELSEWHERE_16 || length === ELSEWHERE_32 || offset === ELSEWHERE_32) {
    const locator = at - LOCATOR_64.sizeBytes
    if (locator >= 0 && tail.readUInt32LE(locator) === LOCATOR_64.signature) {
      const record = await readAt(toNumber(tail.readBigUInt64LE(locator + 8)), END_64.sizeBytes)
      if (record.length < END_64.sizeBytes || record.readUInt32LE(0) !== END_64.signature)
        throw new DataError(`${file}: the zip64 locator leads to no zip64 end record: it is damaged`)
      count = toNumber(record.readBigUInt64LE(32))
      length = toNumber(record.readBigUInt64LE(40))
      offset = toNumber(record.readBigUInt64LE(48))
    }
  }
  if (offset + length > tailOffset + at || length > MAX_DIRECTORY_BYTES)
    throw new DataError(
      `${file}: a directory of ${length} bytes at ${offset} does not fit before ${tailOffset + at}: it is damaged`,
    )
  return { count, offset, length }
}

/** One header an entry: fixed fields, then path, extra fields and comment. */
function parseDirectory(file: string, directory: Buffer, count: number): ZipEntry[] {
  const entries: ZipEntry[] = []
  let at = 0
  for (let index = 0; index < count; index++) {
    if (at + HEADER.sizeBytes > directory.length || directory.readUInt32LE(at) !== HEADER.signature)
      throw new DataError(`${file}: entry ${index + 1} of ${count} has no header: the directory is damaged`)
    const pathEnd = at + HEADER.sizeBytes + directory.readUInt16LE(at + 28)
    const extraEnd = pathEnd + directory.readUInt16LE(at + 30)
    const path = decodePath(directory.subarray(at + HEADER.sizeBytes, pathEnd))
    const header = directory.subarray(at, at + HEADER.sizeBytes)
    const wide = readZip64(directory.subarray(pathEnd, extraEnd), header)
    const entry = { path, ...wide, method: header.readUInt16LE(10), crc32: header.readUInt32LE(16) }
    at = extraEnd + directory.readUInt16LE(at + 32)
    if (path.endsWith('/') && entry.sizeBytes === 0) continue

    const where = `${file}: entry ${JSON.stringify(path)}`
    if (header.readUInt16LE(8) & FLAG_ENCRYPTED) throw new DataError(`${where} is encrypted`)
    if (entry.method !== STORED && entry.method !== DEFLATED)
      throw new DataError(`${where} is compressed by method ${entry.method}, expected 0 (stored) or 8 (deflated)`)
    if (((header.readUInt32LE(38) >>> 16) & UNIX_TYPE_MASK) === UNIX_SYMLINK)
      throw new DataError(`${where} is a symbolic link, expected files only`)
    if (!isInside(path)) throw new DataError(`${where} would be written outside of the folder`)
    entries.push(entry)
  }
  return entries
}

/** Sizes and offset, from the zip64 extra field where the header says so; they stand there in this order. */
function readZip64(extra: Buffer, header: Buffer) {
  const fields: [name: 'sizeBytes' | 'compressedBytes' | 'headerOffset', value: number][] = [
    ['sizeBytes', header.readUInt32LE(24)],
    ['compressedBytes', header.readUInt32LE(20)],
    ['headerOffset', header.readUInt32LE(42)],
  ]
  let wide: Buffer = Buffer.alloc(0)
  for (let at = 0; at + 4 <= extra.length; at += 4 + extra.readUInt16LE(at + 2))
    if (extra.readUInt16LE(at) === EXTRA_ZIP64) wide = extra.subarray(at + 4, at + 4 + extra.readUInt16LE(at + 2))
  const values = { sizeBytes: 0, compressedBytes: 0, headerOffset: 0 }
  for (const [name, value] of fields) {
    const isWide = value === ELSEWHERE_32 && wide.length >= 8
    values[name] = isWide ? toNumber(wide.readBigUInt64LE(0)) : value
    if (isWide) wide = wide.subarray(8)
  }
  return values
}

/** Two entries on the same bytes make a small archive endless; two on one path overwrite each other. */
function checkPlaces(file: string, entries: ZipEntry[], directoryOffset: number): void {
  const paths = new Set<string>()
  const folders = new Set<string>()
  for (const { path } of entries) {
    // some file systems do not tell cases apart
    const key = path.toLowerCase()
    if (paths.has(key)) throw new DataError(`${file}: entry ${JSON.stringify(path)} is there twice`)
    paths.add(key)
    for (let end = key.indexOf('/'); end >= 0; end = key.indexOf('/', end + 1)) folders.add(key.slice(0, end))
  }
  const both = entries.find(({ path }) => folders.has(path.toLowerCase()))
  if (both) throw new DataError(`${file}: entry ${JSON.stringify(both.path)} is a file and a folder`)
  const inOrder = entries.toSorted((a, b) => a.headerOffset - b.headerOffset)
  for (const [index, { path, headerOffset, compressedBytes }] of inOrder.entries()) {
    const limit = inOrder[index + 1]?.headerOffset ?? directoryOffset
    if (headerOffset + LOCAL_HEADER.sizeBytes + compressedBytes > limit)
      throw new DataError(`${file}: entry ${JSON.stringify(path)} overlaps what follows it: it is damaged`)
  }
}

/** Behind the local header, which repeats path and extra fields in lengths of its own. */
async function dataOffset(file: string, entry: ZipEntry): Promise<number> {
  const handle = await open(file)
  try {
    const { buffer, bytesRead } = await handle.read(
      Buffer.alloc(LOCAL_HEADER.sizeBytes),
      0,
      LOCAL_HEADER.sizeBytes,
      entry.headerOffset,
    )
    if (bytesRead < LOCAL_HEADER.sizeBytes || buffer.readUInt32LE(0) !== LOCAL_HEADER.signature)
      throw new DataError(`${file}: ${entry.path} has no local header at ${entry.headerOffset}: it is damaged`)
    return entry.headerOffset + LOCAL_HEADER.sizeBytes + buffer.readUInt16LE(26) + buffer.readUInt16LE(28)
  } finally {
    await handle.close()
  }
}

/** UTF-8, or one byte a character where it is not; Windows' backslashes as slashes. */
function decodePath(raw: Buffer): string {
  let path: string
  try {
    path = new TextDecoder('utf-8', { fatal: true }).decode(raw)
  } catch {
    path = raw.toString('latin1')
  }
  return path.replaceAll('\\', '/')
}

function isInside(path: string): boolean {
  return (
    path !== '' &&
    !path.includes('\0') &&
    !/^(?:\/|[a-z]:)/iu.test(path) &&
    path.split('/').every((part) => part !== '..' && part !== '.' && part !== '')
  )
}

/** No file is 2^53 bytes long: such a value fits nowhere, and is refused there. */
function toNumber(value: bigint): number {
  return Math.min(Number(value), Number.MAX_SAFE_INTEGER)
}

function hex(checksum: number): string {
  return checksum.toString(16).padStart(8, '0')
}
