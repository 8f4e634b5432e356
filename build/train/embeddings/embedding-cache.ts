import { createHash } from 'node:crypto'
import { closeSync, fstatSync, ftruncateSync, mkdirSync, openSync, readSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'
import { DataError } from '../../io/files.ts'

/** First bytes of a file; then its width as uint32, and records of a text's hash and its vector, all little-endian. */
const MAGIC = 'MQEMBED1'
const HEADER_BYTES = MAGIC.length + 4
const HASH_BYTES = 32

/** Vectors by text, kept on disk: what was embedded once is not embedded again, whatever stopped the run. */
export interface EmbeddingCache {
  /** null where the text is new */
  get(text: string): Float32Array | null
  /** written at once */
  put(text: string, vector: Float32Array): void
  close(): void
}

/**
 * Open the vectors of one model, or begin a file for them. A record that a crash cut short is dropped.
 * @param width of the model's vectors
 * @throws {DataError} when the file holds something else
 */
export function openEmbeddingCache(file: string, width: number): EmbeddingCache {
  mkdirSync(dirname(file), { recursive: true })
  // opened for appending: created where there is none, and writes go to the end
  const handle = openSync(file, 'a+')
  try {
    const vectors = readRecords(handle, file, width)
    return {
      get: (text) => vectors.get(hashOf(text).toString('hex')) ?? null,
      put(text, vector) {
        if (vector.length !== width) throw new RangeError(`a vector of ${vector.length} numbers, expected ${width}`)
        const hash = hashOf(text)
        vectors.set(hash.toString('hex'), vector)
        writeSync(handle, Buffer.concat([hash, bytesOf(vector)]))
      },
      close: () => closeSync(handle),
    }
  } catch (error) {
    closeSync(handle)
    throw error
  }
}

function readRecords(handle: number, file: string, width: number): Map<string, Float32Array> {
  const vectors = new Map<string, Float32Array>()
  const { size } = fstatSync(handle)
  if (size < HEADER_BYTES) {
    ftruncateSync(handle, 0)
    const header = Buffer.alloc(HEADER_BYTES)
    header.write(MAGIC)
    header.writeUInt32LE(width, MAGIC.length)
    writeSync(handle, header)
    return vectors
  }
  const bytes = Buffer.alloc(size)
  for (let at = 0; at < size; ) at += readSync(handle, bytes, at, size - at, at)
  const magic = bytes.toString('latin1', 0, MAGIC.length)
  const found = bytes.readUInt32LE(MAGIC.length)
  if (magic !== MAGIC || found !== width)
    throw new DataError(
      `${file}: found ${magic === MAGIC ? `vectors of ${found} numbers, expected ${width}` : 'no embeddings'}; remove it to make it anew`,
    )
  const recordBytes = HASH_BYTES + 4 * width
  const records = Math.floor((size - HEADER_BYTES) / recordBytes)
  for (let record = 0; record < records; record++) {
    const start = HEADER_BYTES + record * recordBytes
    // copied: the vectors of a record need not start where a float may
    const vector = new Float32Array(bytes.buffer.slice(start + HASH_BYTES, start + recordBytes))
    vectors.set(bytes.toString('hex', start, start + HASH_BYTES), vector)
  }
  ftruncateSync(handle, HEADER_BYTES + records * recordBytes)
  return vectors
}

function hashOf(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}

function bytesOf(vector: Float32Array): Uint8Array {
  return new Uint8Array(vector.buffer, vector.byteOffset, vector.byteLength)
}
