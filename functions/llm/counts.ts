import type { LlmFailure, LlmTask } from '#recommend/handles.ts'
import type { LlmSettings } from './settings.ts'

/** Of one task since the isolate began. */
export interface TaskCounts {
  /** replies, kept ones not among them */
  replies: number
  /** replies that KV had */
  kept: number
  /** second attempts */
  retries: number
  failures: Partial<Record<LlmFailure, number>>
  /** as the server counts them; a server that does not say adds nothing */
  promptTokens: number
  completionTokens: number
}
export type LlmCounts = Record<LlmTask, TaskCounts>

export function noCounts(): LlmCounts {
  const none = (): TaskCounts => ({
    replies: 0,
    kept: 0,
    retries: 0,
    failures: {},
    promptTokens: 0,
    completionTokens: 0,
  })
  return { parse: none(), rerank: none(), explain: none() }
}

/** In the currency of the prices. */
export function costOf(counts: LlmCounts, { prices }: Pick<LlmSettings, 'prices'>): number {
  const tasks = Object.values(counts)
  return tasks.reduce(
    (sum, { promptTokens, completionTokens }) =>
      sum + (promptTokens * prices.prompt + completionTokens * prices.completion) / 1e6,
    0,
  )
}
