import type { NamedLlm } from '../build/experiments/evaluate-rerank.ts'
import type { Log } from '../build/io/handles.ts'
import type { Env } from '../functions/env.ts'
import { settingsOf } from '../functions/env.ts'
import { openLlm } from '../functions/llm/index.ts'

/** Longest waits where nobody waits, in ms. */
const PATIENCE = {
  LLM_TOTAL_MS: '60000',
  LLM_PARSE_MS: '60000',
  LLM_RERANK_MS: '60000',
  LLM_EXPLAIN_MS: '60000',
  LLM_IDLE_MS: '60000',
}

/**
 * The Worker's own client for the language model that the environment names: LLM_BASE_URL and the other vars of
 * wrangler.toml. Every use of it is as a request of its own.
 * @throws {Error} where LLM_BASE_URL is not set
 */
export function languageModel(environment: NodeJS.ProcessEnv, log: Log, signal: AbortSignal): NamedLlm {
  const vars = Object.fromEntries(Object.entries(environment).filter(([name]) => name.startsWith('LLM_')))
  const env = { AUTH: 'none', ...vars, ...PATIENCE } as unknown as Env
  const settings = settingsOf(env).llm
  if (settings === null)
    throw new Error('LLM_BASE_URL: found nothing; expected the address of an OpenAI-compatible server (docs/llm.md)')
  const context = { waitUntil() {} }
  const open = () =>
    openLlm(env, context, { signal }, ({ event, ...fields }) => log.debug(`${event} ${JSON.stringify(fields)}`))
  return {
    model: settings.model,
    llm: {
      isOn: true,
      canScore: open().canScore,
      json: (call) => open().json(call),
      yesNo: (call) => open().yesNo(call),
      text: (call) => open().text(call),
    },
  }
}
