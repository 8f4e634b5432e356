import type { Context } from 'hono'
import type { Scope } from '#core/api-key.ts'
import type { Degraded, ExperimentMark, Rung } from '#core/schemas/api.ts'
import type { Env } from './env.ts'

/** Who asks, as far as it is known. */
export interface Caller {
  scopes: readonly Scope[]
  /** the only user whose data may be touched; null: any */
  userId: number | null
  /** of an API key */
  keyPrefix: string | null
}

/** Writes one JSON line with the request's id. Never an id of a user, an address, or what was asked for. */
export type RequestLog = (fields: { event: string; [name: string]: unknown }) => void

/** What the steps of one request leave for each other. */
interface Variables {
  requestId: string
  log: RequestLog
  /** ms by step, for Server-Timing */
  timings: Map<string, number>
  /** pattern of the route; not set where there is none */
  route: string
  caller: Caller
  modelId: string
  rung: Rung
  degraded: Degraded
  experiment: ExperimentMark
}

export interface App {
  Bindings: Env
  Variables: Partial<Variables> & Pick<Variables, 'requestId' | 'log' | 'timings'>
}

export type HonoContext = Context<App>

/** Wait for a step and note how long it took. */
export async function timed<Result>(context: HonoContext, step: string, work: Promise<Result>): Promise<Result> {
  const startedAt = Date.now()
  try {
    return await work
  } finally {
    context.get('timings').set(step, Date.now() - startedAt)
  }
}
