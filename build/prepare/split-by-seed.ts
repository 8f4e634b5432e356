import type { RandomSource } from '#core/random.ts'
import type { SplitConfig } from '#core/schemas/config.ts'
import { PART, type Part } from '../nouns.ts'
import { drawGroups, sizesOf } from './draw-groups.ts'
import type { TimedRatings } from './split-by-time.ts'

/** A held-out user with fewer ratings than this tells them all: the least that Mult-VAE divides. */
const FEWEST_TO_DIVIDE = 5

type UsedRatings = Pick<TimedRatings, 'indptr' | 'used'>

/** Every used rating by chance, whoever's it is; the parts have their shares of all to within one. */
export function splitAtRandom({ used }: UsedRatings, split: SplitConfig, random: RandomSource): Uint8Array {
  const sizes = sizesOf(countOf(used), [split.train, split.validation, split.test])
  return drawParts(used, sizes, [PART.train, PART.validation, PART.test], random)
}

/**
 * Folds of equal size to within one, by chance: `fold` is test, the next (the first after the last) validation, the rest
 * train. One seed gives the same folds whichever of them is test, so that each used rating is test once.
 */
export function splitIntoFolds({ used }: UsedRatings, { folds, fold }: SplitConfig, random: RandomSource): Uint8Array {
  const n = countOf(used)
  const sizes = Array.from({ length: folds }, (_, at) => Math.floor((n + at) / folds))
  const partOf = sizes.map((_, at): Part => {
    if (at === fold) return PART.test
    return at === (fold + 1) % folds ? PART.validation : PART.train
  })
  return drawParts(used, sizes, partOf, random)
}

/**
 * Users held out whole, as Mult-VAE (Liang et al. 2018, section 4.1): all ratings of most users are train; of those of a
 * validation or test user ⌊n · (1 − foldIn)⌋ are validation or test, by chance, the others are told (foldIn), and none
 * is ever trained on. Where Mult-VAE leaves out movies without a training rating, they stay here: content knows them.
 */
export function holdOutUsers({ indptr, used }: UsedRatings, split: SplitConfig, random: RandomSource): Uint8Array {
  const counts = Array.from({ length: indptr.length - 1 }, (_, user) =>
    countOf(used.subarray(indptr[user], indptr[user + 1])),
  )
  const users: number[] = []
  for (const [user, count] of counts.entries()) if (count > 0) users.push(user)
  const groups: number[] = []
  drawGroups(sizesOf(users.length, [split.train, split.validation, split.test]), random, (group) => groups.push(group))

  const parts = new Uint8Array(used.length)
  for (const [at, user] of users.entries()) {
    const [start, end] = [indptr[user], indptr[user + 1]]
    const n = counts[user]
    const targets = n < FEWEST_TO_DIVIDE ? 0 : Math.floor(Number((n * (1 - split.foldIn)).toPrecision(12)))
    const [sizes, partOf]: [number[], Part[]] =
      groups[at] === 0
        ? [[n], [PART.train]]
        : [
            [n - targets, targets],
            [PART.foldIn, groups[at] === 1 ? PART.validation : PART.test],
          ]
    parts.set(drawParts(used.subarray(start, end), sizes, partOf, random), start)
  }
  return parts
}

/** A share of the training ratings becomes validation, by chance; `parts` is changed in place. */
export function drawValidation(parts: Uint8Array, share: number, random: RandomSource): void {
  let n = 0
  for (let entry = 0; entry < parts.length; entry++) if (parts[entry] === PART.train) n++
  let entry = 0
  drawGroups(sizesOf(n, [1 - share, share]), random, (group) => {
    while (parts[entry] !== PART.train) entry++
    if (group === 1) parts[entry] = PART.validation
    entry++
  })
}

/** A Part for each rating: `partOf[group]` for the used ones, whose groups have exactly the given sizes. */
function drawParts(used: Uint8Array, sizes: number[], partOf: Part[], random: RandomSource): Uint8Array {
  const parts = new Uint8Array(used.length)
  let entry = 0
  drawGroups(sizes, random, (group) => {
    while (used[entry] === 0) entry++
    parts[entry++] = partOf[group]
  })
  return parts
}

function countOf(used: Uint8Array): number {
  let count = 0
  for (let entry = 0; entry < used.length; entry++) count += used[entry]
  return count
}
