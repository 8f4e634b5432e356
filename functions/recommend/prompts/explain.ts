import type { Prompt, TextCall } from '../handles.ts'
import { renderMessages } from './render.ts'
import { sanitize } from './sanitize.ts'

export interface ExplainQuestion {
  movieId: number
  /** with its year */
  title: string
  language: 'vi' | 'en'
  /** what may be said, each as a label and a text, both in the language wanted */
  facts: readonly { label: string; text: string }[]
  /** changes with all that the facts come from; null: the reply is not kept */
  profileVersion: string | null
}

/** As the prompt's examples name them. */
const LANGUAGES = { vi: 'tiếng Việt', en: 'English' } as const
/** Two sentences: Vietnamese takes up to twice the tokens of English. */
const MAX_TOKENS = 120
const MAX_TITLE_LENGTH = 100
const MAX_LABEL_LENGTH = 60
const MAX_FACT_LENGTH = 200

/** Asks for one or two sentences that say why a movie is recommended. */
export function explainCall(prompt: Prompt, question: ExplainQuestion): TextCall {
  const { movieId, title, language, facts, profileVersion } = question
  const lines = facts.map(
    ({ label, text }) => `- ${sanitize(label, MAX_LABEL_LENGTH)}: ${sanitize(text, MAX_FACT_LENGTH)}`,
  )
  const messages = renderMessages(prompt.text, {
    movie: sanitize(title, MAX_TITLE_LENGTH),
    facts: lines.join('\n'),
    language: LANGUAGES[language],
  })
  return {
    task: 'explain',
    cacheKey: profileVersion === null ? null : [prompt.version, language, movieId, profileVersion, ...lines].join('|'),
    messages,
    maxTokens: MAX_TOKENS,
    // of the same movie the same sentence, of another one not the same turn of phrase
    seed: movieId,
  }
}
