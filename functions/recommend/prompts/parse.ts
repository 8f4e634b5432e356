import { MOODS } from '#core/schemas/intent.ts'
import { type ParseReply, parseReplySchema, replyJsonSchema } from '#core/schemas/llm.ts'
import { MAX_QUERY_LENGTH } from '#core/schemas/query.ts'
import type { JsonCall, Prompt } from '../handles.ts'
import { renderMessages } from './render.ts'
import { quoted } from './sanitize.ts'

/** The longest reply that says something, twice. */
const MAX_TOKENS = 200

/** of a catalogue; a model keeps its list of genres for its life */
const schemas = new WeakMap<
  readonly string[],
  { read: (reply: unknown) => ParseReply; json: object; namesKey: string }
>()

/**
 * Asks what a wish in words asks for. The same query gives the same reply, whoever asks: it is kept by its words in
 * lower case, with their tones (`má` is not `ma`).
 * @param genres names of the catalogue
 */
export function parseCall(prompt: Prompt, query: string, genres: readonly string[]): JsonCall<ParseReply> {
  const { read, json, namesKey } = schemaOf(genres)
  return {
    task: 'parse',
    cacheKey: [prompt.version, namesKey, query.normalize('NFC').toLowerCase().trim()].join('|'),
    messages: renderMessages(prompt.text, {
      genres: namesKey,
      moods: MOODS.join(', '),
      query: quoted(query, MAX_QUERY_LENGTH),
    }),
    schema: { name: 'query', json },
    read,
    maxTokens: MAX_TOKENS,
  }
}

function schemaOf(genres: readonly string[]) {
  let known = schemas.get(genres)
  if (!known) {
    // MovieLens writes "(no genres listed)" among the genres
    const names = genres.filter((name) => !name.startsWith('('))
    const schema = parseReplySchema(names)
    known = { read: (reply) => schema.parse(reply), json: replyJsonSchema(schema), namesKey: names.join(', ') }
    schemas.set(genres, known)
  }
  return known
}
