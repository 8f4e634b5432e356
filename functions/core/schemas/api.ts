import * as z from 'zod'
import { ApiConfig, BlendWeights, SOURCES, type Source } from './config.ts'
import { Estimate, ModelCard } from './manifest.ts'
import { quickly } from './quickly.ts'

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
const Minutes = z.int().min(1).max(32_767)
const GenreNames = z.array(z.string().min(1).max(100)).max(32)
const Genres = GenreNames.min(1)

export const Locale = z.enum(['en', 'vi'])
export type Locale = z.infer<typeof Locale>

/** What every list may be narrowed and tuned by. */
export const ListOptions = z.strictObject({
  k: z.int().min(1).optional().describe('items wanted; at most `api.maxK` of the model (GET /model)'),
  genres: Genres.optional().describe('only movies that have at least one of these genres'),
  genresAll: Genres.optional().describe('only movies that have all of these genres'),
  avoidGenres: Genres.optional().describe('no movie that has any of these genres'),
  yearFrom: Year.optional().describe('first year of release; a movie of unknown year satisfies no bound'),
  yearTo: Year.optional().describe('last year of release'),
  runtimeFrom: Minutes.optional().describe('shortest running time in minutes; an unknown one satisfies no bound'),
  runtimeTo: Minutes.optional().describe('longest running time in minutes'),
  minRatings: z.int().min(0).optional().describe('only movies with at least so many ratings in the data'),
  language: z
    .string()
    .regex(/^[a-z]{2,3}$/i, { error: 'must be a code such as en or vi' })
    .optional()
    .describe('only movies of this original language (ISO 639); refused where no source of the catalogue tells it'),
  exclude: z.array(MovieId).max(10_000).optional().describe('movies to leave out'),
  only: z
    .array(MovieId)
    .max(10_000)
    .optional()
    .describe('only these movies; those that the catalogue lacks are passed over'),
  locale: Locale.optional().describe('language of reasons and of `localTitle`: en, the default, or vi'),
  cursor: z
    .string()
    .max(12_000)
    .optional()
    .describe('`nextCursor` of the page before: the list goes on behind it. The other fields may change in between'),
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
  ranker: z
    .boolean()
    .optional()
    .describe(
      'false: the movies in the order of their blended scores, without the learned order of the first ones, which was ' +
        'learned for the default weights and so never goes with others',
    ),
  diversity: z
    .number()
    .min(0)
    .max(1)
    .optional()
    .describe('how much unlike each other the movies shall be (MMR): 0, the default, is the best-first list as it is'),
  replay: z.boolean().optional().describe('true: the answer carries what POST /replay needs to give it again'),
})
export type RecommendOptions = z.infer<typeof RecommendOptions>

export const UserRecommendOptions = RecommendOptions.extend({
  precomputed: z
    .boolean()
    .optional()
    .describe(
      'true: the list that was computed beforehand (`marquee batch`), such as for mails to everybody: the cheapest answer, ' +
        'and the same until there is a new one, but for what the filters and the user’s feedback take out. Where the user ' +
        'has none, and behind its end, the answer is a fresh one; `rung` tells. A list like this cannot be weighed anew',
    ),
})
  .refine(({ precomputed, weights, replay }) => !precomputed || (weights === undefined && !replay), {
    error: 'goes with neither weights nor replay',
    path: ['precomputed'],
  })
  .meta({ examples: [{ k: 5, avoidGenres: ['Drama'], diversity: 0.3 }] })
export type UserRecommendOptions = z.infer<typeof UserRecommendOptions>

/** Of what a history keeps of time: in the year 2106. Milliseconds are beyond it. */
const LATEST_SECOND = 0xffff_ffff

export const HistoryEntry = quickly(
  z.strictObject({
    movieId: MovieId,
    rating: Stars.optional().describe('stars; left out, the movie counts as liked'),
    timestamp: z
      .int()
      .min(0)
      .max(LATEST_SECOND)
      .optional()
      .describe('seconds since 1970; left out, entries count as given in order of time'),
  }),
  isHistoryEntry,
)
export type HistoryEntry = z.infer<typeof HistoryEntry>

/** The schema's own rules. */
function isHistoryEntry(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
  for (const name in value) if (name !== 'movieId' && name !== 'rating' && name !== 'timestamp') return false
  const { movieId, rating, timestamp } = value as Record<string, unknown>
  return (
    isWhole(movieId, 1, 0x7fff_ffff) &&
    (rating === undefined || (typeof rating === 'number' && isWhole(2 * rating, 1, 10))) &&
    (timestamp === undefined || isWhole(timestamp, 0, LATEST_SECOND))
  )
}

function isWhole(value: unknown, least: number, most: number): boolean {
  return Number.isInteger(value) && (value as number) >= least && (value as number) <= most
}

export const TasteToken = z
  .string()
  .min(1)
  .max(12_000)
  .describe('a history as POST /taste signed it; of its times only the order is kept')

/** The same rules as `refine` has, in the description's words. */
export const either = (...names: string[]) => ({ oneOf: names.map((name) => ({ required: [name] })) })

/** A viewer is known by one of the three. */
function isOneViewer(request: { userId?: unknown; history?: unknown; taste?: unknown }): boolean {
  return [request.userId, request.history, request.taste].filter((one) => one !== undefined).length === 1
}

/** Then a prediction is for an average one. */
function isNoViewer(request: { userId?: unknown; history?: unknown; taste?: unknown }): boolean {
  return [request.userId, request.history, request.taste].every((one) => one === undefined)
}

export const HistoryRequest = RecommendOptions.extend({
  history: z.array(HistoryEntry).optional().describe('what the viewer has rated or liked; none of it is recommended'),
  taste: TasteToken.optional(),
})
  .refine(({ history, taste }) => (history === undefined) !== (taste === undefined), {
    error: 'must have either history or taste',
  })
  .meta({
    ...either('history', 'taste'),
    examples: [{ history: [{ movieId: 10, rating: 5 }, { movieId: 50 }], k: 5 }],
  })
export type HistoryRequest = z.infer<typeof HistoryRequest>

export const RatingRequest = z.strictObject({ rating: Stars }).meta({ examples: [{ rating: 4.5 }] })

export const MovieSearch = ListOptions.extend({
  q: z
    .string()
    .max(200)
    .optional()
    .describe(
      'words of a name, each may be a beginning, and its year; diacritics do not matter, and typos where nothing else is ' +
        'found. Names in other languages are known too; with `locale` vi they count as much as the catalogue’s',
    ),
})
export type MovieSearch = z.infer<typeof MovieSearch>

export const SimilarOptions = ListOptions
export type SimilarOptions = z.infer<typeof SimilarOptions>

export const DetailsOptions = ListOptions.pick({ locale: true })

const LocalTitle = z
  .string()
  .optional()
  .describe('what the movie is called in the language of `locale`; left out where nothing else than `title` is known')

export const MovieSummary = z.object({
  movieId: MovieId,
  title: z.string(),
  localTitle: LocalTitle,
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
    ranker: z
      .number()
      .optional()
      .describe('what the learned order of the first movies added; left out where none took part'),
    batch: z.number().optional().describe('all of the score where the list was computed beforehand, else left out'),
  } satisfies Record<Source | 'ranker' | 'batch', z.ZodType>)
  .describe('how much of the score came from each source, below 0 where one speaks against; they sum to the score')
export type Shares = z.infer<typeof Shares>

export const Reason = z.object({
  kind: z.enum(['liked', 'next', 'content', 'genre', 'popular', 'batch']),
  text: z.string().describe('one sentence for the viewer'),
  because: z
    .array(z.object({ movieId: MovieId, title: z.string(), localTitle: LocalTitle }))
    .describe('movies of the history that carried the score most'),
})
export type Reason = z.infer<typeof Reason>

export const RecommendedMovie = MovieSummary.extend({
  rank: z.int().describe('1 is first'),
  score: z
    .number()
    .describe('blended score, moved where the first movies are in a learned order; comparable within one answer only'),
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
  .enum(['personalized', 'content', 'genrePopularity', 'popularity', 'batch'])
  .describe(
    'the rung of the ladder that the answer stands on; batch: the list was computed beforehand, since it was asked for so, ' +
      'or a fresh one was not to be had',
  )
export type Rung = z.infer<typeof Rung>

/** Parts of an answer that were not to be had, by name. */
export const Degraded = z
  .array(z.enum(['liveRatings', 'publishedHistory', 'ranking', 'parse', 'rerank', 'explain']))
  .describe(
    'what this answer had to do without; empty when all was there. ranking: a fresh list could not be made. parse, rerank, explain: the language model was asked and gave nothing of use',
  )
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

const ExperimentName = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,39}$/, { error: 'must be 1 to 40 letters, digits, ".", "_" or "-"' })

export const ExperimentMark = z
  .strictObject({ name: ExperimentName, arm: ExperimentName })
  .describe('the experiment that the answer belongs to, and its arm there; left out where there is none')
export type ExperimentMark = z.infer<typeof ExperimentMark>

/** Where a list stands among its pages. */
export const PAGE = {
  nextCursor: z
    .string()
    .nullable()
    .describe('cursor of the next page; null where there is none, or 2,000 movies were shown'),
  modelChanged: z
    .boolean()
    .describe('another model than that of the page before answered: nothing repeats, but the order is the new one'),
}
export const Seed = z.int().nullable().describe('of the draws behind the answer; null: chance plays no part in it')

export const Recommendations = z.object({
  modelId: z.string().describe('build that answered'),
  seed: Seed,
  rung: Rung,
  weights: BlendWeights.describe('weights this answer was blended with; zeros with rung batch'),
  history: z.object({
    ratings: z.int().describe('movies of the history that the catalogue knows'),
    likes: z.int().describe('those that count as liked'),
    unknownMovieIds: z.array(z.int()).describe('movies of the history that the catalogue lacks'),
  }),
  diversity: DiversityReceipt.optional(),
  experiment: ExperimentMark.optional(),
  degraded: Degraded,
  ...PAGE,
  items: z.array(RecommendedMovie),
  replay: z
    .lazy(() => Replay)
    .optional()
    .describe('with replay: true'),
})
export type Recommendations = z.infer<typeof Recommendations>

const MEMBER_TERMS = {
  weight: z.number().min(0.1).max(10).default(1).describe('how much the member counts in an average, 0.1 to 10'),
  vetoMovies: z.array(MovieId).max(1000).default([]).describe('movies that this member will not have'),
  vetoGenres: GenreNames.default([]).describe('genres that this member will not have'),
}

export const GroupMember = z
  .strictObject({
    userId: UserId.optional(),
    history: z.array(HistoryEntry).optional(),
    taste: TasteToken.optional(),
    ...MEMBER_TERMS,
  })
  .refine(isOneViewer, { error: 'must have one of userId, history and taste' })
  .meta(either('userId', 'history', 'taste'))

/** What a group asks for, but for who they are. */
export const GroupOptions = RecommendOptions.omit({ ranker: true }).extend({
  strategy: z
    .enum(['average', 'leastMisery', 'averageWithoutMisery'])
    .default('average')
    .describe(
      'what a movie’s score is made of the members’ fits. average: their weighted mean; leastMisery: the smallest; ' +
        'averageWithoutMisery: the mean, of movies only that fit everybody by `threshold`',
    ),
  threshold: z
    .number()
    .min(0)
    .max(1)
    .default(0.3)
    .describe('with averageWithoutMisery: the least fit that every member must have, 0 to 1'),
  seenBy: z
    .enum(['any', 'all'])
    .default('any')
    .describe('leave out what any member has seen, or only what all have; what one rated 2 stars or less never comes'),
})
export type GroupOptions = z.infer<typeof GroupOptions>

export const GroupRequest = GroupOptions.extend({
  members: z
    .array(GroupMember)
    .min(2)
    .max(8)
    .describe('2 to 8 viewers; what one of them gave 2 stars or less is vetoed'),
}).meta({
  examples: [
    {
      members: [
        { history: [{ movieId: 10, rating: 5 }], weight: 2 },
        { history: [{ movieId: 50, rating: 4.5 }], vetoGenres: ['Comedy'] },
      ],
      strategy: 'leastMisery',
      k: 5,
    },
  ],
})
export type GroupRequest = z.infer<typeof GroupRequest>

const Fit = z.number().min(0).max(1)

export const GroupedMovie = MovieSummary.extend({
  rank: z.int().describe('1 is first'),
  score: z.number().describe('by the strategy, of the members’ fits; 0 to 1'),
  members: z
    .array(
      z.object({
        fit: Fit.describe('the member’s own blended score in parts of that of the best movie for them; 0 to 1'),
        share: z.number().describe('how much of the score came from this member; they sum to it'),
        predictedStars: z.number().nullable().describe('stars that the member would give; null as in Recommendations'),
        seen: z.boolean(),
      }),
    )
    .describe('in the order of the request'),
})
export type GroupedMovie = z.infer<typeof GroupedMovie>

export const GroupRecommendations = z.object({
  modelId: z.string().describe('build that answered'),
  seed: Seed,
  rung: Rung.describe('the lowest rung that a member stands on'),
  strategy: GroupOptions.shape.strategy.unwrap(),
  members: z
    .array(
      z.object({
        rung: Rung,
        weights: BlendWeights.describe('weights that this member’s scores were blended with'),
        ratings: z.int().describe('movies of the history that the catalogue knows'),
        likes: z.int().describe('those that count as liked'),
        unknownMovieIds: z.array(z.int()).describe('movies of the history that the catalogue lacks'),
        meanFit: Fit.describe('over the list'),
        degraded: Degraded,
      }),
    )
    .describe('in the order of the request'),
  fairness: z
    .object({
      meanFit: Fit.describe('over all members and movies'),
      leastMeanFit: Fit.describe('of the member that the list fits least'),
      leastFit: Fit.describe('the smallest fit of any movie for any member'),
    })
    .describe('of the list; zeros where it is empty'),
  diversity: DiversityReceipt.optional(),
  degraded: Degraded,
  ...PAGE,
  items: z.array(GroupedMovie),
  replay: z
    .lazy(() => Replay)
    .optional()
    .describe('with replay: true'),
})
export type GroupRecommendations = z.infer<typeof GroupRecommendations>

/** What is changed in a history, and what list is asked for. */
export const WhatIfOptions = RecommendOptions.omit({ cursor: true, diversity: true }).extend({
  add: z.array(HistoryEntry).max(1000).default([]).describe('as if these had been rated or liked last'),
  remove: z.array(MovieId).max(1000).default([]).describe('as if these had never been seen'),
  change: z
    .array(z.strictObject({ movieId: MovieId, rating: Stars }))
    .max(1000)
    .default([])
    .describe('as if these had got other stars at the time'),
})
export type WhatIfOptions = z.infer<typeof WhatIfOptions>

export const WhatIfRequest = WhatIfOptions.extend({
  userId: UserId.optional(),
  history: z.array(HistoryEntry).optional(),
  taste: TasteToken.optional(),
})
  .refine(isOneViewer, { error: 'must have one of userId, history and taste' })
  .refine(({ add, remove, change }) => add.length + remove.length + change.length > 0, {
    error: 'must have something to add, remove or change',
  })
  .meta({
    ...either('userId', 'history', 'taste'),
    examples: [{ history: [{ movieId: 10, rating: 5 }], add: [{ movieId: 50, rating: 4.5 }], k: 5 }],
  })
export type WhatIfRequest = z.infer<typeof WhatIfRequest>

const Standing = z
  .object({
    rank: z.int().describe('among all movies that may be recommended'),
    score: z.number(),
    shares: Shares,
  })
  .nullable()
  .describe('null while the movie may not be recommended, such as one of the history')

export const Move = MovieSummary.extend({
  kind: z
    .enum(['entered', 'left', 'up', 'down'])
    .describe('entered, left: the list of k; up, down: to another rank within it'),
  before: Standing,
  after: Standing,
  scoreChange: z.number().nullable().describe('after minus before; null where one of them is'),
  shareChanges: Shares.nullable().describe('the same by source; they sum to it'),
  text: z.string().describe('one sentence for the viewer'),
  because: z
    .array(
      z.object({
        movieId: MovieId,
        title: z.string(),
        localTitle: LocalTitle,
        effect: z.number().describe('on the score'),
      }),
    )
    .describe('changed movies that moved the score most in its direction; empty where others moved past'),
})
export type Move = z.infer<typeof Move>

const Told = z.object({
  rung: Rung,
  weights: BlendWeights,
  ratings: z.int().describe('movies of the history that the catalogue knows'),
  likes: z.int().describe('those that count as liked'),
})

export const WhatIf = z.object({
  modelId: z.string().describe('build that answered'),
  seed: Seed,
  rung: Rung.describe('that the new list stands on'),
  before: Told,
  after: Told,
  unknownMovieIds: z.array(z.int()).describe('movies of the history and of `add` that the catalogue lacks'),
  ignoredMovieIds: z.array(z.int()).describe('movies of `remove` and `change` that are not in the history'),
  degraded: Degraded,
  items: z.array(RecommendedMovie).describe('the new list'),
  moved: z.array(Move).describe('in the order of the new list, then those that left it'),
  replay: z
    .lazy(() => Replay)
    .optional()
    .describe('with replay: true'),
})
export type WhatIf = z.infer<typeof WhatIf>

const ReplayRating = z.strictObject({
  movieId: MovieId,
  // half stars of any scale stand in a byte
  rating: z.number().min(0).max(127.5),
  timestamp: z.int().min(0).max(LATEST_SECOND),
})

/** All that is known of a viewer, resolved: what the ranking was made from. */
export const ReplayViewer = z.strictObject({
  history: z.array(ReplayRating).describe('in the order of time'),
  starred: z.array(ReplayRating).nullable().describe('its part with stars of the viewer’s own; null: all of it'),
  hidden: z.array(MovieId).describe('movies not to be recommended besides'),
  unknownMovieIds: z.array(z.int()),
  degraded: Degraded,
})
export type ReplayViewer = z.infer<typeof ReplayViewer>

export const Replay = z
  .strictObject({
    modelId: z.string().regex(/^[0-9a-f]{16}$/, { error: 'must be 16 hexadecimal digits' }),
    seed: z.null(),
    time: z.int().min(0).max(LATEST_SECOND).describe('of the request, in seconds since 1970'),
    viewers: z.array(ReplayViewer).min(1).max(8),
    experiment: ExperimentMark.optional(),
    recommend: RecommendOptions.omit({ replay: true }).optional(),
    group: GroupOptions.omit({ replay: true })
      .extend({ members: z.array(z.strictObject(MEMBER_TERMS)).min(2).max(8) })
      .optional(),
    whatIf: WhatIfOptions.omit({ replay: true }).optional(),
  })
  .refine((replay) => [replay.recommend, replay.group, replay.whatIf].filter(Boolean).length === 1, {
    error: 'must have one of recommend, group and whatIf',
  })
  .refine(({ viewers, group }) => viewers.length === (group ? group.members.length : 1), {
    error: 'must have a viewer for each member of a group, else one',
  })
  .describe('What an answer came from. Names no user; the same model and this give the same bytes')
  .meta({
    examples: [
      {
        modelId: '0000000000000001',
        seed: null,
        time: 1_700_000_000,
        viewers: [
          {
            history: [{ movieId: 10, rating: 5, timestamp: 1_600_000_000 }],
            starred: null,
            hidden: [],
            unknownMovieIds: [],
            degraded: [],
          },
        ],
        recommend: { k: 5 },
      },
    ],
  })
export type Replay = z.infer<typeof Replay>

/** What a replay answers with: as the route that it came from. */
export const Replayed = z.union([Recommendations, GroupRecommendations, WhatIf])
export type Replayed = z.infer<typeof Replayed>

export const PredictRatingsRequest = z
  .strictObject({
    userId: UserId.optional().describe('whose ratings the prediction goes by: published and live ones'),
    history: z
      .array(HistoryEntry)
      .optional()
      .describe('instead of userId: ratings to go by; entries without stars say nothing here'),
    taste: TasteToken.optional(),
    movieIds: z.array(MovieId).min(1).max(100).describe('movies to predict, at most 100'),
    locale: DetailsOptions.shape.locale,
  })
  .refine(isOneViewer, { error: 'must have one of userId, history and taste' })
  .meta({
    ...either('userId', 'history', 'taste'),
    examples: [{ history: [{ movieId: 10, rating: 4.5 }], movieIds: [20, 50] }],
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

const Name = z.string().min(1).max(200)

export const PredictNewMovieRequest = z
  .strictObject({
    title: Name.describe('for you to know it by; titles say nothing about stars'),
    overview: z.string().max(10_000).optional().describe('what it is about, in the language of the catalogue’s texts'),
    genres: z.array(Name).max(50).optional().describe('as movies of the catalogue have them'),
    directors: z.array(Name).max(50).optional(),
    actors: z.array(Name).max(200).optional().describe('what is called `cast` in GET /movies/{movieId}'),
    keywords: z.array(Name).max(200).optional(),
    year: Year.optional().describe('of release'),
    runtime: z.int().min(1).max(1000).optional().describe('minutes'),
    k: z.int().min(1).max(100).optional().describe('similar movies wanted; 10 when left out'),
    locale: DetailsOptions.shape.locale,
    userId: UserId.optional().describe('whose ratings the prediction goes by: published and live ones'),
    history: z.array(HistoryEntry).optional().describe('instead of userId: ratings to go by'),
    taste: TasteToken.optional(),
  })
  .refine((request) => isOneViewer(request) || isNoViewer(request), {
    error: 'must have at most one of userId, history and taste',
  })
  .meta({
    examples: [
      {
        title: 'The Last Lighthouse',
        overview: 'A keeper and her daughter find a spaceship in the cliffs.',
        genres: ['Sci-Fi', 'Drama'],
        directors: ['Denis Villeneuve'],
        year: 2015,
        history: [{ movieId: 10, rating: 4.5 }],
      },
    ],
  })
export type PredictNewMovieRequest = z.infer<typeof PredictNewMovieRequest>

const KnownTerms = z.object({
  given: z.int().describe('different terms of the request'),
  known: z.int().describe('those that some movie of the catalogue has; the others say nothing'),
})

export const PredictedNewMovie = z.object({
  modelId: z.string(),
  title: z.string(),
  stars: z.number().describe('expected rating'),
  sd: z.number().describe('standard deviation of the rating about it; wider than that of a movie with ratings'),
  starsPercentile: z
    .number()
    .describe('0 to 100: how many in a hundred movies of the catalogue this viewer would give fewer stars'),
  basis: z
    .enum(['personal', 'movie'])
    .describe('personal: by the viewer’s own stars; movie: there are none, so for an average viewer'),
  known: z
    .object({
      genres: KnownTerms,
      overview: KnownTerms,
      keywords: KnownTerms,
      actors: KnownTerms,
      directors: KnownTerms,
      year: z.boolean(),
      runtime: z.boolean().describe('false also where no runtimes are known of the catalogue’s movies'),
    })
    .describe('what the prediction went by'),
  rank: z
    .object({
      position: z.int().describe('1 is first'),
      of: z.int().describe('movies that the viewer has not rated, this one among them'),
      percentile: z.number().describe('0 to 100: how many in a hundred of the others it stands above'),
    })
    .nullable()
    .describe(
      'its place in this viewer’s recommendations, were it in the catalogue today: as nobody has liked it yet, only factors ' +
        'and texts speak for it, so it stands behind known movies that the viewer would like less; null without likes or ' +
        'known terms',
    ),
  similar: z
    .array(
      MovieSummary.extend({
        similarity: z.number().describe('cosine of the texts, 0 to 1'),
        shared: z.array(z.string()).describe('up to 5 terms that both have, weightiest first'),
      }),
    )
    .describe('movies of the catalogue whose texts are nearest'),
  history: z.object({
    ratings: z.int().describe('ratings with stars that the prediction went by'),
    unknownMovieIds: z.array(z.int()).describe('movies of the history that the catalogue lacks'),
  }),
  degraded: Degraded,
})
export type PredictedNewMovie = z.infer<typeof PredictedNewMovie>

export const MovieList = z.object({ modelId: z.string(), ...PAGE, items: z.array(MovieSummary) })
export type MovieList = z.infer<typeof MovieList>

export const SimilarMovies = z.object({
  modelId: z.string(),
  movieId: MovieId,
  ...PAGE,
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

export const Mark = z
  .enum(['seen', 'liked', 'disliked', 'snoozed'])
  .describe(
    'seen, liked and disliked: not recommended again; liked also counts as a like, disliked takes one back and leaves ' +
      'similar movies where they are; snoozed: not recommended until a time',
  )
export type Mark = z.infer<typeof Mark>

const Version = z.int().min(1).describe('grows with every write of any user; the largest of a movie is its newest')

export const FeedbackRequest = z
  .strictObject({
    kind: Mark,
    until: z
      .union([z.int().min(0), z.iso.datetime({ offset: true })])
      .optional()
      .describe('with snoozed: seconds since 1970 or ISO 8601, at most a year ahead; left out, 30 days from now'),
  })
  .refine(({ kind, until }) => until === undefined || kind === 'snoozed', {
    error: 'only snoozed has a time',
    path: ['until'],
  })
  .meta({ examples: [{ kind: 'liked' }, { kind: 'snoozed' }] })
export type FeedbackRequest = z.infer<typeof FeedbackRequest>

export const Feedback = z.object({
  movieId: MovieId,
  kind: Mark,
  until: z.int().nullable().describe('of snoozed, seconds since 1970'),
  updatedAt: z.int().describe('seconds since 1970'),
  version: Version,
})
export type Feedback = z.infer<typeof Feedback>

export const StoredFeedback = Feedback.extend({ userId: UserId })
export type StoredFeedback = z.infer<typeof StoredFeedback>

export const FeedbackUndo = z.strictObject({
  version: Version.optional().describe(
    'undo only this write, where it is the newest: so a request that is sent again undoes nothing else',
  ),
})
export const UndoneFeedback = z.object({
  userId: UserId,
  movieId: MovieId,
  undone: z.boolean().describe('false: there was nothing to undo, or the version is not the newest'),
  feedback: Feedback.nullable().describe('what holds now: the mark before, null where there is none'),
})
export type UndoneFeedback = z.infer<typeof UndoneFeedback>

export const FeedbackOptions = z.strictObject({
  kind: Mark.optional().describe('only marks of this kind'),
  k: z.int().min(1).max(1000).default(100).describe('marks wanted, at most 1000'),
  cursor: z
    .string()
    .regex(/^[1-9]\d{0,15}$/, 'must be a nextCursor of an answer')
    .optional()
    .describe('nextCursor of the page before'),
})
export type FeedbackOptions = z.infer<typeof FeedbackOptions>

export const FeedbackList = z.object({
  userId: UserId,
  items: z.array(Feedback).describe('the mark of each movie that has one, newest first; a snooze that is over is none'),
  nextCursor: z.string().nullable().describe('for the next page; null at the end'),
})
export type FeedbackList = z.infer<typeof FeedbackList>

export const UserData = z.object({
  userId: UserId,
  modelId: z.string(),
  published: z
    .array(
      z.object({
        movieId: MovieId,
        title: z.string(),
        localTitle: LocalTitle,
        rating: Stars,
        timestamp: z.int().describe('seconds since 1970'),
      }),
    )
    .describe('ratings of the data that the model was built from; none once the user was erased'),
  live: z
    .array(
      z.object({
        version: Version,
        movieId: MovieId,
        title: z.string().nullable().describe('null where the model of today lacks the movie'),
        localTitle: LocalTitle,
        kind: z.enum(['rated', 'unrated', ...Mark.options]),
        rating: Stars.nullable().describe('of rated'),
        until: z.int().nullable().describe('of snoozed, seconds since 1970'),
        updatedAt: z.int().describe('seconds since 1970'),
      }),
    )
    .describe('what was said through the API, as it was written'),
  batch: z
    .object({ modelId: z.string().describe('build that made it'), movieIds: z.array(MovieId) })
    .nullable()
    .describe('the list that was computed beforehand; null where there is none'),
  experiments: z
    .object({
      exposures: z
        .array(
          z.object({ ...ExperimentMark.shape, exposedAt: z.int().describe('seconds since 1970, first of its day') }),
        )
        .describe('days on which an answer belonged to an experiment'),
      events: z
        .array(z.object({ experiment: z.string(), kind: z.lazy(() => EventKind), movieId: MovieId, at: z.int() }))
        .describe('what POST /events told'),
    })
    .describe('what is kept for reports on experiments'),
  erased: z.boolean().describe('the user was erased: of the published ratings nothing is used or told any more'),
})
export type UserData = z.infer<typeof UserData>

export const ErasedUser = z.object({
  userId: UserId,
  erased: z.literal(true),
  removed: z.int().describe('ratings and marks that were given through the API'),
  publishedRatings: z
    .int()
    .describe('ratings in the published model, which no answer uses any more; the next build is to leave them out'),
})
export type ErasedUser = z.infer<typeof ErasedUser>

export const TasteRequest = z
  .strictObject({ history: z.array(HistoryEntry).describe('what the viewer has rated or liked') })
  .meta({ examples: [{ history: [{ movieId: 10, rating: 4.5 }, { movieId: 50 }] }] })
export const TasteChange = z
  .strictObject({
    taste: TasteToken,
    add: z.array(HistoryEntry).optional().describe('ratings and likes that came since; of a movie the last one holds'),
    remove: z.array(MovieId).optional().describe('movies to take out'),
  })
  .refine(({ add, remove }) => add !== undefined || remove !== undefined, { error: 'must have add or remove' })
export type TasteChange = z.infer<typeof TasteChange>
export const TasteAnswer = z.object({
  taste: TasteToken,
  entries: z.int().describe('ratings and likes in it'),
  dropped: z.int().describe('older ones that found no room: it holds the newest 1,000'),
})
export type TasteAnswer = z.infer<typeof TasteAnswer>

export const EventKind = z
  .enum(['click', 'play', 'complete'])
  .describe('click: opened what an answer held; play: began to watch it; complete: saw it to the end')
export type EventKind = z.infer<typeof EventKind>

export const EventsRequest = z
  .strictObject({
    userId: UserId.optional().describe('whose events they are; left out, those of the viewer of `X-Viewer-Id`'),
    events: z
      .array(z.strictObject({ kind: EventKind, movieId: MovieId }))
      .min(1)
      .max(50),
  })
  .meta({ examples: [{ userId: 1, events: [{ kind: 'play', movieId: 10 }] }] })
export type EventsRequest = z.infer<typeof EventsRequest>

export const EventsAnswer = z.object({
  experiment: ExperimentMark.nullable().describe(
    'what they were kept for; null: no experiment runs, so nothing was kept',
  ),
  stored: z
    .int()
    .describe('events that were new: of a viewer, kind, movie and day one is kept, so it may be sent again'),
})
export type EventsAnswer = z.infer<typeof EventsAnswer>

export const ModelAnswer = ModelCard.extend({
  modelId: z.string(),
  publishedAt: z.string().describe('ISO time at which the pointer was moved to this model'),
  api: ApiConfig.describe('limits of the API'),
})
export type ModelAnswer = z.infer<typeof ModelAnswer>

const Ndcg = Estimate.nullable().describe('NDCG@10 on the test part; null where lists of ten were not judged')

export const ModelHistory = z.object({
  models: z
    .array(
      z.object({
        modelId: z.string(),
        publishedAt: z
          .string()
          .describe(
            'ISO time at which the pointer was moved to the served model, or at which one before it was uploaded',
          ),
        ratings: z.int().describe('learned from and judged by'),
        movies: z.int().describe('in the catalogue'),
        usersJudged: z.int(),
        ndcgAt10: Ndcg,
        popularityNdcgAt10: Ndcg.describe('the same of plain popularity, on the same users'),
      }),
    )
    .min(1)
    .describe(
      'the served model, then those before it, the newest first; at most 10. Each was judged on data of its own day',
    ),
})
export type ModelHistory = z.infer<typeof ModelHistory>

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
      'conflict',
      'too_large',
      'unsupported_media_type',
      'rate_limited',
      'not_ready',
      'unavailable',
      'not_set_up',
      'internal',
    ]),
    message: z.string().describe('what was found and what was expected'),
    path: z.string().optional().describe('field of the request at fault'),
  }),
})
export type ApiError = z.infer<typeof ApiError>
