import { open, readFile } from 'node:fs/promises'
import { DataError } from '../io/files.ts'
import { readZip, readZipEntry } from '../io/zip.ts'
import type { RawFactors } from './index.ts'
import { parseNpy } from './npy.ts'

const ITEM_FACTORS = 'item_factors.npy'
/** a million movies of 512 factors in double precision */
const MAX_BYTES = 2 ** 32

/**
 * Item factors that implicit wrote: `model.save` makes an .npz, a zip with an array a file. Its rows have no ids: a
 * second file says which movie each row is.
 * @param itemIds ids in the order of the rows, one a line, or .npy of whole numbers
 * @throws {DataError} when there are no such factors, or not as many ids as rows
 */
export async function readNpz(file: string, itemIds: string | null): Promise<RawFactors> {
  const [, idsFile] = npzFiles(file, itemIds)
  const entries = await readZip(file)
  const entry = entries.find(({ path }) => path === ITEM_FACTORS)
  if (!entry) {
    const paths = entries.map(({ path }) => path).join(', ') || 'nothing'
    throw new DataError(`${file}: found ${paths} in it; expected ${ITEM_FACTORS}, as implicit's model.save writes it`)
  }
  if (entry.sizeBytes > MAX_BYTES)
    throw new DataError(`${file}: ${ITEM_FACTORS} has ${entry.sizeBytes} bytes, expected at most ${MAX_BYTES}`)

  const where = `${file}: ${ITEM_FACTORS}`
  const { shape, values } = parseNpy(await bytesOf(readZipEntry(file, entry)), where)
  const [rows, ownFactors] = shape
  if (rows === undefined || ownFactors === undefined || shape.length > 2)
    throw new DataError(`${where} has the shape (${shape}), expected (movies, factors)`)
  if (values instanceof Int32Array || values instanceof BigInt64Array)
    throw new DataError(`${where} holds whole numbers, expected <f4 or <f8`)

  const ids = await readIds(idsFile!)
  if (ids.length !== rows)
    throw new DataError(`${idsFile}: found ${ids.length} ids, expected ${rows}, one for each row of ${ITEM_FACTORS}`)
  return { engine: 'implicit', ids, ownFactors, values }
}

/** The archive and the ids that belong to it. @throws {DataError} without ids */
export function npzFiles(file: string, itemIds: string | null): string[] {
  if (itemIds === null)
    throw new DataError(
      `${file}: found no item ids, expected --item-ids (model.cf.imported.itemIds): ` +
        'implicit numbers movies by row, so a file must say which movie each row is',
    )
  return [file, itemIds]
}

async function readIds(file: string): Promise<ArrayLike<number>> {
  if (await startsAsNpy(file)) {
    const { shape, values } = parseNpy(await readFile(file), file)
    if (shape.length !== 1) throw new DataError(`${file}: has the shape (${shape}), expected one dimension`)
    if (values instanceof BigInt64Array) return Array.from(values, Number)
    if (values instanceof Int32Array) return values
    throw new DataError(`${file}: holds fractions, expected <i4 or <i8`)
  }
  const text = (await readFile(file, 'utf8')).replace(/^\ufeff/u, '').trimEnd()
  if (text === '') return []
  return text.split(/\r?\n/u).map((line, at) => {
    if (!/^\s*-?\d{1,15}\s*$/.test(line))
      throw new DataError(`${file}:${at + 1}: found ${JSON.stringify(line.slice(0, 40))}, expected one movie id`)
    return Number(line)
  })
}

async function startsAsNpy(file: string): Promise<boolean> {
  const handle = await open(file).catch((cause) => {
    throw new DataError(`${file}: no such file, expected the movie id of each row`, { cause })
  })
  try {
    const { buffer } = await handle.read(Buffer.alloc(6), 0, 6, 0)
    return buffer.equals(Buffer.from('\x93NUMPY', 'latin1'))
  } finally {
    await handle.close()
  }
}

async function bytesOf(chunks: AsyncIterable<Buffer>): Promise<Buffer> {
  const parts: Buffer[] = []
  for await (const chunk of chunks) parts.push(chunk)
  return Buffer.concat(parts)
}
