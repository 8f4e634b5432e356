import { randomSource } from '#core/random.ts'
import { dot, type Matrix } from '../reference.ts'

/** mulberry32's next state, by which the kernel's draws are told apart */
const STEP = 0x6d2b79f5

export interface BprTerms {
  factors: number
  initialScale: number
  regularization: number
  learningRates: readonly number[]
  negatives: 'uniform' | 'popularity'
}

/**
 * LearnBPR of data so small that users and items are one block each: every like once an epoch in a drawn order, against
 * one drawn item, one plain gradient step after the other. Draws as kernels/train/bpr.ts has them.
 */
export function learnBpr(
  likedBy: readonly (readonly number[])[],
  numItems: number,
  { factors, initialScale, regularization, learningRates, negatives }: BprTerms,
  seed: number,
): { users: Matrix; items: Matrix; losses: number[] } {
  const random = randomSource(seed)
  const liked = new Set(likedBy.flat())
  const row = (used: boolean) =>
    Array.from({ length: factors }, () => (used ? (initialScale / Math.sqrt(factors)) * random.normal() : 0))
  const users = likedBy.map((items) => row(items.length > 0))
  const items = Array.from({ length: numItems }, (_, item) => row(liked.has(item)))
  const order = Array.from(liked).sort((a, b) => a - b)

  const losses = learningRates.map((rate) => {
    shuffle(order, random.uniform)
    const pairs = likedBy.flatMap((items, user) => items.map((item) => [user, item] as const))
    shuffle(pairs, cellRandom(random.uniform()))
    const draw = cellRandom(random.uniform())
    const candidates = negatives === 'uniform' ? order : pairs.map(([, item]) => item)
    let loss = 0
    let count = 0
    for (const [user, item] of pairs) {
      let rival = item
      for (let draws = 0; draws < 16 && likedBy[user]!.includes(rival); draws++)
        rival = candidates[Math.floor(candidates.length * draw())]!
      if (likedBy[user]!.includes(rival)) continue
      const [x, yi, yj] = [users[user]!, items[item]!, items[rival]!]
      const score = dot(x, yi) - dot(x, yj)
      const missed = 1 / (1 + Math.exp(score))
      users[user] = x.map((v, k) => v + rate * (missed * (yi[k]! - yj[k]!) - regularization * v))
      items[item] = yi.map((v, k) => v + rate * (missed * x[k]! - regularization * v))
      items[rival] = yj.map((v, k) => v + rate * (-missed * x[k]! - regularization * v))
      loss += Math.log1p(Math.exp(-score))
      count++
    }
    return loss / count
  })
  return { users, items, losses }
}

/** The stream of the only cell: it starts where a mulberry32 of this seed would end its first step, had it begun one before. */
function cellRandom(uniform: number): () => number {
  const first = randomSource(uniform * 2 ** 32 - STEP).uniform()
  return randomSource(first * 2 ** 32).uniform
}

/** Fisher–Yates */
function shuffle(values: unknown[], uniform: () => number): void {
  for (let left = values.length; left > 1; left--) {
    const chosen = Math.floor(left * uniform())
    ;[values[left - 1], values[chosen]] = [values[chosen], values[left - 1]]
  }
}
