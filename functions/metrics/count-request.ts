import type { HonoContext } from '../context.ts'
import { requestSeconds, requestsTotal, stageSeconds } from './counts.ts'

/** Others count as `other`: a caller may send any word as a method. */
const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'OPTIONS']

// the first request's: before one a deployed Worker has no clock
let startedAt = 0

/** Time of this isolate's first request, in ms since 1970. */
export function isolateStart(): number {
  return startedAt
}

export function noteArrival(ms: number): void {
  startedAt ||= ms
}

/** Count a request that has been answered. */
export function countRequest(context: HonoContext, ms: number): void {
  const route = context.get('route') ?? 'none'
  requestsTotal.add({ route, method: methodOf(context), status: String(context.res.status) })
  requestSeconds.observe({ route }, ms / 1000)
  for (const [stage, stageMs] of context.get('timings')) stageSeconds.observe({ stage }, stageMs / 1000)
}

/**
 * One data point in Workers Analytics Engine, where it is bound: what the metrics above count, of all isolates together.
 *
 * | field   | is                                                                       |
 * |---------|--------------------------------------------------------------------------|
 * | index1  | pattern of the route: what the Engine's own sampling goes by               |
 * | blob1…3 | route, method, status                                                    |
 * | blob4   | model                                                                    |
 * | blob5   | rung of the ladder                                                       |
 * | blob6   | degraded parts, comma-separated                                          |
 * | blob7…8 | experiment, arm                                                          |
 * | double1 | requests that it stands for: 1 / share                                   |
 * | double2 | ms until the answer began                                                |
 * | double3 | ms of them for the model to be open; 0 where the route asks for none     |
 * | double4 | ms of them for the answer                                                |
 *
 * @param share of the requests that leave one, 0 to 1
 */
export function writeDataPoint(context: HonoContext, ms: number, share: number): void {
  const dataset = context.env.ANALYTICS
  if (!dataset || Math.random() >= share) return
  const route = context.get('route') ?? 'none'
  const { name = '', arm = '' } = context.get('experiment') ?? {}
  const timings = context.get('timings')
  dataset.writeDataPoint({
    indexes: [route],
    blobs: [
      route,
      methodOf(context),
      String(context.res.status),
      context.get('modelId') ?? '',
      context.get('rung') ?? '',
      (context.get('degraded') ?? []).join(','),
      name,
      arm,
    ],
    doubles: [1 / share, ms, timings.get('model') ?? 0, timings.get('answer') ?? 0],
  })
}

function methodOf(context: HonoContext): string {
  return METHODS.includes(context.req.method) ? context.req.method : 'other'
}
