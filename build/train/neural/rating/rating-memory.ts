import { fieldBytes, ROWS_TOGETHER } from '#core/kernels/train/neural.ts'
import {
  RATING_BLOCKS,
  RATING_OUTPUTS,
  RATING_SCALARS,
  RATING_STEP_FIELDS,
  ratingScratchBytes,
} from '#core/kernels/train/rating-network.ts'
import { type Engine, memoryPlan, openEngine } from '../../engine.ts'
import { type NetworkLayer, placeLayers } from '../network-layers.ts'
import type { RatingNetworkOptions, RatingProblem } from './rating-problem.ts'

/** Users of a batch, and ratings that are asked for of each at most. */
export const GROUPS = 64
export const QUESTIONS = 32

/** Numbers that differ from step to step. */
type StepNumbers = Record<
  | 'groups'
  | 'examples'
  | 'slots'
  | 'buckets'
  | 'learns'
  | 'seed'
  | 'dropout'
  | 'share'
  | 'rate'
  | 'epsilon'
  | 'decay'
  | 'rowDecay',
  number
>

/** A batch in memory: one is written while another is learned from. */
export interface RatingStep {
  /** of the block that kernels are given */
  address: number
  /** writes it */
  set(numbers: StepNumbers): void
  slotItems: Uint32Array
  historyCounts: Uint32Array
  historySlots: Uint32Array
  historyStars: Float32Array
  targetEnds: Uint32Array
  targetCounts: Uint32Array
  targetSlots: Uint32Array
  targetPlaces: Int32Array
  targetIds: Uint32Array
  scalars: Float32Array
  values: Float32Array
  positions: Float32Array
  historyEnds: Uint32Array
  historyEntries: Uint32Array
  askedEnds: Uint32Array
  askedEntries: Uint32Array
  bucketItems: Uint32Array
  bucketEnds: Uint32Array
  bucketEntries: Uint32Array
}

export interface RatingMemory {
  engine: Engine
  /** of an item */
  numFeatures: number
  steps: [RatingStep, RatingStep]
  learned: Record<'embeddings' | 'projection' | 'people', Float32Array>
  layers: NetworkLayer[]
  moments: Float32Array[]
  /** of the slots, after sweep 1 */
  contents: Float32Array
  /** of the last layer, after sweep 2 */
  outputs: Float32Array
}

type Shape = Pick<RatingNetworkOptions, 'width' | 'heads' | 'hidden' | 'reach' | 'distribution'>

/**
 * Lay a network out and open the engine on it.
 * @param levels of stars
 * @throws {RangeError} when it is beyond 4 GiB
 */
export function openRatingMemory(
  { ratings, numItems, told: { features, people } }: RatingProblem,
  { width, heads, hidden, reach, distribution }: Shape,
  levels: number,
  poolDamping: number,
  threads: number,
  signal: AbortSignal,
): RatingMemory {
  const size = RATING_BLOCKS * width
  const examples = GROUPS * QUESTIONS
  const places = GROUPS * reach
  const slots = Math.min(numItems, places + examples) + 1
  const { numBuckets } = people
  const mostPeople = people.ends.reduce((most, end, item) => Math.max(most, end - (people.ends[item - 1] ?? 0)), 0)
  const widths = [4 * width + RATING_SCALARS, ...hidden, RATING_OUTPUTS]
  const plan = memoryPlan()
  const words = (count: number) => plan.place(count * 4)

  const placed = placeLayers(plan, widths, examples)
  const at = {
    ...{ allFeatures: words(numItems * features.width), peopleEnds: words(numItems) },
    people: words(people.buckets.length),
    ...{ embeddings: words(numItems * size), embeddingMoments: words(2 * numItems * size) },
    ...{ projection: words(features.width * size), projectionMoments: words(2 * features.width * size) },
    ...{ peopleRows: words(numBuckets * size), peopleMoments: words(2 * numBuckets * size) },
    ...{ slotFeatures: words(slots * features.width), contents: words(slots * size) },
    slotGradients: words(slots * size),
    ...{ inputs: words(examples * widths[0]!), inputGradients: words(examples * widths[0]!) },
    ...{ historyGradients: words(places * 2 * width), targetGradients: words(examples * 2 * width) },
  }
  const batches = Array.from({ length: 2 }, () => ({
    ...{ slotItems: words(slots), historyCounts: words(GROUPS), historySlots: words(places) },
    ...{ historyStars: words(places), targetEnds: words(GROUPS), targetCounts: words(GROUPS) },
    ...{ targetSlots: words(examples), targetPlaces: words(examples), targetIds: words(examples) },
    ...{ scalars: words(examples * RATING_SCALARS), values: words(examples), positions: words(examples) },
    ...{ historyEnds: words(slots), historyEntries: words(places) },
    ...{ askedEnds: words(slots), askedEntries: words(examples) },
    ...{ bucketItems: words(numBuckets), bucketEnds: words(numBuckets), bucketEntries: words(slots * mostPeople) },
  }))
  const stepWords = Object.keys(RATING_STEP_FIELDS).length
  const blocks = words(2 * stepWords)
  const engine = openEngine(plan, {
    what: `a rating network: ${ratings.indices.length} ratings, ${numItems} items, ${numBuckets} people, ${size} numbers each`,
    scratchBytes: ratingScratchBytes({ width, heads, reach, questions: QUESTIONS, widest: Math.max(...widths) }),
    ...{ threads, signal },
  })

  const put = (address: number, bytes: Uint32Array) => engine.u32(address, bytes.length).set(bytes)
  engine.f32(at.allFeatures, features.rows.length).set(features.rows)
  put(at.peopleEnds, people.ends)
  put(at.people, people.buckets)
  const { layers, moments, outputs } = placed.open(engine)

  const rows = (address: number, count: number) => engine.f32(address, count * size)
  const counts = {
    ...{ width, heads, features: features.width, reach, levels, numItems, numBuckets },
    ...{ layers: placed.count, layerAt: placed.address, poolDamping, distribution },
  }
  const steps = batches.map((own, number): RatingStep => {
    const address = blocks + number * stepWords * 4
    return {
      address,
      set: (numbers) => put(address, fieldBytes(RATING_STEP_FIELDS, { ...counts, ...at, ...own, ...numbers })),
      slotItems: engine.u32(own.slotItems, slots),
      historyCounts: engine.u32(own.historyCounts, GROUPS),
      historySlots: engine.u32(own.historySlots, places),
      historyStars: engine.f32(own.historyStars, places),
      targetEnds: engine.u32(own.targetEnds, GROUPS),
      targetCounts: engine.u32(own.targetCounts, GROUPS),
      targetSlots: engine.u32(own.targetSlots, examples),
      targetPlaces: engine.i32(own.targetPlaces, examples),
      targetIds: engine.u32(own.targetIds, examples),
      scalars: engine.f32(own.scalars, examples * RATING_SCALARS),
      values: engine.f32(own.values, examples),
      positions: engine.f32(own.positions, examples),
      historyEnds: engine.u32(own.historyEnds, slots),
      historyEntries: engine.u32(own.historyEntries, places),
      askedEnds: engine.u32(own.askedEnds, slots),
      askedEntries: engine.u32(own.askedEntries, examples),
      bucketItems: engine.u32(own.bucketItems, numBuckets),
      bucketEnds: engine.u32(own.bucketEnds, numBuckets),
      bucketEntries: engine.u32(own.bucketEntries, slots * mostPeople),
    }
  }) as RatingMemory['steps']
  return {
    engine,
    numFeatures: features.width,
    steps,
    learned: {
      embeddings: rows(at.embeddings, numItems),
      projection: rows(at.projection, features.width),
      people: rows(at.peopleRows, numBuckets),
    },
    layers,
    moments: [
      rows(at.embeddingMoments, 2 * numItems),
      rows(at.projectionMoments, 2 * features.width),
      rows(at.peopleMoments, 2 * numBuckets),
      ...moments,
    ],
    contents: rows(at.contents, slots),
    outputs,
  }
}

/** What the sweeps take of a step. */
export interface StepRows {
  slots: number
  groups: number
  buckets: number
}

/** Sweeps 1 and 2: the items of the batch, then its groups. @returns the loss, where the step learns */
export async function runForward({ engine }: RatingMemory, { address }: RatingStep, rows: StepRows): Promise<number> {
  await engine.run('ratingItems', { numRows: rows.slots, rowsPerChunk: ROWS_TOGETHER }, address)
  const losses = await engine.run('ratingGroups', { numRows: rows.groups, rowsPerChunk: 1 }, address)
  return losses.reduce((sum, loss) => sum + loss, 0)
}

/** Sweeps 3 and 4, behind `runForward`: what was learned takes its step. */
export async function runBackward(memory: RatingMemory, { address }: RatingStep, rows: StepRows): Promise<void> {
  const { engine, layers, numFeatures } = memory
  const rounded = (count: number) => Math.ceil(count / ROWS_TOGETHER) * ROWS_TOGETHER
  const ofLayers = layers.reduce((sum, { inputs }) => sum + rounded(inputs), 0)
  await engine.run('ratingLearn', { numRows: ofLayers + rows.slots, rowsPerChunk: ROWS_TOGETHER }, address)
  await engine.run('ratingContents', { numRows: numFeatures + rows.buckets, rowsPerChunk: ROWS_TOGETHER }, address)
}
