import * as z from 'zod'

/**
 * A file of feedback: what users said through the API, copied out of the live database. JSON Lines, gzipped where the name
 * ends in .gz; the first line says what it is, each other one is an event, in the order of the versions. It holds no clock:
 * the same feedback gives the same bytes, and so the same build.
 */

export const FeedbackHeader = z.strictObject({
  format: z.literal('marquee-feedback'),
  version: z.literal(1),
})
export type FeedbackHeader = z.infer<typeof FeedbackHeader>

const id = z.int().min(1).max(0x7fff_ffff)
const seconds = z.int().min(0).max(0xffff_ffff)
const event = { version: z.int().min(1), userId: id, at: seconds }

export const FeedbackEvent = z.discriminatedUnion('kind', [
  z.strictObject({ ...event, movieId: id, kind: z.literal('rated'), halfStars: z.int().min(1).max(10) }),
  z.strictObject({ ...event, movieId: id, kind: z.enum(['unrated', 'seen', 'liked', 'disliked']) }),
  z.strictObject({ ...event, movieId: id, kind: z.literal('snoozed'), until: seconds }),
  /** about all movies */
  z.strictObject({ ...event, kind: z.literal('erased') }),
])
export type FeedbackEvent = z.infer<typeof FeedbackEvent>

/** What came of a file of feedback when it was laid over the ratings. */
export const FeedbackSummary = z.object({
  events: z.int().describe('that could be read'),
  lastVersion: z.int().describe('of the newest of them, 0 where there are none: what comes above it is new'),
  leftOut: z.record(z.string(), z.int()).describe('why → rows'),
  users: z.int().describe('who said something that counts'),
  added: z.int().describe('ratings of movies that the user had not rated'),
  replaced: z.int().describe('ratings that took the place of another'),
  removed: z.int().describe('ratings that were taken back'),
  erasedUsers: z.int().describe('who asked to be forgotten'),
  erasedRatings: z.int().describe('of theirs'),
})
export type FeedbackSummary = z.infer<typeof FeedbackSummary>
