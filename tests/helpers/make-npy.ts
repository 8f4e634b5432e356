/** A NumPy array as a file. What is given is written as it stands, true or not. */
export interface NpyToMake {
  descr: string
  shape: number[]
  values: ArrayBufferView
  fortranOrder?: boolean
  version?: 1 | 2 | 3
}

/** As numpy.lib.format describes it: the header is padded so that the numbers start on a multiple of 64 bytes. */
export function makeNpy({ descr, shape, values, fortranOrder = false, version = 1 }: NpyToMake): Buffer {
  const sizes = shape.length === 1 ? `${shape[0]},` : shape.join(', ')
  const literal = `{'descr': '${descr}', 'fortran_order': ${fortranOrder ? 'True' : 'False'}, 'shape': (${sizes}), }`
  const headerAt = version === 1 ? 10 : 12
  const length = Math.ceil((headerAt + literal.length + 1) / 64) * 64 - headerAt
  const start = Buffer.alloc(headerAt)
  start.write('\x93NUMPY', 'latin1')
  start[6] = version
  if (version === 1) start.writeUInt16LE(length, 8)
  else start.writeUInt32LE(length, 8)
  const header = `${literal.padEnd(length - 1)}\n`
  return Buffer.concat([start, Buffer.from(header), Buffer.from(values.buffer, values.byteOffset, values.byteLength)])
}
