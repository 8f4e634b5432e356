import { RATING_SCALARS } from '#core/kernels/train/rating-network.ts'
import type { RandomSource } from '#core/random.ts'
import {
  type Deviations,
  deviationsOf,
  ratingScalars,
  type UsualStars,
  usualDeviation,
  viewerDeviation,
} from '#core/scoring/rating-network.ts'
import type { RatingStep, StepRows } from './rating-memory.ts'
import type { Asked, RatingNetworkOptions, RatingProblem } from './rating-problem.ts'
import { starsAbove, withoutOne } from './usual-stars.ts'

/** Levels of stars, evenly from the lowest to the highest. */
export interface Levels {
  lowest: number
  highest: number
  count: number
}

/** What a batch came to in memory. */
export interface FilledBatch extends StepRows {
  /** rows of all groups, fillers among them */
  examples: number
  /** that are no fillers */
  asked: number
}

/** Writes batches: which items are in one, each once, and which histories and numbers go with what is asked. */
export interface BatchFiller {
  /**
   * @param random which ratings of a history are seen, and which movies stand for a new one; null: its last ones, and none does
   */
  fill(step: RatingStep, groups: readonly Asked[], random: RandomSource | null): FilledBatch
  /** stars that are usual for each example of the last batch that was filled into the step */
  usual(step: RatingStep): Float32Array
}

export function batchFiller(
  { ratings, numItems, told: { people } }: RatingProblem,
  usual: UsualStars,
  levels: Levels,
  { reach, idDropout }: Pick<RatingNetworkOptions, 'reach' | 'idDropout'>,
): BatchFiller {
  const { indptr, indices, ratings: stars } = ratings
  const above = Float32Array.from(indices, (item, place) => starsAbove(usual, item, stars[place]!))
  const viewers = viewersOf(indptr, above)
  const slotOf = new Int32Array(numItems).fill(-1)
  const bucketOf = new Int32Array(people.numBuckets).fill(-1)
  const longest = indptr.reduce((most, end, user) => Math.max(most, end - (indptr[user - 1] ?? 0)), 0)
  const order = new Uint32Array(longest)
  const seenAt = new Int32Array(indices.length).fill(-1)
  const bases = new Map<RatingStep, Float32Array>()
  const levelsPerStar = (levels.count - 1) / Math.max(1e-6, levels.highest - levels.lowest)

  return {
    usual: (step) => bases.get(step)!,
    fill(step, groups, random) {
      const base = bases.get(step) ?? new Float32Array(step.values.length)
      bases.set(step, base)
      const batch = { groups: groups.length, slots: 0, buckets: 0, examples: 0, asked: 0 }
      step.historyEnds.fill(0)
      step.askedEnds.fill(0)
      const slotFor = (item: number) => {
        if (slotOf[item]! < 0) {
          slotOf[item] = batch.slots
          step.slotItems[batch.slots++] = item
        }
        return slotOf[item]!
      }

      for (const [group, asked] of groups.entries()) {
        const seen = placesSeen(asked.user, random)
        step.historyCounts[group] = seen.length
        for (const [at, place] of seen.entries()) {
          const entry = group * reach + at
          const slot = slotFor(indices[place]!)
          seenAt[place] = at
          step.historySlots[entry] = slot
          step.historyStars[entry] = above[place]!
          step.historyEnds[slot]! += 1
        }
        for (let number = 0; number < asked.items.length; number++) {
          const example = batch.examples + number
          const slot = slotFor(asked.items[number]!)
          step.targetSlots[example] = slot
          step.askedEnds[slot]! += 1
          step.targetPlaces[example] = asked.places ? seenAt[asked.places[number]!]! : -1
          base[example] = describe(step, example, asked, number, random)
        }
        for (const place of seen) seenAt[place] = -1
        step.targetCounts[group] = asked.items.length
        batch.asked += asked.items.length
        batch.examples += asked.items.length + (asked.items.length % 2)
        step.targetEnds[group] = batch.examples
      }
      arrange(step, batch)
      for (let slot = 0; slot < batch.slots; slot++) slotOf[step.slotItems[slot]!] = -1
      return batch
    },
  }

  /** The numbers of one example. @returns its usual stars */
  function describe(
    step: RatingStep,
    example: number,
    { user, items, places }: Asked,
    number: number,
    random: RandomSource | null,
  ): number {
    const item = items[number]!
    const place = places?.[number] ?? -1
    const known = deviationsOf(usual, item)
    const movie = place < 0 ? known : withoutOne(known, stars[place]! - usual.mean)
    const viewer = place < 0 ? viewers[user]! : withoutOne(viewers[user]!, above[place]!)
    const hasId = movie.count > 0 && !(random && random.uniform() < idDropout)
    step.targetIds[example] = Number(hasId)
    ratingScalars(viewer, hasId ? movie : null, usual.variance, step.scalars, example * RATING_SCALARS)
    const base = usual.mean + viewerDeviation(viewer) + (hasId ? usualDeviation(movie) : 0)
    if (place >= 0) {
      step.values[example] = stars[place]! - base
      step.positions[example] = (stars[place]! - levels.lowest) * levelsPerStar
    }
    return base
  }

  /** Places of a user's row: all, or as many as are seen, drawn or the last ones. */
  function placesSeen(user: number, random: RandomSource | null): Uint32Array {
    const [from, to] = [indptr[user]!, indptr[user + 1]!]
    const count = to - from
    for (let at = 0; at < count; at++) order[at] = from + at
    if (count <= reach) return order.subarray(0, count)
    if (!random) return order.subarray(count - reach, count)
    for (let at = 0; at < reach; at++) {
      const chosen = at + Math.floor(random.uniform() * (count - at))
      const place = order[at]!
      order[at] = order[chosen]!
      order[chosen] = place
    }
    return order.subarray(0, reach)
  }

  /** From counts to the entries of each slot, and the buckets of its people. */
  function arrange(step: RatingStep, batch: FilledBatch): void {
    const { historyEnds, askedEnds, historyCounts, targetCounts, targetEnds } = step
    toStarts(historyEnds, batch.slots)
    toStarts(askedEnds, batch.slots)
    for (let group = 0; group < batch.groups; group++) {
      for (let entry = group * reach; entry < group * reach + historyCounts[group]!; entry++)
        step.historyEntries[historyEnds[step.historySlots[entry]!]!++] = entry
      const first = group > 0 ? targetEnds[group - 1]! : 0
      for (let example = first; example < first + targetCounts[group]!; example++)
        step.askedEntries[askedEnds[step.targetSlots[example]!]!++] = example
    }
    arrangePeople(step, batch)
  }

  function arrangePeople(step: RatingStep, batch: FilledBatch): void {
    const { ends, buckets } = people
    const forPeople = (visit: (bucket: number, slot: number) => void) => {
      for (let slot = 0; slot < batch.slots; slot++) {
        const item = step.slotItems[slot]!
        for (let entry = item > 0 ? ends[item - 1]! : 0; entry < ends[item]!; entry++) visit(buckets[entry]!, slot)
      }
    }
    forPeople((bucket) => {
      if (bucketOf[bucket]! < 0) {
        bucketOf[bucket] = batch.buckets
        step.bucketItems[batch.buckets] = bucket
        step.bucketEnds[batch.buckets++] = 0
      }
      step.bucketEnds[bucketOf[bucket]!]! += 1
    })
    toStarts(step.bucketEnds, batch.buckets)
    forPeople((bucket, slot) => {
      step.bucketEntries[step.bucketEnds[bucketOf[bucket]!]!++] = slot
    })
    for (let number = 0; number < batch.buckets; number++) bucketOf[step.bucketItems[number]!] = -1
  }
}

function viewersOf(indptr: Uint32Array, above: Float32Array): Deviations[] {
  return Array.from({ length: indptr.length - 1 }, (_, user) => {
    const own = above.subarray(indptr[user], indptr[user + 1])
    return {
      count: own.length,
      sum: own.reduce((sum, value) => sum + value, 0),
      squares: own.reduce((sum, value) => sum + value * value, 0),
    }
  })
}

/** Counts to where each list starts; entering a list moves it to its end. */
function toStarts(counts: Uint32Array, length: number): void {
  let start = 0
  for (let number = 0; number < length; number++) {
    const count = counts[number]!
    counts[number] = start
    start += count
  }
}
