import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest'
import { EXIT } from '../../../build/cli.ts'
import { type S3Server, startS3Server } from '../../helpers/s3-server.ts'
import { writeSmallMovieLens } from '../../helpers/small-movielens.ts'

// the command line in processes of its own, against servers that are as R2's and D1's: a day each
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 })
const ROOT = join(import.meta.dirname, '../../..')
const folder = mkdtempSync(join(tmpdir(), 'marquee-bad-days-'))
const POINTER = 'models/current.json'
let s3: S3Server
let d1: Server
let rows: object[] = []
let env: Record<string, string>

beforeAll(async () => {
  writeSmallMovieLens(join(folder, 'data'))
  const config = {
    project: { artifacts: join(folder, 'artifacts') },
    logging: { level: 'warn' },
    data: { sources: [{ path: join(folder, 'data') }] },
    model: {
      ...{ cf: { factors: 8, iterations: 2 }, stars: { type: 'none' }, ranker: { enabled: 'off' } },
      hybrid: { weights: { cf: 1, next: 0, neighbours: 0.5, content: 0.3, popularity: 0 } },
    },
    evaluation: { bootstrapSamples: 100 },
  }
  writeFileSync(join(folder, 'config.yml'), JSON.stringify(config))
  s3 = await startS3Server()
  d1 = createServer(async (request, response) => {
    let body = ''
    for await (const chunk of request) body += chunk
    const { sql } = JSON.parse(body) as { sql: string }
    const after = Number(/version > (\d+)/.exec(sql)?.[1])
    const found = sql.includes('count(*)')
      ? [{ total: rows.length }]
      : rows.filter((row) => (row as { version: number }).version > after)
    const results = { columns: Object.keys(found[0] ?? {}), rows: found.map((row) => Object.values(row)) }
    response.end(JSON.stringify({ success: true, errors: [], result: [{ success: true, results }] }))
  })
  await new Promise<void>((done) => d1.listen(0, '127.0.0.1', done))
  env = {
    ...s3.env,
    CLOUDFLARE_ACCOUNT_ID: 'account',
    CLOUDFLARE_API_TOKEN: 'token',
    CLOUDFLARE_D1_DATABASE_ID: 'database',
    CLOUDFLARE_API_BASE_URL: `http://127.0.0.1:${(d1.address() as AddressInfo).port}`,
    MARQUEE_RUNS: join(folder, 'runs'),
  }
  expect(await rebuild()).toMatchObject({ code: EXIT.done })
})
afterAll(async () => {
  await s3.close()
  d1.close()
  rmSync(folder, { recursive: true, force: true })
})
beforeEach(() => {
  s3.fault = () => false
})

const like = (version: number, user_id: number, movie_id: number) => ({
  ...{ version, user_id, movie_id, kind: 'liked' },
  ...{ half_stars: null, until: null, updated_at: 1_700_000_000 + version },
})
const pointer = () => JSON.parse(s3.objects.get(POINTER)!.bytes.toString()) as { buildId: string; previous: string[] }

interface Running {
  kill(): void
  ended: Promise<{ code: number | null; stdout: string; stderr: string }>
}

/** @param limit what the shell says before, such as a limit on the size of files */
function start(limit = '', changes: Record<string, string> = {}): Running {
  const command = `${limit} exec "${process.execPath}" scripts/marquee.js rebuild --target remote --config "${join(folder, 'config.yml')}"`
  const child = spawn('bash', ['-c', command], { cwd: ROOT, env: { ...process.env, ...env, ...changes } })
  let [stdout, stderr] = ['', '']
  child.stdout.on('data', (text) => (stdout += text))
  child.stderr.on('data', (text) => (stderr += text))
  return {
    kill: () => void child.kill('SIGKILL'),
    ended: once(child, 'close').then(([code]) => ({ code, stdout, stderr })),
  }
}

const rebuild = () => start().ended

test('killed while publishing: the old model stays, and the next rebuild goes through', async () => {
  const before = pointer()
  rows = [like(1, 3, 59), like(2, 5, 57)]
  const killed = start()
  s3.fault = ({ method, url = '' }) => {
    if (method !== 'PUT' || !url.includes('/models/')) return false
    killed.kill()
    return true
  }
  expect((await killed.ended).code).toBeNull()
  expect(pointer()).toEqual(before)
  expect(existsSync(join(folder, 'artifacts/rebuild.lock'))).toBe(true)

  s3.fault = () => false
  const { code, stdout } = await rebuild()
  expect(code).toBe(EXIT.done)
  expect(stdout).toMatch(/^Model [0-9a-f]{16} is served, learned with 2 events of feedback\.$/m)
  expect(pointer().previous).toEqual([before.buildId])
  expect(existsSync(join(folder, 'artifacts/rebuild.lock'))).toBe(false)
})

test('no room on the disk: the error names it, nothing is published, and half a model is not taken for one', async () => {
  const before = pointer()
  rows = [...rows, like(3, 7, 51)]
  // no file above 2 kB, as a full disk has it
  const { code, stderr } = await start('ulimit -f 2;').ended
  expect(code).not.toBe(EXIT.done)
  expect(stderr).toContain('there is no room on the disk; the published model is as it was')
  expect(pointer()).toEqual(before)

  expect(await rebuild()).toMatchObject({ code: EXIT.done })
  expect(pointer().previous[0]).toBe(before.buildId)
})

test('credentials missing or wrong: said at once, before anything is learned', async () => {
  const before = pointer()
  const missing = await start('', { AWS_SECRET_ACCESS_KEY: '' }).ended
  expect(missing).toMatchObject({ code: EXIT.failed, stdout: '' })
  expect(missing.stderr).toContain('AWS_SECRET_ACCESS_KEY: found nothing in the environment')
  const wrong = await start('', { AWS_ACCESS_KEY_ID: 'other' }).ended
  expect(wrong).toMatchObject({ code: EXIT.failed, stdout: '' })
  expect(wrong.stderr).toMatch(/refused with 403 InvalidAccessKeyId/)
  const noDatabase = await start('', { CLOUDFLARE_API_TOKEN: '' }).ended
  expect(noDatabase.stderr).toContain('CLOUDFLARE_API_TOKEN: found nothing in the environment')
  expect(pointer()).toEqual(before)
})

test('a pointer that another machine moves meanwhile stays where that one put it', async () => {
  rows = [...rows, like(4, 9, 49)]
  const other = { buildId: 'e'.repeat(16), publishedAt: '2026-01-01T00:00:00.000Z', previous: [pointer().buildId] }
  s3.fault = ({ method, url = '' }) => {
    if (method === 'PUT' && url.endsWith('manifest.json')) {
      const bytes = Buffer.from(JSON.stringify(other))
      s3.objects.set(POINTER, { bytes, etag: 'another' })
    }
    return false
  }
  const { code, stdout } = await rebuild()
  expect(code).toBe(EXIT.refused)
  expect(stdout).toMatch(/the pointer stands where it stood when the rebuild began: found e{16}/)
  expect(pointer()).toEqual(other)
  const report = readFileSync(join(folder, 'artifacts/rebuild/report.md'), 'utf8')
  expect(report).toContain(`Served now: \`${other.buildId}\``)
})
