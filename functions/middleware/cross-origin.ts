import type { MiddlewareHandler } from 'hono'
import type { App, HonoContext } from '../context.ts'
import { settingsOf } from '../env.ts'

/** What a page of another origin may send along. */
const REQUEST_HEADERS = 'Authorization, Content-Type, If-None-Match, X-Request-Id, X-Viewer-Id'
/** What it may read of an answer besides the body. */
const ANSWER_HEADERS = 'ETag, Retry-After, X-Experiment, X-Request-Id'
/** A browser asks again after this long whether it may. */
const PREFLIGHT_SECONDS = 600

/**
 * CORS for the origins of `CORS_ORIGINS`; none by default, so that only pages from here read answers. Cookies
 * are never allowed: nothing here reads one.
 */
export const crossOrigin: MiddlewareHandler<App> = async (context, next) => {
  const { corsOrigins } = settingsOf(context.env)
  await next()
  if (corsOrigins.length === 0) return
  const allowed = allowedOrigin(context, corsOrigins)
  const { headers } = context.res
  if (allowed !== '*') headers.append('Vary', 'Origin')
  if (allowed === null) return
  headers.set('Access-Control-Allow-Origin', allowed)
  headers.set('Access-Control-Expose-Headers', ANSWER_HEADERS)
  // a preflight, which the path has answered with the methods that it knows
  if (context.req.method === 'OPTIONS' && context.req.header('Access-Control-Request-Method') !== undefined) {
    headers.set('Access-Control-Allow-Methods', headers.get('Allow') ?? '')
    headers.set('Access-Control-Allow-Headers', REQUEST_HEADERS)
    headers.set('Access-Control-Max-Age', String(PREFLIGHT_SECONDS))
  }
}

function allowedOrigin(context: HonoContext, origins: readonly string[]): string | null {
  if (origins.includes('*')) return '*'
  const origin = context.req.header('Origin')
  return origin !== undefined && origins.includes(origin) ? origin : null
}
