import { describe, expect, test } from 'vitest'
import { toShares, towerContributions, towerReach, towerVector, type UserTower } from '#core/scoring/user-tower.ts'
import { quantizeRows } from '../../../build/export/quantize.ts'
import { randomMatrix } from '../../helpers/random.ts'
import { userVector } from '../../helpers/reference/towers.ts'
import { dot, type Matrix } from '../../helpers/reference.ts'

const [FACTORS, ITEMS] = [8, 20]
const SCALES = [
  { length: 2, recencyHalfLife: 1 },
  { length: 5, recencyHalfLife: 3 },
]
const HISTORY = [3, 7, 19, 0, 7, 4, 11]
const STRENGTHS = [1, 0.5, 2, 0, 1, 1.5, 1]

const rowsOf = (values: ArrayLike<number>, width: number): Matrix =>
  Array.from({ length: values.length / width }, (_, row) =>
    Array.from({ length: width }, (_, k) => values[row * width + k]!),
  )

function draw(layerNorm: boolean, hidden: number[] = [16, 24]): UserTower {
  const { quantized, scales } = quantizeRows(randomMatrix(ITEMS, FACTORS, 1), ITEMS, FACTORS)
  const widths = [SCALES.length * FACTORS, ...hidden, FACTORS]
  const layers = widths.slice(1).map((outputs, number) => {
    const inputs = widths[number]!
    const weights = randomMatrix(inputs, outputs, 10 + number, 0.4)
    return { inputs, outputs, weights, bias: randomMatrix(outputs, 1, 20 + number, 0.3) }
  })
  return { factors: FACTORS, scales: SCALES, layerNorm, history: quantized, historyScales: scales, layers }
}

function plain(tower: UserTower) {
  const rows = rowsOf(tower.history, FACTORS)
  return {
    history: rows.map((row, item) => row.map((value) => value * tower.historyScales[item]!)),
    ...{ embeddings: [], projection: [] },
    layers: tower.layers.map(({ outputs, weights, bias }) => ({ weights: rowsOf(weights, outputs), bias: [...bias] })),
  }
}

describe('toShares', () => {
  test('gives the highest score 1, and one that is ln 2 below it a half', () => {
    const shares = toShares(Float32Array.of(-3, 5, 5 - Math.LN2))
    for (const [at, expected] of [Math.exp(-8), 1, 0.5].entries()) expect(shares[at]).toBeCloseTo(expected, 6)
  })

  test('takes another score for the highest, and is 0 far below it', () => {
    expect([...toShares(Float32Array.of(-1000, 2), 2)]).toEqual([0, 1])
  })
})

describe('towerVector', () => {
  test.each([false, true])('is the vector of its slow twin, layer norm %s', (layerNorm) => {
    const tower = draw(layerNorm)
    const settings = { scales: SCALES, layerNorm, seed: 0, dropout: 0 }
    for (const length of [0, 1, 3, 7]) {
      const [items, strengths] = [HISTORY.slice(0, length), STRENGTHS.slice(0, length)]
      const expected = userVector(plain(tower), { items, strengths }, settings)
      // f32 against f64 over some hundred products
      for (const [k, value] of towerVector(tower, items, strengths).entries())
        expect(value).toBeCloseTo(expected[k]!, 4)
    }
  })

  test('does not see beyond its longest scale', () => {
    const tower = draw(false)
    expect(towerReach(tower)).toBe(5)
    expect(towerVector(tower, HISTORY, STRENGTHS)).toEqual(towerVector(tower, HISTORY.slice(-5), STRENGTHS.slice(-5)))
  })

  test('is the same for stars of another unit', () => {
    const tower = draw(false)
    const twice = STRENGTHS.map((strength) => 2 * strength)
    const vector = towerVector(tower, HISTORY, twice)
    for (const [k, value] of towerVector(tower, HISTORY, STRENGTHS).entries()) expect(vector[k]).toBeCloseTo(value, 5)
  })
})

describe('towerContributions', () => {
  test.each([false, true])('are what the score is made of, but for the biases, layer norm %s', (layerNorm) => {
    const tower = draw(layerNorm)
    const item = randomMatrix(FACTORS, 1, 5)
    const given = towerContributions(tower, item, HISTORY, STRENGTHS)
    const score = dot([...towerVector(tower, HISTORY, STRENGTHS)], [...item])
    // what the biases give: the score as the history fades, with what every ReLU does held
    const faded = fadedScore(tower, item)
    expect(given.reduce((sum, value) => sum + value, 0)).toBeCloseTo(score - faded, 3)
    expect([given[0], given[1], given[3]]).toEqual([0, 0, 0])
  })

  /** The score's part that does not come from the history, by the slope of a network that is linear where nothing switches. */
  function fadedScore(tower: UserTower, item: Float32Array): number {
    const { layers, layerNorm } = tower
    let values = pools(tower, layerNorm)
    let constant = values.map(() => 0)
    for (const [number, { outputs, weights, bias }] of layers.entries()) {
      const apply = (from: number[], start: ArrayLike<number>) =>
        Array.from({ length: outputs }, (_, column) =>
          from.reduce((sum, value, row) => sum + value * weights[row * outputs + column]!, start[column]!),
        )
      const [to, rest] = [apply(values, bias), apply(constant, bias)]
      const passes = (column: number) => number === layers.length - 1 || to[column]! > 0
      values = to.map((value, column) => (passes(column) ? value : 0))
      constant = rest.map((value, column) => (passes(column) ? value : 0))
    }
    return dot(constant, [...item])
  }

  /** A tower of one layer that leaves the pools as they are shows them. */
  function pools(tower: UserTower, layerNorm: boolean): number[] {
    const size = SCALES.length * FACTORS
    const weights = Float32Array.from({ length: size * size }, (_, at) => Number(at % (size + 1) === 0))
    const layers = [{ inputs: size, outputs: size, weights, bias: new Float32Array(size) }]
    return [...towerVector({ ...tower, layerNorm, layers }, HISTORY, STRENGTHS)]
  }
})
