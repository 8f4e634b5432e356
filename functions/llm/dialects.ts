import type { LlmMessage } from '#recommend/handles.ts'
import type { LlmSettings } from './settings.ts'

interface Dialect {
  /** samples by more than OpenAI's fields: top_k, min_p */
  hasTopK: boolean
  thinkingOff: LlmSettings['thinkingOff']
  /** how yes and no are asked for; null: not at all */
  scoring: 'generativeScoring' | 'score' | 'logprobs' | null
  /** obeys `strict` although a schema leaves fields optional; OpenAI's own does not */
  isStrict: boolean
}

/** What servers that speak OpenAI's language differ in. */
export const DIALECTS = {
  /** from 0.22.1 on, which has /generative_scoring */
  vllm: { hasTopK: true, thinkingOff: 'template', scoring: 'generativeScoring', isStrict: true },
  sglang: { hasTopK: true, thinkingOff: 'template', scoring: 'score', isStrict: true },
  llamacpp: { hasTopK: true, thinkingOff: 'both', scoring: 'logprobs', isStrict: true },
  ollama: { hasTopK: false, thinkingOff: 'effort', scoring: null, isStrict: true },
  /** any server with /v1/completions and its log-probabilities; `npm run llm` is one */
  completions: { hasTopK: true, thinkingOff: 'template', scoring: 'logprobs', isStrict: true },
  /** nothing but OpenAI's chat, such as Workers AI */
  chat: { hasTopK: false, thinkingOff: 'none', scoring: null, isStrict: false },
} as const satisfies Record<string, Dialect>
export type DialectName = keyof typeof DIALECTS

export interface ChatRequest {
  messages: readonly LlmMessage[]
  maxTokens: number
  seed: number
  temperature: number
  /** of the JSON wanted; null: text, as a stream */
  schema: { name: string; json: object } | null
}

/** Body for /v1/chat/completions. */
export function chatBody(settings: LlmSettings, request: ChatRequest): object {
  const { hasTopK, isStrict } = DIALECTS[settings.dialect]
  const { messages, maxTokens, seed, temperature, schema } = request
  return {
    model: settings.model,
    messages,
    temperature,
    top_p: 0.8,
    ...(hasTopK && { top_k: 20, min_p: 0 }),
    seed,
    max_tokens: maxTokens,
    ...(schema
      ? {
          response_format: {
            type: 'json_schema',
            json_schema: { name: schema.name, strict: isStrict, schema: schema.json },
          },
        }
      : { stream: true, stream_options: { include_usage: true } }),
    ...thinkingOff(settings),
  }
}

function thinkingOff({ thinkingOff: how }: LlmSettings): object {
  return {
    ...((how === 'template' || how === 'both') && { chat_template_kwargs: { enable_thinking: false } }),
    ...((how === 'effort' || how === 'both') && { reasoning_effort: 'none' }),
  }
}
