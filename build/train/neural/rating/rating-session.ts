import { RATING_BLOCKS, RATING_OUTPUTS } from '#core/kernels/train/rating-network.ts'
import { type RandomSource, randomSource } from '#core/random.ts'
import type { RatingNetwork } from '#core/scoring/rating-network.ts'
import { adamStep } from '../adam-step.ts'
import { copiedLayers, drawLayer, transpose } from '../network-layers.ts'
import { divide, joined, type NetworkState } from '../network-state.ts'
import { batchFiller, type FilledBatch, type Levels } from './fill-batch.ts'
import {
  GROUPS,
  openRatingMemory,
  QUESTIONS,
  type RatingMemory,
  type RatingStep,
  runBackward,
  runForward,
} from './rating-memory.ts'
import type { Asked, RatingNetworkOptions, RatingProblem, RatingWeights } from './rating-problem.ts'
import { usualStars } from './usual-stars.ts'

/** Ratings of 0 that the pooled mean of a history is damped by. */
const POOL_DAMPING = 10
/** Most levels of stars that are told apart. */
const MOST_LEVELS = 10
/** Of rows of items and people at the start; of a projected feature of length 1; and of the last layer, of what He et al. draw. */
const INITIAL = { row: 0.1, projection: 0.5, last: 0.1 }

/** A network under way. */
export interface RatingSession {
  /** All that is drawn from here on hangs on this number and the seed. */
  beginEpoch(epoch: number): void
  /** What is asked of everybody, in an order of this epoch, in batches. */
  batches(): Asked[][]
  /**
   * A step for each batch.
   * @param rateOf the learning rate of a step, numbered from 1 on
   * @param onLoss the mean loss of a batch before its step
   */
  learn(
    batches: readonly Asked[][],
    firstStep: number,
    rateOf: (step: number) => number,
    onLoss: (loss: number, step: number) => void,
  ): Promise<void>
  /** Stars of each that is asked for, nothing dropped. */
  predict(asked: readonly Asked[]): Promise<Float32Array[]>
  network(): Promise<RatingNetwork<Float32Array>>
  /** copies */
  weights(): RatingWeights
  /** copies */
  state(): NetworkState
  load(state: NetworkState): void
  close(): Promise<void>
}

/** @param problem checked, with a rating at least */
export function openRatingNetwork(
  problem: RatingProblem,
  options: RatingNetworkOptions,
  seed: number,
  signal: AbortSignal,
  threads: number,
): RatingSession {
  const { ratings, numItems } = problem
  const { indptr, indices } = ratings
  const levels = levelsOf(ratings.ratings)
  const usual = usualStars(ratings, numItems)
  const memory = openRatingMemory(problem, options, levels.count, POOL_DAMPING, threads, signal)
  const { engine, learned, moments, layers, steps } = memory
  const filler = batchFiller(problem, usual, levels, options)
  const size = RATING_BLOCKS * options.width
  let random = randomSource(seed)
  fillAtRandom(memory, options.width, usual.counts, random)
  const blocks = [learned.embeddings, learned.projection, learned.people].concat(
    layers.flatMap(({ weights, bias }) => [weights, bias]),
  )

  function setLearning(step: RatingStep, batch: FilledBatch, number: number, rate: number): void {
    step.set({
      ...{ groups: batch.groups, examples: batch.examples, slots: batch.slots, buckets: batch.buckets },
      ...{ learns: 1, seed: random.uniform() * 2 ** 32, dropout: options.dropout, share: 1 / batch.asked },
      ...adamStep(rate, number),
      ...{ decay: rate * options.weightDecay, rowDecay: rate * options.rowDecay },
    })
  }
  const still = { learns: 0, seed: 0, dropout: 0, share: 0, rate: 0, epsilon: 0, decay: 0, rowDecay: 0 }

  return {
    beginEpoch(epoch) {
      random = randomSource(seed ^ Math.imul(epoch + 1, 0x9e3779b1))
    },
    batches: () => batchesOf(indptr, indices, random),
    async learn(batches, firstStep, rateOf, onLoss) {
      const prepare = (at: number) => {
        const step = steps[at % 2]!
        const batch = filler.fill(step, batches[at]!, random)
        setLearning(step, batch, firstStep + at, rateOf(firstStep + at))
        return { step, batch }
      }
      let next = prepare(0)
      for (let at = 0; at < batches.length; at++) {
        const { step, batch } = next
        const running = runForward(memory, step, batch).then(async (loss) => {
          await runBackward(memory, step, batch)
          return loss
        })
        // the next batch is written while this one is learned from
        if (at + 1 < batches.length) next = prepare(at + 1)
        onLoss(await running, firstStep + at)
      }
    },
    async predict(asked) {
      const [step] = steps
      const chunks = asked.flatMap(({ user, items, places }, number) =>
        Array.from({ length: Math.ceil(items.length / QUESTIONS) }, (_, chunk) => {
          const [from, to] = [chunk * QUESTIONS, (chunk + 1) * QUESTIONS]
          const part = { user, items: Array.prototype.slice.call(items, from, to) as number[], places: null }
          return {
            number,
            from,
            asked: places ? { ...part, places: Array.prototype.slice.call(places, from, to) } : part,
          }
        }),
      )
      const stars = asked.map(({ items }) => new Float32Array(items.length))
      for (let at = 0; at < chunks.length; at += GROUPS) {
        const together = chunks.slice(at, at + GROUPS)
        const batch = filler.fill(
          step,
          together.map((chunk) => chunk.asked),
          null,
        )
        step.set({ ...batchCounts(batch), ...still })
        await runForward(memory, step, batch)
        const base = filler.usual(step)
        for (const [group, { number, from, asked: own }] of together.entries()) {
          const first = group > 0 ? step.targetEnds[group - 1]! : 0
          for (let k = 0; k < own.items.length; k++) {
            const value = base[first + k]! + memory.outputs[(first + k) * RATING_OUTPUTS]!
            stars[number]![from + k] = Math.min(Math.max(value, levels.lowest), levels.highest)
          }
        }
      }
      return stars
    },
    async network() {
      const items = new Float32Array(numItems * size)
      const [step] = steps
      const most = step.slotItems.length - 1
      for (let start = 0; start < numItems; start += most) {
        const slots = Math.min(most, numItems - start)
        for (let slot = 0; slot < slots; slot++) step.slotItems[slot] = start + slot
        step.set({ groups: 0, examples: 0, slots, buckets: 0, ...still })
        await runForward(memory, step, { slots, groups: 0, buckets: 0 })
        items.set(memory.contents.subarray(0, slots * size), start * size)
      }
      for (const [at, value] of learned.embeddings.entries()) items[at]! += value
      const { width, heads } = options
      const itemUnits = new Float32Array(numItems).fill(1)
      return { width, heads, poolDamping: POOL_DAMPING, usual, items, itemUnits, layers: copiedLayers(layers) }
    },
    weights: () => ({
      layers: copiedLayers(layers),
      ...{ embeddings: learned.embeddings.slice(), projection: learned.projection.slice() },
      people: learned.people.slice(),
    }),
    state: () => ({ learned: joined(blocks), moments: joined(moments) }),
    load(state) {
      divide(state.learned, blocks)
      divide(state.moments, moments)
      for (const layer of layers) transpose(layer)
    },
    close: () => engine.close(),
  }
}

function batchCounts({ groups, examples, slots, buckets }: FilledBatch) {
  return { groups, examples, slots, buckets }
}

function levelsOf(ratings: Float32Array): Levels {
  const different = new Set(ratings)
  const lowest = Math.min(...different)
  const highest = Math.max(...different)
  return { lowest, highest, count: Math.max(2, Math.min(MOST_LEVELS, different.size)) }
}

/** Users' ratings in a drawn order, QUESTIONS at a time, in batches of GROUPS of such. */
function batchesOf(indptr: Uint32Array, indices: Int32Array, random: RandomSource): Asked[][] {
  const asked: Asked[] = []
  for (let user = 0; user + 1 < indptr.length; user++) {
    const places = Uint32Array.from({ length: indptr[user + 1]! - indptr[user]! }, (_, at) => indptr[user]! + at)
    shuffle(places, random)
    for (let from = 0; from < places.length; from += QUESTIONS) {
      const own = places.subarray(from, from + QUESTIONS)
      asked.push({ user, items: Array.from(own, (place) => indices[place]!), places: own })
    }
  }
  const order = shuffle(Uint32Array.from(asked.keys()), random)
  return Array.from({ length: Math.ceil(order.length / GROUPS) }, (_, batch) =>
    Array.from(order.subarray(batch * GROUPS, (batch + 1) * GROUPS), (number) => asked[number]!),
  )
}

/** Fisher–Yates */
function shuffle(order: Uint32Array, { uniform }: RandomSource): Uint32Array {
  for (let left = order.length; left > 1; left--) {
    const chosen = Math.floor(left * uniform())
    const last = order[left - 1]!
    order[left - 1] = order[chosen]!
    order[chosen] = last
  }
  return order
}

/** @param counts ratings an item: one without has no embedding */
function fillAtRandom(
  { learned, layers }: RatingMemory,
  width: number,
  counts: Float32Array,
  random: RandomSource,
): void {
  const fill = (values: Float32Array, scale: number) => {
    for (let at = 0; at < values.length; at++) values[at] = scale * random.normal()
  }
  const length = 1 / Math.sqrt(width)
  fill(learned.embeddings, INITIAL.row * length)
  const size = RATING_BLOCKS * width
  for (const [item, count] of counts.entries())
    if (count === 0) learned.embeddings.fill(0, item * size, (item + 1) * size)
  fill(learned.projection, INITIAL.projection * length)
  fill(learned.people, INITIAL.row * length)
  for (const [number, layer] of layers.entries())
    drawLayer(layer, random, number + 1 < layers.length ? 1 : INITIAL.last)
}
