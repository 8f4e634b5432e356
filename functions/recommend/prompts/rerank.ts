import { RerankListReply, replyJsonSchema } from '#core/schemas/llm.ts'
import { MAX_QUERY_LENGTH } from '#core/schemas/query.ts'
import type { JsonCall, Prompt, YesNoCall } from '../handles.ts'
import { renderMessages, sectionOf } from './render.ts'
import { quoted, sanitize } from './sanitize.ts'

/** A movie as the model is told of it: about 27 tokens. */
export interface MovieLine {
  movieId: number
  /** with its year */
  title: string
  genres: readonly string[]
  keywords: readonly string[]
}

export interface RerankQuestion {
  /** null: nothing was asked for but to be recommended something */
  query: string | null
  /** what the viewer liked, the last first; the first MAX_LIKED are told */
  liked: readonly MovieLine[]
  candidates: readonly MovieLine[]
  /** changes with what the viewer liked; null: the reply is not kept */
  profileVersion: string | null
}

const MAX_LIKED = 10
const MAX_KEYWORDS = 3
const MAX_TITLE_LENGTH = 100
const MAX_WORD_LENGTH = 30
/** Numbers of 50 candidates with their commas, and the braces. */
const TOKENS_PER_NUMBER = 4

/**
 * Asks of each candidate whether the viewer would like it. The questions stand in the order of the movie ids, so that a
 * reply that was kept is right for the same candidates in any order.
 * @returns the call, and the movies that its log-odds are of
 */
export function yesNoCall(prompt: Prompt, question: RerankQuestion): { call: YesNoCall; movieIds: number[] } {
  const candidates = question.candidates.toSorted((a, b) => a.movieId - b.movieId)
  const ask = sectionOf(prompt.text, 'item')
  const call: YesNoCall = {
    task: 'rerank',
    cacheKey: keyOf(prompt, question, candidates),
    prefix: sectionOf(prompt.text, 'shared')(viewerOf(question)),
    items: candidates.map((movie) => ask({ movie: lineOf(movie) })),
  }
  return { call, movieIds: candidates.map(({ movieId }) => movieId) }
}

/**
 * Asks for the order of all candidates at once, for servers without log-odds.
 * @returns the call, whose reply is numbers from 1 on, and the movie of each number
 */
export function listCall(
  prompt: Prompt,
  question: RerankQuestion,
): { call: JsonCall<RerankListReply>; movieIds: number[] } {
  const { candidates } = question
  const call: JsonCall<RerankListReply> = {
    task: 'rerank',
    cacheKey: keyOf(prompt, question, candidates),
    messages: renderMessages(prompt.text, {
      ...viewerOf(question),
      movies: candidates.map((movie, at) => `${at + 1}. ${lineOf(movie)}`).join('\n'),
    }),
    schema: { name: 'order', json: replyJsonSchema(RerankListReply) },
    read: (reply) => RerankListReply.parse(reply),
    maxTokens: candidates.length * TOKENS_PER_NUMBER + 20,
  }
  return { call, movieIds: candidates.map(({ movieId }) => movieId) }
}

function keyOf(
  { version }: Prompt,
  { query, profileVersion }: RerankQuestion,
  candidates: readonly MovieLine[],
): string | null {
  if (profileVersion === null) return null
  const words = query?.normalize('NFC').toLowerCase().trim() ?? ''
  return [version, profileVersion, candidates.map(({ movieId }) => movieId).join(','), words].join('|')
}

function viewerOf({ query, liked }: RerankQuestion): { query: string; liked: string } {
  const lines = liked.slice(0, MAX_LIKED).map((movie) => `- ${lineOf(movie)}`)
  return {
    query: query === null ? 'anything they would like' : quoted(query, MAX_QUERY_LENGTH),
    liked: lines.join('\n') || '- nothing that is known',
  }
}

/** `Interstellar (2014) · Sci-Fi, Drama · space, father` */
function lineOf({ title, genres, keywords }: MovieLine): string {
  const words = keywords.slice(0, MAX_KEYWORDS).map((word) => sanitize(word, MAX_WORD_LENGTH))
  return [sanitize(title, MAX_TITLE_LENGTH), genres.join(', '), words.join(', ')].filter(Boolean).join(' · ')
}
