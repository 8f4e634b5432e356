import type { SplitConfig } from '#core/schemas/config.ts'
import type { Interactions } from '../../nouns.ts'
import { PART } from '../../nouns.ts'

/** How a published evaluation divides ratings, and what it counts. */
export interface Protocol {
  /** in words, for the report */
  words: string
  split: Pick<SplitConfig, 'train' | 'validation' | 'test'> & {
    strategy: 'leaveOneOut' | 'globalTime' | 'random' | 'strongGeneralization'
  }
  /** ratings below these stars are not there at all; null: all are */
  keptFrom: number | null
  /** a rating is learned from and relevant from these stars up; null: every one is */
  relevantFrom: number | null
  /** users with fewer ratings, of those that are kept, are not there at all */
  minPerUser: number
  /** most users of the validation part, and of the test part, where users are held out whole */
  maxHeldOut: number
  /**
   * cold: ratings of users and movies that are not in train or valid leave the test part; untrained: those of movies that
   * are not in train leave all other parts
   */
  drops: 'cold' | 'untrained' | 'nothing'
  /** whether the model that is judged learns from the validation part too */
  learnsAgain: boolean
  /** the test part and 99 or 100 negatives a user are those of the files that He et al. 2017 published */
  sampledNegatives: boolean
  cutoffs: number[]
}

const ALL_USERS = { minPerUser: 0, maxHeldOut: Number.POSITIVE_INFINITY, learnsAgain: true } as const
const LEAVE_ONE_OUT = { strategy: 'leaveOneOut', train: 0.8, validation: 0.1, test: 0.1 } as const

export const PROTOCOLS = {
  'ml-1m-leave-one-out': {
    words: 'leave one out in the order of time: the last rating of each user is test, the one before it valid',
    split: LEAVE_ONE_OUT,
    ...{ ...ALL_USERS, keptFrom: null, relevantFrom: null, drops: 'nothing', sampledNegatives: false, cutoffs: [10] },
  },
  'ml-1m-leave-one-out-100': {
    words: 'leave one out by the files of NCF (He et al. 2017): one positive and their negatives a user',
    split: LEAVE_ONE_OUT,
    ...{ ...ALL_USERS, keptFrom: null, relevantFrom: null, drops: 'nothing', sampledNegatives: true, cutoffs: [10] },
  },
  'global-time': {
    words:
      'ratings of 3 stars or more, the last 20 % of them by date are test, the 16 % before valid; cold users and movies dropped',
    split: { strategy: 'globalTime', train: 0.64, validation: 0.16, test: 0.2 },
    ...{ ...ALL_USERS, keptFrom: 3, relevantFrom: null, drops: 'cold', sampledNegatives: false, cutoffs: [10] },
  },
  'random-60-20-20': {
    words: '60 % of the ratings are train, 20 % valid, 20 % test, drawn by seed',
    split: { strategy: 'random', train: 0.6, validation: 0.2, test: 0.2 },
    ...{ ...ALL_USERS, keptFrom: null, relevantFrom: 4, drops: 'nothing', sampledNegatives: false, cutoffs: [10] },
  },
  'strong-generalization': {
    words:
      'ratings of 4 stars or more, users with 5 of them or more; 10 % of the users, 10,000 at most, are valid and as many ' +
      'test, held out whole: 80 % of their movies, by chance, are told, the others to be found; movies without training ' +
      'ratings dropped (Mult-VAE, Liang et al. 2018)',
    split: { strategy: 'strongGeneralization', train: 0.8, validation: 0.1, test: 0.1 },
    ...{ minPerUser: 5, maxHeldOut: 10_000, learnsAgain: false, keptFrom: 4, relevantFrom: null, drops: 'untrained' },
    ...{ sampledNegatives: false, cutoffs: [20, 50, 100] },
  },
} as const satisfies Record<string, Protocol>

export type ProtocolName = keyof typeof PROTOCOLS

/** The entries that are kept, as interactions of the same users. */
export function keepEntries(interactions: Interactions, isKept: (entry: number) => boolean): Interactions {
  const { userIds, indptr, itemIndices, ratings, timestamps, parts } = interactions
  const keptIndptr = new Uint32Array(indptr.length)
  const kept: number[] = []
  for (let user = 0; user < userIds.length; user++) {
    for (let entry = indptr[user]!; entry < indptr[user + 1]!; entry++) if (isKept(entry)) kept.push(entry)
    keptIndptr[user + 1] = kept.length
  }
  return {
    userIds,
    indptr: keptIndptr,
    itemIndices: Int32Array.from(kept, (entry) => itemIndices[entry]!),
    ratings: Float32Array.from(kept, (entry) => ratings[entry]!),
    timestamps: Uint32Array.from(kept, (entry) => timestamps[entry]!),
    parts: Uint8Array.from(kept, (entry) => parts[entry]!),
  }
}

/** The shares of a protocol's split, with no more users held out for a part than it has at most. */
export function sharesOf({ split, maxHeldOut }: Protocol, numUsers: number): Protocol['split'] {
  const heldOut = Math.min(split.test, maxHeldOut / Math.max(1, numUsers))
  return split.strategy === 'strongGeneralization' && heldOut < split.test
    ? { ...split, train: 1 - 2 * heldOut, validation: heldOut, test: heldOut }
    : split
}

/** Without what the held-out users have of items that nobody has in train. */
export function withoutUntrained(interactions: Interactions): Interactions {
  const { itemIndices, parts } = interactions
  const trained = new Set<number>()
  for (const [entry, item] of itemIndices.entries()) if (parts[entry] === PART.train) trained.add(item)
  return keepEntries(interactions, (entry) => trained.has(itemIndices[entry]!))
}

/** Without the test ratings of users and items that are in no other part. */
export function withoutCold(interactions: Interactions): Interactions {
  const { indptr, itemIndices, parts } = interactions
  const isKnownItem = new Set<number>()
  const isCold = new Uint8Array(parts.length)
  for (const [entry, item] of itemIndices.entries()) if (parts[entry] !== PART.test) isKnownItem.add(item)
  for (let user = 0; user + 1 < indptr.length; user++) {
    const ofUser = parts.subarray(indptr[user]!, indptr[user + 1]!)
    if (ofUser.every((part) => part === PART.test)) isCold.fill(1, indptr[user]!, indptr[user + 1]!)
  }
  return keepEntries(
    interactions,
    (entry) => parts[entry] !== PART.test || (isCold[entry] === 0 && isKnownItem.has(itemIndices[entry]!)),
  )
}
