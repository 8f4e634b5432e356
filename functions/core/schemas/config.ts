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

export const DataConfig = z.strictObject({
  /** folder with ratings.csv, movies.csv, links.csv and (optional) tags.csv */
  movielens: z.string().min(1).default('data/sample/ml-latest-small'),
  /** JSON lines (may be gzipped) with overview, cast, … joined by movieId; null for none */
  metadata: z.string().min(1).nullable().default('data/sample/movie-text.jsonl.gz'),
  /** ratings a user needs to be learned from and judged; the history is kept whatever it holds */
  minRatingsPerUser: count.default(5),
  /** ratings a movie needs to be learned from and judged; it stays in the catalogue without them */
  minRatingsPerMovie: count.default(5),
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

export const SplitConfig = z
  .strictObject({
    /** userTime: the last ratings of each user; globalTime: one date for all */
    strategy: z.enum(['userTime', 'globalTime']).default('userTime'),
    train: share.default(0.8),
    validation: share.default(0.1),
    test: share.default(0.1),
  })
  .refine((split) => Math.abs(split.train + split.validation + split.test - 1) < 1e-9, {
    error: 'train + validation + test must be 1',
  })
  .refine((split) => split.train > 0 && split.validation > 0 && split.test > 0, {
    error: 'train, validation and test must each be above 0',
  })
export type SplitConfig = z.infer<typeof SplitConfig>

export const CfConfig = z.strictObject({
  type: z.literal('als').default('als'),
  /** latent dimensions f; whole SIMD lanes */
  factors: z.int().min(8).max(512).multipleOf(8, { error: 'must be a multiple of 8' }).default(64),
  /** sweeps over users and items */
  iterations: z.int().min(1).max(200).default(16),
  /** λ, the same for every row; 4 with α₀ 0.2 was best of 20 pairs on the sample's validation part, 2026-11-21 */
  regularization: z.number().positive().max(1e6).default(4),
  /** α₀ of Rendle et al. 2021: weight of an entry nobody rated, where a liked one weighs 1 */
  unobservedWeight: z.number().positive().max(1).default(0.2),
  /** conjugate-gradient steps a row in every half-step but the last two, which are exact */
  cgSteps: z.int().min(1).max(64).default(2),
  /**
   * likes after which an older like weighs half when a history is folded in; null: all weigh the same.
   * MovieLens' order is the order of entering ratings, so a watch log may want a longer one.
   */
  recencyHalfLife: z.number().positive().nullable().default(5),
})
export type CfConfig = z.infer<typeof CfConfig>

export const ContentConfig = z.strictObject({
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

/** Weights of the scores in a blend; they need not sum to 1. */
export const BlendWeights = z.strictObject({
  cf: z.number().min(0).max(1).describe('weight of collaborative filtering, 0 to 1'),
  content: z.number().min(0).max(1).describe('weight of content similarity, 0 to 1'),
  popularity: z.number().min(0).max(1).describe('weight of damped popularity, 0 to 1'),
})
export type BlendWeights = z.infer<typeof BlendWeights>

const HybridConfig = z.strictObject({
  /** 'learned': chosen on validation, by length of history; else these weights for all */
  weights: z.union([z.literal('learned'), BlendWeights]).default('learned'),
})

const ModelConfig = z.strictObject({
  /** a rating counts as a like from this star up */
  likedFrom: z.number().default(3.5),
  cf: CfConfig.prefault({}),
  content: ContentConfig.prefault({}),
  popularity: PopularityConfig.prefault({}),
  hybrid: HybridConfig.prefault({}),
})
export type ModelConfig = z.infer<typeof ModelConfig>

const LlmConfig = z.strictObject({
  /** this version answers without a language model: only `off` is allowed */
  mode: z.literal('off', { error: 'only "off": this version answers without a language model' }).default('off'),
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
