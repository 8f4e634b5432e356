import * as z from 'zod'
import { Mood } from './intent.ts'

/** What the language model replies: a schema for each prompt whose reply is JSON. */

/** First year with a film that is catalogued, and a last one that leaves room. */
const Year = z.int().min(1870).max(2100)
const Minutes = z.int().min(1).max(1000)
const words = (maxLength: number, maxItems: number) => z.array(z.string().max(maxLength)).max(maxItems).default([])

/**
 * Reply to prompts/parse: what a wish in words asks for. What it does not ask for may be left out, which keeps replies
 * short: a third of the tokens of one that names all fields.
 * @param genres names of the catalogue, all of which and no others a reply may name
 */
export function parseReplySchema(genres: readonly string[]) {
  const genreList = z.array(z.enum(genres)).max(6).default([])
  return z.object({
    language: z.enum(['vi', 'en']),
    must_genres: genreList,
    avoid_genres: genreList,
    mood: z.array(Mood).max(4).default([]),
    keywords: words(40, 6),
    similar_titles: words(120, 4),
    people: words(60, 4),
    year_from: Year.nullish(),
    year_to: Year.nullish(),
    runtime_from: Minutes.nullish(),
    runtime_to: Minutes.nullish(),
  })
}
export type ParseReply = z.infer<ReturnType<typeof parseReplySchema>>

/** Reply to prompts/rerank-list: numbers of the candidates, the best first. They may repeat, or miss some. */
export const RerankListReply = z.object({ order: z.array(z.int().min(1).max(99)).min(1).max(50) })
export type RerankListReply = z.infer<typeof RerankListReply>

/**
 * A schema as the servers take it, whichever of them it is: draft 7, of what the model writes. No other fields are
 * allowed, lest a grammar lets the model make some up; our own reading passes over them.
 */
export function replyJsonSchema(schema: z.ZodType): object {
  const { $schema: _named, ...json } = z.toJSONSchema(schema, {
    target: 'draft-7',
    io: 'input',
    override: ({ jsonSchema }) => {
      delete jsonSchema.default
      if (jsonSchema.type === 'object') jsonSchema.additionalProperties = false
    },
  })
  return json
}
