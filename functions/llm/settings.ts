import * as z from 'zod'
import type { LlmTask } from '#recommend/handles.ts'
import { DIALECTS, type DialectName } from './dialects.ts'

/** How the endpoint is asked. */
export interface LlmSettings {
  /** without `/v1` and without a slash at its end */
  baseUrl: string
  apiKey: string | null
  model: string
  dialect: DialectName
  /** how a raw prompt is written: Qwen3 wants an empty thought before its answer */
  template: 'qwen3' | 'chatml'
  /** what tells the server that the model shall not think first */
  thinkingOff: 'template' | 'effort' | 'both' | 'none'
  /** tokens of the model's vocabulary that say yes and no, the likeliest spelling first */
  yesTokens: readonly number[]
  noTokens: readonly number[]
  /** for all that one request asks */
  totalMs: number
  /** explain: to the first token */
  taskMs: Readonly<Record<LlmTask, number>>
  /** between two tokens of an explanation */
  idleMs: number
  /** calls under way in one isolate */
  concurrency: number
  /** whether it may change the order of a list: auto is only where the published model holds evidence that it helps */
  rerank: { mode: 'auto' | 'on' | 'off'; scoreWeight: number; maxMove: number }
  /** how long a reply is kept in KV; 0: not at all */
  keepSeconds: number
  /** of a million tokens */
  prices: { prompt: number; completion: number }
}

const ms = (byDefault: number) => z.coerce.number().int().min(1).max(60_000).default(byDefault)
const tokens = (byDefault: string) =>
  z
    .string()
    .default(byDefault)
    .refine((list) => /^\d+(\s*,\s*\d+)*$/.test(list.trim()), 'must be token ids with commas between them')
    .transform((list) => list.split(',').map(Number))
const optional = z
  .string()
  .optional()
  .transform((text) => text || null)

/** The vars that begin with LLM_; wrangler.toml explains them. */
export const LLM_VARS = {
  LLM_BASE_URL: optional.refine(
    (url) => url === null || (URL.canParse(url) && /^https?:$/.test(new URL(url).protocol)),
    'must be an http or https address',
  ),
  LLM_API_KEY: optional,
  LLM_MODEL: z.string().min(1).default('Qwen/Qwen3-1.7B'),
  LLM_DIALECT: z.enum(Object.keys(DIALECTS) as [DialectName]).default('completions'),
  LLM_TEMPLATE: z.enum(['qwen3', 'chatml']).default('qwen3'),
  LLM_THINKING_OFF: z.enum(['dialect', 'template', 'effort', 'both', 'none']).default('dialect'),
  LLM_YES_TOKENS: tokens('9693,9454'),
  LLM_NO_TOKENS: tokens('2152,2753'),
  LLM_TOTAL_MS: ms(2500),
  LLM_PARSE_MS: ms(600),
  LLM_RERANK_MS: ms(500),
  LLM_EXPLAIN_MS: ms(1500),
  LLM_IDLE_MS: ms(300),
  LLM_RERANK: z.enum(['auto', 'on', 'off']).default('auto'),
  LLM_RERANK_SCORE_WEIGHT: z.coerce.number().min(0).max(1).default(0.7),
  LLM_RERANK_MAX_MOVE: z.coerce.number().int().min(0).max(50).default(10),
  LLM_CONCURRENCY: z.coerce.number().int().min(1).max(1000).default(16),
  // KV keeps nothing for less than a minute
  LLM_KEEP_SECONDS: z.coerce
    .number()
    .int()
    .max(31_536_000)
    .refine((seconds) => seconds === 0 || seconds >= 60, 'must be 0 or at least 60')
    .default(86_400),
  LLM_PROMPT_PRICE: z.coerce.number().min(0).max(1000).default(0),
  LLM_COMPLETION_PRICE: z.coerce.number().min(0).max(1000).default(0),
}
type LlmVars = z.infer<z.ZodObject<typeof LLM_VARS>>

/** @returns null without an endpoint */
export function llmSettings(vars: LlmVars): LlmSettings | null {
  if (vars.LLM_BASE_URL === null) return null
  const { LLM_DIALECT: dialect, LLM_THINKING_OFF: thinkingOff } = vars
  return {
    baseUrl: vars.LLM_BASE_URL.replace(/\/+$/, '').replace(/\/v1$/, ''),
    apiKey: vars.LLM_API_KEY,
    model: vars.LLM_MODEL,
    dialect,
    template: vars.LLM_TEMPLATE,
    thinkingOff: thinkingOff === 'dialect' ? DIALECTS[dialect].thinkingOff : thinkingOff,
    yesTokens: vars.LLM_YES_TOKENS,
    noTokens: vars.LLM_NO_TOKENS,
    totalMs: vars.LLM_TOTAL_MS,
    taskMs: { parse: vars.LLM_PARSE_MS, rerank: vars.LLM_RERANK_MS, explain: vars.LLM_EXPLAIN_MS },
    idleMs: vars.LLM_IDLE_MS,
    rerank: {
      mode: vars.LLM_RERANK,
      scoreWeight: vars.LLM_RERANK_SCORE_WEIGHT,
      maxMove: vars.LLM_RERANK_MAX_MOVE,
    },
    concurrency: vars.LLM_CONCURRENCY,
    keepSeconds: vars.LLM_KEEP_SECONDS,
    prices: { prompt: vars.LLM_PROMPT_PRICE, completion: vars.LLM_COMPLETION_PRICE },
  }
}
