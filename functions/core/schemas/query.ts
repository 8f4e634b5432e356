import * as z from 'zod'
import {
  Degraded,
  either,
  HistoryEntry,
  MovieId,
  MovieSummary,
  PAGE,
  RecommendOptions,
  Rung,
  Seed,
  TasteToken,
  UserId,
} from './api.ts'
import { Intent } from './intent.ts'

/** Requests and answers of `POST /recommend/query`, a wish in words, and of `POST /explain`. */

/** Longest query, in UTF-16 units. */
export const MAX_QUERY_LENGTH = 300
const MAX_EXPLAINED_MOVIES = 20

export const QueryOptions = RecommendOptions.omit({
  weights: true,
  ranker: true,
  diversity: true,
  replay: true,
}).extend({
  strict: z
    .boolean()
    .default(false)
    .describe('true: where no movie satisfies every wish of the query, answer none, rather than give a wish up'),
  rerank: z
    .boolean()
    .optional()
    .describe('whether the language model may change the order; default: as the Worker is set up'),
  explain: z
    .enum(['template', 'model'])
    .default('template')
    .describe('who words the explanations: templates, or the language model for the first movies, as far as it can'),
  showOrder: z.boolean().default(false).describe('true: the answer holds the order before the language model’s'),
})
export type QueryOptions = z.infer<typeof QueryOptions>

export const QueryRequest = QueryOptions.extend({
  text: z
    .string()
    .max(MAX_QUERY_LENGTH)
    .refine((text) => /[\p{L}\p{N}]/u.test(text), { error: 'must have a letter or digit' })
    .describe('the wish, in Vietnamese or English or both: “phim sci-fi buồn giống Interstellar, không kinh dị”'),
  intent: Intent.optional().describe(
    'what the query asks for, as an answer gave it, with changes: it is taken instead of reading the text again',
  ),
  userId: UserId.optional(),
  history: z.array(HistoryEntry).optional().describe('what the viewer has rated or liked; none of it is recommended'),
  taste: TasteToken.optional(),
})
  .refine(({ userId, history, taste }) => [userId, history, taste].filter((one) => one !== undefined).length <= 1, {
    error: 'must have at most one of userId, history and taste',
  })
  .meta({
    examples: [
      { text: 'sad science fiction like Toy Story, no horror', k: 5 },
      { text: 'phim hài không kinh dị thập niên 90', history: [{ movieId: 10, rating: 5 }], k: 5 },
    ],
  })
export type QueryRequest = z.infer<typeof QueryRequest>

export const WishName = z.enum([
  'genres',
  'avoidGenres',
  'people',
  'avoidPeople',
  'years',
  'runtime',
  'originalLanguage',
])
export type WishName = z.infer<typeof WishName>

export const RelaxedWish = z
  .object({
    wish: WishName,
    reason: z
      .enum(['nothingFits', 'unknown'])
      .describe('nothingFits: with the other wishes no movie was left; unknown: the data tells it of no movie'),
  })
  .describe('a wish that was given up')
export type RelaxedWish = z.infer<typeof RelaxedWish>

export const QueryShares = z
  .object({
    similar: z.number().describe('likeness to the movies that the query names'),
    terms: z.number().describe('what the query says it is about, and its moods'),
    taste: z.number().describe('the viewer’s own taste'),
    popularity: z.number(),
  })
  .describe('how much of the score came from each part; they sum to it')
export type QueryShares = z.infer<typeof QueryShares>

export const Receipt = z
  .object({
    genres: z.array(z.string()).optional().describe('the wanted genres that it has'),
    people: z.array(z.string()).optional(),
    year: z.int().optional().describe('within the wanted years'),
    runtime: z.int().optional().describe('minutes, within the wanted ones'),
    originalLanguage: z.string().optional(),
    without: z.array(z.string()).optional().describe('genres and people that were refused, and that it does not have'),
    similarTo: z.array(z.string()).optional().describe('movies of the query that it is like'),
    terms: z.array(z.string()).optional().describe('words of the query that its texts have'),
    moods: z
      .array(z.object({ mood: z.string(), signs: z.array(z.string()) }))
      .optional()
      .describe('moods of the query, and the words of its texts that speak for them'),
  })
  .describe('what of the query the movie satisfies, and by what; nothing here is guessed')
export type Receipt = z.infer<typeof Receipt>

export const Explanation = z.object({
  text: z.string().describe('one or two sentences in the language of the query'),
  by: z.enum(['template', 'model']),
})
export type Explanation = z.infer<typeof Explanation>

export const QueriedMovie = MovieSummary.extend({
  rank: z.int().describe('1 is first'),
  score: z.number().describe('comparable within one answer only; the ranks follow it, but for what was re-ranked'),
  shares: QueryShares,
  receipt: Receipt,
  explanation: Explanation,
  predictedStars: z.number().nullable().describe('stars that the viewer would give; null as in Recommendations'),
  rankBefore: z.int().optional().describe('with showOrder: the rank by score alone'),
})
export type QueriedMovie = z.infer<typeof QueriedMovie>

export const QueryAnswer = z.object({
  modelId: z.string().describe('build that answered'),
  seed: Seed,
  rung: Rung,
  intent: Intent,
  understoodBy: z
    .enum(['rules', 'model', 'request'])
    .describe('model: the language model took part, and rules verified it; request: it held the intent'),
  rerankedBy: z.enum(['model']).nullable().describe('null: the order is that of the scores'),
  kept: z.array(WishName).describe('wishes that every movie of the answer satisfies'),
  relaxed: z.array(RelaxedWish),
  unknownMovieIds: z.array(MovieId).describe('movies of the history that the catalogue lacks'),
  degraded: Degraded,
  ...PAGE,
  items: z.array(QueriedMovie),
})
export type QueryAnswer = z.infer<typeof QueryAnswer>

export const ExplainRequest = z
  .strictObject({
    movieIds: z
      .array(MovieId)
      .min(1)
      .max(MAX_EXPLAINED_MOVIES)
      .describe('movies of the catalogue, such as a list’s first ones'),
    language: z.enum(['vi', 'en']).default('en'),
    explain: QueryOptions.shape.explain,
    userId: UserId.optional(),
    history: z.array(HistoryEntry).optional(),
    taste: TasteToken.optional(),
  })
  .refine(({ userId, history, taste }) => [userId, history, taste].filter((one) => one !== undefined).length === 1, {
    error: 'must have one of userId, history and taste',
  })
  .meta({
    ...either('userId', 'history', 'taste'),
    examples: [{ movieIds: [20, 30], language: 'vi', history: [{ movieId: 10, rating: 5 }] }],
  })
export type ExplainRequest = z.infer<typeof ExplainRequest>

export const ExplainedMovie = z.object({ movieId: MovieId, explanation: Explanation })
export type ExplainedMovie = z.infer<typeof ExplainedMovie>

export const Explanations = z.object({
  modelId: z.string().describe('build that answered'),
  degraded: Degraded,
  items: z.array(ExplainedMovie).describe('in the order of the request'),
})
export type Explanations = z.infer<typeof Explanations>
