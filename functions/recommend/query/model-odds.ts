import type { Llm, LlmReply, Prompts } from '../handles.ts'
import { listCall, type RerankQuestion, yesNoCall } from '../prompts/rerank.ts'

/** Candidates that the model may be asked about at once. */
export const MAX_RERANKED = 50
/** Of a listwise reply, the part of its numbers that may be wrong: more, and it was not about this list. */
const MOST_INVALID = 0.3

/**
 * What the language model thinks of each candidate: the log-odds of a yes where the server gives them, else as if they fell
 * with the place in a list that it writes.
 * @returns one a candidate, in their order
 */
export async function modelOdds(
  question: RerankQuestion,
  { llm, prompts }: { llm: Llm; prompts: Prompts },
): Promise<LlmReply<number[]>> {
  const of = (odds: ReadonlyMap<number, number>) => question.candidates.map(({ movieId }) => odds.get(movieId)!)
  if (llm.canScore) {
    const { call, movieIds } = yesNoCall(prompts.rerank, question)
    const reply = await llm.yesNo(call)
    return reply.ok ? { ...reply, value: of(new Map(movieIds.map((id, at) => [id, reply.value[at]!]))) } : reply
  }
  const { call, movieIds } = listCall(prompts.rerankList, question)
  const reply = await llm.json(call)
  if (!reply.ok) return reply
  const order = repaired(reply.value.order, movieIds.length)
  if (!order) return { ok: false, reason: 'malformed' }
  return { ...reply, value: of(new Map(order.map((position, place) => [movieIds[position]!, -Math.log(place + 1)]))) }
}

/**
 * Numbers from 1 on as the model gave them → each position once: repeated and unknown ones go, missing ones follow in their
 * old order. @returns null where too many are wrong
 */
export function repaired(numbers: readonly number[], length: number): number[] | null {
  const valid = [...new Set(numbers)]
    .map((number) => number - 1)
    .filter((position) => position >= 0 && position < length)
  if (valid.length < (1 - MOST_INVALID) * numbers.length) return null
  const given = new Set(valid)
  return [...valid, ...Array.from({ length }, (_, position) => position).filter((position) => !given.has(position))]
}
