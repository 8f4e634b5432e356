import type { RandomSource } from '#core/random.ts'
import type { ModelConfig, Source } from '#core/schemas/config.ts'

/** Points drawn from the whole range of a factorization, and then near the best so far, in rounds. */
const DRAWS = 10
const NEAR_ROUNDS = 3
const NEAR_DRAWS = 5
/** A near point is at most this factor away. */
const NEAR = 2.5

const FACTORS = [64, 128]
/** Tried once each, beside the best: a training takes several times as long, and pays where there are many movies. */
const MORE_FACTORS = [128, 256]
/**
 * With more movies, points are drawn for the fewest factors alone, which learn in a fraction of the time, and EASE, whose time
 * grows with their cube, gives way to fsSLIM where these have few ratings each.
 */
const MANY_ITEMS = 4000
const REGULARIZATIONS: Range = [0.5, 100]
const UNOBSERVED_WEIGHTS: Range = [0.01, 1]
/** Likes after which an older one weighs half; null: all weigh the same, which suits lists in no order of time. */
const HALF_LIVES = [null, 100, 50, 20, 10, 5, 2.5, 1.5, 1]
/** What the scales' lengths and half-lives are multiplied with: first all of them, then the shortest and the longest alone. */
const MEMORIES = [0.25, 0.5, 2, 8]
const SHORTEST_MEMORIES = [0.35, 0.7, 1.5]
const LONGEST_MEMORIES = [0.5, 2]
const NEXT_REGULARIZATIONS = [0.5, 2, 6]
const RATING_EXPONENTS = [0, 1, 3]
const EASE_REGULARIZATIONS = [50, 100, 500, 1000, 2000, 4000, 8000, 16_000]
/** What the largest of these is multiplied with where it is the best: how much is enough grows with the number of users. */
const BEYOND_EASE = [4, 16]
/**
 * Weights kept of a movie, beside those configured. Among 100 candidates a user the cut costs much, as most of these have no weight
 * left: validation NDCG@10 of 100 and 1000 with λ 4000 on ML-1M, by 1,000 users: 0.539 and 0.561
 */
const EASE_NEIGHBOURS = [1000]
/** How much of λ grows with the likes of a movie. */
const DROPOUTS = [0.3, 0.6, 0.8]
const FS_SLIM_REGULARIZATIONS = [10, 30, 100, 300, 1000]
const FS_SLIM_NEIGHBOURS = [50, 200]
const USER_DAMPINGS = [0, 0.6]
const KNN_SHRINKAGES = [0, 5, 50, 200]
const HALF_LIFE_DAYS = [3, 7, 30, 90, 365]

/**
 * Below so many ratings a movie it is cheap to regress each on its nearest alone, where the time of regressions on all of
 * them grows with the cube of the movies.
 */
const FEW_RATINGS = 100

type Range = [low: number, high: number]

/** One question that validation answers: which of these settings gives the best lists of this source alone. */
export interface SearchStep {
  source: Source
  what: string
  /** beside the settings that the model has */
  candidates(model: ModelConfig, random: RandomSource): ModelConfig[]
}

/** What there is to learn from. */
export interface Extent {
  /** movies with a rating */
  items: number
  ratings: number
  /** without true times popularity has no half-life */
  hasTimes: boolean
  /** without an order nothing of a history is newer than the rest */
  hasOrder: boolean
}

/** The settings that the search starts from. */
export function searchStart(model: ModelConfig, { items, ratings }: Extent): ModelConfig {
  const isBeyondEase = items > MANY_ITEMS && ratings < FEW_RATINGS * items
  return isBeyondEase && model.neighbours.type === 'ease' ? withNeighbours(model, { type: 'fsSlim' }) : model
}

/**
 * What is searched, in this order, each step going on from the best of those before. Everything else stays as
 * configured: it is of little weight, or cannot be told apart by a validation part of ordinary size.
 */
export function searchSteps(
  { cf, next, neighbours }: ModelConfig,
  { items, ratings, hasTimes, hasOrder }: Extent,
): SearchStep[] {
  const recencyOfCf: SearchStep = {
    ...{ source: 'cf', what: 'recencyHalfLife' },
    candidates: (model) => (hasOrder ? HALF_LIVES : []).map((recencyHalfLife) => withCf(model, { recencyHalfLife })),
  }
  const recencyOfNeighbours: SearchStep = {
    ...{ source: 'neighbours', what: 'recencyHalfLife' },
    candidates: (model) =>
      (hasOrder ? HALF_LIVES : []).map((recencyHalfLife) => withNeighbours(model, { recencyHalfLife })),
  }
  const popularity: SearchStep = {
    ...{ source: 'popularity', what: 'halfLifeDays' },
    candidates: (model) => HALF_LIFE_DAYS.map((halfLifeDays) => ({ ...model, popularity: { halfLifeDays } })),
  }
  const isSparse = ratings < FEW_RATINGS * items
  const wide = wideSearch(items > MANY_ITEMS ? FACTORS.slice(0, 1) : FACTORS)
  return [
    recencyOfCf,
    ...(cf.type === 'als' ? [wide, ...new Array<SearchStep>(NEAR_ROUNDS).fill(NEARBY), WIDER, recencyOfCf] : []),
    ...(next.type === 'none' ? [] : [...(isSparse ? [NEAREST_NEXT] : []), ...NEXT]),
    ...(neighbours.type === 'none'
      ? []
      : [recencyOfNeighbours, ...(isSparse ? [FS_SLIM] : []), ...NEIGHBOURS, recencyOfNeighbours]),
    ...(hasTimes ? [popularity] : []),
  ]
}

function wideSearch(factors: readonly number[]): SearchStep {
  return {
    ...{ source: 'cf', what: 'factors, regularization and unobservedWeight' },
    candidates: (model, random) =>
      Array.from({ length: DRAWS }, () =>
        withCf(model, {
          factors: factors[Math.floor(random.uniform() * factors.length)]!,
          regularization: drawn(REGULARIZATIONS, random),
          unobservedWeight: drawn(UNOBSERVED_WEIGHTS, random),
        }),
      ),
  }
}

const NEARBY: SearchStep = {
  ...{ source: 'cf', what: 'regularization and unobservedWeight near the best' },
  candidates: (model, random) =>
    Array.from({ length: NEAR_DRAWS }, () =>
      withCf(model, {
        regularization: drawn(around(model.cf.regularization), random),
        unobservedWeight: Math.min(1, drawn(around(model.cf.unobservedWeight), random)),
      }),
    ),
}

const WIDER: SearchStep = {
  ...{ source: 'cf', what: 'more factors' },
  candidates: (model) =>
    MORE_FACTORS.filter((factors) => factors > model.cf.factors).map((factors) => withCf(model, { factors })),
}

/** The scales as they are, and remembering a quarter as long, as suits short histories. */
const NEAREST_NEXT: SearchStep = {
  ...{ source: 'next', what: 'type' },
  candidates: (model) => {
    if (model.next.type !== 'linear') return []
    const nearest = { ...model, next: { ...model.next, type: 'nearest' as const } }
    return [nearest, withScales(nearest, (scale) => remembering(scale, MEMORIES[0]!))]
  },
}

const NEXT: SearchStep[] = [
  {
    ...{ source: 'next', what: 'ratingExponent' },
    candidates: (model) =>
      RATING_EXPONENTS.map((ratingExponent) => ({ ...model, next: { ...model.next, ratingExponent } })),
  },
  {
    ...{ source: 'next', what: 'length and recencyHalfLife of the scales' },
    candidates: (model) => MEMORIES.map((factor) => withScales(model, (scale) => remembering(scale, factor))),
  },
  {
    ...{ source: 'next', what: 'length and recencyHalfLife of the shortest scale' },
    candidates: (model) =>
      SHORTEST_MEMORIES.map((factor) =>
        withScales(model, (scale, number) => (number === 0 ? remembering(scale, factor) : scale)),
      ),
  },
  {
    ...{ source: 'next', what: 'length and recencyHalfLife of the longest scale' },
    candidates: (model) =>
      LONGEST_MEMORIES.map((factor) =>
        withScales(model, (scale, number) =>
          number === model.next.scales.length - 1 ? remembering(scale, factor) : scale,
        ),
      ),
  },
  {
    ...{ source: 'next', what: 'another scale between two' },
    candidates: (model) => (model.next.scales.length === 2 ? [withScaleBetween(model)] : []),
  },
  {
    ...{ source: 'next', what: 'regularization of the scales' },
    candidates: (model) =>
      NEXT_REGULARIZATIONS.map((factor) =>
        withScales(model, ({ regularization }) => ({ regularization: regularization * factor })),
      ),
  },
]

const FS_SLIM: SearchStep = {
  ...{ source: 'neighbours', what: 'type' },
  candidates: (model) =>
    model.neighbours.type === 'ease'
      ? FS_SLIM_REGULARIZATIONS.map((regularization) =>
          withNeighbours(withFsSlim(model, { regularization }), { type: 'fsSlim' }),
        )
      : [],
}

const NEIGHBOURS: SearchStep[] = [
  ...ofType('ease', [
    {
      ...{ source: 'neighbours', what: 'ease.regularization' },
      candidates: (model) => EASE_REGULARIZATIONS.map((regularization) => withEase(model, { regularization })),
    },
    {
      ...{ source: 'neighbours', what: 'ease.regularization beyond these' },
      candidates: (model) => {
        const { regularization } = model.neighbours.ease
        if (regularization < EASE_REGULARIZATIONS.at(-1)!) return []
        return BEYOND_EASE.map((factor) => withEase(model, { regularization: factor * regularization }))
      },
    },
    {
      ...{ source: 'neighbours', what: 'ease.dropout' },
      candidates: (model) => DROPOUTS.map((dropout) => withEase(model, { dropout })),
    },
    {
      ...{ source: 'neighbours', what: 'ease.neighbours' },
      candidates: (model) => EASE_NEIGHBOURS.map((neighbours) => withEase(model, { neighbours })),
    },
  ]),
  ...ofType('fsSlim', [
    {
      ...{ source: 'neighbours', what: 'fsSlim.regularization' },
      candidates: (model) => FS_SLIM_REGULARIZATIONS.map((regularization) => withFsSlim(model, { regularization })),
    },
    {
      ...{ source: 'neighbours', what: 'fsSlim.userDamping' },
      candidates: (model) => USER_DAMPINGS.map((userDamping) => withFsSlim(model, { userDamping })),
    },
    {
      ...{ source: 'neighbours', what: 'fsSlim.dropout' },
      candidates: (model) => DROPOUTS.map((dropout) => withFsSlim(model, { dropout })),
    },
    {
      ...{ source: 'neighbours', what: 'fsSlim.neighbours' },
      candidates: (model) => FS_SLIM_NEIGHBOURS.map((neighbours) => withFsSlim(model, { neighbours })),
    },
  ]),
  ...ofType('itemKnn', [
    {
      ...{ source: 'neighbours', what: 'itemKnn.shrinkage' },
      candidates: (model) =>
        KNN_SHRINKAGES.map((shrinkage) =>
          withNeighbours(model, { itemKnn: { ...model.neighbours.itemKnn, shrinkage } }),
        ),
    },
  ]),
]

/** Steps that ask only where this is what the steps before have left. */
function ofType(type: ModelConfig['neighbours']['type'], steps: SearchStep[]): SearchStep[] {
  return steps.map(({ candidates, ...step }) => ({
    ...step,
    candidates: (model, random) => (model.neighbours.type === type ? candidates(model, random) : []),
  }))
}

function withCf(model: ModelConfig, cf: Partial<ModelConfig['cf']>): ModelConfig {
  return { ...model, cf: { ...model.cf, ...cf } }
}

type NextScale = ModelConfig['next']['scales'][number]

function withScales(model: ModelConfig, change: (scale: NextScale, number: number) => Partial<NextScale>): ModelConfig {
  const scales = model.next.scales.map((scale, number) => ({ ...scale, ...change(scale, number) }))
  return { ...model, next: { ...model.next, scales } }
}

/** The scale with a longer or shorter memory. */
function remembering({ length, recencyHalfLife }: NextScale, factor: number): Partial<NextScale> {
  return {
    length: Math.min(10_000, Math.ceil(length * factor)),
    recencyHalfLife: Number((recencyHalfLife * factor).toPrecision(3)),
  }
}

/** A third scale, in all things the geometric mean of the two. */
function withScaleBetween(model: ModelConfig): ModelConfig {
  const [short, long] = model.next.scales as [NextScale, NextScale]
  const between = (key: Exclude<keyof NextScale, 'recencyHalfLife'>) => Math.round(Math.sqrt(short[key] * long[key]))
  const scale: NextScale = {
    length: between('length'),
    recencyHalfLife: Number(Math.sqrt(short.recencyHalfLife * long.recencyHalfLife).toPrecision(3)),
    regularization: between('regularization'),
    maxItems: between('maxItems'),
    neighbours: between('neighbours'),
  }
  return { ...model, next: { ...model.next, scales: [short, scale, long] } }
}

function withNeighbours(model: ModelConfig, neighbours: Partial<ModelConfig['neighbours']>): ModelConfig {
  return { ...model, neighbours: { ...model.neighbours, ...neighbours } }
}

function withEase(model: ModelConfig, ease: Partial<ModelConfig['neighbours']['ease']>): ModelConfig {
  return withNeighbours(model, { ease: { ...model.neighbours.ease, ...ease } })
}

function withFsSlim(model: ModelConfig, fsSlim: Partial<ModelConfig['neighbours']['fsSlim']>): ModelConfig {
  return withNeighbours(model, { fsSlim: { ...model.neighbours.fsSlim, ...fsSlim } })
}

/** Any order of magnitude in the range is as likely as another; three digits are as good as sixteen. */
function drawn([low, high]: Range, { uniform }: RandomSource): number {
  return Number((low * (high / low) ** uniform()).toPrecision(3))
}

function around(value: number): Range {
  return [value / NEAR, value * NEAR]
}
