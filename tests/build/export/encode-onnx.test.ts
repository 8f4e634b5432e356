import { describe, expect, test } from 'vitest'
import { encodeOnnx } from '../../../build/export/encode-onnx.ts'

const letters = (text: string) => [...new TextEncoder().encode(text)]

describe('encodeOnnx', () => {
  test('writes a graph of one sum as onnx.proto3 has it', () => {
    const bytes = encodeOnnx({
      name: 'g',
      inputs: [{ name: 'x', type: 'float', shape: ['n', 2] }],
      outputs: [],
      constants: [{ name: 'c', shape: [2], values: Float32Array.of(1, -2) }],
      nodes: [{ operator: 'Add', inputs: ['x', 'c'], output: 'y', attributes: { axis: 1 } }],
    })
    // a field is 8 · number + kind: 10 is field 1 of bytes, 8 field 1 of a number; its length comes next
    const attribute = [10, 4, ...letters('axis'), 24, 1, 160, 1, 2]
    const node = [
      ...[10, 1, ...letters('x'), 10, 1, ...letters('c'), 18, 1, ...letters('y')],
      ...[26, 1, ...letters('y'), 34, 3, ...letters('Add'), 42, attribute.length, ...attribute],
    ]
    // 1 is 0x3f800000 and −2 is 0xc0000000, the lowest byte first
    const tensor = [8, 2, 16, 1, 66, 1, ...letters('c'), 74, 8, 0, 0, 0x80, 0x3f, 0, 0, 0, 0xc0]
    const shape = [10, 3, 18, 1, ...letters('n'), 10, 2, 8, 2]
    const type = [10, 4 + shape.length, 8, 1, 18, shape.length, ...shape]
    const value = [10, 1, ...letters('x'), 18, type.length, ...type]
    const graph = [
      10,
      node.length,
      ...node,
      18,
      1,
      ...letters('g'),
      42,
      tensor.length,
      ...tensor,
      90,
      value.length,
      ...value,
    ]
    expect([...bytes]).toEqual([
      ...[8, 8, 18, 7, ...letters('marquee'), 58, graph.length, ...graph],
      ...[66, 4, 10, 0, 16, 17],
    ])
  })

  test('writes a long length in several bytes, seven bits each', () => {
    const values = new Float32Array(50)
    const bytes = encodeOnnx({
      name: '',
      inputs: [],
      outputs: [],
      constants: [{ name: '', shape: [50], values }],
      nodes: [],
    })
    // 200 bytes are 1·128 + 72, so 72 + 128 and then 1
    expect(Buffer.from(bytes).includes(Buffer.from([74, 200, 1, 0, 0]))).toBe(true)
  })

  test('refuses numbers that are not of their shape', () => {
    const constants = [{ name: 'weights', shape: [2, 3], values: new Float32Array(5) }]
    expect(() => encodeOnnx({ name: '', inputs: [], outputs: [], constants, nodes: [] })).toThrow(
      'weights: 5 numbers, expected 2 × 3',
    )
  })
})
