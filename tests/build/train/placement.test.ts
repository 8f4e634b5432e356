import { describe, expect, test } from 'vitest'
import { Config } from '#core/schemas/config.ts'
import type { RatingModel } from '#core/scoring/fold-in-ratings.ts'
import { placementColumns } from '#core/scoring/movie-features.ts'
import { type Interactions, PART, type TermMatrix } from '../../../build/nouns.ts'
import { type PlacementInput, trainPlacement } from '../../../build/train/placement.ts'
import { stepHandles } from '../../helpers/step-handles.ts'

const NUM_ITEMS = 40
/** Everybody has rated everything, so each movie is known well. */
const NUM_USERS = 20
const SIZE = 8
const FACTORS = 2
const items = Array.from({ length: NUM_ITEMS }, (_, item) => item)
/** Every other movie is about space, the others about love. */
const isSpace = (item: number) => item % 2 === 0

const CONTENT: TermMatrix = {
  terms: ['love', 'space'],
  documentFrequencies: Int32Array.of(20, 20),
  indptr: Uint32Array.from({ length: NUM_ITEMS + 1 }, (_, at) => at),
  termIndices: Int32Array.from(items, (item) => (isSpace(item) ? 1 : 0)),
  weights: new Float32Array(NUM_ITEMS).fill(1),
}

function starsOf(bias: (item: number) => number): RatingModel<Float32Array> {
  const rows = new Float32Array(NUM_ITEMS * SIZE)
  for (const item of items) rows.set([bias(item), 1, isSpace(item) ? 1 : -1], item * SIZE)
  const userPrecision = new Float32Array(SIZE * SIZE)
  for (let k = 1; k < SIZE; k++) userPrecision[k * SIZE + k] = 1
  const ones = () => new Float32Array(NUM_ITEMS).fill(1)
  return {
    ...{ size: SIZE, mean: 3, lowest: 0.5, highest: 5, noisePrecision: 1, scaleShape: 0, userPrecision },
    ...{ items: rows, itemUnits: ones(), itemTraces: new Float32Array(NUM_ITEMS * SIZE), traceUnits: ones() },
    ...{ itemScales: ones(), itemVariances: new Float32Array(NUM_ITEMS) },
    userMean: Float32Array.from({ length: SIZE }, (_, k) => (k === 0 ? 1 : 0)),
  }
}

function inputOf(stars: RatingModel<Float32Array>): PlacementInput {
  const rated = NUM_USERS * NUM_ITEMS
  const interactions: Interactions = {
    userIds: Int32Array.from({ length: NUM_USERS }, (_, user) => user + 1),
    indptr: Uint32Array.from({ length: NUM_USERS + 1 }, (_, user) => user * NUM_ITEMS),
    itemIndices: Int32Array.from({ length: rated }, (_, entry) => entry % NUM_ITEMS),
    ratings: new Float32Array(rated).fill(4),
    timestamps: new Uint32Array(rated),
    parts: new Uint8Array(rated).fill(PART.train),
  }
  return {
    itemFactors: Float32Array.from(items.flatMap((item) => (isSpace(item) ? [1, 0] : [0, 1]))),
    factors: FACTORS,
    stars,
    content: CONTENT,
    catalog: { years: new Int16Array(NUM_ITEMS), runtimes: new Int16Array(NUM_ITEMS) },
    interactions,
    parts: [PART.train],
  }
}

const model = Config.parse({ model: { cf: { coldItems: { type: 'ridge', regularization: 0.01 } } } }).model
const place = (input: PlacementInput, config = model) => trainPlacement(input, config, stepHandles())

describe('trainPlacement', () => {
  test('a movie is where the movies with its terms are, by likes and by stars', async () => {
    const placement = (await place(inputOf(starsOf((item) => (isSpace(item) ? 0.5 : -0.5)))))!
    const { constant } = placementColumns(2)
    const placed = (rows: Float32Array, width: number, term: number) =>
      Array.from({ length: width }, (_, k) => rows[term * width + k]! + rows[constant * width + k]!)
    // λ is small beside twenty movies a term: within a tenth
    expect(placed(placement.factors, FACTORS, 1)[0]).toBeCloseTo(1, 1)
    expect(placed(placement.factors, FACTORS, 1)[1]).toBeCloseTo(0, 1)
    expect(placed(placement.stars, SIZE, 1)[0]).toBeGreaterThan(0.4)
    expect(placed(placement.stars, SIZE, 0)[2]).toBeLessThan(-0.8)
  })

  test('is the less sure, the less the terms say of the stars', async () => {
    const told = (await place(inputOf(starsOf((item) => (isSpace(item) ? 0.5 : -0.5)))))!
    const untold = (await place(inputOf(starsOf((item) => (item % 4 < 2 ? 0.5 : -0.5)))))!
    // half a star of bias either way, 0.25 squared, and what λ holds back
    expect(untold.starVariance).toBeGreaterThan(0.25)
    expect(told.starVariance).toBeLessThan(untold.starVariance / 2)
  })

  test('there is none where the config wants none, or nothing is rated', async () => {
    const input = inputOf(starsOf(() => 0))
    const none = Config.parse({ model: { cf: { coldItems: { type: 'none' } } } }).model
    expect(await place(input, none)).toBeNull()
    expect(await place({ ...input, parts: [PART.test] })).toBeNull()
  })
})
