import type { HonoContext } from '../../functions/context.ts'
import { countRequest, writeDataPoint } from '../../functions/metrics/count-request.ts'
import { answersTotal, COUNTS, degradedTotal } from '../../functions/metrics/counts.ts'
import { exposition } from '../../functions/metrics/exposition.ts'

/**
 * What counting costs a request, in µs: its counters and histograms, the data point without the platform's part, and, once a
 * scrape, the text. 40 routes with 3 statuses each have been counted, as in an isolate that has run for long.
 *   node scripts/bench/metrics.ts [rounds]
 */
const ROUNDS = Number(process.argv[2] ?? 5)
const REQUESTS = 200_000
const ROUTES = Array.from({ length: 40 }, (_, route) => `/recommend/route-${route}/{userId}`)

let sink = 0
const dataset = { writeDataPoint: ({ blobs }: { blobs: unknown[] }) => (sink += blobs.length) }
const contexts = ROUTES.flatMap((route) => [200, 404, 503].map((status) => contextOf(route, status)))

const costs: Record<string, number[]> = { 'counts of a request': [], 'its data point': [], 'text of a scrape': [] }
for (let round = 0; round <= ROUNDS; round++) {
  const times = {
    'counts of a request': perRun(REQUESTS, (at) => {
      countRequest(contexts[at % contexts.length]!, at % 40)
      answersTotal.add({ rung: 'personalized' })
      if (at % 20 === 0) degradedTotal.add({ part: 'liveRatings' })
    }),
    'its data point': perRun(REQUESTS, (at) => writeDataPoint(contexts[at % contexts.length]!, at % 40, 1)),
    'text of a scrape': perRun(50, () => (sink += exposition(COUNTS).length)),
  }
  // the first round warms up
  if (round > 0) for (const [name, us] of Object.entries(times)) costs[name]!.push(us)
}
console.log(`${'µs'.padEnd(22)}     min    mean ± sd`)
for (const [name, times] of Object.entries(costs)) {
  const mean = times.reduce((sum, us) => sum + us, 0) / times.length
  const sd = Math.sqrt(times.reduce((sum, us) => sum + (us - mean) ** 2, 0) / times.length)
  const [least, average, spread] = [Math.min(...times), mean, sd].map((us) => us.toFixed(2).padStart(7))
  console.log(`${name.padEnd(22)} ${least} ${average} ± ${spread!.trim()}`)
}
if (sink === 0) throw new Error('nothing was counted')

function perRun(runs: number, work: (at: number) => void): number {
  const startedAt = performance.now()
  for (let at = 0; at < runs; at++) work(at)
  return ((performance.now() - startedAt) * 1000) / runs
}

/** As much of a context as is counted. */
function contextOf(route: string, status: number): HonoContext {
  const variables = new Map<string, unknown>([
    ['route', route],
    ['modelId', '9f86d081884c7d65'],
    ['rung', 'personalized'],
    ['degraded', []],
    ['timings', new Map(Object.entries({ auth: 1, model: 0, answer: 3 }))],
  ])
  return {
    env: { ANALYTICS: dataset },
    req: { method: 'GET' },
    res: { status },
    get: (name: string) => variables.get(name),
  } as unknown as HonoContext
}
