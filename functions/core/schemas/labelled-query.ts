import * as z from 'zod'

const Values = z.union([z.string(), z.array(z.string())]).transform((found) => (Array.isArray(found) ? found : [found]))
const Year = z.int().min(1800).max(2200)
const Minutes = z.int().min(1).max(1000)

/** What a query should be understood as; a slot that is not named should stay empty. */
export const ExpectedIntent = z.strictObject({
  must_genres: Values.optional(),
  avoid_genres: Values.optional(),
  mood: Values.optional(),
  similar_titles: Values.optional(),
  people: Values.optional(),
  year_from: Year.nullable().optional(),
  year_to: Year.nullable().optional(),
  // judged only where a label names them
  genres_join: z.enum(['all', 'any']).optional(),
  avoid_people: Values.optional(),
  runtime_from: Minutes.nullable().optional(),
  runtime_to: Minutes.nullable().optional(),
  original_language: z.string().nullable().optional(),
})
export type ExpectedIntent = z.infer<typeof ExpectedIntent>

/** A line of `prompts/queries/*.jsonl`. */
export const LabelledQuery = z.object({
  text: z.string(),
  expect: ExpectedIntent,
  tags: z.array(z.string()).default([]),
  /** what “last year” counts from; without it the clock's */
  this_year: Year.optional(),
})
export type LabelledQuery = z.infer<typeof LabelledQuery>
