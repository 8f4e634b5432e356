import { describe, expect, test } from 'vitest'
import type { TrainingState } from '../../../../build/train/checkpoint.ts'
import type { NetworkProgress } from '../../../../build/train/neural/learn-by-epoch.ts'
import type { TowerProblem, TowerWeights } from '../../../../build/train/neural/tower-problem.ts'
import { type TowerTraining, trainTowers } from '../../../../build/train/neural/train-towers.ts'
import { itemVector, type PlainTowers, pairScore, userVector } from '../../../helpers/reference/towers.ts'
import type { Matrix } from '../../../helpers/reference.ts'
import { stepHandles } from '../../../helpers/step-handles.ts'

const OPTIONS: TowerTraining = {
  factors: 8,
  scales: [{ length: 1, recencyHalfLife: 1 }],
  hidden: [16],
  joint: null,
  batch: 16,
  negatives: 0,
  loss: 'softmax',
  logQ: false,
  mse: 0,
  diversity: 0,
  layerNorm: false,
  dropout: 0,
  idDropout: 0,
  learningRate: 0.03,
  weightDecay: 0,
  epochs: 60,
  stopAfter: null,
  patience: null,
}
const WIDTH = 24
/** the same with layers over user and item */
const NEURAL_CF: TowerTraining = { ...OPTIONS, factors: 24, joint: { products: 8, hidden: [8] }, loss: 'bce' }

/** Twelve viewers who go round twelve movies, each from one of his own; the last feature is 1. */
function rounds(): TowerProblem {
  const numItems = 12
  const indptr = Uint32Array.from({ length: 13 }, (_, user) => user * 6)
  const indices = Int32Array.from({ length: 72 }, (_, place) => (Math.floor(place / 6) + (place % 6)) % numItems)
  const examples = Uint32Array.from(indices.keys()).filter((place) => place % 6 > 0)
  return {
    histories: { indptr, indices, strengths: new Float32Array(72).fill(1) },
    numItems,
    features: {
      width: WIDTH,
      alike: 16,
      rows: Float32Array.from({ length: numItems * WIDTH }, (_, at) => Number(at % WIDTH === 23)),
    },
    examples,
    values: new Float32Array(examples.length).fill(1),
  }
}

const rowsOf = (values: Float32Array, width: number): Matrix =>
  Array.from({ length: values.length / width }, (_, row) => Array.from(values.subarray(row * width, (row + 1) * width)))

function plainOf({ history, embeddings, projection, layers, joint }: TowerWeights, factors: number): PlainTowers {
  const plain = ({ outputs, weights, bias }: TowerWeights['layers'][number]) => ({
    weights: rowsOf(weights, outputs),
    bias: [...bias],
  })
  return {
    history: rowsOf(history, factors),
    embeddings: rowsOf(embeddings, factors),
    projection: rowsOf(projection, factors),
    layers: layers.map(plain),
    joint: { layers: joint.layers.map(plain), output: [...joint.output] },
  }
}

describe('trainTowers', () => {
  test.each([
    ['the softmax', OPTIONS],
    ['BPR', { ...OPTIONS, loss: 'bpr' as const }],
    ['cross-entropy', { ...OPTIONS, loss: 'bce' as const }],
    ['neural CF', NEURAL_CF],
  ])('learns by %s what comes after what', async (_, options) => {
    const { factors } = options
    const { weights, itemVectors, losses } = await trainTowers(rounds(), options, 7, stepHandles(), { threads: 2 })
    expect(losses.at(-1)).toBeLessThan(0.1 * losses[0]!)
    const towers = plainOf(weights, factors)
    const features = rowsOf(rounds().features.rows, WIDTH)
    for (let item = 0; item < 12; item++) {
      const user = userVector(towers, { items: [item], strengths: [1] }, { ...OPTIONS, seed: 0 })
      const scores = features.map((own, other) => pairScore(towers, user, itemVector(towers, own, other)))
      expect(scores.indexOf(Math.max(...scores))).toBe((item + 1) % 12)
      // what is exported is what was trained
      for (const [k, value] of itemVector(towers, features[item]!, item).entries())
        expect(itemVectors[item * factors + k]).toBeCloseTo(value, 5)
    }
  })

  test.each([
    ['two towers', OPTIONS],
    ['neural CF', NEURAL_CF],
  ])('scores all items for any number of users, by %s', async (_, options) => {
    const numItems = 12
    // a batch of eight for twelve users, and as many candidates for twelve items
    const few = { ...options, epochs: 2, batch: 8 }
    const found: number[][] = []
    const { weights } = await trainTowers(rounds(), few, 7, stepHandles(), {
      threads: 2,
      ask: (session) =>
        session.scores([...Array(numItems).keys()], (position, scores) => {
          found[position] = [...scores]
        }),
    })
    const towers = plainOf(weights, options.factors)
    const { histories, features } = rounds()
    const rows = rowsOf(features.rows, WIDTH)
    for (let user = 0; user < 12; user++) {
      const items = [...histories.indices.subarray(user * 6, (user + 1) * 6)]
      const vector = userVector(towers, { items, strengths: items.map(() => 1) }, { ...few, seed: 0 })
      for (const [item, own] of rows.entries())
        expect(found[user]![item]).toBeCloseTo(pairScore(towers, vector, itemVector(towers, own, item)), 4)
    }
  })

  test.each([
    ['two towers', OPTIONS],
    ['neural CF', NEURAL_CF],
  ])('gives the same bytes with one thread and with three, and others for another seed: %s', async (_, network) => {
    const options = { ...network, epochs: 3, dropout: 0.3, idDropout: 0.2, negatives: 8, layerNorm: true }
    const one = await trainTowers(rounds(), options, 7, stepHandles(), { threads: 1 })
    expect(await trainTowers(rounds(), options, 7, stepHandles(), { threads: 3 })).toEqual(one)
    const other = await trainTowers(rounds(), options, 8, stepHandles(), { threads: 1 })
    expect(other.itemVectors).not.toEqual(one.itemVectors)
  })

  test.each([
    ['two towers', OPTIONS],
    ['neural CF', NEURAL_CF],
  ])('goes on from a checkpoint to the same bytes: %s', async (_, network) => {
    const options = { ...network, epochs: 4, dropout: 0.3, negatives: 8 }
    const saved: TrainingState<NetworkProgress>[] = []
    const run = (from: TrainingState<NetworkProgress> | null) => ({
      threads: 1,
      checkpoint: {
        load: async () => from,
        save: async (isDone: boolean, state: () => Promise<Omit<TrainingState<NetworkProgress>, 'isDone'>>) => {
          const now = await state()
          saved.push({ ...now, losses: [...now.losses], isDone })
        },
      },
    })
    const whole = await trainTowers(rounds(), options, 7, stepHandles(), run(null))
    expect(saved.map(({ losses, isDone }) => [losses.length, isDone])).toEqual([
      [1, false],
      [2, false],
      [3, false],
      [4, true],
    ])
    for (const state of [...saved])
      expect(await trainTowers(rounds(), options, 7, stepHandles(), run(state))).toEqual(whole)
  })

  test('keeps the epoch that is best on validation, and ends when none is better for so long', async () => {
    const values = [0.1, 0.3, 0.2, 0.2, 0.9]
    const handles = stepHandles()
    const judge = async () => values.shift()!
    const best = await trainTowers(rounds(), { ...OPTIONS, patience: 2 }, 7, handles, { threads: 1, judge })
    const two = await trainTowers(rounds(), { ...OPTIONS, stopAfter: 2 }, 7, stepHandles(), { threads: 1 })
    expect(best).toEqual(two)
    expect(best.losses).toHaveLength(2)
    expect(handles.tracked.filter(({ metrics }) => 'two_tower.validation' in metrics)).toHaveLength(4)
  })

  test.each([
    ['two towers', OPTIONS],
    ['neural CF', NEURAL_CF],
  ])('stops at a loss that is not a number, and says the step: %s', async (_, network) => {
    const training = trainTowers(rounds(), { ...network, learningRate: 1e30 }, 7, stepHandles(), { threads: 1 })
    await expect(training).rejects.toThrow(
      /^(two towers|neural CF): loss (NaN|Infinity) at step \d+, in epoch 1; learningRate 1e\+30 is too large$/,
    )
  })

  test('leaves what nobody has at its features alone', async () => {
    const problem = { ...rounds(), numItems: 13 }
    problem.features.rows = Float32Array.from([...problem.features.rows, ...new Float32Array(WIDTH)])
    const { weights, itemVectors } = await trainTowers(problem, { ...OPTIONS, epochs: 2 }, 7, stepHandles(), {
      threads: 1,
    })
    for (const rows of [weights.history, weights.embeddings, itemVectors])
      expect(rows.subarray(12 * 8)).toEqual(new Float32Array(8))
  })

  test('is stopped by its signal', async () => {
    const signal = AbortSignal.abort(new Error('enough'))
    await expect(trainTowers(rounds(), OPTIONS, 7, stepHandles(signal), { threads: 1 })).rejects.toThrow('enough')
  })

  test.each([
    [{ factors: 12 }, 'factors is 12, expected a multiple of 8 from 8 up'],
    [{ batch: 4 }, 'batch is 4, expected a multiple of 8 from 8 up'],
    [{ hidden: [16, 9] }, 'hidden is 9, expected a multiple of 8 from 8 up'],
    [{ joint: { products: 4, hidden: [] } }, 'products is 4, expected a multiple of 8 from 8 up'],
    [{ joint: { products: 8, hidden: [] } }, 'products is 8, expected below 8, the factors'],
    [{ factors: 16, joint: { products: 8, hidden: [12] } }, 'a joint layer is 12, expected a multiple of 8 from 8 up'],
    [
      { loss: 'bpr' as const, diversity: 1 },
      'diversity is 1 with loss bpr, expected 0: it is of what the softmax draws',
    ],
    [{ scales: [{ length: 0, recencyHalfLife: 1 }] }, 'a scale of length 0, expected 1 to 65535'],
  ])('refuses %o', async (changed, message) => {
    await expect(trainTowers(rounds(), { ...OPTIONS, ...changed }, 7, stepHandles())).rejects.toThrow(message)
  })

  test('refuses histories of one item each', async () => {
    const problem = { ...rounds(), examples: new Uint32Array(0), values: new Float32Array(0) }
    await expect(trainTowers(problem, OPTIONS, 7, stepHandles())).rejects.toThrow(
      'no examples: nobody has two items one after the other',
    )
  })
})
