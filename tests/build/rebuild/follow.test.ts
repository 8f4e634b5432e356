import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { Config } from '#core/schemas/config.ts'
import { build } from '../../../build/index.ts'
import type { LiveDatabase } from '../../../build/publish/live-database.ts'
import { readPointer } from '../../../build/publish/pointer.ts'
import { type RebuildOptions, rebuild } from '../../../build/rebuild.ts'
import { MemoryStore } from '../../helpers/memory-store.ts'
import { writeSmallMovieLens } from '../../helpers/small-movielens.ts'
import { stepHandles } from '../../helpers/step-handles.ts'

const folder = mkdtempSync(join(tmpdir(), 'marquee-follow-'))
writeSmallMovieLens(join(folder, 'data'))
const store = new MemoryStore()
let events: object[] = []
/** What the deployed Worker says that it serves. */
let serves: string | null = null
const worker = createServer(async (request, response) => {
  let body = ''
  for await (const chunk of request) body += chunk
  if (request.url === '/readyz') response.end(JSON.stringify({ modelId: serves, problem: 'stars.arrow: version 9' }))
  else response.end(JSON.stringify({ modelId: JSON.parse(body).modelId, items: [{}] }))
})
await new Promise<void>((done) => worker.listen(0, '127.0.0.1', done))
afterAll(() => {
  worker.close()
  rmSync(folder, { recursive: true })
})

const database: LiveDatabase = {
  all: async (sql, ...params) =>
    (sql.includes('LIMIT') ? events.slice(params[0] as number) : [{ total: events.length }]) as never,
  run: async () => {},
  close: async () => {},
}
const like = (version: number, user_id: number, movie_id: number) => ({
  ...{ version, user_id, movie_id, kind: 'liked' },
  ...{ half_stars: null, until: null, updated_at: 1_700_000_000 + version },
})

function again(canary?: RebuildOptions['canary']) {
  const config = Config.parse({
    project: { artifacts: join(folder, 'artifacts') },
    data: { sources: [{ path: join(folder, 'data') }] },
    model: {
      ...{ cf: { factors: 8, iterations: 2 }, stars: { type: 'none' }, ranker: { enabled: 'off' } },
      hybrid: { weights: { cf: 1, next: 0, neighbours: 0.5, content: 0.3, popularity: 0 } },
    },
    evaluation: { bootstrapSamples: 100 },
  })
  return rebuild({
    ...{ config, build, handles: stepHandles() },
    openStore: async () => Object.assign(store, { close: async () => {} }),
    openDatabase: async () => database,
    ...(canary && { canary }),
  })
}

test('the first model is published without one to be held against; one that the Worker does not take goes back', async () => {
  const first = await again()
  expect(first).toMatchObject({ outcome: 'published', servedId: null, judged: null })

  serves = first.candidateId
  events = [like(1, 3, 59), like(2, 5, 57)]
  const url = `http://127.0.0.1:${(worker.address() as AddressInfo).port}`
  const refused = await again({ url, followMs: 20 })
  expect(refused).toMatchObject({ outcome: 'refused', servedId: first.candidateId, currentId: first.candidateId })
  expect(refused.verdicts.filter(({ ok }) => !ok)).toEqual([
    {
      rule: expect.stringMatching(/^the Worker at 127\.0\.0\.1:\d+ serves/),
      ok: false,
      found: `${first.candidateId} (stars.arrow: version 9)`,
      expected: `${refused.candidateId} within 0.02 s`,
    },
  ])
  // as it was: a rollback leads to no model that was refused
  expect((await readPointer(store)).pointer).toMatchObject({ buildId: first.candidateId, previous: [] })
})
