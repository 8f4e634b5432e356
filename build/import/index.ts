import { stat } from 'node:fs/promises'
import { DataError, hashFile } from '../io/files.ts'
import { npzFiles, readNpz } from './npz.ts'
import { readSpark, sparkFiles } from './spark.ts'

export { type PlacedFactors, placeFactors } from './place-factors.ts'

/** The serving kernels take whole SIMD lanes, and sum in 32 bits. */
const LANES = 8
const MAX_FACTORS = 512
/** squares of these, times λ and summed over a catalogue, are in single precision's range */
const SMALLEST = 1e-12
const LARGEST = 1e12

export interface FactorsSource {
  /** folder that Spark's ALSModel.save made, or .npz that implicit's save made */
  path: string
  /** with an .npz: the movie id of each row, one a line or as .npy */
  itemIds: string | null
}

/** What a reader of one engine hands on: as the engine wrote it. */
export interface RawFactors {
  engine: 'spark' | 'implicit'
  /** one a row; whole numbers, in the file's range */
  ids: ArrayLike<number>
  /** columns */
  ownFactors: number
  /** row-major (ids.length × ownFactors) */
  values: Float32Array | Float64Array
}

/** Item factors of another engine, checked, in the shape that the export takes. */
export interface ImportedFactors {
  engine: RawFactors['engine']
  /** a row each, none twice */
  movieIds: Int32Array
  /** what the engine learned with */
  ownFactors: number
  /** the next multiple of 8: the columns beyond the engine's own are zeros and change no score */
  factors: number
  /** row-major (movieIds.length × factors) */
  itemFactors: Float32Array
}

/**
 * Read the item factors that an existing engine wrote. Users need none: they are folded in.
 * @throws {DataError} naming what was found and what was expected
 */
export async function readFactors(source: FactorsSource): Promise<ImportedFactors> {
  const { path } = source
  const raw = (await isFolder(path)) ? await readSpark(folderOnly(source)) : await readNpz(path, source.itemIds)
  return { engine: raw.engine, ownFactors: raw.ownFactors, movieIds: checkedIds(path, raw), ...padded(path, raw) }
}

/** The files that the factors are read from, each with its hash: they count for the build id. @throws {DataError} */
export async function hashFactors(source: FactorsSource): Promise<{ file: string; sha256: string }[]> {
  const { path } = source
  const files = (await isFolder(path)) ? await sparkFiles(folderOnly(source)) : npzFiles(path, source.itemIds)
  const hashed: { file: string; sha256: string }[] = []
  for (const file of files) hashed.push({ file, sha256: (await hashFile(file)).sha256 })
  return hashed
}

async function isFolder(path: string): Promise<boolean> {
  const found = await stat(path).catch((cause) => {
    throw new DataError(`${path}: no such file or folder, expected Spark's model folder or implicit's .npz`, { cause })
  })
  return found.isDirectory()
}

/** Spark's rows carry their ids. */
function folderOnly({ path, itemIds }: FactorsSource): string {
  if (itemIds !== null)
    throw new DataError(`${itemIds}: found item ids for the folder ${path}, expected them with an .npz only`)
  return path
}

function checkedIds(path: string, { ids }: RawFactors): Int32Array {
  if (ids.length === 0) throw new DataError(`${path}: found no item factors, expected a row a movie`)
  const movieIds = new Int32Array(ids.length)
  const seen = new Set<number>()
  for (let row = 0; row < ids.length; row++) {
    const id = ids[row]!
    movieIds[row] = id
    if (movieIds[row] !== id) throw new DataError(`${path}: row ${row} has id ${id}, expected a 32-bit whole number`)
    if (seen.has(id)) throw new DataError(`${path}: id ${id} is there twice, expected each movie once`)
    seen.add(id)
  }
  return movieIds
}

/** In single precision, with columns of zeros to the next multiple of LANES. */
function padded(path: string, { ids, ownFactors, values }: RawFactors): { factors: number; itemFactors: Float32Array } {
  if (ownFactors < 1 || ownFactors > MAX_FACTORS)
    throw new DataError(`${path}: found ${ownFactors} factors a movie, expected 1 to ${MAX_FACTORS}`)
  const factors = Math.ceil(ownFactors / LANES) * LANES
  const itemFactors = new Float32Array(ids.length * factors)
  let largest = 0
  for (let row = 0; row < ids.length; row++) {
    for (let column = 0; column < ownFactors; column++) {
      const value = values[row * ownFactors + column]!
      if (!Number.isFinite(value))
        throw new DataError(`${path}: id ${ids[row]} has ${value} as factor ${column}, expected a finite number`)
      itemFactors[row * factors + column] = value
      largest = Math.max(largest, Math.abs(value))
    }
  }
  if (largest < SMALLEST || largest > LARGEST)
    throw new DataError(
      `${path}: the largest factor is ${largest}, expected ${SMALLEST} to ${LARGEST}: the engine learned nothing or diverged`,
    )
  return { factors, itemFactors }
}
