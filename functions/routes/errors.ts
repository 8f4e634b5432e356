import { HTTPException } from 'hono/http-exception'
import type { ApiError } from '#core/schemas/api.ts'
import { UnknownNameError } from '#recommend/constraints.ts'
import type { HonoContext } from '../context.ts'
import { SettingsError } from '../env.ts'
import { RATE_PERIOD_SECONDS } from '../middleware/limit-rate.ts'
import { NotReadyError } from '../open-model.ts'

type Code = ApiError['error']['code']

const STATUS = {
  bad_request: 400,
  unauthorized: 401,
  forbidden: 403,
  not_found: 404,
  method_not_allowed: 405,
  conflict: 409,
  too_large: 413,
  unsupported_media_type: 415,
  rate_limited: 429,
  internal: 500,
  not_set_up: 501,
  not_ready: 503,
  unavailable: 503,
} as const satisfies Record<Code, number>

/** An answer other than 2xx, with a message that is meant for the caller. */
export class ProblemError extends Error {
  override name = 'ProblemError'
  readonly code: Code
  readonly path: string | undefined
  constructor(code: Code, message: string, path?: string) {
    super(message)
    this.code = code
    this.path = path
  }
}

/** Seconds after which what could not be had may be there again. */
const RETRY_SECONDS = 5

/** The one place where an error becomes a status. What nobody foresaw is logged and not told. */
export function answerError(error: Error, context: HonoContext): Response {
  const { code, message, path } = problemOf(error)
  if (STATUS[code] >= 500) context.get('log')({ event: 'error', code, error: error.stack ?? String(error) })
  const body: ApiError = { error: { code, message, ...(path !== undefined && { path }) } }
  if (STATUS[code] === 503) context.header('Retry-After', String(RETRY_SECONDS))
  if (STATUS[code] === 429) context.header('Retry-After', String(RATE_PERIOD_SECONDS))
  if (STATUS[code] === 401) context.header('WWW-Authenticate', 'Bearer')
  if (STATUS[code] === 403) context.header('WWW-Authenticate', 'Bearer error="insufficient_scope"')
  return context.json(body, STATUS[code])
}

function problemOf(error: Error): { code: Code; message: string; path?: string | undefined } {
  if (error instanceof ProblemError) return error
  if (error instanceof UnknownNameError) return { code: 'bad_request', message: error.message, path: error.path }
  if (error instanceof NotReadyError) return { code: 'not_ready', message: 'no model is being served yet; see /readyz' }
  if (error instanceof SettingsError)
    return { code: 'unavailable', message: 'the Worker is not set up; its log says which var is at fault' }
  if (error instanceof HTTPException && error.status < 500) return { code: 'bad_request', message: error.message }
  return { code: 'internal', message: 'something went wrong here; the request was understood' }
}
