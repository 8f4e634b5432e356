import { Agent, type IncomingMessage, request } from 'node:http'
import { performance } from 'node:perf_hooks'

/**
 * Asks a server as hard as it answers, from a process of its own: each of `concurrency` askers sends its next request
 * when it has the whole answer to the last one, over a connection that stays open. Reads a LoadPlan from standard input and
 * writes a LoadResult as JSON.
 */
export interface LoadPlan {
  url: string
  /** asked in turn */
  requests: { method: string; path: string; body?: string }[]
  concurrency: number
  warmUpMs: number
  seconds: number
}

export interface LoadResult {
  /** all that were asked, the warm-up among them */
  asked: number
  p50Ms: number
  p99Ms: number
  requestsPerSecond: number
  /** answers other than 200, or that were degraded */
  failed: number
}

if (import.meta.main) {
  const chunks: Buffer[] = []
  for await (const chunk of process.stdin) chunks.push(chunk as Buffer)
  console.log(JSON.stringify(await load(JSON.parse(Buffer.concat(chunks).toString()) as LoadPlan)))
}

async function load({ url, requests, concurrency, warmUpMs, seconds }: LoadPlan): Promise<LoadResult> {
  const agent = new Agent({ keepAlive: true, maxSockets: concurrency })
  const startedAt = performance.now() + warmUpMs
  const endsAt = startedAt + 1000 * seconds
  const latencies: number[] = []
  let failed = 0
  let turn = 0
  const asker = async () => {
    for (let from = performance.now(); from < endsAt; ) {
      const ok = await ask(new URL(url), requests[turn++ % requests.length]!, agent)
      const to = performance.now()
      if (from >= startedAt) {
        latencies.push(to - from)
        if (!ok) failed++
      }
      from = to
    }
  }
  await Promise.all(Array.from({ length: concurrency }, asker))
  agent.destroy()
  latencies.sort((a, b) => a - b)
  const at = (share: number) => latencies[Math.min(latencies.length - 1, Math.floor(share * latencies.length))]!
  return {
    asked: turn,
    p50Ms: at(0.5),
    p99Ms: at(0.99),
    requestsPerSecond: latencies.length / seconds,
    failed,
  }
}

function ask(url: URL, { method, path, body }: LoadPlan['requests'][number], agent: Agent): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const headers =
      body === undefined ? {} : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }
    const asked = request(
      { host: url.hostname, port: url.port, method, path, headers, agent },
      (answer: IncomingMessage) => {
        const chunks: Buffer[] = []
        answer.on('data', (chunk: Buffer) => chunks.push(chunk))
        answer.on('end', () => {
          const text = Buffer.concat(chunks)
          // an answer that had to do without something is not the one that is timed
          resolve(answer.statusCode === 200 && !text.includes('"degraded":["'))
        })
      },
    )
    asked.on('error', reject)
    asked.end(body)
  })
}
