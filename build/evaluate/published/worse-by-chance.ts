import { randomSource } from '#core/random.ts'

/** Times that the two models change places. */
const FLIPS = 2000

/**
 * Chance that a model which is no worse in any metric looks as bad in at least one of them as this one does in each. A user's
 * differences are as likely with the other sign where the models are alike: of many draws of all users' signs, the share whose
 * worst metric is at least as bad, each in parts of √Σd². To refuse what is below 0.05 refuses a model that is alike in 5 % of
 * the cases at most, however many metrics there are; that they rise and fall together is made use of, as a correction by their
 * number (Holm's) could not (max-T by randomization: Westfall & Young 1993; Romano & Wolf 2005).
 * O(FLIPS · users · metrics).
 * @param losses how much worse the model is, by group of metrics of the same users: of each metric one a user, below 0 where
 * it is better
 * @returns in the same shape, 0 to 1; 1 where no user differs
 */
export function worseByChance(losses: readonly (readonly Float64Array[])[], seed: number): number[][] {
  const { uniform } = randomSource(seed)
  const sizes = losses.map((group) => group.map((values) => Math.sqrt(values.reduce((sum, d) => sum + d * d, 0))))
  const worst = new Float64Array(FLIPS).fill(Number.NEGATIVE_INFINITY)
  for (const [g, group] of losses.entries()) {
    const signs = new Float64Array(group[0]?.length ?? 0)
    for (let flip = 0; flip < FLIPS; flip++) {
      for (let user = 0; user < signs.length; user++) signs[user] = uniform() < 0.5 ? -1 : 1
      for (const [m, values] of group.entries())
        if (sizes[g]![m]! > 0) worst[flip] = Math.max(worst[flip]!, product(values, signs) / sizes[g]![m]!)
    }
  }
  return losses.map((group, g) =>
    group.map((values, m) => {
      if (sizes[g]![m] === 0) return 1
      const loss = values.reduce((sum, d) => sum + d, 0) / sizes[g]![m]!
      // equal sums of other orders differ in last bits
      const asBad = worst.reduce((count, value) => count + (value >= loss - 1e-9 ? 1 : 0), 0)
      // what was found is one of the draws: never 0
      return (1 + asBad) / (1 + FLIPS)
    }),
  )
}

function product(a: Float64Array, b: Float64Array): number {
  let sum = 0
  for (let at = 0; at < a.length; at++) sum += a[at]! * b[at]!
  return sum
}
