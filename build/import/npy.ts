import { DataError } from '../io/files.ts'

/**
 * One NumPy array as a file, format versions 1 to 3 (numpy.lib.format):
 *
 *   "\x93NUMPY" | major, minor | header length: u16 in version 1, else u32 | header, a Python literal | the numbers
 */
const MAGIC = Buffer.from('\x93NUMPY', 'latin1')

/** Little-endian numbers that other tools write ids and factors in. */
const ARRAYS = { '<f4': Float32Array, '<f8': Float64Array, '<i4': Int32Array, '<i8': BigInt64Array } as const

export interface NpyArray {
  shape: number[]
  /** row-major, whatever order the file has */
  values: Float32Array | Float64Array | Int32Array | BigInt64Array
}

/**
 * @param where file, and entry of an archive, for messages
 * @throws {DataError} when it is cut off, of another type of numbers, or of more than two dimensions in Fortran's order
 */
export function parseNpy(bytes: Buffer, where: string): NpyArray {
  const { header, dataAt } = headerOf(bytes, where)
  const { descr, fortranOrder, shape } = describe(header, where)
  const ArrayType = ARRAYS[descr]
  const length = shape.reduce((product, size) => product * size, 1)
  const expectedBytes = length * ArrayType.BYTES_PER_ELEMENT
  if (bytes.length - dataAt !== expectedBytes)
    throw new DataError(
      `${where}: found ${bytes.length - dataAt} bytes of numbers, expected ${expectedBytes} for the shape (${shape}) of ${descr}`,
    )
  // a copy of its own: a view's offset must be a multiple of the number's size
  const values = new ArrayType(
    bytes.buffer.slice(bytes.byteOffset + dataAt, bytes.byteOffset + bytes.length) as ArrayBuffer,
  )
  if (!fortranOrder || shape.length < 2) return { shape, values }
  if (shape.length > 2) throw new DataError(`${where}: found ${shape.length} dimensions, expected at most 2`)
  return { shape, values: rowMajor(values, shape[0]!, shape[1]!) }
}

function headerOf(bytes: Buffer, where: string): { header: string; dataAt: number } {
  if (!bytes.subarray(0, MAGIC.length).equals(MAGIC) || bytes.length < 12)
    throw new DataError(`${where}: no NumPy array (.npy) found: it is another format or cut off`)
  const major = bytes[6]!
  if (major < 1 || major > 3) throw new DataError(`${where}: NumPy format ${major}, this reader knows 1 to 3`)
  const headerAt = major === 1 ? 10 : 12
  const dataAt = headerAt + (major === 1 ? bytes.readUInt16LE(8) : bytes.readUInt32LE(8))
  if (dataAt > bytes.length)
    throw new DataError(`${where}: a header of ${dataAt - headerAt} bytes in a file of ${bytes.length}: it is cut off`)
  return { header: bytes.toString(major === 3 ? 'utf8' : 'latin1', headerAt, dataAt), dataAt }
}

/** The header is a dict of three keys; what is no plain number, shape or order is refused as it stands there. */
function describe(header: string, where: string) {
  const descr = /'descr':\s*('[^']*'|\[.*?\]|\(.*?\))/.exec(header)?.[1]?.replaceAll("'", '')
  const order = /'fortran_order':\s*(True|False)/.exec(header)?.[1]
  const shape = /'shape':\s*\(([\d\s,]*)\)/.exec(header)?.[1]
  if (descr === undefined || order === undefined || shape === undefined)
    throw new DataError(`${where}: found the header ${header.trim()}; expected descr, fortran_order and shape`)
  if (!Object.hasOwn(ARRAYS, descr))
    throw new DataError(`${where}: found numbers of type ${descr}, expected ${Object.keys(ARRAYS).join(', ')}`)
  return {
    descr: descr as keyof typeof ARRAYS,
    fortranOrder: order === 'True',
    shape: shape
      .split(',')
      .filter((size) => size.trim() !== '')
      .map(Number),
  }
}

function rowMajor<Values extends NpyArray['values']>(columnMajor: Values, rows: number, columns: number): Values {
  const values = columnMajor.slice() as Values
  for (let row = 0; row < rows; row++)
    for (let column = 0; column < columns; column++) values[row * columns + column] = columnMajor[column * rows + row]!
  return values
}
