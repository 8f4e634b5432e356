import { createReadStream, createWriteStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { createGunzip } from 'node:zlib'
import { DataError, hashFile, READ_BYTES } from '../../io/files.ts'
import type { Log } from '../../io/handles.ts'
import type { Scratch } from './scratch.ts'

/** A file of a source: as it is named to people and hashed, and where its plain bytes are. */
export interface InputFile {
  file: string
  sizeBytes: number
  sha256: string
  /** `file` itself, or unpacked in the scratch folder */
  plain: string
}

/** The same file as UTF-8: as it is when its bytes are, otherwise rewritten from ISO 8859-1, which older MovieLens files are in. */
export async function inUtf8(input: InputFile, scratch: Scratch, log: Log): Promise<InputFile> {
  if (await isUtf8(input.plain)) return input
  log.info(`${input.file}: not UTF-8, read as ISO 8859-1`)
  const plain = await scratch.place(input.plain, basename(input.plain))
  await pipeline(
    createReadStream(input.plain, { encoding: 'latin1', highWaterMark: READ_BYTES }),
    createWriteStream(plain, { encoding: 'utf8' }),
  )
  return { ...input, plain }
}

async function isUtf8(file: string): Promise<boolean> {
  const decoder = new TextDecoder('utf-8', { fatal: true })
  try {
    for await (const chunk of createReadStream(file, { highWaterMark: READ_BYTES }))
      decoder.decode(chunk, { stream: true })
    decoder.decode()
    return true
  } catch (error) {
    if (error instanceof TypeError) return false
    throw error
  }
}

/** @throws {DataError} when there is neither a file nor a folder */
export async function requirePath(path: string): Promise<void> {
  await stat(path).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === 'ENOENT' || cause.code === 'ENOTDIR')
      throw new DataError(`${path}: no such file or folder, expected it as data.sources names it`, { cause })
    throw new DataError(`${path}: cannot be read (${cause.code})`, { cause })
  })
}

/** Whether all of these are in a folder, plain or with .gz behind. */
export async function exists(folder: string, ...names: string[]): Promise<boolean> {
  for (const name of names) if (!(await isThere(await presentFile(join(folder, name))))) return false
  return true
}

/** The file, or the one with .gz behind where only that is there. */
export async function presentFile(file: string): Promise<string> {
  return !(await isThere(file)) && (await isThere(`${file}.gz`)) ? `${file}.gz` : file
}

/**
 * Hash a file, and unpack it where it is gzipped.
 * @throws {DataError} when it is missing or empty, or its gzip stream is damaged or cut off
 */
export async function inputFile(name: string, scratch: Scratch): Promise<InputFile> {
  const file = await presentFile(name)
  const hashed = await hashFile(file)
  return { file, ...hashed, plain: file.endsWith('.gz') ? await gunzip(file, scratch) : file }
}

async function gunzip(file: string, scratch: Scratch): Promise<string> {
  const target = await scratch.place(file, basename(file, '.gz'))
  try {
    await pipeline(
      createReadStream(file, { highWaterMark: READ_BYTES }),
      createGunzip({ chunkSize: READ_BYTES }),
      createWriteStream(target),
    )
  } catch (cause) {
    if (!/^Z_/u.test((cause as NodeJS.ErrnoException).code ?? '')) throw cause
    throw new DataError(`${file}: found a damaged gzip stream (${(cause as Error).message}), expected a whole one`, {
      cause,
    })
  }
  if ((await stat(target)).size === 0) throw new DataError(`${file}: the file is empty, expected rows`)
  return target
}

async function isThere(file: string): Promise<boolean> {
  return stat(file).then(
    () => true,
    () => false,
  )
}
