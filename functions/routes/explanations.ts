import type { Degraded } from '#core/schemas/api.ts'
import type { Explanation } from '#core/schemas/query.ts'
import { type Explained, explanationsByModel } from '#recommend/query/index.ts'
import { PROMPTS } from '../prompts.ts'
import type { RouteRequest, ServerEvent } from './route.ts'

/** An answer whose movies are explained by templates so far. */
interface ExplainedAnswer {
  degraded: Degraded
  items: { movieId: number; explanation: Explanation }[]
}

type Asked = Pick<RouteRequest, 'llm' | 'served'>

/** The same answer with the language model's words, where it is there and finds some that may be sent. */
export async function inModelsWords<Answer extends ExplainedAnswer>(
  answer: Answer,
  movies: readonly Explained[],
  { llm, served }: Asked,
): Promise<Answer> {
  if (!llm.isOn) return answer
  const words = new Map<number, Explanation>()
  let isDegraded = false
  for await (const late of explanationsByModel(movies, served.model, { llm, prompts: PROMPTS })) {
    words.set(late.movieId, late.explanation)
    isDegraded ||= late.isDegraded
  }
  return {
    ...answer,
    degraded: isDegraded ? [...answer.degraded, 'explain'] : answer.degraded,
    items: answer.items.map((item) => ({ ...item, explanation: words.get(item.movieId) ?? item.explanation })),
  }
}

/** The answer as soon as it is there, then the model's words a movie, then the end and what was missing. */
export async function* answerAndWords(
  answer: ExplainedAnswer,
  movies: readonly Explained[],
  { llm, served }: Asked,
): AsyncGenerator<ServerEvent> {
  yield { event: 'items', data: answer }
  let isDegraded = false
  if (llm.isOn)
    for await (const late of explanationsByModel(movies, served.model, { llm, prompts: PROMPTS })) {
      isDegraded ||= late.isDegraded
      yield { event: 'explain', data: { movieId: late.movieId, ...late.explanation } }
    }
  yield { event: 'done', data: { degraded: [...answer.degraded, ...(isDegraded ? ['explain'] : [])] } }
}
