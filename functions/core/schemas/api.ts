import * as z from 'zod'
import { ApiConfig, BlendWeights, SOURCES, type Source } from './config.ts'
import { ModelCard } from './manifest.ts'

/**
 * Requests and answers of the public API: the single source of the types, of the validation and of
 * `openapi.json`. Lists come as JSON arrays in a body and comma-separated in a query string.
 */

export const MovieId = z.int().min(1).max(0x7fff_ffff).describe('movieId of the catalogue (MovieLens)')
export const UserId = z
  .int()
  .min(1)
  .max(0x7fff_ffff)
  .describe('userId; one that is not known yet is an ordinary new user')
export const Stars = z
  .number()
  .min(0.5)
  .max(5)
  .multipleOf(0.5, { error: 'must be in steps of 0.5' })
  .describe('stars, 0.5 to 5 in steps of 0.5')

const Year = z.int().min(1870).max(2100)

/** What every list may be narrowed and tuned by. */
export const ListOptions = z.strictObject({
  k: z.int().min(1).optional().describe('items wanted; at most `api.maxK` of the model (GET /model)'),
  genres: z.array(z.string().min(1)).min(1).optional().describe('only movies that have at least one of these genres'),
  avoidGenres: z.array(z.string().min(1)).min(1).optional().describe('no movie that has any of these genres'),
  yearFrom: Year.optional().describe('first year of release'),
  yearTo: Year.optional().describe('last year of release'),
  exclude: z.array(MovieId).max(10_000).optional().describe('movies to leave out'),
})
export type ListOptions = z.infer<typeof ListOptions>

const weight = z.number().min(0).max(1).default(0)

/** Weights of one request; what it does not name weighs nothing. */
const RequestWeights = z
  .strictObject({ cf: weight, next: weight, neighbours: weight, content: weight, popularity: weight } satisfies Record<
    Source,
    z.ZodType
  >)
  .refine((weights) => SOURCES.some((source) => weights[source] > 0), { error: 'one weight must be above 0' })

export const RecommendOptions = ListOptions.extend({
  weights: RequestWeights.optional().describe(
    'weights of this answer’s blend, 0 to 1; a score left out weighs 0. Default: learned, see GET /model',
  ),
  diversity: z
    .number()
    .min(0)
    .max(1)
    .optional()
    .describe('how much unlike each other the movies shall be (MMR): 0, the default, is the best-first list as it is'),
})
export type RecommendOptions = z.infer<typeof RecommendOptions>

export const HistoryEntry = z.strictObject({
  movieId: MovieId,
  rating: Stars.optional().describe('stars; left out, the movie counts as liked'),
  timestamp: z
    .int()
    .min(0)
    .optional()
    .describe('seconds since 1970; left out, entries count as given in order of time'),
})
export type HistoryEntry = z.infer<typeof HistoryEntry>

export const HistoryRequest = RecommendOptions.extend({
  history: z.array(HistoryEntry).describe('what the viewer has rated or liked; none of it is recommended'),
})
export type HistoryRequest = z.infer<typeof HistoryRequest>

export const RatingRequest = z.strictObject({ rating: Stars })

export const MovieSearch = ListOptions.omit({ exclude: true }).extend({
  q: z.string().max(200).optional().describe('words of a title, each may be a beginning; diacritics do not matter'),
})
export type MovieSearch = z.infer<typeof MovieSearch>

export const SimilarOptions = ListOptions
export type SimilarOptions = z.infer<typeof SimilarOptions>

export const MovieSummary = z.object({
  movieId: MovieId,
  title: z.string(),
  year: z.int().nullable().describe('year of release, null where unknown'),
  genres: z.array(z.string()),
  meanRating: z.number().nullable().describe('mean stars in the data, null without ratings'),
  numRatings: z.int().describe('ratings in the data'),
})
export type MovieSummary = z.infer<typeof MovieSummary>

export const MovieDetails = MovieSummary.extend({
  overview: z.string(),
  tagline: z.string(),
  keywords: z.array(z.string()),
  cast: z.array(z.string()),
  directors: z.array(z.string()),
  runtime: z.int().nullable().describe('minutes, null where unknown'),
  poster: z.string().describe('address of a picture, empty where there is none'),
  source: z
    .string()
    .describe('address of the page that the overview is from, to be linked to beside it; empty where unknown'),
  imdbId: z.string().nullable().describe('tt and at least 7 digits'),
  tmdbId: z.int().nullable(),
})
export type MovieDetails = z.infer<typeof MovieDetails>

export const Shares = z
  .object({
    cf: z.number(),
    next: z.number(),
    neighbours: z.number(),
    content: z.number(),
    popularity: z.number(),
  } satisfies Record<Source, z.ZodType>)
  .describe('how much of the score came from each source, below 0 where one speaks against; they sum to the score')
export type Shares = z.infer<typeof Shares>

export const Reason = z.object({
  kind: z.enum(['liked', 'next', 'content', 'genre', 'popular']),
  text: z.string().describe('one sentence for the viewer'),
  because: z
    .array(z.object({ movieId: MovieId, title: z.string() }))
    .describe('movies of the history that carried the score most'),
})
export type Reason = z.infer<typeof Reason>

export const RecommendedMovie = MovieSummary.extend({
  rank: z.int().describe('1 is first'),
  score: z.number().describe('blended score; comparable within one answer only'),
  shares: Shares,
  reason: Reason,
  predictedStars: z
    .number()
    .nullable()
    .describe(
      'stars that the viewer would give, by those given before; without any, what an average viewer would give; null ' +
        'where the model predicts none',
    ),
})
export type RecommendedMovie = z.infer<typeof RecommendedMovie>

export const Rung = z
  .enum(['personalized', 'content', 'genrePopularity', 'popularity'])
  .describe('the rung of the ladder that the answer stands on')
export type Rung = z.infer<typeof Rung>

/** Parts of an answer that were not to be had, by name. */
export const Degraded = z
  .array(z.enum(['liveRatings', 'publishedHistory']))
  .describe('what this answer had to do without; empty when all was there')
export type Degraded = z.infer<typeof Degraded>

export const DiversityReceipt = z
  .object({
    asked: z.number().describe('the diversity of the request, above 0'),
    relevanceGivenUp: z.number().describe('share of the summed scores of the list without diversity'),
    intraListDiversity: z
      .object({ before: z.number(), after: z.number() })
      .describe('mean pairwise 1 − cosine of the list without and with diversity'),
  })
  .describe('what diversity cost and bought; left out where none was asked for')
export type DiversityReceipt = z.infer<typeof DiversityReceipt>

export const Recommendations = z.object({
  modelId: z.string().describe('build that answered'),
  rung: Rung,
  weights: BlendWeights.describe('weights this answer was blended with'),
  history: z.object({
    ratings: z.int().describe('movies of the history that the catalogue knows'),
    likes: z.int().describe('those that count as liked'),
    unknownMovieIds: z.array(z.int()).describe('movies of the history that the catalogue lacks'),
  }),
  diversity: DiversityReceipt.optional(),
  degraded: Degraded,
  items: z.array(RecommendedMovie),
})
export type Recommendations = z.infer<typeof Recommendations>

export const PredictRatingsRequest = z
  .strictObject({
    userId: UserId.optional().describe('whose ratings the prediction goes by: published and live ones'),
    history: z
      .array(HistoryEntry)
      .optional()
      .describe('instead of userId: ratings to go by; entries without stars say nothing here'),
    movieIds: z.array(MovieId).min(1).max(100).describe('movies to predict, at most 100'),
  })
  .refine(({ userId, history }) => (userId === undefined) !== (history === undefined), {
    error: 'must have either userId or history',
  })
export type PredictRatingsRequest = z.infer<typeof PredictRatingsRequest>

export const PredictedRatings = z.object({
  modelId: z.string(),
  basis: z
    .enum(['personal', 'movie'])
    .describe('personal: by the viewer’s own stars; movie: there are none, so by the movie and the average viewer'),
  history: z.object({
    ratings: z.int().describe('ratings with stars that the prediction went by'),
    unknownMovieIds: z.array(z.int()).describe('movies of the history that the catalogue lacks'),
  }),
  unknownMovieIds: z.array(z.int()).describe('movies asked for that the catalogue lacks'),
  degraded: Degraded,
  predictions: z
    .array(
      MovieSummary.extend({
        stars: z.number().describe('expected rating'),
        sd: z.number().describe('standard deviation of the rating about it: what is not known, and that stars vary'),
        rating: Stars.nullable().describe('what the viewer did give, null where nothing'),
      }),
    )
    .describe('in the order of movieIds'),
})
export type PredictedRatings = z.infer<typeof PredictedRatings>

export const MovieList = z.object({ modelId: z.string(), items: z.array(MovieSummary) })
export type MovieList = z.infer<typeof MovieList>

export const SimilarMovies = z.object({
  modelId: z.string(),
  movieId: MovieId,
  items: z.array(MovieSummary.extend({ similarity: z.number().describe('0 to 1'), shares: Shares })),
})
export type SimilarMovies = z.infer<typeof SimilarMovies>

const RatedMovie = MovieSummary.extend({ rating: Stars, timestamp: z.int().describe('seconds since 1970') })
export type RatedMovie = z.infer<typeof RatedMovie>

export const UserProfile = z.object({
  modelId: z.string(),
  userId: UserId,
  numRatings: z.int(),
  meanRating: z.number().nullable(),
  likes: z.int(),
  genres: z
    .array(z.object({ name: z.string(), ratings: z.int(), meanRating: z.number() }))
    .describe('most rated genre first'),
  decades: z.array(z.object({ decade: z.int(), ratings: z.int(), meanRating: z.number() })).describe('oldest first'),
  topRated: z.array(RatedMovie).describe('highest stars first, then newest'),
  recentFavourites: z.array(RatedMovie).describe('liked movies, newest first'),
  recommendations: Recommendations,
  degraded: Degraded,
})
export type UserProfile = z.infer<typeof UserProfile>

export const StoredRating = z.object({ userId: UserId, movieId: MovieId, rating: Stars, updatedAt: z.int() })
export type StoredRating = z.infer<typeof StoredRating>

export const RemovedRating = z.object({ userId: UserId, movieId: MovieId, removed: z.literal(true) })

export const ModelAnswer = ModelCard.extend({
  modelId: z.string(),
  publishedAt: z.string().describe('ISO time at which the pointer was moved to this model'),
  api: ApiConfig.describe('limits of the API'),
})
export type ModelAnswer = z.infer<typeof ModelAnswer>

export const Health = z.object({ status: z.literal('ok') })
export type Health = z.infer<typeof Health>

export const Readiness = z.object({
  status: z.enum(['ready', 'not ready']),
  modelId: z.string().nullable().describe('model that answers now'),
  problem: z
    .string()
    .nullable()
    .describe('why a newer model was refused, or why there is none; with authentication told to the scope admin only'),
})
export type Readiness = z.infer<typeof Readiness>

export const ApiError = z.object({
  error: z.object({
    code: z.enum([
      'bad_request',
      'unauthorized',
      'forbidden',
      'not_found',
      'method_not_allowed',
      'too_large',
      'unsupported_media_type',
      'rate_limited',
      'not_ready',
      'unavailable',
      'internal',
    ]),
    message: z.string().describe('what was found and what was expected'),
    path: z.string().optional().describe('field of the request at fault'),
  }),
})
export type ApiError = z.infer<typeof ApiError>
