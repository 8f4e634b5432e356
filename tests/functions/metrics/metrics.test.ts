import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { type Family, readExposition } from '../../helpers/read-exposition.ts'
import { startTinyWorker, type TinyWorker } from '../../helpers/tiny-worker.ts'

const MODEL = '0000000000000001'
const lines: string[] = []
const note = (line: string) => lines.push(line)
let worker: TinyWorker
beforeAll(async () => {
  worker = await startTinyWorker({
    main: join(import.meta.dirname, '../../fixtures/analytics-worker.js'),
    vars: { REQUEST_LOG: 'on' },
    log: { error: note, warn: note, info: note, debug: note },
  })
  await worker.publish(MODEL)
}, 30_000)
afterAll(() => worker.stop())
beforeEach(() => {
  lines.length = 0
})

async function scrape(): Promise<Map<string, Family>> {
  const response = await worker.fetch('http://localhost/metrics')
  expect(response.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8')
  return readExposition(await response.text())
}

/** What a sample grew by while the work was done; one that is not there counts as 0. */
async function growth(samples: string[], work: () => Promise<unknown>): Promise<number[]> {
  const read = async () => {
    const families = await scrape()
    return samples.map((sample) => families.get(sample.split('{')[0]!.replace(/_count$/, ''))?.samples.get(sample) ?? 0)
  }
  const before = await read()
  await work()
  return (await read()).map((value, at) => value - before[at]!)
}

describe('GET /metrics', () => {
  test('says which model answers, since when, and what this isolate is', async () => {
    const families = await scrape()
    const value = (sample: string) => families.get(sample.split('{')[0]!)!.samples.get(sample)
    expect(value(`marquee_model_info{model="${MODEL}"}`)).toBe(1)
    expect(value('marquee_model_published_timestamp_seconds')).toBe(Date.parse('2026-01-01') / 1000)
    expect(value('marquee_model_ready')).toBe(1)
    expect(value('marquee_model_refused')).toBe(0)
    expect(Math.abs(value('marquee_isolate_start_timestamp_seconds')! - Date.now() / 1000)).toBeLessThan(60)
    expect(value('marquee_llm_resting')).toBe(0)
  })

  test('every family is named as Prometheus wants it', async () => {
    for (const [name, { type, help }] of await scrape()) {
      expect(name).toMatch(/^marquee_[a-z_]+$/)
      expect(help).toMatch(/\.$/)
      expect(name.endsWith('_total'), name).toBe(type === 'counter')
      if (type === 'histogram') expect(name).toMatch(/_seconds$/)
    }
  })

  test('counts requests by route and status, unknown paths and methods as one each', async () => {
    const grown = await growth(
      [
        'marquee_requests_total{route="/recommend/user/{userId}",method="GET",status="200"}',
        'marquee_request_seconds_count{route="/recommend/user/{userId}"}',
        'marquee_requests_total{route="/movies/{movieId}",method="GET",status="404"}',
        'marquee_requests_total{route="none",method="GET",status="404"}',
        'marquee_requests_total{route="/movies",method="other",status="405"}',
      ],
      async () => {
        await worker.call('/recommend/user/1')
        await worker.call('/v1/recommend/user/2')
        await worker.call('/movies/11')
        await worker.call('/nothing')
        await worker.call('/movies', { method: 'PROPFIND' })
      },
    )
    expect(grown).toEqual([2, 2, 1, 1, 1])
  })

  test('counts lists by rung, also within a profile and in a stream', async () => {
    const [personalized, popularity] = await growth(
      ['marquee_answers_total{rung="personalized"}', 'marquee_answers_total{rung="popularity"}'],
      async () => {
        await worker.call('/users/1')
        await worker.call('/recommend/history', { body: { history: [] } })
        const stream = await worker.fetch('http://localhost/recommend/query', {
          method: 'POST',
          headers: { 'content-type': 'application/json', accept: 'text/event-stream' },
          body: JSON.stringify({ text: 'space', userId: 1 }),
        })
        await stream.text()
      },
    )
    expect([personalized, popularity]).toEqual([2, 1])
  })

  test('counts stages and history reads', async () => {
    const grown = await growth(
      ['marquee_stage_seconds_count{stage="answer"}', 'marquee_stage_seconds_count{stage="history"}'],
      async () => {
        await worker.call('/recommend/user/2')
        await worker.call('/recommend/history', { body: { history: [] } })
      },
    )
    expect(grown).toEqual([2, 1])
  })

  test('counts parts that were read of the bucket; what is in memory is not read again', async () => {
    const sample = 'marquee_segment_reads_total{source="bucket"}'
    expect((await scrape()).get('marquee_segment_reads_total')!.samples.get(sample)).toBeGreaterThanOrEqual(1)
    expect(await growth([sample], () => worker.call('/recommend/user/1'))).toEqual([0])
  })

  test('counts confirmed feedback by kind, and nothing that was refused', async () => {
    const kinds = ['rated', 'unrated', 'liked', 'snoozed', 'undone', 'erased']
    const grown = await growth(
      kinds.map((kind) => `marquee_feedback_writes_total{kind="${kind}"}`),
      async () => {
        await worker.call('/users/900/ratings/10', { method: 'PUT', body: { rating: 4 } })
        await worker.call('/users/900/ratings/10', { method: 'DELETE' })
        await worker.call('/users/900/feedback/20', { method: 'PUT', body: { kind: 'liked' } })
        await worker.call('/users/900/feedback/20', { method: 'DELETE' })
        await worker.call('/users/900/feedback/20', { method: 'DELETE' })
        await worker.call('/users/900/feedback/11', { method: 'PUT', body: { kind: 'liked' } })
        await worker.call('/users/900/data', { method: 'DELETE' })
      },
    )
    expect(grown).toEqual([1, 1, 1, 0, 1, 1])
  })

  test('names degraded parts, in the request’s log line too', async () => {
    const sql = async (statement: string) => (await worker.getD1()).exec(statement)
    await sql('ALTER TABLE live_feedback RENAME TO hidden')
    const grown = await growth(['marquee_degraded_total{part="liveRatings"}'], () => worker.call('/recommend/user/1'))
    await sql('ALTER TABLE hidden RENAME TO live_feedback')
    expect(grown).toEqual([1])
    await expect
      .poll(() => lines.map((line) => JSON.parse(line)).find(({ route }) => route === '/recommend/user/{userId}'))
      .toMatchObject({ event: 'request', rung: 'personalized', degraded: ['liveRatings'], experiment: null })
  })
})

describe('the log line of a streamed answer', () => {
  test('has its model and rung', async () => {
    const stream = await worker.fetch('http://localhost/recommend/query', {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'text/event-stream' },
      body: JSON.stringify({ text: 'space', userId: 1 }),
    })
    await stream.text()
    await expect
      .poll(() => lines.map((line) => JSON.parse(line)).find(({ event }) => event === 'request'))
      .toMatchObject({ route: '/recommend/query', status: 200, modelId: MODEL, rung: 'personalized' })
  })
})

describe('Workers Analytics Engine', () => {
  const points = () => lines.map((line) => JSON.parse(line)).filter(({ indexes }) => indexes)

  test('gets a data point a request, with nothing of a person', async () => {
    await worker.call('/recommend/user/1?genres=Drama')
    await expect.poll(points).toHaveLength(1)
    const [{ indexes, blobs, doubles }] = points()
    expect(indexes).toEqual(['/recommend/user/{userId}'])
    expect(blobs).toEqual(['/recommend/user/{userId}', 'GET', '200', MODEL, 'personalized', '', '', ''])
    expect(doubles).toHaveLength(4)
    expect(doubles[0]).toBe(1)
  })
})

describe('config/monitoring and docs/monitoring.md', () => {
  const read = (path: string) => readFileSync(join(import.meta.dirname, '../../..', path), 'utf8')
  const dashboard = JSON.parse(read('config/monitoring/grafana-dashboard.json')) as {
    panels: { id: number; title: string; targets?: { expr: string }[] }[]
  }
  const alerts = (
    parse(read('config/monitoring/alerts.yml')) as { groups: { rules: { alert: string; expr: string }[] }[] }
  ).groups.flatMap(({ rules }) => rules)
  const namesIn = (text: string) => [...new Set(text.match(/\bmarquee_[a-z_]+/g))]

  test('ask only for metrics that there are', async () => {
    const families = await scrape()
    const known = [...families].flatMap(([name, { type }]) =>
      type === 'histogram' ? [`${name}_bucket`, `${name}_sum`, `${name}_count`] : [name],
    )
    const queries = [...dashboard.panels.flatMap(({ targets = [] }) => targets), ...alerts].map(({ expr }) => expr)
    for (const query of queries) for (const name of namesIn(query)) expect(known, query).toContain(name)
  })

  test('show and explain every metric', async () => {
    const shown = namesIn(JSON.stringify(dashboard.panels)).map((name) => name.replace(/_(bucket|sum|count)$/, ''))
    const explained = read('docs/monitoring.md')
    for (const name of (await scrape()).keys()) {
      expect(shown).toContain(name)
      expect(explained).toContain(`\`${name}\``)
    }
  })

  test('say for every alert what to do, and test it', () => {
    const explained = read('docs/monitoring.md')
    const tested = read('config/monitoring/alerts.test.yml')
    for (const { alert } of alerts) {
      expect(explained).toContain(`| **${alert}** `)
      expect(tested).toContain(`alertname: ${alert}`)
    }
  })

  test('a panel’s id is its own', () => {
    const ids = dashboard.panels.map(({ id }) => id)
    expect(new Set(ids).size).toBe(ids.length)
  })
})

test('where callers must say who they are, only the scope admin reads them', async () => {
  const guarded = await startTinyWorker({ vars: { AUTH: 'apiKey' } })
  try {
    expect((await guarded.call('/metrics')).status).toBe(401)
  } finally {
    await guarded.stop()
  }
})
