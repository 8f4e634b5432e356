import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import type { Pointer } from '#core/schemas/manifest.ts'
import { EXIT, run } from '../../../build/cli.ts'
import { build } from '../../../build/index.ts'
import { openObjectStore } from '../../../build/publish/open-store.ts'
import { lockRebuild, type RebuildReport } from '../../../build/rebuild/index.ts'
import { writeSmallMovieLens } from '../../helpers/small-movielens.ts'
import { startTinyWorker, type TinyWorker } from '../../helpers/tiny-worker.ts'

// the story of one catalogue, in order: a real Worker serves what is published, and takes feedback all the while
// each opens workerd twice and builds a model: 3 s on two idle cores
vi.setConfig({ testTimeout: 120_000 })
const folder = mkdtempSync(join(tmpdir(), 'marquee-rebuild-test-'))
let worker: TinyWorker
let url: string

beforeAll(async () => {
  writeSmallMovieLens(join(folder, 'data'))
  worker = await startTinyWorker()
  url = worker.url.href
  writeConfig('config.yml')
  expect((await marquee('build --config config.yml')).code).toBe(EXIT.done)
}, 60_000)
afterAll(async () => {
  await worker.stop()
  rmSync(folder, { recursive: true, force: true })
})

function writeConfig(name: string, changes: { model?: object; rebuild?: object } = {}): void {
  const config = {
    project: { artifacts: join(folder, 'artifacts') },
    logging: { level: 'warn' },
    data: { sources: [{ path: join(folder, 'data') }] },
    // weights learned on forty users would jump with every rating
    model: {
      ...{ cf: { factors: 8, iterations: 4 }, stars: { iterations: 4 }, ranker: { enabled: 'off' } },
      hybrid: { weights: { cf: 1, next: 0, neighbours: 0.5, content: 0.3, popularity: 0 } },
      ...changes.model,
    },
    evaluation: { bootstrapSamples: 200 },
    rebuild: { keep: 2, ...changes.rebuild },
  }
  writeFileSync(join(folder, name), JSON.stringify(config))
}

/** A command line on the Worker's own state. */
async function marquee(line: string): Promise<{ code: number; stdout: string; stderr: string }> {
  const output = { stdout: '', stderr: '' }
  const code = await run([...line.split(' '), '--state', worker.stateDir], {
    stdout: { write: (text) => (output.stdout += text) },
    stderr: { write: (text) => (output.stderr += text) },
    signal: new AbortController().signal,
    cwd: folder,
    build,
    prepareTables: () => Promise.reject(new Error('not for rebuilds')),
    openStore: openObjectStore,
  })
  return { code, ...output }
}

async function rebuild(flags = ''): Promise<{ code: number; stdout: string; stderr: string; report: RebuildReport }> {
  const done = await marquee(`rebuild --config config.yml --json report.json${flags && ` ${flags}`}`)
  const file = join(folder, 'report.json')
  const report = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as RebuildReport) : null
  return { ...done, report: report! }
}

async function pointer(): Promise<Pointer> {
  const object = await (await worker.getR2()).get('models/current.json')
  return (await object!.json()) as Pointer
}

const servedId = async () => (await worker.call('/readyz')).json.modelId
const rate = (userId: number, movieId: number, rating: number) =>
  worker.call(`/users/${userId}/ratings/${movieId}`, { method: 'PUT', body: { rating } })

test('without new feedback nothing changes, or nothing is done', async () => {
  const before = await pointer()
  // the first rebuild has an empty file of feedback in it, which is another input than none
  const { code, report } = await rebuild('--min-new-feedback 1')
  expect(code).toBe(EXIT.done)
  expect(report).toMatchObject({ outcome: 'skipped', servedId: before.buildId, currentId: before.buildId })
  expect(await pointer()).toEqual(before)
})

test('feedback given to the Worker is learned from, judged, published and served', async () => {
  const before = await pointer()
  for (const movieId of [4, 8, 12, 16, 20, 24]) expect((await rate(900, movieId, 5)).status).toBe(200)
  expect((await rate(1, 2, 0.5)).status).toBe(200)
  expect((await worker.call('/users/2/data', { method: 'DELETE' })).status).toBe(200)
  const users = (await worker.call('/model')).json.data.users

  const { code, report, stdout } = await rebuild(`--canary ${url}`)
  expect(report.verdicts.filter(({ ok }) => !ok)).toEqual([])
  expect(code).toBe(EXIT.done)
  expect(report).toMatchObject({
    outcome: 'published',
    servedId: before.buildId,
    feedback: { events: 8, newEvents: 8, merged: { users: 2, erasedUsers: 1, erasedRatings: 20 } },
  })
  expect(stdout).toContain(`Model ${report.candidateId} is served, learned with 8 events of feedback.`)
  expect(report.judged!.metrics.map(({ name }) => name)).toContain('ndcg@10')
  expect(report.drift).toMatchObject({ ratings: { live: 7 }, cold: { users: 6 / 7 } })
  expect(await pointer()).toMatchObject({ buildId: report.candidateId, previous: [before.buildId] })
  expect(await servedId()).toBe(report.candidateId)
  // 900 came, 2 went
  expect((await worker.call('/model')).json.data.users).toBe(users)
  expect(readFileSync(join(folder, 'artifacts/rebuild/report.md'), 'utf8')).toContain(
    '# Rebuild: a new model is served',
  )

  expect((await rebuild()).report).toMatchObject({ outcome: 'unchanged', currentId: report.candidateId })
})

test('a worse model is refused: exit code 3, a report, and the model before stays', async () => {
  const before = await pointer()
  expect((await rate(3, 59, 5)).status).toBe(200)
  const popularity = { cf: 0, next: 0, neighbours: 0, content: 0, popularity: 1 }
  writeConfig('worse.yml', { model: { hybrid: { weights: popularity } } })
  const { code, stdout } = await marquee('rebuild --config worse.yml --json worse.json --report worse.md')
  expect(code).toBe(EXIT.refused)
  const report = JSON.parse(readFileSync(join(folder, 'worse.json'), 'utf8')) as RebuildReport
  const failed = report.verdicts.filter(({ ok }) => !ok).map(({ rule }) => rule)
  expect(failed).toContain('ndcg@10 against the served model')
  expect(failed).toContain('ndcg@10 against popularity')
  expect(stdout).toMatch(/^Model [0-9a-f]{16} is refused; [0-9a-f]{16} stays\.$/m)
  expect(readFileSync(join(folder, 'worse.md'), 'utf8')).toContain('## Refused by')
  expect(await pointer()).toEqual(before)
  expect(await servedId()).toBe(before.buildId)
})

test('a model that does not fit is refused', async () => {
  writeConfig('budget.yml', { rebuild: { gate: { residentMb: 0.001 } } })
  const { code, stdout } = await marquee('rebuild --config budget.yml --dry-run')
  expect(code).toBe(EXIT.refused)
  expect(stdout).toMatch(/memory of an isolate: found \d+\.\d MB, expected at most 0\.001 MB/)
})

test('a dry run goes up to the gate and publishes nothing', async () => {
  const before = await pointer()
  const { report } = await rebuild('--dry-run')
  expect(report).toMatchObject({ outcome: 'passed', currentId: before.buildId })
  expect(await pointer()).toEqual(before)
  expect(await (await worker.getR2()).head(`models/${report.candidateId}/manifest.json`)).toBeNull()
})

test('a Worker that cannot answer by the new model stops it before it is served', async () => {
  const before = await pointer()
  // a Worker elsewhere, that looks into another bucket
  const other = await startTinyWorker()
  await other.publish('0000000000000001')
  const { code, report } = await rebuild(`--canary ${other.url.href}`)
  await other.stop()
  expect(code).toBe(EXIT.refused)
  expect(report.verdicts.at(-1)).toMatchObject({ ok: false, rule: expect.stringContaining('before it is served') })
  expect(await pointer()).toEqual(before)
})

test('two rebuilds at once: the second says who runs, and stops', async () => {
  const { release } = lockRebuild(join(folder, 'artifacts'))
  const { code, stderr } = await rebuild()
  release()
  expect(code).toBe(EXIT.failed)
  expect(stderr).toMatch(new RegExp(`another rebuild runs: process ${process.pid} holds .*rebuild\\.lock`))
})

test('a pointer to a model that is gone is told, and left for a person to move', async () => {
  const before = await pointer()
  const bucket = await worker.getR2()
  const key = `models/${before.buildId}/factors.arrow`
  const bytes = await (await bucket.get(key))!.arrayBuffer()
  await bucket.delete(key)
  const { code, report } = await rebuild()
  expect(code).toBe(EXIT.refused)
  expect(report.verdicts[0]).toMatchObject({
    rule: 'the served model can be read',
    ok: false,
    found: `${key} is missing`,
  })
  expect(await pointer()).toEqual(before)
  // who has it open goes on
  expect(await servedId()).toBe(before.buildId)
  await bucket.put(key, bytes)
})

test('the next rebuild goes through, and old models go', async () => {
  const before = await pointer()
  const { report } = await rebuild()
  expect(report).toMatchObject({ outcome: 'published', servedId: before.buildId })
  const { stdout } = await marquee('models list')
  expect(stdout).toMatch(new RegExp(`^${report.candidateId} .* current$`, 'm'))
  const { stdout: diff } = await marquee('models diff --users 20 --json diff.json')
  expect(diff).toContain(`${before.buildId} → ${report.candidateId}, 20 of the 40 users whom both know`)
  expect(await marquee('models prune --keep 2')).toMatchObject({ code: 0, stdout: '0 models (0 B) are removed.\n' })
  const { stdout: pruned } = await marquee('models prune --keep 2 --force')
  expect(pruned).toMatch(/^1 model \(.*\) is removed\.$/m)
  expect((await marquee('models rollback')).stdout).toBe(`The current model is ${before.buildId}.\n`)
  expect((await marquee(`models promote ${report.candidateId}`)).stdout).toContain(report.candidateId)
})
