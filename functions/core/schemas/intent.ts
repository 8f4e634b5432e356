import * as z from 'zod'

/** What a wish in words asks for: one result, whether rules or a language model read it. */

/** Moods, by their English word. */
export const MOODS = [
  'sad',
  'happy',
  'funny',
  'dark',
  'tense',
  'scary',
  'romantic',
  'heart-warming',
  'inspiring',
  'thoughtful',
  'mind-bending',
  'epic',
  'relaxing',
  'nostalgic',
  'violent',
  'quirky',
  'lonely',
  'hopeful',
  'angry',
  'slow',
  'fast',
  'dreamy',
] as const
export const Mood = z.enum(MOODS)
export type Mood = z.infer<typeof Mood>

const Names = z.array(z.string().min(1).max(100)).max(16)
const Year = z.int().min(1870).max(2100).nullable()
const Minutes = z.int().min(1).max(32_767).nullable()

export const Intent = z.strictObject({
  language: z.enum(['vi', 'en']).describe('of the query; answers are in it'),
  mustGenres: Names.describe('genres of the catalogue that a movie must have'),
  genresJoin: z.enum(['all', 'any']).describe('all of mustGenres, or one of them: “action or comedy”'),
  avoidGenres: Names.describe('genres of the catalogue that no movie may have'),
  moods: z.array(Mood).max(MOODS.length).describe('how the movie shall feel'),
  keywords: Names.describe('other words that say what it is about, in their order'),
  similarTitles: z
    .array(
      z.strictObject({
        movieId: z.int().min(1).max(0x7fff_ffff),
        title: z.string().max(300),
        localTitle: z
          .string()
          .max(300)
          .optional()
          .describe(
            'in the language of `locale`, or else of the query; left out where nothing else than `title` is known',
          ),
      }),
    )
    .max(16)
    .describe('movies of the catalogue that it shall be like; none of them is recommended'),
  people: Names.describe('directors or actors that it must have'),
  avoidPeople: Names.describe('directors or actors that it must not have'),
  yearFrom: Year,
  yearTo: Year,
  runtimeFrom: Minutes.describe('minutes'),
  runtimeTo: Minutes.describe('minutes'),
  originalLanguage: z
    .string()
    .regex(/^[a-z]{2,3}$/)
    .nullable()
    .describe('ISO 639: “phim Hàn”, “a French film”'),
})
export type Intent = z.infer<typeof Intent>
