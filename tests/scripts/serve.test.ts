import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { Recommendations, UserData } from '#core/schemas/api.ts'
import { writeSmallMovieLens } from '../helpers/small-movielens.ts'

const ROOT = join(import.meta.dirname, '../..')
const folder = mkdtempSync(join(tmpdir(), 'marquee-serve-'))
const started: ChildProcessWithoutNullStreams[] = []
afterAll(() => {
  for (const child of started) child.kill('SIGKILL')
  rmSync(folder, { recursive: true, force: true })
})

writeSmallMovieLens(join(folder, 'movielens'))
const config = join(folder, 'config.yml')
writeFileSync(
  config,
  `project: { artifacts: ${join(folder, 'artifacts')} }\ndata: { sources: [{ path: ${join(folder, 'movielens')} }] }\n` +
    'model: { cf: { factors: 8 }, stars: { factors: 6 }, content: { maxDocumentShare: 1 } }\n' +
    'evaluation: { bootstrapSamples: 100 }\n',
)

/** `npm run serve -- …` without npm. */
function serve(...args: string[]) {
  return serveIn({}, ...args)
}

function serveIn(env: Record<string, string>, ...args: string[]) {
  const command = [join(ROOT, 'scripts/serve.ts'), '--folder', join(folder, 'serve'), '--config', config, ...args]
  const child = spawn(process.execPath, command, {
    env: { ...process.env, MARQUEE_RUNS: join(folder, 'runs'), ...env },
  })
  started.push(child)
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk))
  const ended = new Promise<number | null>((resolve) => child.on('close', resolve))
  return { child, ended, output: () => output }
}

async function ready(server: ReturnType<typeof serve>): Promise<void> {
  while (!server.output().includes('by plain workerd')) {
    if (server.child.exitCode !== null) throw new Error(server.output())
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}

describe('npm run serve', { timeout: 120_000 }, () => {
  test('--no-run publishes a model and writes a config, secrets for nobody else to read', async () => {
    const vars = join(folder, 'vars.env')
    writeFileSync(vars, 'TASTE_SECRET=0123456789abcdef0123456789abcdef\n')
    const { ended, output } = serve('--no-run', '--vars', vars)
    expect(await ended, output()).toBe(0)
    expect(output()).toContain(`npx workerd serve ${join(folder, 'serve/workerd.capnp')}`)
    expect(readFileSync(join(folder, 'serve/workerd.capnp'), 'utf8')).toContain('0123456789abcdef')
    expect(statSync(join(folder, 'serve')).mode & 0o777).toBe(0o700)
    expect(readFileSync(join(folder, 'serve/models-bucket/models/current.json'), 'utf8')).toContain('buildId')
  })

  test('serves by workerd alone, and a rating is still there after a restart', async () => {
    const port = await freePort()
    const at = (path: string) => `http://127.0.0.1:${port}/v1${path}`
    const first = serve('--port', String(port))
    await ready(first)
    const { items } = Recommendations.parse(await (await fetch(at('/recommend/user/1?k=3'))).json())
    expect(items).toHaveLength(3)
    const rating = { method: 'PUT', headers: { 'content-type': 'application/json' }, body: '{"rating":5}' }
    expect((await fetch(at('/users/1/ratings/9'), rating)).status).toBe(200)
    first.child.kill('SIGTERM')
    expect(await first.ended, first.output()).toBe(0)

    const second = serve('--port', String(port))
    await ready(second)
    const { live } = UserData.parse(await (await fetch(at('/users/1/data'))).json())
    expect(live).toMatchObject([{ movieId: 9, rating: 5 }])
    second.child.kill('SIGTERM')
    expect(await second.ended).toBe(0)
  })

  test('--page serves the page before the API, --no-build what is published, --env with vars of the environment', async () => {
    const port = await freePort()
    const at = (path: string, init?: RequestInit) => fetch(`http://127.0.0.1:${port}${path}`, init)
    const server = serveIn({ AUTH: 'apiKey', HOSTNAME: 'x' }, '--port', String(port), '--no-build', '--page', '--env')
    await ready(server)
    const page = await at('/')
    expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8')
    expect(page.headers.get('content-security-policy')).toContain("script-src 'self'")
    const script = /src="(\/assets\/[^"]+\.js)"/.exec(await page.text())![1]!
    const asset = await at(script)
    expect(asset.headers.get('cache-control')).toContain('immutable')
    expect((await asset.text()).length).toBeGreaterThan(1000)
    expect((await at('/docs')).headers.get('content-security-policy')).toContain('img-src')
    expect((await at('/readyz')).status).toBe(200)
    expect((await at('/v1/recommend/user/1')).status).toBe(401)
    expect((await at('/', { method: 'POST' })).status).toBe(404)
    expect((await at('/assets/none.js')).status).toBe(404)
    server.child.kill('SIGTERM')
    expect(await server.ended, server.output()).toBe(0)
  })

  test('--no-build serves a folder where nothing is published yet, and is not ready', async () => {
    const port = await freePort()
    const server = serve('--folder', join(folder, 'empty'), '--no-build', '--port', String(port))
    await ready(server)
    expect(server.output()).toContain('serves no model yet')
    expect((await fetch(`http://127.0.0.1:${port}/readyz`)).status).toBe(503)
    server.child.kill('SIGTERM')
    expect(await server.ended).toBe(0)
  })
})
