import { describe, expect, test } from 'vitest'
import { randomSource } from '#core/random.ts'
import { batchFiller } from '../../../../../build/train/neural/rating/fill-batch.ts'
import {
  openRatingMemory,
  type RatingMemory,
  runBackward,
  runForward,
} from '../../../../../build/train/neural/rating/rating-memory.ts'
import type { Asked } from '../../../../../build/train/neural/rating/rating-problem.ts'
import { usualStars } from '../../../../../build/train/neural/rating/usual-stars.ts'
import { randomMatrix } from '../../../../helpers/random.ts'
import {
  type PlainRatingBatch,
  type PlainRatingNetwork,
  ratingNetworkLoss,
} from '../../../../helpers/reference/rating-network.ts'
import type { Matrix } from '../../../../helpers/reference.ts'

const [ITEMS, FEATURES, LEVELS, POOL_DAMPING] = [14, 24, 5, 3]
/** the second user has rated nothing else; the third more than is seen */
const ROWS = [[0, 1, 2, 3, 4], [6], [7, 8, 9, 10, 11, 12, 13, 0, 1, 5, 6]]
const INDICES = ROWS.flat()
const INDPTR = Uint32Array.of(0, 5, 6, 17)
const STARS = Float32Array.from(INDICES, (_, place) => 1 + ((place * 7) % 9) / 2)
/** one bucket twice, item 3 and the last without people */
const PEOPLE = Array.from({ length: ITEMS }, (_, item) => (item % 10 === 3 ? [] : [item % 5, 5 + (item % 3)]))

interface Case {
  width?: number
  heads?: number
  hidden?: number[]
  distribution?: number
  dropout?: number
  idDropout?: number
}

const CASES: [string, Case][] = [
  ['squared error alone', { distribution: 0 }],
  ['cross-entropy alone', { distribution: 1 }],
  ['both', { distribution: 0.3 }],
  ['two heads', { width: 16, heads: 2 }],
  ['dropout, and movies without their ids', { dropout: 0.4, idDropout: 0.5 }],
  ['no hidden layer', { hidden: [] }],
  ['two hidden layers', { hidden: [32, 16] }],
]

const rowsOf = (values: Float32Array, width: number): Matrix =>
  Array.from({ length: values.length / width }, (_, row) => Array.from(values.subarray(row * width, (row + 1) * width)))

function open({ width = 8, heads = 1, hidden = [16], distribution = 0.3, idDropout = 0 }: Case) {
  const ends = new Uint32Array(ITEMS)
  for (const [item, buckets] of PEOPLE.entries()) ends[item] = (ends[item - 1] ?? 0) + buckets.length
  const told = {
    features: { width: FEATURES, rows: randomMatrix(ITEMS, FEATURES, 5, 0.3) },
    people: { ends, buckets: Uint32Array.from(PEOPLE.flat()), numBuckets: 8 },
  }
  const problem = {
    ratings: { indptr: INDPTR, indices: Int32Array.from(INDICES), ratings: STARS },
    ...{ numItems: ITEMS, told },
  }
  const shape = { width, heads, hidden, reach: 8, distribution }
  const memory = openRatingMemory(problem, shape, LEVELS, POOL_DAMPING, 2, new AbortController().signal)
  for (const [number, block] of blocksOf(memory).entries()) block.set(randomMatrix(block.length, 1, 10 + number, 0.4))
  for (const { inputs, outputs, weights, transposed } of memory.layers)
    for (let at = 0; at < weights.length; at++)
      transposed[(at % outputs) * inputs + Math.floor(at / outputs)] = weights[at]!
  const usual = usualStars(problem.ratings, ITEMS)
  const filler = batchFiller(problem, usual, { lowest: 1, highest: 5, count: LEVELS }, { reach: 8, idDropout })
  const places = (user: number) => Uint32Array.from(ROWS[user]!, (_, at) => INDPTR[user]! + at)
  const asked: Asked[] = [0, 1, 2].map((user) => ({ user, items: ROWS[user]!, places: places(user) }))
  const batch = filler.fill(memory.steps[0], asked, randomSource(3))
  return { memory, batch, told, width, heads, distribution }
}

/** What is learned, in the order of their moments. */
function blocksOf({ learned, layers }: RatingMemory): Float32Array[] {
  return [
    learned.embeddings,
    learned.projection,
    learned.people,
    ...layers.flatMap(({ weights, bias }) => [weights, bias]),
  ]
}

function plainOf({ learned, layers }: RatingMemory, width: number): PlainRatingNetwork {
  return {
    embeddings: rowsOf(learned.embeddings, 5 * width),
    projection: rowsOf(learned.projection, 5 * width),
    people: rowsOf(learned.people, 5 * width),
    layers: layers.map(({ outputs, weights, bias }) => ({ weights: rowsOf(weights, outputs), bias: Array.from(bias) })),
  }
}

/** The batch as it stands in memory. */
function plainBatch({ memory, told, width, heads, distribution }: ReturnType<typeof open>, dropout: number) {
  const [step] = memory.steps
  const groups = ROWS.map((_, group): PlainRatingBatch['groups'][number] => {
    const first = group > 0 ? step.targetEnds[group - 1]! : 0
    return {
      history: Array.from({ length: step.historyCounts[group]! }, (_, at) => ({
        item: step.slotItems[step.historySlots[group * 8 + at]!]!,
        stars: step.historyStars[group * 8 + at]!,
      })),
      asked: Array.from({ length: step.targetCounts[group]! }, (_, t) => ({
        item: step.slotItems[step.targetSlots[first + t]!]!,
        own: step.targetPlaces[first + t]!,
        hasId: step.targetIds[first + t] === 1,
        scalars: Array.from(step.scalars.subarray((first + t) * 8, (first + t + 1) * 8)),
        ...{ value: step.values[first + t]!, position: step.positions[first + t]! },
      })),
    }
  })
  const shape = { width, heads, levels: LEVELS, poolDamping: POOL_DAMPING, distribution, seed: NUMBERS.seed, dropout }
  return { groups, features: rowsOf(told.features.rows, FEATURES), people: PEOPLE, ...shape }
}

/** The network moved by `distance` along a direction of one block. */
function moved(network: PlainRatingNetwork, block: number, direction: Float32Array, distance: number) {
  let number = 0
  const shift = (rows: Matrix): Matrix => {
    const width = rows[0]!.length
    if (number++ !== block) return rows
    return rows.map((row, r) => row.map((value, k) => value + distance * direction[r * width + k]!))
  }
  const [embeddings, projection, people] = [shift(network.embeddings), shift(network.projection), shift(network.people)]
  const layers = network.layers.map(({ weights, bias }) => ({ weights: shift(weights), bias: shift([bias])[0]! }))
  return { embeddings, projection, people, layers }
}

const NUMBERS = { learns: 1, seed: 77, dropout: 0, rate: 1e-3, epsilon: 1e-8, decay: 0, rowDecay: 0 }

async function stepOf({ memory, batch }: ReturnType<typeof open>, numbers = NUMBERS): Promise<number> {
  const { groups, examples, slots, buckets, asked } = batch
  memory.steps[0].set({ ...numbers, ...{ groups, examples, slots, buckets, share: 1 / asked } })
  const loss = await runForward(memory, memory.steps[0], batch)
  await runBackward(memory, memory.steps[0], batch)
  return loss
}

describe('a step of the rating network', () => {
  test.each(CASES)('has the loss and the gradients of its slow twin with %s', async (_, given) => {
    const opened = open(given)
    const { memory, width } = opened
    try {
      const { dropout = 0 } = given
      const network = plainOf(memory, width)
      const batch = plainBatch(opened, dropout)
      expect(await stepOf(opened, { ...NUMBERS, dropout })).toBeCloseTo(ratingNetworkLoss(network, batch), 5)
      for (const [block, moments] of memory.moments.entries()) {
        // Adam's first moment is a tenth of the first gradient
        const gradient = moments.subarray(0, moments.length / 2).map((moment) => 10 * moment)
        const { normal } = randomSource(block)
        const direction = gradient.map(() => normal())
        const along = gradient.reduce((sum, slope, at) => sum + slope * direction[at]!, 0)
        const losses = [1e-6, -1e-6].map((distance) =>
          ratingNetworkLoss(moved(network, block, direction, distance), batch),
        )
        // so short that no ReLU switches; f32 against f64: gradients of about 0.1 each over some hundred numbers
        expect((losses[0]! - losses[1]!) / 2e-6).toBeCloseTo(along, 3)
      }
    } finally {
      await memory.engine.close()
    }
  })

  test('moves weights as Adam does, takes the decays off them, and leaves rows alone that have no part', async () => {
    const opened = open({})
    const { memory, width } = opened
    try {
      const before = blocksOf(memory).map((block) => block.slice())
      await stepOf(opened, { ...NUMBERS, decay: 0.01, rowDecay: 0.02 })
      const decays = blocksOf(memory).map((_, number) => (number === 0 || number === 2 ? 0.02 : 0.01))
      for (const [number, block] of blocksOf(memory).entries()) {
        const moments = memory.moments[number]!
        const isRows = number === 0 || number === 2
        const isBias = number > 2 && number % 2 === 0
        for (const [at, value] of block.entries()) {
          const [moment, square] = [moments[at]!, moments[at + block.length]!]
          const row = Math.floor(at / (5 * width)) * 5 * width
          const isTouched = !isRows || moments.subarray(row, row + 5 * width).some((own) => own !== 0)
          const kept = isBias || !isTouched ? 1 : 1 - decays[number]!
          const expected = before[number]![at]! * kept - (1e-3 * moment) / (Math.sqrt(square) + 1e-8)
          expect(Math.abs(value - expected)).toBeLessThan(1e-6)
        }
      }
    } finally {
      await memory.engine.close()
    }
  })
})
