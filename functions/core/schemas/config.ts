import * as z from 'zod'

/**
 * The one definition of the configuration: `config/config.yml` is read into it, every step gets its own
 * slice, and a preset is a partial document laid over it. Units stand in the names or in the comment.
 */

const share = z.number().min(0).max(1)
const count = z.int().min(0)

const ProjectConfig = z.strictObject({
  /** shown on the page and in the model card */
  name: z.string().min(1).max(80).default('marquee-sample'),
  /** seeds every random choice of the build */
  seed: z.int().min(0).max(0xffff_ffff).default(42),
  /** folder that receives one folder a build */
  artifacts: z.string().min(1).default('artifacts'),
})

const LoggingConfig = z.strictObject({
  level: z.enum(['error', 'warn', 'info', 'debug']).default('info'),
  /** also write every line there, as JSON; null for none */
  file: z.string().min(1).nullable().default(null),
})

/** A reader each is in build/ingest/formats/; `auto` finds the format by the files that are there. */
export const SOURCE_FORMATS = [
  'movielens-csv',
  'movielens-dat',
  'movielens-100k',
  'interactions',
  'items',
  'movie-text',
  'the-movies-dataset',
  'tmdb-5000',
  'tmdb-pipe',
  'tmdb-api',
  'imdb-tsv',
  'wikipedia',
  'omdb',
  'local-titles',
] as const
export type SourceFormat = (typeof SOURCE_FORMATS)[number]

/** Columns of one's own data, and whether there must be one. Named, or counted from 1 in a file without a header. */
export const OWN_COLUMNS = {
  interactions: { userId: 'needed', itemId: 'needed', rating: 'optional', timestamp: 'optional' },
  items: {
    itemId: 'needed',
    title: 'optional',
    year: 'optional',
    genres: 'optional',
    overview: 'optional',
    tagline: 'optional',
    keywords: 'optional',
    cast: 'optional',
    directors: 'optional',
    runtime: 'optional',
    language: 'optional',
    poster: 'optional',
    source: 'optional',
  },
} as const satisfies Partial<Record<SourceFormat, Record<string, 'needed' | 'optional'>>>

export const SourceConfig = z
  .strictObject({
    /** folder, file or .zip archive; only read, never written to */
    path: z.string().min(1),
    format: z.enum(['auto', ...SOURCE_FORMATS]).default('auto'),
    /** which column of the file is what (OWN_COLUMNS), null for none; a column left out has its own name */
    columns: z.record(z.string(), z.union([z.string().min(1), z.int().min(1)]).nullable()).optional(),
    /** between the values of a list, such as genres, in one column of format items */
    separator: z.string().min(1).max(8).optional(),
  })
  .check(({ value, issues }) => {
    const refuse = (path: PropertyKey[], input: unknown, message: string): void => {
      issues.push({ code: 'custom', path, input, message })
    }
    const { format, columns, separator } = value
    if (separator !== undefined && format !== 'items')
      refuse(['separator'], separator, `may stand only with format items, not with ${format}`)
    if (columns === undefined) return
    if (format !== 'interactions' && format !== 'items') {
      refuse(['columns'], columns, `may stand only with format interactions or items, not with ${format}`)
      return
    }
    const known: Record<string, string> = OWN_COLUMNS[format]
    for (const [name, column] of Object.entries(columns)) {
      if (!Object.hasOwn(known, name))
        refuse(['columns', name], column, `is not a column of ${format}: ${Object.keys(known).join(', ')}`)
      else if (column === null && known[name] === 'needed')
        refuse(['columns', name], column, `must be a column: ${format} cannot do without it`)
    }
    const mapped = Object.values(columns).filter((column) => column !== null)
    if (new Set(mapped.map((column) => typeof column)).size > 1)
      refuse(['columns'], columns, 'must be all names, or all numbers from 1 for a file without a header')
  })
export type SourceConfig = z.infer<typeof SourceConfig>

export const DataConfig = z.strictObject({
  /** what is read, most trusted first: ratings, movies, links and tags are those of the first source that has them,
   * texts are merged */
  sources: z
    .array(SourceConfig)
    .min(1)
    .default([
      { path: 'data/sample/ml-latest-small', format: 'auto' },
      { path: 'data/sample/movie-text.jsonl.gz', format: 'auto' },
      { path: 'data/sample/local-titles.tsv', format: 'auto' },
    ]),
  /** languages whose titles of movies are taken from the sources: ISO 639, and of which country, ISO 3166 */
  titleLanguages: z
    .array(z.string().regex(/^[a-z]{2,3}(?:-[A-Z]{2})?$/, { error: 'must be a code such as vi-VN or fr' }))
    .default(['vi-VN']),
  /**
   * folder with user_ids.parquet and item_ids.parquet, as an earlier build or `prepare` wrote them: own ids keep the
   * numbers that they have there, others come after; null: all are numbered anew
   */
  idsFrom: z.string().min(1).nullable().default(null),
  /** file of `marquee feedback export`, laid over the ratings; null: none. `marquee rebuild` writes one and puts it here */
  feedback: z.string().min(1).nullable().default(null),
  /** ratings a user needs to be learned from and judged; the history is kept whatever it holds */
  minRatingsPerUser: count.default(5),
  /** ratings a movie needs to be learned from and judged; it stays in the catalogue without them */
  minRatingsPerMovie: count.default(5),
  /** fixedPoint: both filters again and again until nothing changes; once: movies, then users by what is left of theirs */
  filterUntil: z.enum(['fixedPoint', 'once']).default('fixedPoint'),
  /** users who must have given a tag for it to become a keyword */
  minTags: z.int().min(1).default(3),
  /** lowest and highest star that a rating may have */
  ratingScale: z
    .tuple([z.number(), z.number()])
    .refine(([low, high]) => low < high, { error: 'the lowest rating must be below the highest' })
    .default([0.5, 5]),
  /** share of unusable rows in one file above which the build refuses it */
  maxBadRowShare: share.default(0.001),
})
export type DataConfig = z.infer<typeof DataConfig>

export const SPLIT_STRATEGIES = [
  'userTime',
  'globalTime',
  'leaveOneOut',
  'random',
  'kFold',
  'strongGeneralization',
  'given',
] as const

export const SplitConfig = z
  .strictObject({
    /**
     * userTime: the last ratings of each user; globalTime: one date for all; leaveOneOut: the last rating of each user
     * is test, the one before validation; random: by seed; kFold: by seed, one fold is test and the next validation;
     * strongGeneralization: users held out whole, judged on a share of their ratings from the others; given: by files
     */
    strategy: z.enum(SPLIT_STRATEGIES).default('userTime'),
    /** shares of the ratings; of the users with strongGeneralization; not used by leaveOneOut and kFold */
    train: share.default(0.8),
    /** with given: of the training ratings, when no validation file is given */
    validation: share.default(0.1),
    test: share.default(0.1),
    /** kFold: parts of equal size */
    folds: z.int().min(3).max(100).default(5),
    /** kFold: which is test, from 0; the next is validation, the first coming after the last */
    fold: z.int().min(0).default(0),
    /** strongGeneralization: share of a held-out user's ratings that is told, the rest is to be found; 0.8 as Mult-VAE has it */
    foldIn: z.number().gt(0).lt(1).default(0.8),
    /** given: files of user and movie ids, as pairs (CSV, TSV, ::) or as a line a user (user movie movie …) */
    given: z
      .strictObject({
        /** null: every rating that the other files leave */
        train: z.string().min(1).nullable().default(null),
        /** null: drawn from train by seed; the shipped model learns from both */
        validation: z.string().min(1).nullable().default(null),
        test: z.string().min(1).nullable().default(null),
      })
      .prefault({}),
  })
  .refine((split) => Math.abs(split.train + split.validation + split.test - 1) < 1e-9, {
    error: 'train + validation + test must be 1',
  })
  .refine((split) => split.train > 0 && split.validation > 0 && split.test > 0, {
    error: 'train, validation and test must each be above 0',
  })
  .check(({ value: { strategy, folds, fold, given }, issues }) => {
    if (fold >= folds)
      issues.push({ code: 'custom', path: ['fold'], input: fold, message: `must be below split.folds, ${folds}` })
    if (strategy === 'given' && given.test === null)
      issues.push({
        code: 'custom',
        path: ['given', 'test'],
        input: given.test,
        message: 'must be a file with split.strategy given',
      })
  })
export type SplitConfig = z.infer<typeof SplitConfig>

/** Hidden layers, batches and their like fill whole vectors. */
const eights = (most: number) => z.int().min(8).max(most).multipleOf(8, { error: 'must be a multiple of 8' })

export const TwoTowerConfig = z.strictObject({
  /** times that every rating is to be told from those before it; the learning rate falls by it */
  epochs: z.int().min(1).max(1000).default(10),
  /** epochs after which training ends before that; null: what the draft found best on validation, and all without a draft */
  stopAfter: z.int().min(1).max(1000).nullable().default(null),
  /** epochs without a better NDCG@10 on validation after which it ends; null: all of them, and the best is kept */
  patience: z.int().min(1).max(1000).nullable().default(3),
  /** pools of the history, each as far back and with as short a memory as it says */
  scales: z
    .array(
      z.strictObject({
        /** items back from the end of the history that it sees */
        length: z.int().min(1).max(1000),
        /** items after which an older one weighs half */
        recencyHalfLife: z.number().positive().max(1e6),
      }),
    )
    .min(1)
    .max(4)
    .default([
      { length: 6, recencyHalfLife: 1.5 },
      { length: 50, recencyHalfLife: 12 },
    ]),
  /** p of stars^p that a movie of the history counts; 0: all the same */
  ratingExponent: z.number().min(0).max(10).default(1.5),
  /** numbers in each layer between the pools and the user's vector */
  hidden: z.array(eights(4096)).max(3).default([256]),
  /**
   * of the pools. Validation NDCG@10 after 5 epochs on ML-1M, leave one out: 0.167 and 0.171 of two runs with it and 128
   * factors, 0.165 without it and 64
   */
  layerNorm: z.boolean().default(true),
  /** ratings a step, which are each other's negatives */
  batch: eights(8192).default(512),
  /** movies beside these that a batch scores, drawn alike from all; 512 gave the same NDCG@10 as none on ML-1M */
  negatives: z.int().min(0).max(8192).multipleOf(8, { error: 'must be a multiple of 8' }).default(0),
  /** what puts a movie that is taken up ahead of the others: their softmax, or BPR (Rendle et al. 2009) against each */
  loss: z.enum(['softmax', 'bpr']).default('softmax'),
  /** whether the softmax makes up for popular movies standing in a batch more often (Yi et al. 2019) */
  logQ: z.boolean().default(true),
  /** share of the squared error of the score, from the stars over the highest ones, in the loss */
  mse: share.default(0),
  /** what it costs beside the softmax how alike by their texts two movies are that it draws (docs/neural.md) */
  diversity: z.number().min(0).max(100).default(0),
  /** share of the hidden numbers that fall out of a step */
  dropout: z.number().min(0).max(0.9).default(0.2),
  /** share of a batch's movies that are scored by their texts and numbers alone, as one that nobody has rated is */
  idDropout: z.number().min(0).max(0.9).default(0),
  /** of Adam's first step; falls in a straight line to a tenth of it in the last */
  learningRate: z.number().positive().max(1).default(0.003),
  /** share of the learning rate that a step takes off a weight (AdamW) */
  weightDecay: z.number().min(0).max(1).default(0),
})
export type TwoTowerConfig = z.infer<typeof TwoTowerConfig>

/** Of which two towers say themselves what is meant. */
const { scales, ratingExponent, layerNorm, negatives, logQ, dropout, idDropout } = TwoTowerConfig.shape
const NeuralCfConfig = z.strictObject({
  ...{ ratingExponent, layerNorm, negatives, logQ, dropout, idDropout },
  /** as there: times that every like is to be told, and how many without a better one on validation end it */
  epochs: z.int().min(1).max(1000).default(6),
  patience: z.int().min(1).max(1000).nullable().default(2),
  /** pools of the history; with the two of twoTower NDCG@10 was 0.104 on the sample's validation part, with these 0.111 */
  scales: scales.unwrap().default([
    { length: 3, recencyHalfLife: 1 },
    { length: 12, recencyHalfLife: 4 },
    { length: 100, recencyHalfLife: 40 },
  ]),
  /** numbers of a movie's vector and a history's that are multiplied (GMF) */
  products: eights(512).default(32),
  /** outputs of the layers over both, of which the first is a sum of what each gives (MLP); 128 and 32 were no better */
  layers: z.array(eights(512)).min(1).max(4).default([64, 32, 16]),
  /** numbers in each layer between the pools and the history's vector; none as He et al. have it */
  hidden: z.array(eights(4096)).max(3).default([]),
  /** ratings a step, which are each other's negatives: time grows with it, as every pair goes through the layers */
  batch: eights(1024).default(128),
  /** binary cross-entropy, as He et al., or the softmax: 0.104 and 0.103 */
  loss: z.enum(['bce', 'softmax']).default('bce'),
  /** of Adam's first step; falls in a straight line to a tenth of it in the last; half and twice as much were worse */
  learningRate: z.number().positive().max(1).default(0.003),
  /** share of the learning rate that a step takes off a weight (AdamW) */
  weightDecay: z.number().min(0).max(1).default(0.3),
})

export const CfConfig = z.strictObject({
  /**
   * als, bpr and two_tower are learned here; imported: item factors that another engine wrote. How histories are folded into
   * those of bpr and of another engine is found on validation; two_tower has a network for it
   */
  type: z.enum(['als', 'bpr', 'two_tower', 'imported']).default('als'),
  /** Bayesian personalized ranking (Rendle et al. 2009); its factors are `factors` */
  bpr: z
    .strictObject({
      /** every like once an epoch; NDCG@10 on validation still rose slowly at 60 on ML-1M */
      epochs: z.int().min(1).max(1000).default(60),
      /** of the first epoch; falls in a straight line to a tenth of it in the last */
      learningRate: z.number().positive().max(1).default(0.1),
      /** λ */
      regularization: z.number().min(0).max(1).default(0.01),
      /** what a like is compared with: all liked movies alike, or as often as they are liked (as implicit draws them) */
      negatives: z.enum(['uniform', 'popularity']).default('uniform'),
      /** length of a row at the start, about */
      initialScale: z.number().positive().max(100).default(0.1),
    })
    .prefault({}),
  /** a two-tower network (Yi et al. 2019); its factors are `factors` */
  twoTower: TwoTowerConfig.prefault({}),
  /** what is read with type imported */
  imported: z
    .strictObject({
      /** folder that Spark's ALSModel.save made, or .npz that implicit's save made */
      path: z.string().min(1).nullable().default(null),
      /** with an .npz: the movie id of each row, one a line or as .npy */
      itemIds: z.string().min(1).nullable().default(null),
    })
    .prefault({}),
  /** latent dimensions f; whole SIMD lanes */
  factors: z.int().min(8).max(512).multipleOf(8, { error: 'must be a multiple of 8' }).default(64),
  /** sweeps over users and items */
  iterations: z.int().min(1).max(200).default(16),
  /** λ; 4 with α₀ 0.2 was best of 20 pairs on the sample's validation part, 2026-11-21 */
  regularization: z.number().positive().max(1e6).default(4),
  /** ν of λ_r = λ·(likes + α₀·others)^ν a row, as Rendle et al. 2021 scale it: 0 is the same λ for every row */
  regularizationExponent: z.number().min(0).max(2).default(0),
  /** α₀ of Rendle et al. 2021: weight of an entry nobody rated, where a liked one weighs 1 */
  unobservedWeight: z.number().positive().max(1).default(0.2),
  /**
   * What a like weighs, r being its stars. constant: 1 beside α₀, as Rendle et al. 2021; linear: c = 1 + alpha·r, as Hu,
   * Koren & Volinsky 2008; implicit: c = alpha·r, as benfred/implicit. Both of these have an unobservedWeight of 1.
   */
  confidence: z.enum(['constant', 'linear', 'implicit']).default('constant'),
  /** scale of r in `linear` and `implicit` */
  alpha: z.number().positive().max(1e6).default(40),
  /** length of an item's factors before the first iteration: the embedding scale σ* of Rendle et al. 2021 */
  initialScale: z.number().positive().max(100).default(1),
  /** whitenedCg: `cgSteps` steps a row from the last iteration's; cg: the same as implicit takes them; cholesky: exact */
  solver: z.enum(['whitenedCg', 'cg', 'cholesky']).default('whitenedCg'),
  /** conjugate-gradient steps a row in every half-step but the last two, which are exact */
  cgSteps: z.int().min(1).max(64).default(2),
  /** iterations without a better NDCG@10 on validation after which training ends; null: it does all of them */
  patience: z.int().min(1).max(200).nullable().default(null),
  /**
   * likes after which an older like weighs half when a history is folded in; null: all weigh the same.
   * MovieLens' order is the order of entering ratings, so a watch log may want a longer one.
   */
  recencyHalfLife: z.number().positive().nullable().default(5),
  /** where movies that nobody liked belong, as the learned ones teach it */
  coldItems: z
    .strictObject({
      /** ridge: a regression of the factors on terms, years and embeddings; none: they have no factors */
      type: z.enum(['ridge', 'none']).default('ridge'),
      /** λ, where the terms of a movie have length 1 */
      regularization: z.number().positive().max(1e6).default(1),
    })
    .prefault({}),
})
export type CfConfig = z.infer<typeof CfConfig>

export const NeighboursConfig = z.strictObject({
  /** item–item weights: what a liked movie says for others. none: the blend does without */
  type: z.enum(['ease', 'fsSlim', 'itemKnn', 'none']).default('ease'),
  /**
   * likes after which an older like weighs half; null: all weigh the same. Validation NDCG@10 with 5 and with null: 0.106
   * and 0.107 on the sample, 0.133 and 0.098 on ML-1M
   */
  recencyHalfLife: z.number().positive().nullable().default(5),
  /** EASE^R (Steck 2019) */
  ease: z
    .strictObject({
      /**
       * λ, beside the likes of a movie. Validation NDCG@10 of 200, 400 and 800: 0.105, 0.106, 0.106 on the sample, 0.129,
       * 0.133, 0.134 on ML-1M
       */
      regularization: z.number().positive().max(1e6).default(400),
      /** p of EDLAE (Steck 2020): λ grows by p / (1 − p) · likes of the movie; 0 is EASE */
      dropout: z.number().min(0).lt(1).default(0),
      /** strongest weights kept of a liked movie: 0.6 % of NDCG@10 below all of them on ML-1M's validation part */
      neighbours: z.int().min(1).max(10_000).default(100),
      /** most liked movies that get weights; time grows with its cube, memory with its square (0.3 GB at 12,000) */
      maxItems: z.int().min(1).max(40_000).default(12_000),
      /** of the inverse: single is exact enough unless λ is small beside the number of users; double takes twice as much */
      precision: z.enum(['single', 'double']).default('single'),
    })
    .prefault({}),
  /** EASE in small (fsSLIM, Ning & Karypis 2011): each movie regressed on its nearest alone, for catalogues of any size */
  fsSlim: z
    .strictObject({
      /** λ, beside the likes of a movie */
      regularization: z.number().positive().max(1e6).default(100),
      /** p: λ grows by p / (1 − p) · likes of the movie */
      dropout: z.number().min(0).lt(1).default(0),
      /** movies that a movie is regressed on; time grows with their cube */
      neighbours: z.int().min(1).max(1000).default(100),
      /**
       * γ: a user of n likes counts n^−γ. Validation NDCG@20 of 0, 0.3 and 0.6 with λ 100: 0.0615, 0.0631, 0.0609 on Amazon
       * Beauty; on Gowalla, of 0, 0.5 and 1: 0.109, 0.111, 0.106
       */
      userDamping: share.default(0.3),
    })
    .prefault({}),
  /** how alike the likers of two movies are */
  itemKnn: z
    .strictObject({
      /**
       * most similar movies that speak for a movie. Validation NDCG@10 of 50, 100 and 200: 0.096, 0.100, 0.098 on the
       * sample, 0.122, 0.123, 0.117 on ML-1M
       */
      neighbours: z.int().min(1).max(10_000).default(100),
      /** likes in common that count half, about */
      shrinkage: z.number().min(0).max(1e6).default(20),
      /** α of the asymmetric cosine (Aiolli 2013): 0.5 is the cosine, above it popular movies are recommended less */
      asymmetry: share.default(0.5),
    })
    .prefault({}),
})
export type NeighboursConfig = z.infer<typeof NeighboursConfig>

const NextScaleConfig = z.strictObject({
  /** items back from the end of a history that the scale sees */
  length: z.int().min(1).max(10_000),
  /** items after which an older one weighs half */
  recencyHalfLife: z.number().positive().max(1e6),
  /** λ: the larger, the less the scale says */
  regularization: z.number().positive().max(1e6),
  /** most rated movies that speak at the scale; time grows with the cube of all scales' together, memory with its square */
  maxItems: z.int().min(1).max(40_000),
  /** weights kept of such a movie, on average */
  neighbours: z.int().min(1).max(10_000),
})

export const NextConfig = z.strictObject({
  /**
   * what is taken up after a history as it ended. linear: a ridge regression of each item on the ones before; nearest: on
   * those alone that go before it most, for catalogues of any size; none
   */
  type: z.enum(['linear', 'nearest', 'none']).default('linear'),
  /** with type nearest, where every movie speaks and is recommended */
  nearest: z
    .strictObject({
      /** movies at scales that a movie is regressed on; time grows with their cube */
      neighbours: z.int().min(1).max(1000).default(200),
    })
    .prefault({}),
  /** most rated movies that are recommended by it */
  maxItems: z.int().min(1).max(40_000).default(12_000),
  /** ratings that a movie needs to speak: fewer say little that is sure, and cost as much time as many */
  minRatings: z.int().min(1).max(1e6).default(10),
  /**
   * p of stars^p that a movie of the history counts; 0: all the same. Validation NDCG@10 of 0, 1, 1.5 and 2 by this score
   * alone: 0.126, 0.134, 0.134, 0.134 on the sample, 0.173, 0.175, 0.177, 0.177 on ML-1M
   */
  ratingExponent: z.number().min(0).max(10).default(1.5),
  /**
   * how far back it looks, each scale with weights of its own. Validation NDCG@10 with half-lives 1.4 and 17, 3 and 50, 5 and
   * 80 (stars not counting): 0.125, 0.127, 0.126 on the sample, 0.167, 0.169, 0.173 on ML-1M
   */
  scales: z
    .array(NextScaleConfig)
    .min(1)
    .max(8)
    .default([
      { length: 24, recencyHalfLife: 4, regularization: 300, maxItems: 3000, neighbours: 100 },
      { length: 250, recencyHalfLife: 60, regularization: 500, maxItems: 1000, neighbours: 200 },
    ]),
})
export type NextConfig = z.infer<typeof NextConfig>

/** Predicted stars, by variational SVD++ (build/train/stars); none: the model predicts none. */
export const StarsConfig = z.strictObject({
  type: z.enum(['svdpp', 'none']).default('svdpp'),
  /**
   * Latent dimensions beside the two biases, with which they fill SIMD lanes. Validation RMSE of 6, 14, 22 and 30 on the
   * sample: 0.814, 0.808, 0.809, 0.808; ML-1M likes 22 better
   */
  factors: z
    .int()
    .min(6)
    .max(126)
    .refine((factors) => factors % 8 === 6, { error: 'must be 6, 14, 22 or another two less than a multiple of 8' })
    .default(14),
  /** sweeps over users and items; validation RMSE after 10, 20, 30 and 60 on the sample: 0.816, 0.809, 0.808, 0.807 */
  iterations: z.int().min(1).max(200).default(30),
  /** what a unit of |z|² costs, z being what it says of a user to have rated a movie at all; 0.3, 3 and 10 were worse */
  traceRegularization: z.number().positive().max(1e6).default(1),
  /** conjugate-gradient steps toward the z in each sweep */
  traceSteps: z.int().min(1).max(64).default(3),
  /**
   * how many times half a rating the belief is worth that all users, and all movies, are equally noisy; 0: they are, with
   * validation RMSE 0.836 where 5, 20 and 80 have 0.810, 0.808 and 0.812
   */
  scaleShape: z.number().min(0).max(1e6).default(20),
})
export type StarsConfig = z.infer<typeof StarsConfig>

/** A neural network that takes predicted stars some of the way to its own, where it proves on validation that it helps. */
export const RatingNetworkConfig = z
  .strictObject({
    /** attention: from the candidate over the viewer's ratings (docs/neural.md); none: stars are predicted without */
    type: z.enum(['none', 'attention']).default('none'),
    /** numbers in each of the five blocks of a movie's vector; a multiple of 8 times heads */
    width: eights(128).default(16),
    /** of the attention */
    heads: z.int().min(1).max(8).default(1),
    /** numbers in each layer between what is known of viewer and movie and the stars */
    hidden: z.array(eights(1024)).max(3).default([64]),
    /** ratings of a history that an example sees, drawn anew each time */
    reach: eights(1024).default(128),
    /** that names of directors and cast fall in by a hash: one nobody has seen has a place too */
    buckets: z.int().min(8).max(1_000_000).default(4096),
    /** share of the cross-entropy over the levels of stars in the loss, beside the squared error */
    distribution: share.default(0.3),
    /** share of the hidden numbers that fall out of a step */
    dropout: z.number().min(0).max(0.9).default(0.2),
    /** share of the ratings that are predicted by what is told of the movie alone, as one that nobody has rated is */
    idDropout: z.number().min(0).max(0.9).default(0.3),
    /** times that every rating is to be predicted; the learning rate falls by it */
    epochs: z.int().min(1).max(1000).default(6),
    /** epochs after which training ends before that; null: what the draft found best on validation */
    stopAfter: z.int().min(1).max(1000).nullable().default(null),
    /** epochs without a better RMSE on validation after which it ends; null: all of them, and the best is kept */
    patience: z.int().min(1).max(1000).nullable().default(2),
    /** of Adam's first step; falls in a straight line to a tenth of it in the last */
    learningRate: z.number().positive().max(1).default(0.01),
    /** share of the learning rate that a step takes off a weight (AdamW), and off the row of a movie or a person */
    weightDecay: z.number().min(0).max(10).default(0.1),
    rowDecay: z.number().min(0).max(10).default(1),
  })
  .refine(({ width, heads }) => width % (8 * heads) === 0, {
    error: 'must be a multiple of 8 times heads',
    path: ['width'],
  })
export type RatingNetworkConfig = z.infer<typeof RatingNetworkConfig>

export const EmbeddingsConfig = z.strictObject({
  /** sentence: a language model's vectors of the movies' texts, which help to place cold movies; needs optional packages */
  type: z.enum(['none', 'sentence']).default('none'),
  /** id at the Hugging Face hub, or a local folder with config.json, tokenizer.json and onnx/ */
  model: z.string().min(1).default('Xenova/all-MiniLM-L6-v2'),
  /** which of the model's files: fp32 is model.onnx, q8 model_quantized.onnx … */
  dtype: z.enum(['fp32', 'fp16', 'q8', 'q4']).default('fp32'),
})
export type EmbeddingsConfig = z.infer<typeof EmbeddingsConfig>

export const ContentConfig = z.strictObject({
  embeddings: EmbeddingsConfig.prefault({}),
  /** movies a term must occur in */
  minDocumentFrequency: z.int().min(1).default(2),
  /** share of movies above which a word says nothing; genres, keywords and names always count */
  maxDocumentShare: share.default(0.25),
  /** strongest terms kept a movie */
  maxTermsPerMovie: z.int().min(1).max(1024).default(64),
  /** how much one occurrence counts, by field */
  fieldWeights: z
    .strictObject({
      genres: z.number().min(0).default(2),
      overview: z.number().min(0).default(1),
      tagline: z.number().min(0).default(1),
      keywords: z.number().min(0).default(2),
      cast: z.number().min(0).default(1.5),
      directors: z.number().min(0).default(2),
    })
    .prefault({}),
})
export type ContentConfig = z.infer<typeof ContentConfig>

export const PopularityConfig = z.strictObject({
  /** days after which a rating counts half; null for no decay */
  halfLifeDays: z.number().positive().nullable().default(null),
})
export type PopularityConfig = z.infer<typeof PopularityConfig>

/** What a movie is scored by. */
export const SOURCES = ['cf', 'next', 'neighbours', 'content', 'popularity'] as const
export type Source = (typeof SOURCES)[number]

/** Weights of the scores in a blend; they need not sum to 1. */
export const BlendWeights = z.strictObject({
  cf: z.number().min(0).max(1).describe('weight of collaborative filtering by factors, 0 to 1'),
  next: z.number().min(0).max(1).describe('weight of what comes next after the last movies of the history, 0 to 1'),
  neighbours: z.number().min(0).max(1).describe('weight of item–item neighbours, 0 to 1'),
  content: z.number().min(0).max(1).describe('weight of content similarity, 0 to 1'),
  popularity: z.number().min(0).max(1).describe('weight of damped popularity, 0 to 1'),
} satisfies Record<Source, z.ZodType>)
export type BlendWeights = z.infer<typeof BlendWeights>

const HybridConfig = z.strictObject({
  /** 'learned': chosen on validation, by length of history; else these weights for all */
  weights: z.union([z.literal('learned'), BlendWeights]).default('learned'),
})

/** A learned order of the first movies of the blended list, by gradient-boosted trees (build/evaluate/ranker). */
export const RankerConfig = z.strictObject({
  /** auto: shipped where it proves itself on validation; off: none is learned */
  enabled: z.enum(['auto', 'off']).default('auto'),
  /** most trees; how many of them are kept is found on held-out users */
  trees: z.int().min(1).max(1000).default(120),
  /** most leaves of a tree */
  leaves: z.int().min(2).max(16).default(15),
  /** share of what a tree says that is taken */
  learningRate: z.number().positive().max(1).default(0.1),
  /** fewest movies of lists that a leaf may stand for */
  minRows: z.int().min(1).max(1e6).default(200),
  /** movies of the blended list that are put in order */
  pool: z.int().min(10).max(1000).default(100),
})
export type RankerConfig = z.infer<typeof RankerConfig>

const ModelConfig = z.strictObject({
  /** a rating counts as a like from this star up */
  likedFrom: z.number().default(3.5),
  cf: CfConfig.prefault({}),
  next: NextConfig.prefault({}),
  neighbours: NeighboursConfig.prefault({}),
  stars: StarsConfig.prefault({}),
  ratingNetwork: RatingNetworkConfig.prefault({}),
  /** neural collaborative filtering (NeuMF, He et al. 2017), which `evaluate --protocol neural-cf` asks about; not served */
  neuralCf: NeuralCfConfig.prefault({}),
  content: ContentConfig.prefault({}),
  popularity: PopularityConfig.prefault({}),
  hybrid: HybridConfig.prefault({}),
  ranker: RankerConfig.prefault({}),
})
export type ModelConfig = z.infer<typeof ModelConfig>

/** The endpoint is the Worker's own (wrangler.toml); a model carries what was measured of a language model. */
const LlmConfig = z.strictObject({
  /** file that `marquee evaluate --rerank --json` wrote: what `LLM_RERANK = "auto"` goes by; null: nothing was measured */
  rerankEvidence: z.string().min(1).nullable().default(null),
})

export const EvaluationConfig = z.strictObject({
  /** list lengths that metrics are reported at */
  cutoffs: z.array(z.int().min(1).max(1000)).min(1).default([5, 10, 20]),
  /** a test rating is relevant from this star up */
  relevantFrom: z.number().default(3.5),
  /** resamples of the users for the 95 % intervals */
  bootstrapSamples: z.int().min(100).max(100_000).default(1000),
})
export type EvaluationConfig = z.infer<typeof EvaluationConfig>

/** What the Worker obeys; it travels in the manifest, so a rollback brings its limits along. */
export const ApiConfig = z.strictObject({
  /** items in an answer when the request names no `k` */
  defaultK: z.int().min(1).max(1000).default(20),
  /** most items in an answer */
  maxK: z.int().min(1).max(1000).default(100),
  /** most ratings in a history that comes with a request */
  maxHistory: z.int().min(1).max(100_000).default(10_000),
  /** largest request body */
  maxBodyBytes: z.int().min(1024).max(10_000_000).default(1_048_576),
  /** user ids that the page offers to try; 0 publishes none */
  exampleUsers: z.int().min(0).max(100).default(12),
})
export type ApiConfig = z.infer<typeof ApiConfig>

const ExperimentConfig = z.strictObject({
  /** names the run in report.json */
  name: z.string().min(1).max(120).default('default'),
  notes: z.string().max(2000).default(''),
})

/** What a model of `marquee rebuild` must hold to before it is served. */
export const GateConfig = z.strictObject({
  /** test users that both models are judged on, drawn by seed where there are more */
  maxUsers: z.int().min(10).default(5000),
  /** share of the served model's coverage that may be lost; no interval can be told of one */
  maxCoverageLoss: share.default(0.2),
  /** share of the served model's value by which a metric may be worse: two seeds of one model differ by as much, for all users */
  toleratedLoss: share.default(0.01),
  /** chance, of all metrics together, that a model is refused which is worse in none by more than that */
  refusedByChance: share.default(0.05),
  /** MB that an isolate keeps of it, of the 128 that it has; all files together; one file */
  residentMb: z.number().positive().default(64),
  totalMb: z.number().positive().default(2000),
  fileMb: z.number().positive().default(1000),
})
export type GateConfig = z.infer<typeof GateConfig>

/** Of no part of the model's bytes. */
export const RebuildConfig = z.strictObject({
  /** models that stay published, the latest first */
  keep: z.int().min(2).max(1000).default(5),
  /** new events of feedback below which a rebuild is not worth it */
  minNewFeedback: count.default(0),
  gate: GateConfig.prefault({}),
})
export type RebuildConfig = z.infer<typeof RebuildConfig>

export const Config = z
  .strictObject({
    project: ProjectConfig.prefault({}),
    logging: LoggingConfig.prefault({}),
    data: DataConfig.prefault({}),
    split: SplitConfig.prefault({}),
    model: ModelConfig.prefault({}),
    llm: LlmConfig.prefault({}),
    evaluation: EvaluationConfig.prefault({}),
    api: ApiConfig.prefault({}),
    rebuild: RebuildConfig.prefault({}),
    experiment: ExperimentConfig.prefault({}),
  })
  .check((context) => {
    const { data, model, evaluation, api } = context.value
    const [low, high] = data.ratingScale
    for (const [path, stars] of [
      [['model', 'likedFrom'], model.likedFrom],
      [['evaluation', 'relevantFrom'], evaluation.relevantFrom],
    ] as const) {
      if (stars < low || stars > high)
        context.issues.push({
          code: 'custom',
          path: [...path],
          input: stars,
          message: `must be within data.ratingScale, ${low} to ${high}`,
        })
    }
    if (api.defaultK > api.maxK)
      context.issues.push({
        code: 'custom',
        path: ['api', 'defaultK'],
        input: api.defaultK,
        message: `must not be above api.maxK, ${api.maxK}`,
      })
    if (model.cf.type === 'imported' && model.cf.imported.path === null)
      context.issues.push({
        code: 'custom',
        path: ['model', 'cf', 'imported', 'path'],
        input: null,
        message: 'must be a folder or file with model.cf.type imported',
      })
    const longest = Math.max(...evaluation.cutoffs)
    if (longest > api.maxK)
      context.issues.push({
        code: 'custom',
        path: ['evaluation', 'cutoffs'],
        input: longest,
        message: `must not be above api.maxK, ${api.maxK}: the evaluation asks the served code for its lists`,
      })
  })
export type Config = z.infer<typeof Config>
