import { describe, expect, test } from 'vitest'
import type { TowerLoss } from '#core/kernels/train/neural.ts'
import { randomSource } from '#core/random.ts'
import { openTowerMemory, runSteps, type TowerMemory } from '../../../../build/train/neural/tower-memory.ts'
import { randomMatrix } from '../../../helpers/random.ts'
import { type PlainBatch, type PlainLayer, type PlainTowers, towerLoss } from '../../../helpers/reference/towers.ts'
import type { Matrix } from '../../../helpers/reference.ts'

const [PRODUCTS, ITEMS, WIDTH, BATCH, CANDIDATES] = [8, 12, 24, 8, 16]
/** numbers of a vector that go into joint layers, where there are some */
const JOINT = 16
/** features by which movies are alike */
const ALIKE = 16
const SCALES = [
  { length: 2, recencyHalfLife: 1 },
  { length: 4, recencyHalfLife: 6 },
]
/** three users; the second has no history before its first place, the third the same item twice */
const HISTORIES = [[0, 1, 2, 3, 4, 5], [6], [7, 8, 7, 9, 10, 1]]
/** places of what is to be told, some of them twice: with one before it, with more than it sees, and with none */
const PLACES = [1, 5, 6, 8, 9, 12, 12, 4]
const INDICES = HISTORIES.flat()
const INDPTR = Uint32Array.of(0, 6, 7, 13)
const STRENGTHS = Float32Array.from(INDICES, (_, place) => 0.5 + (place % 3) / 4)

interface Case {
  loss: TowerLoss
  mse?: number
  diversity?: number
  layerNorm?: boolean
  dropout?: number
  idDropout?: number
  hidden?: number[]
  /** outputs of the joint layers behind the first one; left out: the vectors are multiplied */
  joint?: number[]
}

const CASES: [string, Case][] = [
  ['the softmax', { loss: 'softmax' }],
  ['the softmax and squared error', { loss: 'softmax', mse: 0.3 }],
  ['the softmax and diversity', { loss: 'softmax', diversity: 3 }],
  ['the softmax, squared error and diversity', { loss: 'softmax', mse: 0.3, diversity: 3 }],
  ['BPR', { loss: 'bpr' }],
  ['BPR and squared error', { loss: 'bpr', mse: 0.3 }],
  ['layer norm', { loss: 'softmax', layerNorm: true }],
  ['dropout', { loss: 'softmax', dropout: 0.4, idDropout: 0.3, layerNorm: true }],
  ['no hidden layer', { loss: 'softmax', hidden: [] }],
  ['two hidden layers', { loss: 'softmax', hidden: [32, 16] }],
  ['cross-entropy', { loss: 'bce' }],
  ['neural CF by cross-entropy', { loss: 'bce', hidden: [], joint: [] }],
  ['neural CF of three layers', { loss: 'softmax', joint: [24, 8], layerNorm: true, idDropout: 0.3 }],
  ['neural CF and squared error', { loss: 'bce', mse: 0.3, joint: [8] }],
  ['neural CF and diversity', { loss: 'softmax', diversity: 3, joint: [8] }],
]

function rowsOf(values: Float32Array, width: number): Matrix {
  return Array.from({ length: values.length / width }, (_, row) =>
    Array.from(values.subarray(row * width, (row + 1) * width)),
  )
}

function open({ loss, mse = 0, diversity = 0, layerNorm = false, hidden = [16], joint }: Case, threads = 1) {
  const features = { width: WIDTH, rows: randomMatrix(ITEMS, WIDTH, 5, 0.3), alike: ALIKE }
  const histories = { indptr: INDPTR, indices: Int32Array.from(INDICES), strengths: STRENGTHS }
  const problem = { histories, numItems: ITEMS, features, examples: new Uint32Array(0), values: new Float32Array(0) }
  const shape = { factors: PRODUCTS + (joint ? JOINT : 0), scales: SCALES, hidden, batch: BATCH, mse, diversity }
  const over = joint ? { products: PRODUCTS, hidden: joint } : null
  const network = { ...shape, joint: over, loss, candidates: CANDIDATES, normalizes: layerNorm }
  const memory = openTowerMemory(problem, network, threads, new AbortController().signal)
  for (const [number, block] of blocksOf(memory).entries()) block.set(randomMatrix(block.length, 1, 10 + number, 0.4))
  for (const { inputs, outputs, weights, transposed } of [...memory.layers, ...memory.joint.layers])
    for (let at = 0; at < weights.length; at++)
      transposed[(at % outputs) * inputs + Math.floor(at / outputs)] = weights[at]!
  for (const [b, place] of PLACES.entries()) {
    memory.steps[0]!.places[b] = place
    memory.steps[0]!.firstPlaces[b] = INDPTR.findLast((start) => start <= place)!
    memory.steps[0]!.values[b] = 0.2 * b
  }
  // the last candidate is the first example's once more
  memory.steps[0]!.candidateItems.set([
    ...PLACES.map((place) => INDICES[place]!),
    0,
    2,
    4,
    6,
    8,
    10,
    11,
    INDICES[PLACES[0]!]!,
  ])
  memory.steps[0]!.corrections.set(Array.from(memory.steps[0]!.candidateItems, (item) => -item / 5))
  return { memory, features }
}

/** What is learned, in the order of their moments. */
function blocksOf({ learned, layers, joint }: TowerMemory): Float32Array[] {
  return [
    learned.history,
    learned.embeddings,
    learned.projection,
    ...[...layers, ...joint.layers].flatMap(({ weights, bias }) => [weights, bias]),
    joint.output,
  ]
}

const stepOf = async (memory: TowerMemory) => (await runSteps(memory, 1))[0]!

function plainOf(memory: TowerMemory): PlainTowers {
  const { learned, layers, joint } = memory
  const { outputs: factors } = layers.at(-1)!
  const plain = ({ outputs, weights, bias }: (typeof layers)[number]) => ({
    weights: rowsOf(weights, outputs),
    bias: Array.from(bias),
  })
  return {
    history: rowsOf(learned.history, factors),
    embeddings: rowsOf(learned.embeddings, factors),
    projection: rowsOf(learned.projection, factors),
    layers: layers.map(plain),
    joint: { layers: joint.layers.map(plain), output: Array.from(joint.output) },
  }
}

function batchOf(memory: TowerMemory, features: { rows: Float32Array }, seed: number, given: Case): PlainBatch {
  const { candidateItems, corrections, firstPlaces, values } = memory.steps[0]!
  return {
    examples: PLACES.map((place, b) => {
      const first = firstPlaces[b]!
      const strengths = Array.from(STRENGTHS.subarray(first, place))
      return { items: INDICES.slice(first, place), strengths, value: values[b]! }
    }),
    ...{ candidates: Array.from(candidateItems), corrections: Array.from(corrections) },
    ...{ features: rowsOf(features.rows, WIDTH), scales: SCALES, seed },
    ...{ mse: 0, diversity: 0, alike: ALIKE, layerNorm: false, dropout: 0, idDropout: 0, ...given },
  }
}

/** The towers moved by `distance` along a direction of one block. */
function moved(towers: PlainTowers, block: number, direction: Float32Array, distance: number): PlainTowers {
  let number = 0
  const shift = (rows: Matrix): Matrix => {
    const width = rows[0]!.length
    if (number++ !== block) return rows
    return rows.map((row, r) => row.map((value, k) => value + distance * direction[r * width + k]!))
  }
  const [history, embeddings, projection] = [shift(towers.history), shift(towers.embeddings), shift(towers.projection)]
  const shifted = ({ weights, bias }: PlainLayer) => ({ weights: shift(weights), bias: shift([bias])[0]! })
  const layers = towers.layers.map(shifted)
  const joint = { layers: towers.joint.layers.map(shifted), output: shift([towers.joint.output])[0]! }
  return { history, embeddings, projection, layers, joint }
}

const NUMBERS = { seed: 77, dropout: 0, idDropout: 0, rate: 1e-3, epsilon: 1e-8, decay: 0 }

describe('a step of the two towers', () => {
  test.each(CASES)('has the loss and the gradients of its slow twin with %s', async (_, given) => {
    const { memory, features } = open(given)
    try {
      const { dropout = 0, idDropout = 0 } = given
      memory.steps[0]!.set({ ...NUMBERS, dropout, idDropout })
      const towers = plainOf(memory)
      const batch = batchOf(memory, features, NUMBERS.seed, given)
      expect(await stepOf(memory)).toBeCloseTo(towerLoss(towers, batch), 5)
      for (const [block, moments] of memory.moments.entries()) {
        // Adam's first moment is a tenth of the first gradient
        const gradient = moments.subarray(0, moments.length / 2).map((moment) => 10 * moment)
        const { normal } = randomSource(block)
        const direction = gradient.map(() => normal())
        const along = gradient.reduce((sum, slope, at) => sum + slope * direction[at]!, 0)
        // so short that hardly one of the ReLUs of all pairs switches on the way
        const losses = [1e-6, -1e-6].map((distance) => towerLoss(moved(towers, block, direction, distance), batch))
        const slope = (losses[0]! - losses[1]!) / 2e-6
        // f32 against f64: gradients of about 0.01 each over some hundred numbers
        expect(Math.abs(slope - along)).toBeLessThan(5e-5 * Math.max(1, Math.abs(along)))
      }
    } finally {
      await memory.engine.close()
    }
  })

  test('moves weights as Adam does, and takes the decay off them', async () => {
    const { memory } = open({ loss: 'softmax' })
    try {
      memory.steps[0]!.set({ ...NUMBERS, decay: 0.01 })
      const before = blocksOf(memory).map((block) => block.slice())
      await stepOf(memory)
      for (const [number, block] of blocksOf(memory).entries()) {
        const moments = memory.moments[number]!
        for (const [at, value] of block.entries()) {
          const [moment, square] = [moments[at]!, moments[at + block.length]!]
          const isTouched = number > 1 || moment !== 0
          const expected = before[number]![at]! * (isTouched ? 0.99 : 1) - (1e-3 * moment) / (Math.sqrt(square) + 1e-8)
          expect(Math.abs(value - expected)).toBeLessThan(1e-6)
        }
      }
    } finally {
      await memory.engine.close()
    }
  })

  test('leaves the rows of items alone that have no part in it', async () => {
    const { memory } = open({ loss: 'softmax' })
    try {
      memory.steps[0]!.set({ ...NUMBERS, decay: 0.01 })
      const [history, embeddings] = [memory.learned.history.slice(), memory.learned.embeddings.slice()]
      await stepOf(memory)
      const changed = (before: Float32Array, after: Float32Array) =>
        Array.from({ length: ITEMS }, (_, item) => item).filter((item) =>
          before
            .subarray(item * PRODUCTS, (item + 1) * PRODUCTS)
            .some((value, k) => value !== after[item * PRODUCTS + k]),
        )
      const seen = new Set(
        PLACES.flatMap((place, b) => INDICES.slice(memory.steps[0]!.firstPlaces[b]!, place).slice(-4)),
      )
      expect(changed(history, memory.learned.history)).toEqual([...seen].sort((a, b) => a - b))
      const candidates = new Set(memory.steps[0]!.candidateItems)
      expect(changed(embeddings, memory.learned.embeddings)).toEqual([...candidates].sort((a, b) => a - b))
    } finally {
      await memory.engine.close()
    }
  })
})
