import { describe, expect, test } from 'vitest'
import { parseNpy } from '../../../build/import/npy.ts'
import { makeNpy } from '../../helpers/make-npy.ts'

const SIX = Float32Array.of(1, 2, 3, 4, 5, 6)

describe('reads', () => {
  test.each([
    ['<f4', SIX],
    ['<f8', Float64Array.from(SIX)],
    ['<i4', Int32Array.from(SIX)],
    ['<i8', BigInt64Array.from(SIX, BigInt)],
  ])('%s', (descr, values) => {
    expect(parseNpy(makeNpy({ descr, shape: [2, 3], values }), 'x.npy')).toEqual({ shape: [2, 3], values })
  })

  test.each([1, 2, 3] as const)('format version %i', (version) => {
    expect(parseNpy(makeNpy({ descr: '<f4', shape: [6], values: SIX, version }), 'x.npy').shape).toEqual([6])
  })

  test('Fortran’s order as rows', () => {
    // columns (1 2) (3 4) (5 6) are the rows (1 3 5) (2 4 6)
    const { values } = parseNpy(makeNpy({ descr: '<f4', shape: [2, 3], values: SIX, fortranOrder: true }), 'x.npy')
    expect([...(values as Float32Array)]).toEqual([1, 3, 5, 2, 4, 6])
  })

  test('an array without rows', () => {
    const empty = { descr: '<f4', shape: [0, 3], values: new Float32Array(0) }
    expect(parseNpy(makeNpy(empty), 'x.npy')).toEqual({ shape: [0, 3], values: new Float32Array(0) })
  })

  test('bytes that start at any offset of their memory', () => {
    const shifted = Buffer.concat([Buffer.of(0), makeNpy({ descr: '<f8', shape: [1], values: Float64Array.of(7) })])
    expect(parseNpy(shifted.subarray(1), 'x.npy').values).toEqual(Float64Array.of(7))
  })
})

describe('refuses', () => {
  const good = makeNpy({ descr: '<f4', shape: [2, 3], values: SIX })
  const of = (change: object) => makeNpy({ descr: '<f4', shape: [2, 3], values: SIX, ...change })
  const header = (text: string) => Buffer.from(good.toString('latin1').replace("'<f4'", text), 'latin1')
  test.each([
    ['another format', Buffer.from('PK\x03\x04 and more of it'), 'x.npy: no NumPy array (.npy) found'],
    ['a stub', good.subarray(0, 8), 'x.npy: no NumPy array (.npy) found: it is another format or cut off'],
    ['a header cut off', good.subarray(0, 40), 'x.npy: a header of 118 bytes in a file of 40: it is cut off'],
    ['numbers cut off', good.subarray(0, -4), 'found 20 bytes of numbers, expected 24 for the shape (2,3) of <f4'],
    [
      'a version to come',
      Buffer.concat([good.subarray(0, 6), Buffer.of(9), good.subarray(7)]),
      'format 9, this reader',
    ],
    ['half precision', of({ descr: '<f2' }), 'found numbers of type <f2, expected <f4, <f8, <i4, <i8'],
    ['big-endian numbers', of({ descr: '>f4' }), 'found numbers of type >f4, expected'],
    ['Python objects', of({ descr: '|O' }), 'found numbers of type |O, expected'],
    ['records', header("[('a', '<f4')]"), 'found numbers of type [(a, <f4)], expected'],
    [
      'a header without a type',
      header('0    '),
      /found the header \{'descr': 0.*; expected descr, fortran_order and shape/,
    ],
    [
      'a cube in Fortran’s order',
      of({ shape: [1, 2, 3], fortranOrder: true }),
      'found 3 dimensions, expected at most 2',
    ],
  ])('%s', (_, bytes, message) => {
    expect(() => parseNpy(bytes, 'x.npy')).toThrow(message)
  })
})
