import {
  CLAIM_WORDS,
  fieldBytes,
  jointGradientNumbers,
  jointScratch,
  LOSSES,
  ROWS_TOGETHER,
  SCORE_PADDING,
  SLOT_FIELDS,
  STEP_FIELDS,
} from '#core/kernels/train/neural.ts'
import { type Engine, memoryPlan, openEngine } from '../engine.ts'
import { type NetworkLayer, placeLayers } from './network-layers.ts'
import type { TowerProblem, TowerShape } from './tower-problem.ts'

/** Numbers that differ from step to step; the others of STEP_FIELDS stay. */
export type StepNumbers = Record<'seed' | 'dropout' | 'idDropout' | 'rate' | 'epsilon' | 'decay', number>

/** Steps that the workers are told of at once: one of 512 examples takes a few milliseconds, and a message its part of one. */
export const STEPS_TOGETHER = 16

/** One of these: the block that kernels are given, and views on its batch. */
export interface TowerStep {
  /** of the block; that of the next step stands behind it */
  address: number
  /** writes it */
  set(numbers: StepNumbers): void
  firstPlaces: Uint32Array
  places: Uint32Array
  values: Float32Array
  candidateItems: Uint32Array
  corrections: Float32Array
}

/** A network in a shared memory: views on what is learned and on the batches. */
export interface TowerMemory {
  engine: Engine
  /** STEPS_TOGETHER */
  steps: TowerStep[]
  /** what the workers keep count of: CLAIM_WORDS a step */
  claims: Uint32Array
  /** an f64 for each step and each ROWS_TOGETHER examples, as `towerSteps` leaves them */
  losses: Float64Array
  /** what is learned, and what Adam remembers of it: all that a training goes on from */
  learned: Record<'history' | 'embeddings' | 'projection', Float32Array>
  layers: NetworkLayer[]
  /** over user and item, and what weighs the last one's numbers; none without joint layers */
  joint: { layers: NetworkLayer[]; output: Float32Array }
  /** of history, embeddings, projection, of weights and bias of each layer, of those of each joint layer, of the output */
  moments: Float32Array[]
  /** of the candidates, after sweep 1 */
  vectors: Float32Array
  /** of the batch, after sweep 2 or `towerVectors` */
  users: Float32Array
  /** of the batch, after `towerScores`: `scoreRow` numbers from one to the next, the first of them of the candidates */
  scores: Float32Array
  scoreRow: number
}

/**
 * Lay a network out and open the engine on it.
 * @throws {RangeError} when it is beyond 4 GiB
 */
export function openTowerMemory(
  { histories, numItems, features }: TowerProblem,
  shape: TowerShape,
  threads: number,
  signal: AbortSignal,
): TowerMemory {
  const { factors, batch, candidates, scales, hidden, joint, mse, diversity, loss, normalizes } = shape
  const numPlaces = histories.indices.length
  const reach = Math.max(...scales.map(({ length }) => length))
  const widths = [scales.length * factors, ...hidden, factors]
  const plan = memoryPlan()
  const words = (count: number) => plan.place(count * 4)

  const chunks = Math.ceil(batch / ROWS_TOGETHER)
  const products = joint?.products ?? factors
  const jointWidths = joint ? [factors - products, ...joint.hidden] : []
  const outputSize = jointWidths.at(-1) ?? 0
  const scoreRow = candidates + SCORE_PADDING

  const userLayers = placeLayers(plan, widths, batch)
  const jointLayers = placeLayers(plan, jointWidths, 0)
  const slots = (most: number, entries: number) => ({
    ...{ count: 0, items: words(most), ends: words(most), entries: words(entries) },
  })
  const historySlots = slots(Math.min(numItems, batch * reach), batch * reach)
  const candidateSlots = slots(Math.min(numItems, candidates), candidates)
  const at = {
    ...{ items: words(numPlaces), strengths: words(numPlaces) },
    ...{ lengths: words(scales.length), powers: words(scales.length * (reach + 1)) },
    norms: words(batch * (scales.length + 1)),
    ...{ inputs: words(batch * widths[0]!), inputGradients: words(batch * widths[0]!) },
    ...{ vectors: words(candidates * factors), panels: words(candidates * factors) },
    vectorGradients: words(candidates * factors),
    ...{ features: words(candidates * features.width), scores: words(batch * scoreRow) },
    ...{ history: words(numItems * factors), historyMoments: words(2 * numItems * factors) },
    ...{ embeddings: words(numItems * factors), embeddingMoments: words(2 * numItems * factors) },
    ...{ projection: words(features.width * factors), projectionMoments: words(2 * features.width * factors) },
    ...{ allFeatures: words(numItems * features.width), slotOf: words(numItems) },
    historySlots: words(Object.keys(SLOT_FIELDS).length),
    candidateSlots: words(Object.keys(SLOT_FIELDS).length),
    ...{ jointOutput: words(outputSize), jointOutputMoments: words(2 * outputSize) },
    jointGradients: words(joint ? chunks * jointGradientNumbers(jointWidths, candidates) : 0),
  }
  const batches = Array.from({ length: STEPS_TOGETHER }, () => ({
    ...{ firstPlaces: words(batch), places: words(batch), values: words(batch) },
    ...{ candidateItems: words(candidates), corrections: words(candidates) },
  }))
  const stepWords = Object.keys(STEP_FIELDS).length
  const blocks = words(STEPS_TOGETHER * stepWords)
  const claims = words(STEPS_TOGETHER * CLAIM_WORDS)
  const losses = plan.place(STEPS_TOGETHER * chunks * 8)
  const engine = openEngine(plan, {
    what: `two towers: ${numPlaces} places, ${numItems} items, ${factors} factors`,
    scratchBytes:
      Math.max(
        ROWS_TOGETHER * Math.max(...widths, ...jointWidths),
        features.alike + jointScratch(jointWidths, candidates),
      ) * 4,
    ...{ threads, signal },
  })

  const put = (address: number, bytes: Uint32Array) => engine.u32(address, bytes.length).set(bytes)
  engine.i32(at.items, numPlaces).set(histories.indices)
  engine.f32(at.strengths, numPlaces).set(histories.strengths)
  engine.f32(at.allFeatures, numItems * features.width).set(features.rows)
  engine.i32(at.slotOf, numItems).fill(-1)
  put(at.historySlots, fieldBytes(SLOT_FIELDS, historySlots))
  put(at.candidateSlots, fieldBytes(SLOT_FIELDS, candidateSlots))
  for (const [number, { length, recencyHalfLife }] of scales.entries()) {
    engine.u32(at.lengths, scales.length)[number] = length
    const powers = engine.f32(at.powers, scales.length * (reach + 1))
    for (let since = 1; since <= reach; since++)
      powers[number * (reach + 1) + since] = 2 ** (-(since - 1) / recencyHalfLife)
  }
  const towers = userLayers.open(engine)
  const over = jointLayers.open(engine)

  const rows = (address: number, count: number) => engine.f32(address, count * factors)
  const counts = {
    ...{ batch, candidates, factors, scales: scales.length, reach, width: features.width, numItems },
    ...{ layers: userLayers.count, layerAt: userLayers.address, mse, loss: LOSSES.indexOf(loss) },
    ...{ normalizes: Number(normalizes), diversity, alike: features.alike },
    ...{ products, jointLayers: jointLayers.count, jointAt: jointLayers.address },
  }
  return {
    engine,
    steps: batches.map((own, number) => {
      const address = blocks + number * stepWords * 4
      return {
        address,
        set: (numbers) => put(address, fieldBytes(STEP_FIELDS, { ...counts, ...at, ...own, ...numbers })),
        firstPlaces: engine.u32(own.firstPlaces, batch),
        places: engine.u32(own.places, batch),
        values: engine.f32(own.values, batch),
        candidateItems: engine.u32(own.candidateItems, candidates),
        corrections: engine.f32(own.corrections, candidates),
      }
    }),
    claims: engine.u32(claims, STEPS_TOGETHER * CLAIM_WORDS),
    losses: engine.f64(losses, STEPS_TOGETHER * chunks),
    learned: {
      history: rows(at.history, numItems),
      embeddings: rows(at.embeddings, numItems),
      projection: rows(at.projection, features.width),
    },
    layers: towers.layers,
    joint: { layers: over.layers, output: engine.f32(at.jointOutput, outputSize) },
    moments: [
      rows(at.historyMoments, 2 * numItems),
      rows(at.embeddingMoments, 2 * numItems),
      rows(at.projectionMoments, 2 * features.width),
      ...towers.moments,
      ...over.moments,
      engine.f32(at.jointOutputMoments, 2 * outputSize),
    ],
    vectors: rows(at.vectors, candidates),
    users: towers.outputs,
    ...{ scores: engine.f32(at.scores, batch * scoreRow), scoreRow },
  }
}

/** The first `count` steps, as they are set. @returns the mean loss of each, before it */
export async function runSteps({ engine, steps, claims, losses }: TowerMemory, count: number): Promise<number[]> {
  claims.fill(0)
  const everyone = { numRows: engine.threads, rowsPerChunk: 1 }
  await engine.run('towerSteps', everyone, steps[0]!.address, count, claims.byteOffset, losses.byteOffset)
  const chunks = losses.length / STEPS_TOGETHER
  return Array.from({ length: count }, (_, step) =>
    losses.subarray(step * chunks, (step + 1) * chunks).reduce((sum, loss) => sum + loss, 0),
  )
}
