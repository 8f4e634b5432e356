/**
 * ONNX (https://onnx.ai): a graph of operators with its numbers, which other runtimes compute. Written as protocol buffers by
 * hand: a field is its number and kind, then its bytes, and a message within one has its length in front.
 */

/** https://github.com/onnx/onnx/blob/main/docs/Versioning.md; both are known by every runtime since 2022 */
const IR_VERSION = 8
const OPERATORS = 17

const VARINT = 0
const BYTES = 2
const FIXED_32 = 5

/** TensorProto.DataType */
const TYPES = { float: 1, int64: 7 } as const
/** AttributeProto.AttributeType */
const ATTRIBUTES = { float: 1, int: 2, ints: 7 } as const

export interface OnnxGraph {
  name: string
  /** a size, or the name of one that is known when it runs */
  inputs: OnnxValue[]
  outputs: OnnxValue[]
  constants: { name: string; shape: number[]; values: Float32Array | BigInt64Array }[]
  /** in the order in which they are computed */
  nodes: OnnxNode[]
}

export interface OnnxValue {
  name: string
  type: keyof typeof TYPES
  shape: (number | string)[]
}

export interface OnnxNode {
  operator: string
  inputs: string[]
  output: string
  attributes?: Record<string, number | number[]>
  /** attributes that are not whole numbers */
  floats?: Record<string, number>
}

/** A ModelProto of onnx.proto3. */
export function encodeOnnx({ name, inputs, outputs, constants, nodes }: OnnxGraph): Uint8Array {
  const graph = message(
    ...nodes.map((node) => field(1, encodeNode(node))),
    text(2, name),
    ...constants.map((constant) => field(5, encodeTensor(constant))),
    ...inputs.map((value) => field(11, encodeValue(value))),
    ...outputs.map((value) => field(12, encodeValue(value))),
  )
  return message(
    number(1, IR_VERSION),
    text(2, 'marquee'),
    field(7, graph),
    field(8, message(text(1, ''), number(2, OPERATORS))),
  )
}

function encodeNode({ operator, inputs, output, attributes = {}, floats = {} }: OnnxNode): Uint8Array {
  const whole = Object.entries(attributes).map(([name, value]) =>
    typeof value === 'number'
      ? message(text(1, name), number(3, value), number(20, ATTRIBUTES.int))
      : message(text(1, name), ...value.map((each) => number(8, each)), number(20, ATTRIBUTES.ints)),
  )
  const real = Object.entries(floats).map(([name, value]) =>
    message(text(1, name), tag(2, FIXED_32), bytesOf(Float32Array.of(value)), number(20, ATTRIBUTES.float)),
  )
  return message(
    ...inputs.map((input) => text(1, input)),
    text(2, output),
    text(3, output),
    text(4, operator),
    ...[...whole, ...real].map((attribute) => field(5, attribute)),
  )
}

function encodeTensor({ name, shape, values }: OnnxGraph['constants'][number]): Uint8Array {
  const size = shape.reduce((product, length) => product * length, 1)
  if (size !== values.length) throw new RangeError(`${name}: ${values.length} numbers, expected ${shape.join(' × ')}`)
  return message(
    ...shape.map((length) => number(1, length)),
    number(2, values instanceof Float32Array ? TYPES.float : TYPES.int64),
    text(8, name),
    field(9, bytesOf(values)),
  )
}

function encodeValue({ name, type, shape }: OnnxValue): Uint8Array {
  const sizes = shape.map((size) => field(1, typeof size === 'number' ? number(1, size) : text(2, size)))
  const tensor = message(number(1, TYPES[type]), field(2, message(...sizes)))
  return message(text(1, name), field(2, field(1, tensor)))
}

function message(...parts: Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0))
  let at = 0
  for (const part of parts) {
    bytes.set(part, at)
    at += part.length
  }
  return bytes
}

function field(id: number, bytes: Uint8Array): Uint8Array {
  return message(tag(id, BYTES), varint(bytes.length), bytes)
}

function text(id: number, value: string): Uint8Array {
  return field(id, new TextEncoder().encode(value))
}

/** @param value from 0 up */
function number(id: number, value: number): Uint8Array {
  return message(tag(id, VARINT), varint(value))
}

function tag(id: number, kind: number): Uint8Array {
  return varint(id * 8 + kind)
}

/** Seven bits a byte, the lowest first; all but the last have the eighth. */
function varint(value: number): Uint8Array {
  const bytes: number[] = []
  let rest = value
  for (; rest >= 128; rest = Math.floor(rest / 128)) bytes.push((rest % 128) + 128)
  return Uint8Array.of(...bytes, rest)
}

function bytesOf({ buffer, byteOffset, byteLength }: Float32Array | BigInt64Array): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength)
}
