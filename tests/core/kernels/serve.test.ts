import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { openServeKernels, type ServeModel } from '#core/kernels/serve.ts'
import { compileKernel } from '../../../build/io/kernels.ts'
import { randomMatrix, randomQuantized } from '../../helpers/random.ts'
import { dot, foldIn, gramian, type Matrix, rowsOf, solve, system } from '../../helpers/reference.ts'

const module = compileKernel('serve')

function modelOf(numItems: number, factors: number, seed: number): { model: ServeModel; items: Matrix } {
  const { quantized, scales } = randomQuantized(numItems, factors, seed)
  const items = rowsOf(quantized, factors).map((row, item) => row.map((value) => value * scales[item]!))
  return {
    items,
    model: {
      numItems,
      factors,
      quantized,
      scales,
      gramian: Float32Array.from(gramian(items, factors).flat()),
      unobservedWeight: 0.1,
      regularization: 2,
    },
  }
}

/**
 * f32 keeps 24 bits; the errors of a Cholesky solve grow with the condition of A, below 10³ for these models, and
 * 10³ · 2⁻²⁴ = 6e-5 of the largest value.
 */
function expectClose(found: ArrayLike<number>, expected: readonly number[], share = 1e-4): void {
  const largest = Math.max(...expected.map(Math.abs), 1e-6)
  expect(found.length).toBe(expected.length)
  for (const [k, value] of expected.entries()) expect(Math.abs(found[k]! - value)).toBeLessThan(share * largest)
}

/** factors, items and likes, over the sizes where blocks of 4, 8 and 64 begin and end */
const shapes = fc.record({
  factors: fc.constantFrom(8, 16, 24, 64, 72),
  numItems: fc.integer({ min: 1, max: 140 }),
  seed: fc.integer({ min: 1, max: 1e6 }),
})

describe('fold-in', () => {
  test('one like of a unit vector gives w / (α₀ + w + λ)', () => {
    // Y = e₀ (127 · 1/127), YᵀY = e₀e₀ᵀ; (0.5·1 + 2·1 + 1.5) x₀ = 2·1, x₀ = 2 / 4
    const kernels = openServeKernels(module, {
      numItems: 1,
      factors: 8,
      quantized: Int8Array.of(127, 0, 0, 0, 0, 0, 0, 0),
      scales: Float32Array.of(1 / 127),
      gramian: Float32Array.from({ length: 64 }, (_, at) => (at === 0 ? 1 : 0)),
      unobservedWeight: 0.5,
      regularization: 1.5,
    })
    const x = kernels.foldIn(Int32Array.of(0), Float32Array.of(2))
    expect(x[0]).toBeCloseTo(0.5, 6)
    expect(Array.from(x.subarray(1))).toEqual([0, 0, 0, 0, 0, 0, 0])
    expect(kernels.scan(x)[0]).toBeCloseTo(0.5, 6)
  })

  test('a longer history is regularized more where the model was: λ·(n + m)^ν', () => {
    // Y = e₀ and no ridge but λ·(2 + 7)^½ = 3: (1·1 + 2 + 3) x₀ = 2 for two likes of it, x₀ = 1 / 3
    const kernels = openServeKernels(module, {
      numItems: 1,
      factors: 8,
      quantized: Int8Array.of(127, 0, 0, 0, 0, 0, 0, 0),
      scales: Float32Array.of(1 / 127),
      gramian: Float32Array.from({ length: 64 }, (_, at) => (at === 0 ? 1 : 0)),
      unobservedWeight: 1,
      regularization: 1,
      regularizationExponent: 0.5,
      unobservedMass: 7,
    })
    expect(kernels.foldIn(Int32Array.of(0, 0))[0]).toBeCloseTo(1 / 3, 6)
  })

  test('agrees with elimination in 64-bit floats', () => {
    fc.assert(
      fc.property(shapes, fc.array(fc.nat(), { maxLength: 150 }), ({ factors, numItems, seed }, picks) => {
        const { model, items } = modelOf(numItems, factors, seed)
        const liked = picks.map((pick) => pick % numItems)
        const weights = liked.map((_, position) => (position % 5) / 2)
        const x = openServeKernels(module, model).foldIn(Int32Array.from(liked), Float32Array.from(weights))
        expectClose(x, foldIn(items, liked, weights, model))
      }),
      { numRuns: 25, seed: 1 },
    )
  })

  test('is zeros when nothing is liked', () => {
    const { model } = modelOf(10, 16, 5)
    expect(
      openServeKernels(module, model)
        .foldIn(new Int32Array(0))
        .every((value) => value === 0),
    ).toBe(true)
  })

  test('weighs every like 1 by default', () => {
    const { model } = modelOf(30, 16, 5)
    const kernels = openServeKernels(module, model)
    const liked = Int32Array.of(3, 1, 20)
    expect(kernels.foldIn(liked)).toEqual(kernels.foldIn(liked, Float32Array.of(1, 1, 1)))
  })

  test('takes a history longer than there was room for, and then again a short one', () => {
    const { model, items } = modelOf(50, 16, 9)
    const kernels = openServeKernels(module, { ...model, maxHistory: 4 })
    const long = Array.from({ length: 40_000 }, (_, position) => position % 50)
    // 40 000 sums in f32: errors grow up to n · 2⁻²⁴ = 2.4e-3
    expectClose(
      kernels.foldIn(Int32Array.from(long)),
      foldIn(
        items,
        long,
        long.map(() => 1),
        model,
      ),
      2.4e-3,
    )
    expectClose(kernels.foldIn(Int32Array.of(2, 8)), foldIn(items, [2, 8], [1, 1], model))
  })
})

describe('contributions', () => {
  test('are w · y_iᵀ A⁻¹ y_j, and sum to the score', () => {
    const { model, items } = modelOf(90, 24, 11)
    const kernels = openServeKernels(module, model)
    const liked = [4, 17, 80, 33, 41]
    const weights = [1, 0.5, 2, 1, 3]
    const x = kernels.foldIn(Int32Array.from(liked), Float32Array.from(weights))
    for (const item of [0, 17, 88, 6]) {
      const shares = kernels.contributions(item, Int32Array.from(liked), Float32Array.from(weights))
      const solved = solve(system(items, liked, weights, model), items[item]!)
      const expected = liked.map((other, position) => weights[position]! * dot(solved, items[other]!))
      expectClose(shares, expected)
      const score = dot(items[item]!, Array.from(x))
      const largest = Math.max(...expected.map(Math.abs))
      expect(Math.abs(shares.reduce((sum, share) => sum + share, 0) - score)).toBeLessThanOrEqual(1e-4 * largest)
    }
  })
})

describe('scan', () => {
  test('is within the rounding of the query of a float dot', () => {
    fc.assert(
      fc.property(shapes, ({ factors, numItems, seed }) => {
        const { model, items } = modelOf(numItems, factors, seed)
        const query = randomMatrix(1, factors, seed + 1, 0.3)
        const scores = openServeKernels(module, model).scan(query)
        const step = Math.max(...query.map(Math.abs)) / 32_767
        expect(scores.length).toBe(numItems)
        for (const [item, row] of items.entries()) {
          const size = row.reduce((sum, value) => sum + Math.abs(value), 0)
          const exact = dot(row, Array.from(query))
          // half a step a factor, and four roundings to f32
          expect(Math.abs(scores[item]! - exact)).toBeLessThanOrEqual((size * step) / 2 + 2 ** -22 * Math.abs(exact))
        }
      }),
      { numRuns: 25, seed: 2 },
    )
  })

  test('does not overflow at 512 factors of the largest values', () => {
    const factors = 512
    const lowest = { quantized: new Int8Array(factors).fill(-128), scales: Float32Array.of(1) }
    const kernels = openServeKernels(module, { ...modelOf(1, factors, 1).model, ...lowest })
    // 512 · 128 · 1
    expect(kernels.scan(new Float32Array(factors).fill(1))[0]).toBeCloseTo(-65_536, 1)
  })

  test('gives zeros for a vector of zeros', () => {
    const { model } = modelOf(5, 8, 3)
    expect(Array.from(openServeKernels(module, model).scan(new Float32Array(8)))).toEqual([0, 0, 0, 0, 0])
  })

  test('writes to the given array, which the next scan leaves alone', () => {
    const { model } = modelOf(20, 8, 3)
    const kernels = openServeKernels(module, model)
    const out = kernels.scan(randomMatrix(1, 8, 1), new Float32Array(20))
    const before = out.slice()
    kernels.scan(randomMatrix(1, 8, 2))
    expect(out).toEqual(before)
  })
})

describe('several scans together', () => {
  test('are the scans one by one, more of them than go at once', () => {
    const { model } = modelOf(37, 24, 4)
    const kernels = openServeKernels(module, model)
    const vectors = Array.from({ length: 12 }, (_, at) => randomMatrix(1, 24, at))
    expect(kernels.scanTogether(vectors)).toEqual(vectors.map((vector) => kernels.scan(vector).slice()))
  })

  test('of nobody are none', () => {
    expect(openServeKernels(module, modelOf(5, 8, 3).model).scanTogether([])).toEqual([])
  })
})

describe('cosines', () => {
  test('agree with 64-bit floats, and are 0 for rows of zeros', () => {
    const { model, items } = modelOf(61, 24, 8)
    const kernels = openServeKernels(module, model)
    for (const item of [0, 6, 60]) {
      const found = kernels.cosines(item)
      for (const [other, row] of items.entries()) {
        const norms = Math.sqrt(dot(row, row) * dot(items[item]!, items[item]!))
        // sums are exact integers; two inverse norms and two products round to f32
        expect(Math.abs(found[other]! - (norms > 0 ? dot(row, items[item]!) / norms : 0))).toBeLessThan(4 * 2 ** -23)
      }
    }
  })
})

describe('unit rows', () => {
  test('have cosines as their products, and are zeros for rows of zeros', () => {
    const { model, items } = modelOf(61, 24, 8)
    const kernels = openServeKernels(module, model)
    const wanted = Int32Array.of(60, 0, 6, 6)
    const units = rowsOf(kernels.unitRows(wanted), 24)
    for (const [position, item] of wanted.entries()) {
      const length = Math.sqrt(dot(items[item]!, items[item]!))
      const expected = items[item]!.map((value) => (length > 0 ? value / length : 0))
      for (const [k, value] of expected.entries()) expect(units[position]![k]).toBeCloseTo(value, 6)
    }
  })
})

describe('what is refused', () => {
  const { model } = modelOf(10, 8, 1)
  const kernels = openServeKernels(module, model)

  test.each([
    [() => kernels.foldIn(Int32Array.of(3, 10, -1)), 'item index 10, expected 0 to 9'],
    [() => kernels.foldIn(Int32Array.of(3, -1)), 'item index -1, expected 0 to 9'],
    [
      () => kernels.foldIn(Int32Array.of(3, 4), Float32Array.of(1, Number.NaN)),
      'weight NaN at 1, expected a number from 0 up',
    ],
    [() => kernels.foldIn(Int32Array.of(3, 4), Float32Array.of(-1, 1)), 'weight -1 at 0, expected a number from 0 up'],
    [() => kernels.foldIn(Int32Array.of(3, 4), Float32Array.of(1)), '1 weights for 2 liked items'],
    [() => kernels.cosines(10), 'item index 10, expected 0 to 9'],
    [() => kernels.unitRows(Int32Array.of(1, 10)), 'item index 10, expected 0 to 9'],
    [() => kernels.unitRows(Int32Array.of(1), new Float32Array(7)), 'out has 7 places, expected 8'],
    [() => kernels.contributions(1.5, Int32Array.of(1)), 'item index 1.5, expected 0 to 9'],
    [() => kernels.scan(new Float32Array(7)), 'user vector has 7 factors, expected 8'],
    [() => kernels.scan(new Float32Array(8).fill(Number.NaN)), 'user vector: NaN at 0, expected a finite number'],
    [() => openServeKernels(module, { ...model, numItems: -1 }), 'numItems is -1, expected a whole number from 0 up'],
    [
      () => openServeKernels(module, { ...model, factors: 12 }),
      'factors is 12, expected a multiple of 8 from 8 to 512',
    ],
    [() => openServeKernels(module, { ...model, scales: new Float32Array(9) }), 'scales has 9 numbers, expected 10'],
    [() => openServeKernels(module, { ...model, regularization: 0 }), 'regularization is 0, expected a number above 0'],
    [
      () => openServeKernels(module, { ...model, regularizationExponent: -1 }),
      'regularizationExponent is -1, expected a number from 0 up',
    ],
  ])('%#: %s', (call, message) => {
    expect(call).toThrow(new RangeError(message))
  })
})
