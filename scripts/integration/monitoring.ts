import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { goProgram } from '../go-program.ts'
import { startSampleWorker } from '../sample-worker.ts'

/**
 * What config/monitoring holds and `GET /metrics` answers, held to Prometheus' own tool: the rules and their tests, the scrape
 * config, every query of the dashboard, and the text of a Worker that has answered requests of every kind.
 *   node scripts/integration/monitoring.ts [--promtool FILE]
 * Without --promtool it is looked for on the PATH, and else made with Go (minutes, and about 1 GB in Go's own folders).
 */
const PROMTOOL = 'github.com/prometheus/prometheus/cmd/promtool'
const VERSION = 'v0.307.3'
const MONITORING = join(import.meta.dirname, '../../config/monitoring')
/** What Grafana puts in place of its variables. */
const VARIABLES: Record<string, string> = { $__rate_interval: '5m', $__range: '6h', $instance: '.*' }

const { values: options } = parseArgs({ options: { promtool: { type: 'string' } } })

const scratch = mkdtempSync(join(tmpdir(), 'integration-monitoring-'))
try {
  const promtool = options.promtool ? resolve(options.promtool) : goProgram(scratch, PROMTOOL, VERSION)
  check(promtool, ['check', 'config', join(MONITORING, 'prometheus.yml')])
  check(promtool, ['check', 'rules', '--lint=all', '--lint-fatal', join(MONITORING, 'alerts.yml')])
  check(promtool, ['test', 'rules', join(MONITORING, 'alerts.test.yml')])
  check(promtool, ['check', 'rules', dashboardAsRules()])
  check(promtool, ['check', 'metrics', '--extended'], await scrapedMetrics())
  console.log('monitoring: promtool has nothing to object to')
} finally {
  rmSync(scratch, { recursive: true, force: true })
}

/** @throws {Error} with what promtool says */
function check(promtool: string, args: string[], input?: string): void {
  const { status, stdout, stderr, error } = spawnSync(promtool, args, { encoding: 'utf8', ...(input && { input }) })
  console.log(`promtool ${args.join(' ')}\n${stdout.trim()}`)
  if (status !== 0) throw new Error(`promtool ${args.join(' ')}: ${error ?? stderr}`)
}

/** promtool reads no dashboards: each query as a rule of its own. @returns the file */
function dashboardAsRules(): string {
  const { panels } = JSON.parse(readFileSync(join(MONITORING, 'grafana-dashboard.json'), 'utf8')) as {
    panels: { title: string; targets?: { expr: string }[] }[]
  }
  const queries = panels.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr))
  const rules = queries.map((expr, at) => ({
    record: `dashboard:query_${at}`,
    expr: Object.entries(VARIABLES).reduce((text, [name, value]) => text.replaceAll(name, value), expr),
  }))
  const file = join(scratch, 'dashboard-rules.yml')
  // JSON is YAML
  writeFileSync(file, JSON.stringify({ groups: [{ name: 'dashboard', rules }] }))
  return file
}

async function scrapedMetrics(): Promise<string> {
  const worker = await startSampleWorker(scratch)
  try {
    const ask = (path: string, method = 'GET', body?: unknown) =>
      worker.fetch(`http://localhost${path}`, {
        method,
        ...(body !== undefined && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
      })
    await ask('/recommend/user/1')
    await ask('/recommend/query', 'POST', { text: 'a "strange" \\ wish\n', userId: 1 })
    await ask('/users/1/ratings/1', 'PUT', { rating: 4 })
    await ask('/no "such" \\ path')
    return await (await ask('/metrics')).text()
  } finally {
    await worker.stop()
  }
}
