import type { TowerLoss } from '#core/kernels/train/neural.ts'
import type { TowerScale } from '../../../build/train/neural/tower-problem.ts'
import { dot, type Matrix } from '../reference.ts'

/** What a two-tower network is made of, in plain numbers. */
export interface PlainTowers {
  history: Matrix
  embeddings: Matrix
  projection: Matrix
  layers: PlainLayer[]
  /** over the last numbers of both vectors, of which the output weighs what comes out; an empty output: there are none */
  joint: { layers: PlainLayer[]; output: number[] }
}

export interface PlainLayer {
  /** inputs × outputs */
  weights: Matrix
  bias: number[]
}

export interface PlainBatch {
  /** of each example the items before it, the oldest first, with how much they count; what it is; what its score should be */
  examples: { items: number[]; strengths: number[]; value: number }[]
  /** the right ones of the examples first */
  candidates: number[]
  corrections: number[]
  features: Matrix
  scales: readonly TowerScale[]
  loss: TowerLoss
  mse: number
  /** of how alike two movies are that the softmax draws, by the first `alike` features */
  diversity: number
  alike: number
  layerNorm: boolean
  seed: number
  dropout: number
  idDropout: number
}

/** The mean loss of a batch, number by number; draws as assembly/neural has them. */
export function towerLoss(towers: PlainTowers, batch: PlainBatch): number {
  const vectors = batch.candidates.map((item, n) => itemVector(towers, batch.features[item]!, item, draws(batch, n)))
  const losses = batch.examples.map((example, b) => {
    const user = userVector(towers, example, batch, b)
    const scores = vectors.map((vector) => pairScore(towers, user, vector))
    const right = batch.candidates[b]!
    const others = [...scores.keys()].filter((n) => batch.candidates[n] !== right)
    const corrected = scores.map((score, n) => score - batch.corrections[n]!)
    const ranking = {
      softmax: () => shareLoss(corrected, b, others) + batch.diversity * likeness(corrected, b, others, batch),
      bpr: () => mean(others.map((n) => Math.log1p(Math.exp(scores[n]! - scores[b]!)))),
      bce: () =>
        [-corrected[b]!, ...others.map((n) => corrected[n]!)].reduce((sum, x) => sum + Math.log1p(Math.exp(x)), 0),
    }[batch.loss]()
    return (1 - batch.mse) * ranking + batch.mse * (scores[b]! - example.value) ** 2
  })
  return mean(losses)
}

/** u of one history; without a row number nothing falls out. */
export function userVector(
  { history, layers }: Pick<PlainTowers, 'history' | 'layers'>,
  { items, strengths }: Pick<PlainBatch['examples'][number], 'items' | 'strengths'>,
  { scales, layerNorm, seed, dropout }: Pick<PlainBatch, 'scales' | 'layerNorm' | 'seed' | 'dropout'>,
  b: number | null = null,
): number[] {
  let values = scales.flatMap(({ length, recencyHalfLife }) => {
    const weights = items.map((_, at) => {
      const since = items.length - at
      return since > length ? 0 : strengths[at]! * 2 ** (-(since - 1) / recencyHalfLife)
    })
    const norm = Math.hypot(...weights)
    return history[0]!.map((_, k) =>
      norm === 0 ? 0 : items.reduce((sum, item, at) => sum + (weights[at]! / norm) * history[item]![k]!, 0),
    )
  })
  if (layerNorm) {
    const center = mean(values)
    const deviation = Math.sqrt(mean(values.map((value) => (value - center) ** 2)) + 1e-5)
    values = values.map((value) => (value - center) / deviation)
  }
  for (const [number, { weights, bias }] of layers.entries()) {
    values = bias.map((start, column) => values.reduce((sum, x, row) => sum + x * weights[row]![column]!, start))
    if (number === layers.length - 1) break
    values = values.map((value, column) => {
      const falls = b !== null && fallsOut(seed + number + 1, b * bias.length + column, dropout)
      return falls ? 0 : Math.max(0, value) / (b === null ? 1 : 1 - dropout)
    })
  }
  return values
}

export function itemVector(
  { embeddings, projection }: Pick<PlainTowers, 'embeddings' | 'projection'>,
  features: number[],
  item: number,
  hasId = true,
) {
  return embeddings[item]!.map(
    (own, k) => (hasId ? own : 0) + features.reduce((sum, value, row) => sum + value * projection[row]![k]!, 0),
  )
}

/** The product of two vectors; with joint layers of their first numbers, and what the layers say of the others. */
export function pairScore({ layers, joint }: PlainTowers, user: number[], item: number[]): number {
  if (joint.output.length === 0) return dot(user, item)
  const first = joint.layers[0]?.weights.length ?? joint.output.length
  const products = layers.at(-1)!.bias.length - first
  let values = user.slice(products).map((value, k) => Math.max(0, value + item[products + k]!))
  for (const { weights, bias } of joint.layers)
    values = bias.map((start, column) =>
      Math.max(
        0,
        values.reduce((sum, x, row) => sum + x * weights[row]![column]!, start),
      ),
    )
  return dot(user.slice(0, products), item.slice(0, products)) + dot(values, joint.output)
}

/** −ln of the right one's share of Σ e^score over it and the others. */
function shareLoss(scores: number[], right: number, others: number[]): number {
  return Math.log(1 + others.reduce((sum, n) => sum + Math.exp(scores[n]! - scores[right]!), 0))
}

/** Σ p_a p_b f_a·f_b over pairs of candidates that are different items, by their shares of Σ e^score. */
function likeness(scores: number[], right: number, others: number[], batch: PlainBatch): number {
  const drawn = [right, ...others]
  const total = drawn.reduce((sum, n) => sum + Math.exp(scores[n]!), 0)
  let sum = 0
  for (const a of drawn)
    for (const b of drawn) {
      const [item, other] = [batch.candidates[a]!, batch.candidates[b]!]
      if (item === other) continue
      const product = dot(batch.features[item]!.slice(0, batch.alike), batch.features[other]!.slice(0, batch.alike))
      sum += ((Math.exp(scores[a]!) * Math.exp(scores[b]!)) / total ** 2) * product
    }
  return sum
}

function draws({ seed, idDropout }: PlainBatch, n: number): boolean {
  return !fallsOut(seed, n, idDropout)
}

/** mulberry32's output at the state seed + number · step, as a share of 2²⁴. */
function fallsOut(seed: number, number: number, share: number): boolean {
  const state = (seed + Math.imul(number, 0x6d2b79f5)) >>> 0
  let bits = Math.imul(state ^ (state >>> 15), state | 1)
  bits ^= bits + Math.imul(bits ^ (bits >>> 7), bits | 61)
  return (bits ^ (bits >>> 14)) >>> 8 < share * 2 ** 24
}

function mean(values: number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}
