import { ARRANGING_ROWS, ROWS_TOGETHER } from '#core/kernels/train/neural.ts'
import { type RandomSource, randomSource } from '#core/random.ts'
import { adamStep } from './adam-step.ts'
import { copiedLayers, drawLayer, transpose } from './network-layers.ts'
import { divide, joined, type NetworkState } from './network-state.ts'
import { openTowerMemory, runSteps, STEPS_TOGETHER, type TowerMemory, type TowerStep } from './tower-memory.ts'
import type { TowerOptions, TowerProblem, TowerWeights } from './tower-problem.ts'

/** Of the rows of items at the start, about; of the projection's and of the joint layers' output too. */
const INITIAL_LENGTH = 0.5

/** What a step learns from. */
export interface TowerBatch {
  /** of the examples; where there are fewer than a batch takes they come again */
  numbers: Uint32Array
  /** of the step, from 1 on */
  number: number
  rate: number
}

/** A network under way. */
export interface TowerSession {
  /** All that is drawn from here on hangs on this number and the seed. */
  beginEpoch(epoch: number): void
  /** A step for each of these batches, STEPS_TOGETHER at most. @returns the mean loss of each before its step */
  learn(batches: readonly TowerBatch[]): Promise<number[]>
  /** u of each user's whole history, users × factors */
  userVectors(users: ArrayLike<number>): Promise<Float32Array>
  /** v of each item, numItems × factors; of one that no example has from its features alone */
  itemVectors(): Promise<Float32Array>
  /**
   * Scores of all items for each user's whole history.
   * @param visit user and scores, numItems, which hold until it returns
   */
  scores(users: ArrayLike<number>, visit: (position: number, scores: Float32Array) => void): Promise<void>
  /** copies */
  weights(): TowerWeights
  /** copies */
  state(): NetworkState
  load(state: NetworkState): void
  close(): Promise<void>
}

/** @param problem checked, with an example at least */
export function openTowers(
  problem: TowerProblem,
  options: TowerOptions,
  seed: number,
  signal: AbortSignal,
  threads: number,
): TowerSession {
  const { histories, numItems, examples, values } = problem
  const { factors, batch, negatives, dropout, idDropout, weightDecay } = options
  const { indptr, indices } = histories
  const candidates = batch + negatives
  const shape = { ...options, candidates, normalizes: options.layerNorm }
  const memory = openTowerMemory(problem, shape, threads, signal)
  const { engine, learned, moments } = memory
  const userOf = usersOf(indptr, indices.length)
  const { drawn, corrections } = candidateTable(problem, options)
  let random = randomSource(seed)
  fillAtRandom(memory, random)
  keepRows(learned.history, heard(histories), factors)
  keepRows(learned.embeddings, drawn, factors)

  const blocks = [learned.history, learned.embeddings, learned.projection].concat(
    memory.layers.concat(memory.joint.layers).flatMap(({ weights, bias }) => [weights, bias]),
    memory.joint.output,
  )
  const [first] = memory.steps as [TowerStep]
  const show = (kernel: 'towerItems' | 'towerVectors' | 'towerScores', numRows: number) => {
    first.set({ seed: 0, dropout: 0, idDropout: 0, rate: 0, epsilon: 0, decay: 0 })
    return engine.run(kernel, { numRows, rowsPerChunk: ROWS_TOGETHER }, first.address)
  }

  function prepare(step: TowerStep, { numbers: own, number, rate }: TowerBatch): void {
    for (let b = 0; b < batch; b++) {
      const example = own[b % own.length]!
      const place = examples[example]!
      step.places[b] = place
      step.firstPlaces[b] = indptr[userOf[place]!]!
      step.values[b] = values[example]!
      step.candidateItems[b] = indices[place]!
    }
    for (let n = batch; n < candidates; n++)
      step.candidateItems[n] = drawn[Math.floor(random.uniform() * drawn.length)]!
    for (let n = 0; n < candidates; n++) step.corrections[n] = corrections[step.candidateItems[n]!]!
    const numbers = { dropout, idDropout, seed: random.uniform() * 2 ** 32, decay: rate * weightDecay }
    step.set({ ...numbers, ...adamStep(rate, number) })
  }

  /** u of as many users from a position on as a batch holds. @returns how many they are */
  async function showUsers(users: ArrayLike<number>, start: number): Promise<number> {
    const count = Math.min(batch, users.length - start)
    for (let b = 0; b < batch; b++) {
      const user = users[start + Math.min(b, count - 1)]!
      first.firstPlaces[b] = indptr[user]!
      first.places[b] = indptr[user + 1]!
    }
    await show('towerVectors', batch)
    return count
  }

  /** v of as many items from one on as there are candidates. @returns how many they are */
  async function showItems(start: number): Promise<number> {
    const count = Math.min(candidates, numItems - start)
    for (let n = 0; n < candidates; n++) first.candidateItems[n] = start + Math.min(n, count - 1)
    await show('towerItems', ARRANGING_ROWS + candidates)
    return count
  }

  return {
    beginEpoch(epoch) {
      random = randomSource(seed ^ Math.imul(epoch, 0x9e3779b1))
    },
    async learn(batches) {
      if (batches.length > STEPS_TOGETHER)
        throw new RangeError(`${batches.length} batches, expected ${STEPS_TOGETHER} at most`)
      for (const [at, given] of batches.entries()) prepare(memory.steps[at]!, given)
      return runSteps(memory, batches.length)
    },
    async userVectors(users) {
      const vectors = new Float32Array(users.length * factors)
      for (let start = 0; start < users.length; start += batch) {
        const count = await showUsers(users, start)
        vectors.set(memory.users.subarray(0, count * factors), start * factors)
      }
      return vectors
    },
    async itemVectors() {
      const vectors = new Float32Array(numItems * factors)
      for (let start = 0; start < numItems; start += candidates) {
        const count = await showItems(start)
        vectors.set(memory.vectors.subarray(0, count * factors), start * factors)
      }
      return vectors
    },
    async scores(users, visit) {
      const { scores, scoreRow } = memory
      const rows = new Float32Array(batch * numItems)
      for (let start = 0; start < users.length; start += batch) {
        const count = await showUsers(users, start)
        for (let item = 0; item < numItems; item += candidates) {
          const items = await showItems(item)
          await show('towerScores', batch)
          for (let b = 0; b < count; b++)
            rows.set(scores.subarray(b * scoreRow, b * scoreRow + items), b * numItems + item)
        }
        for (let b = 0; b < count; b++) visit(start + b, rows.subarray(b * numItems, (b + 1) * numItems))
      }
    },
    weights: () => ({
      ...{ history: learned.history.slice(), embeddings: learned.embeddings.slice() },
      projection: learned.projection.slice(),
      layers: copiedLayers(memory.layers),
      joint: { layers: copiedLayers(memory.joint.layers), output: memory.joint.output.slice() },
    }),
    state: () => ({ learned: joined(blocks), moments: joined(moments) }),
    load(state) {
      divide(state.learned, blocks)
      divide(state.moments, moments)
      for (const layer of memory.layers.concat(memory.joint.layers)) transpose(layer)
    },
    close: () => engine.close(),
  }
}

function fillAtRandom({ learned, layers, joint }: TowerMemory, random: RandomSource): void {
  const fill = (values: Float32Array, scale: number) => {
    for (let at = 0; at < values.length; at++) values[at] = scale * random.normal()
  }
  const scale = INITIAL_LENGTH / Math.sqrt(layers.at(-1)!.outputs)
  for (const values of [learned.history, learned.embeddings, learned.projection]) fill(values, scale)
  for (const layer of layers.concat(joint.layers)) drawLayer(layer, random)
  fill(joint.output, INITIAL_LENGTH / Math.sqrt(joint.output.length))
}

/** Items that something comes after. */
function heard({ indptr, indices }: TowerProblem['histories']): Int32Array {
  const ends = new Set(indptr)
  return indices.filter((_, place) => !ends.has(place + 1))
}

/** Zeros in the rows of all other items: they never learn, so what they were drawn as would stay. */
function keepRows(rows: Float32Array, items: Int32Array, factors: number): void {
  const isKept = new Set(items)
  for (let item = 0; item * factors < rows.length; item++)
    if (!isKept.has(item)) rows.fill(0, item * factors, (item + 1) * factors)
}

/** Items that negatives are drawn from, and of each item the logarithm of how often a batch is to hold it. */
function candidateTable(
  { histories, numItems, examples }: TowerProblem,
  { batch, negatives, logQ }: TowerOptions,
): { drawn: Int32Array; corrections: Float32Array } {
  const counts = new Float64Array(numItems)
  for (const place of examples) counts[histories.indices[place]!]! += 1
  const drawn = Int32Array.from(counts.keys()).filter((item) => counts[item]! > 0)
  const corrections = Float32Array.from(counts, (count) =>
    logQ && count > 0 ? Math.log((batch * count) / examples.length + negatives / drawn.length) : 0,
  )
  return { drawn, corrections }
}

/** The user of each place. */
function usersOf(indptr: Uint32Array, numPlaces: number): Uint32Array {
  const users = new Uint32Array(numPlaces)
  for (let user = 0; user + 1 < indptr.length; user++) users.fill(user, indptr[user]!, indptr[user + 1]!)
  return users
}
