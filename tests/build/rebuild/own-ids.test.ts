import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test, vi } from 'vitest'
import { EXIT, run } from '../../../build/cli.ts'
import { build } from '../../../build/index.ts'
import { Database, quote } from '../../../build/io/database.ts'
import { openLiveDatabase } from '../../../build/publish/live-database.ts'
import { openObjectStore } from '../../../build/publish/open-store.ts'
import type { RebuildReport } from '../../../build/rebuild/index.ts'

// three small models are built: 4 s on two idle cores
vi.setConfig({ testTimeout: 120_000 })
const folder = mkdtempSync(join(tmpdir(), 'marquee-own-ids-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** Forty viewers of text ids, who like every fourth of sixty titles; and whoever else is named. */
function writeViews(others: string[]): void {
  const viewers = [...Array.from({ length: 40 }, (_, n) => `v-${10 + n}`), ...others]
  const views = viewers.flatMap((viewer, n) =>
    Array.from({ length: 20 }, (_, at) => {
      const title = ((n * 7 + at * 3) % 60) + 1
      return `${viewer},t-${100 + title},${title % 4 === n % 4 ? 5 : 2 + (at % 3)},${1_000_000_000 + n * 1000 + at * 60}`
    }),
  )
  writeFileSync(join(folder, 'views.csv'), ['viewer,title,stars,at', ...views, ''].join('\n'))
}

async function marquee(line: string): Promise<{ code: number; stderr: string }> {
  let stderr = ''
  const code = await run([...line.split(' '), '--config', 'config.yml', '--target', join(folder, 'serve')], {
    stdout: { write() {} },
    stderr: { write: (text: string) => (stderr += text) },
    signal: new AbortController().signal,
    cwd: folder,
    build,
    prepareTables: () => Promise.reject(new Error('not for rebuilds')),
    openStore: openObjectStore,
  })
  return { code, stderr }
}

async function rebuild(): Promise<RebuildReport> {
  const { code, stderr } = await marquee('rebuild --json report.json')
  expect(code, stderr).toBe(EXIT.done)
  return JSON.parse(readFileSync(join(folder, 'report.json'), 'utf8')) as RebuildReport
}

async function numbersOf(buildId: string): Promise<Record<string, number>> {
  const database = await Database.open()
  const file = join(folder, 'artifacts', buildId, 'tables/user_ids.parquet')
  const rows = await database.rows<{ userId: number; id: string }>(`FROM read_parquet(${quote(file)})`)
  await database.close()
  return Object.fromEntries(rows.map(({ userId, id }) => [id, userId]))
}

test('ids of text keep their numbers from rebuild to rebuild, in a folder that no server has used yet', async () => {
  mkdirSync(join(folder, 'serve'))
  const config = {
    project: { artifacts: join(folder, 'artifacts') },
    logging: { level: 'warn' },
    data: {
      sources: [
        {
          path: join(folder, 'views.csv'),
          format: 'interactions',
          columns: { userId: 'viewer', itemId: 'title', rating: 'stars', timestamp: 'at' },
        },
      ],
    },
    model: { cf: { factors: 8, iterations: 4 }, stars: { type: 'none' }, ranker: { enabled: 'off' } },
    evaluation: { bootstrapSamples: 100 },
    // what is served is not the matter here
    rebuild: { gate: { refusedByChance: 0, maxCoverageLoss: 1 } },
  }
  writeFileSync(join(folder, 'config.yml'), JSON.stringify(config))
  writeViews([])
  expect((await marquee('build')).code).toBe(EXIT.done)

  // a new viewer comes behind the others: number 41
  writeViews(['v-99'])
  const second = await rebuild()
  expect(second.outcome).toBe('published')
  expect((await numbersOf(second.candidateId!))['v-99']).toBe(41)

  // by the ids alone v-55 would come before v-99, and take over what 41 has said
  const database = await openLiveDatabase({ target: join(folder, 'serve') })
  const sql = 'INSERT INTO live_feedback (user_id, movie_id, kind, half_stars, updated_at) VALUES (41, 1, ?, 9, ?)'
  await database.run([{ sql, params: ['rated', 1_700_000_000] }])
  await database.close()
  writeViews(['v-99', 'v-55'])
  const third = await rebuild()
  expect(third).toMatchObject({ outcome: 'published', feedback: { events: 1, merged: { users: 1 } } })
  expect(await numbersOf(third.candidateId!)).toMatchObject({ 'v-10': 1, 'v-99': 41, 'v-55': 42 })
})
