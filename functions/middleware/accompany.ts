import type { MiddlewareHandler } from 'hono'
import type { App, HonoContext } from '../context.ts'
import { SettingsError, settingsOf } from '../env.ts'
import { countRequest, noteArrival, writeDataPoint } from '../metrics/count-request.ts'

/** A request id that may stand in a log line and a header: no line breaks, nothing that needs quoting. */
const SANE_ID = /^[A-Za-z0-9._-]{8,64}$/

/** What every answer of the API carries: it is data, not a page, and nobody's frame or script. */
const SECURITY_HEADERS: Record<string, string> = {
  'Content-Security-Policy': "default-src 'none'; frame-ancestors 'none'",
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Resource-Policy': 'same-origin',
}

/**
 * Goes with a request from its arrival to its answer: gives it an id, the answer its headers, and the log one
 * line. The line has the route's pattern and no path, address or user: nothing in it leads to a person.
 */
export const accompany: MiddlewareHandler<App> = async (context, next) => {
  const startedAt = Date.now()
  noteArrival(startedAt)
  const sent = context.req.header('X-Request-Id') ?? ''
  const requestId = SANE_ID.test(sent) ? sent : crypto.randomUUID()
  context.set('requestId', requestId)
  context.set('timings', new Map())
  context.set('log', ({ event, ...fields }) => console.error(JSON.stringify({ event, requestId, ...fields })))
  // before the answer, which is then made with them: Hono makes a finished one anew for each header
  context.header('X-Request-Id', requestId)
  context.header('Cache-Control', 'private, no-store')
  for (const name in SECURITY_HEADERS) context.header(name, SECURITY_HEADERS[name])
  if (context.req.url.startsWith('https:')) context.header('Strict-Transport-Security', 'max-age=31536000')
  await next()

  // a deployed Worker's clock stands still between two waits: this is mostly the time waited for others
  const ms = Date.now() - startedAt
  countRequest(context, ms)
  // vars that cannot be obeyed have been answered and logged already
  if (context.error instanceof SettingsError) return
  const { requestLog, serverTiming, analyticsSample } = settingsOf(context.env)
  writeDataPoint(context, ms, analyticsSample)
  if (serverTiming) sayTimings(context, ms)
  if (requestLog) logRequest(context, ms)
}

/** For developers: where the time went. Off by default, since it tells strangers too. */
function sayTimings(context: HonoContext, totalMs: number): void {
  const steps = [...context.get('timings'), ['total', totalMs] as const]
  context.res.headers.set('Server-Timing', steps.map(([step, ms]) => `${step};dur=${ms}`).join(', '))
}

function logRequest(context: HonoContext, ms: number): void {
  const line = {
    event: 'request',
    requestId: context.get('requestId'),
    method: context.req.method,
    route: context.get('route') ?? null,
    status: context.res.status,
    ms,
    key: context.get('caller')?.keyPrefix ?? null,
    modelId: context.get('modelId') ?? null,
    rung: context.get('rung') ?? null,
    degraded: context.get('degraded') ?? [],
    experiment: context.get('experiment') ?? null,
  }
  console.log(JSON.stringify(line))
}
