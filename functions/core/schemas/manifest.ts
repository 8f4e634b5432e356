import * as z from 'zod'
import { ApiConfig, BlendWeights, SOURCES } from './config.ts'
import { FeedbackSummary } from './feedback.ts'

/**
 * What is published beside the artifacts. `models/<buildId>/manifest.json` is immutable and holds no
 * clock, so that the same inputs give the same bytes; the time of publication stands in the pointer.
 */

export const BuildId = z.string().regex(/^[0-9a-f]{16}$/, { error: 'must be 16 hexadecimal digits' })

/** `models/current.json`: the one object that ever changes. */
export const Pointer = z.strictObject({
  buildId: BuildId,
  publishedAt: z.iso.datetime(),
  /** models the pointer stood on before, newest first: where a rollback may go */
  previous: z.array(BuildId).max(20),
})
export type Pointer = z.infer<typeof Pointer>

export const Estimate = z.object({
  mean: z.number(),
  low: z.number().describe('lower end of the 95 % bootstrap interval over users'),
  high: z.number().describe('upper end of the 95 % bootstrap interval over users'),
})
export type Estimate = z.infer<typeof Estimate>

/** Metrics of one model by name, `ndcg@10` and so on. */
export const ModelMetrics = z.object({
  name: z.string(),
  metrics: z.record(z.string(), Estimate),
  coverage: z
    .record(z.string(), z.number())
    .describe('share of the catalogue that stands in at least one list, `coverage@10` and so on'),
})
export type ModelMetrics = z.infer<typeof ModelMetrics>

const BlendEvidence = z.object({
  bestMember: z.enum(SOURCES).describe('the best source alone on validation'),
  users: z.int().describe('validation users that the row was learned by'),
  replayed: z.int().describe('those of them with longer histories, of which only the last likes were told'),
  'ndcg@10': Estimate.describe(
    'blend minus best member, paired by user; the weights that judge a tenth of the users were chosen on the others',
  ),
  together: Estimate.optional().describe(
    'the same of all rows, each user by the mean of those he is in; none in models of before it was asked for',
  ),
  shipped: z
    .enum(['blend', 'member'])
    .describe('the blend only where the interval lies above 0, or the mean and the interval of all rows together'),
})
export type BlendEvidence = z.infer<typeof BlendEvidence>

export const BlendTable = z
  .array(
    z.object({
      minLikes: z.int().min(0),
      weights: BlendWeights,
      evidence: BlendEvidence.optional().describe('why these weights; none where nothing was compared'),
    }),
  )
  .min(1)
  .describe('weights by history length: the last row whose minLikes is not above the number of likes holds')
export type BlendTable = z.infer<typeof BlendTable>

/** Why the list is put in order by a ranker, or is not. */
export const RankerCard = z.object({
  shipped: z.boolean().describe('only where the interval lies above 0'),
  pool: z.int().describe('movies of the blended list that it puts in order'),
  minRatings: z.int().describe('ratings of a history from which on it does'),
  trees: z.int(),
  users: z.int().describe('validation users that it was learned by and judged on'),
  folds: z.int().describe('parts of the users, each judged by trees that were grown on the others'),
  'ndcg@10': Estimate.describe('ranked minus blended, paired by user'),
  gains: z
    .record(z.string(), z.number())
    .describe('of each feature, the part of all that the trees gained by asking for it, the largest first'),
})
export type RankerCard = z.infer<typeof RankerCard>

const NetworkEvidence = z.object({
  shipped: z.boolean().describe('only where the interval lies below 0'),
  share: z.number().describe('of the way from the linear prediction to the network’s that is gone'),
  users: z.int(),
  ratings: z.int().describe('validation ratings that were predicted by models that had not seen them'),
  rmse: z
    .object({ linear: z.number(), network: z.number(), mixed: z.number() })
    .describe('of each alone, and of the share of the way; this with the share of the other half of the users'),
  difference: Estimate.describe('of RMSE, mixed minus linear, paired by user: below 0 is better'),
})

/** Whether predicted stars go some of the way to a neural network’s, and why. */
export const RatingNetworkCard = z.object({
  shipped: z.boolean().describe('whether it helps with either of these'),
  known: NetworkEvidence.describe('with movies that have ratings'),
  told: NetworkEvidence.nullable().describe(
    'with movies of which nothing but their texts, people, year and runtime is told; null where there were none to try',
  ),
  epochs: z.int().describe('times that every rating was learned from'),
})
export type RatingNetworkCard = z.infer<typeof RatingNetworkCard>

/** How far predicted stars were off, on ratings that the model had not seen. */
export const StarsEvaluation = z.object({
  users: z.int(),
  ratings: z.int().describe('ratings that were predicted'),
  models: z
    .array(z.object({ name: z.string(), metrics: z.record(z.string(), Estimate) }))
    .describe(
      'rmse and mae over all ratings, rmseByUser and maeByUser the means of the users’ own; beside the mean of all ratings, ' +
        'the movie’s mean, and this with the user’s deviation from it',
    ),
  overBaseline: z
    .record(z.string(), Estimate)
    .describe('served minus userAndMovieMean, paired by user: below 0 is better'),
  calibration: z
    .array(z.object({ from: z.number(), to: z.number(), ratings: z.int(), predicted: z.number(), actual: z.number() }))
    .describe('mean stars predicted and given, by predicted stars in bins of half a star'),
  withinDeviation: z
    .object({ one: z.number(), two: z.number() })
    .describe(
      'share of the ratings within one and two of the predicted standard deviations; 0.68 and 0.95 of normal ones',
    ),
})
export type StarsEvaluation = z.infer<typeof StarsEvaluation>

/** What a language model's re-ranking brought, as `marquee evaluate --rerank` measured it. */
export const RerankEvidence = z
  .object({
    model: z.string().describe('of the language model'),
    prompt: z.string().describe('version of the prompt'),
    users: z.int(),
    'ndcg@10': Estimate.describe('re-ranked minus as scored, paired by user'),
    shuffled: z
      .object({ 'ndcg@10': Estimate })
      .describe('the same where the model got the candidates in an order of chance'),
  })
  .describe('left out where nothing was measured')
export type RerankEvidence = z.infer<typeof RerankEvidence>

/** As much of what that command writes. */
export const RerankFile = z.object({ evidence: RerankEvidence })

/** What a person should know of a model before trusting it. Served by `GET /model`. */
export const ModelCard = z.object({
  project: z.string(),
  experiment: z.object({ name: z.string(), notes: z.string() }),
  seed: z.int(),
  data: z.object({
    users: z.int(),
    movies: z.int(),
    ratings: z.int(),
    usedRatings: z.int().describe('ratings that passed the filters'),
    usedUsers: z.int(),
    usedMovies: z.int(),
    parts: z.object({ train: z.int(), validation: z.int(), test: z.int() }),
    coverage: z.object({ overview: z.number(), cast: z.number(), directors: z.number(), keywords: z.number() }),
    firstRating: z.string(),
    lastRating: z.string(),
    feedback: FeedbackSummary.optional().describe(
      'of the feedback that was laid over the ratings; none where none was',
    ),
  }),
  model: z.object({
    cf: z.string().describe('algorithm of the collaborative score'),
    neighbours: z.string().describe('algorithm of the item–item weights; none where there are none'),
    next: z
      .array(
        z.object({
          length: z.int().min(1).describe('items back from the end of a history that it sees'),
          recencyHalfLife: z.number().positive().describe('items after which an older one weighs half'),
        }),
      )
      .describe('time scales of what comes next after a history, a file next-N.arrow each; empty where there is none'),
    nextRatingExponent: z
      .number()
      .min(0)
      .describe('p of stars^p that a movie of the history counts for what comes next; 0: all the same'),
    tower: z
      .object({
        scales: z.array(
          z.object({
            length: z.int().min(1).describe('items back from the end of a history that a pool sees'),
            recencyHalfLife: z.number().positive().describe('items after which an older one weighs half'),
          }),
        ),
        layerNorm: z.boolean().describe('of the pools'),
        ratingExponent: z.number().min(0).describe('p of stars^p that a movie of the history counts'),
        scores: z
          .enum(['products', 'shares'])
          .default('products')
          .describe("what a movie's score is: the product of the two vectors, or its share of their softmax"),
      })
      .optional()
      .describe('what makes a vector of a history in a two-tower model; none where histories are folded in'),
    factors: z.int(),
    iterations: z.int().describe('sweeps over users and items; 0 where the factors were imported'),
    regularization: z.number().describe('λ of a history that is folded in, where a like weighs 1'),
    unobservedWeight: z.number().describe('weight of a movie that a history does not have, where a like weighs 1'),
    terms: z.int().describe('terms of the content index'),
    localTitles: z
      .object({
        languages: z.array(z.string()).describe('ISO 639 codes'),
        movies: z.int().describe('movies that have one'),
      })
      .optional()
      .describe('titles in other languages than the catalogue’s; none where there are none'),
    likedFrom: z.number().describe('a rating counts as a like from this star up'),
    recencyHalfLife: z
      .number()
      .nullable()
      .describe('likes after which an older like weighs half in the collaborative score; null: all weigh the same'),
    neighbourHalfLife: z.number().nullable().describe('the same for the item–item weights'),
    blend: BlendTable,
    ranker: RankerCard.optional().describe('of the learned order of the first movies; none where none was tried'),
    ratingNetwork: RatingNetworkCard.optional().describe(
      'of the network that helps to predict stars; none where none was tried',
    ),
  }),
  evaluation: z.object({
    protocol: z.string().describe('how the numbers came about, in words'),
    relevantFrom: z.number(),
    usersJudged: z.int(),
    usersWithoutRelevant: z.int().describe('users left out because nothing in their test part is relevant'),
    models: z.array(ModelMetrics),
    overPopularity: z.record(z.string(), Estimate).describe('served blend minus popularity, paired by user'),
    stars: StarsEvaluation.nullable().describe('of predicted stars; null where the model predicts none'),
  }),
  rerank: RerankEvidence.optional(),
  exampleUsers: z.array(z.int()).describe('users that the page offers to try'),
})
export type ModelCard = z.infer<typeof ModelCard>

export const Manifest = z.strictObject({
  format: z.literal('marquee-model'),
  version: z.literal(1),
  buildId: BuildId,
  files: z.record(
    z.string().regex(/^[a-z-]+[0-9]*\.arrow$/),
    z.strictObject({ sizeBytes: z.int().min(1), sha256: z.string().regex(/^[0-9a-f]{64}$/) }),
  ),
  api: ApiConfig,
  card: ModelCard,
})
export type Manifest = z.infer<typeof Manifest>
