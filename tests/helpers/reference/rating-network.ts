import { dot, type Matrix } from '../reference.ts'

/** What a rating network is made of, in plain numbers; rows of items are five blocks of `width` numbers. */
export interface PlainRatingNetwork {
  embeddings: Matrix
  projection: Matrix
  people: Matrix
  /** weights inputs × outputs */
  layers: { weights: Matrix; bias: number[] }[]
}

export interface PlainRatingBatch {
  groups: {
    /** with stars above the usual */
    history: { item: number; stars: number }[]
    asked: {
      item: number
      /** place of its own rating in the history; −1 where it is not there */
      own: number
      hasId: boolean
      scalars: number[]
      /** stars above the usual, and the rating's place among the levels */
      value: number
      position: number
    }[]
  }[]
  features: Matrix
  /** buckets of each item */
  people: number[][]
  width: number
  heads: number
  levels: number
  poolDamping: number
  distribution: number
  seed: number
  dropout: number
}

/** The mean loss of a batch, number by number; draws as assembly/neural has them. */
export function ratingNetworkLoss(network: PlainRatingNetwork, batch: PlainRatingBatch): number {
  let row = 0
  let sum = 0
  let count = 0
  for (const group of batch.groups) {
    for (const asked of group.asked) {
      const outputs = ratingOutputs(network, batch, group.history, asked, row++)
      const logits = outputs.slice(1, 1 + batch.levels)
      const below = Math.min(Math.floor(asked.position), batch.levels - 2)
      const above = asked.position - below
      const expected = (1 - above) * logits[below]! + above * logits[below + 1]!
      const entropy = Math.log(logits.reduce((total, logit) => total + Math.exp(logit), 0)) - expected
      sum += (1 - batch.distribution) * (outputs[0]! - asked.value) ** 2 + batch.distribution * entropy
      count++
    }
    row += group.asked.length % 2
  }
  return sum / count
}

/** The last layer's outputs for one rating; without a row number nothing falls out. */
export function ratingOutputs(
  network: PlainRatingNetwork,
  batch: Omit<PlainRatingBatch, 'groups' | 'levels' | 'distribution'>,
  history: PlainRatingBatch['groups'][number]['history'],
  asked: Pick<PlainRatingBatch['groups'][number]['asked'][number], 'item' | 'own' | 'hasId' | 'scalars'>,
  row: number | null = null,
): number[] {
  const { width, heads, poolDamping } = batch
  const block = (vector: number[], number: number) => vector.slice(number * width, (number + 1) * width)
  const candidate = vectorOf(network, batch, asked.item, asked.hasId)
  const others = history
    .filter((_, place) => place !== asked.own)
    .map(({ item, stars }) => {
      const vector = vectorOf(network, batch, item, true)
      return { key: block(vector, 2), said: block(vector, 3).map((says, k) => says + stars * block(vector, 4)[k]!) }
    })
  const asks = block(candidate, 0)
  const columns = width / heads
  const attended = asks.map((_, k) => {
    const first = Math.floor(k / columns) * columns
    const part = (values: number[]) => values.slice(first, first + columns)
    const shares = others.map(({ key }) => Math.exp(dot(part(asks), part(key)) / Math.sqrt(columns)))
    const total = shares.reduce((sum, share) => sum + share, 1)
    return others.reduce((sum, { said }, at) => sum + (shares[at]! / total) * said[k]!, 0)
  })
  const is = block(candidate, 1)
  const pooled = is.map((_, k) => others.reduce((sum, { said }) => sum + said[k]!, 0) / (others.length + poolDamping))
  const input = [...is, ...attended, ...pooled, ...is.map((value, k) => value * pooled[k]!), ...asked.scalars]
  return through(network.layers, input, batch, row)
}

/** x of an item. */
export function vectorOf(
  { embeddings, projection, people }: PlainRatingNetwork,
  { features, people: bucketsOf }: Pick<PlainRatingBatch, 'features' | 'people'>,
  item: number,
  hasId: boolean,
): number[] {
  const buckets = bucketsOf[item]!
  return embeddings[item]!.map(
    (own, k) =>
      (hasId ? own : 0) +
      features[item]!.reduce((sum, value, row) => sum + value * projection[row]![k]!, 0) +
      buckets.reduce((sum, bucket) => sum + people[bucket]![k]! / Math.sqrt(buckets.length), 0),
  )
}

function through(
  layers: PlainRatingNetwork['layers'],
  input: number[],
  { seed, dropout }: Pick<PlainRatingBatch, 'seed' | 'dropout'>,
  row: number | null,
): number[] {
  let values = input
  for (const [number, { weights, bias }] of layers.entries()) {
    values = bias.map((start, column) => values.reduce((sum, x, from) => sum + x * weights[from]![column]!, start))
    if (number === layers.length - 1) break
    values = values.map((value, column) => {
      const falls = row !== null && fallsOut(seed + number + 1, row * bias.length + column, dropout)
      return falls ? 0 : Math.max(0, value) / (row === null ? 1 : 1 - dropout)
    })
  }
  return values
}

/** mulberry32's output at the state seed + number · step, as a share of 2²⁴. */
function fallsOut(seed: number, number: number, share: number): boolean {
  const state = (seed + Math.imul(number, 0x6d2b79f5)) >>> 0
  let bits = Math.imul(state ^ (state >>> 15), state | 1)
  bits ^= bits + Math.imul(bits ^ (bits >>> 7), bits | 61)
  return (bits ^ (bits >>> 14)) >>> 8 < share * 2 ** 24
}
