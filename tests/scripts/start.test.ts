import { type ChildProcessWithoutNullStreams, execFileSync, spawn } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { readRecords } from '../../build/tracking/index.ts'
import { isPortTaken } from '../../scripts/port.ts'
import { writeSmallMovieLens } from '../helpers/small-movielens.ts'

const ROOT = join(import.meta.dirname, '../..')
const folder = mkdtempSync(join(tmpdir(), 'marquee-start-'))
const RUNS = join(folder, 'runs')
const ENV = { ...process.env, MARQUEE_RUNS: RUNS }
const started: ChildProcessWithoutNullStreams[] = []
afterAll(() => {
  for (const child of started) child.kill('SIGKILL')
  rmSync(folder, { recursive: true, force: true })
})

/** `npm start -- …` without npm, with what it has written so far. */
function start(...args: string[]) {
  return follow(spawn(process.execPath, [join(ROOT, 'scripts/start.ts'), ...args], { cwd: ROOT, env: ENV }))
}

/** The same under a shell that does not hand signals on, as npm runs it. */
function startUnderNpm(...args: string[]) {
  const env = { ...ENV, npm_lifecycle_event: 'start' }
  const line = '"$0" "$@"; exit $?'
  return follow(
    spawn('sh', ['-c', line, process.execPath, join(ROOT, 'scripts/start.ts'), ...args], { cwd: ROOT, env }),
  )
}

function follow(child: ChildProcessWithoutNullStreams) {
  started.push(child)
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk))
  const ended = new Promise<number | null>((resolve) => child.on('close', resolve))
  return {
    child,
    ended,
    output: () => output,
    /** resolves once it has written something that matches */
    async until(pattern: RegExp): Promise<RegExpExecArray> {
      for (;;) {
        const found = pattern.exec(output)
        if (found) return found
        if (child.exitCode !== null) throw new Error(`ended with ${child.exitCode}:\n${output}`)
        await new Promise((resolve) => setTimeout(resolve, 50))
      }
    },
  }
}

function listen(port: number, host: string): Promise<Server> {
  const server = createServer()
  return new Promise((resolve) => server.listen(port, host, () => resolve(server)))
}

describe('a port that is taken', () => {
  test('is named before any work, with what to do', async () => {
    const server = await listen(0, '127.0.0.1')
    const { port } = server.address() as { port: number }
    try {
      expect(await isPortTaken(port, '127.0.0.1')).toBe(true)
      const { ended, output } = start('--port', String(port))
      expect(await ended).toBe(1)
      expect(output()).toBe(
        `marquee: port ${port} is taken by another program; stop it, or choose another port: npm start -- --port ${port + 1}\n`,
      )
    } finally {
      server.close()
    }
    await expect.poll(() => isPortTaken(port, '127.0.0.1')).toBe(false)
  })
})

describe('wrong usage ends with 2', () => {
  test.each([
    [['--port', '70000'], /argument '70000' is invalid\. Expected a whole number, 0 to 65535/],
    [['--prot', '1'], /unknown option '--prot'/],
    [['--config', join(folder, 'none.yml')], /none\.yml: no such file/],
  ])('%j', async (args, message) => {
    const { ended, output } = start(...args)
    expect(await ended).toBe(2)
    expect(output()).toMatch(message)
  })
})

test('builds, serves, stops on a signal and takes the model over the next time', { timeout: 120_000 }, async () => {
  const data = join(folder, 'data')
  writeSmallMovieLens(data)
  chmodSync(data, 0o555)
  const config = join(folder, 'config.yml')
  writeFileSync(
    config,
    `project: { artifacts: ${join(folder, 'artifacts')} }
data: { sources: [{ path: ${data} }], minRatingsPerUser: 1, minRatingsPerMovie: 1 }
model: { cf: { factors: 8, iterations: 2 } }
evaluation: { bootstrapSamples: 100 }
`,
  )
  // what a build that was killed leaves behind
  mkdirSync(join(folder, 'artifacts', 'model.partial'), { recursive: true })
  const args = ['--port', '0', '--config', config, '--state', join(folder, 'state')]

  const first = start(...args)
  const [, buildId, url] = await first.until(/serves model (\w{16}) on (http:\/\/localhost:\d+)/)
  const ready = await fetch(`${url}/readyz`)
  expect([ready.status, await ready.json()]).toEqual([200, { status: 'ready', modelId: buildId, problem: null }])
  await first.until(/"k":5}'\n/)
  const examples = [...first.output().matchAll(/curl 'http:\/\/localhost:\d+(\/[^']+)'(?:.* -d '([^']+)')?/g)]
  expect(examples).toHaveLength(3)
  for (const [, path, body] of examples) {
    const headers = { 'content-type': 'application/json' }
    const answer = await fetch(`${url}${path}`, body === undefined ? {} : { method: 'POST', headers, body })
    expect(answer.status, path).toBe(200)
  }
  expect(await (await fetch(`${url}/`)).text()).toContain('<html')

  first.child.kill('SIGINT')
  expect(await first.ended).toBe(0)
  expect(first.output()).toMatch(/Stopped\.\n$/)
  expect(workerdsOn(new URL(url!).port)).toEqual([])

  const second = startUnderNpm(...args)
  await second.until(new RegExp(`serves model ${buildId}`))
  expect(second.output()).toContain('taken over')
  second.child.kill('SIGTERM')
  await second.ended
  expect(second.output()).toMatch(/Stopped\.\n$/)
  // what was learned is recorded, what was taken over is not
  expect(readRecords(RUNS)).toMatchObject([{ kind: 'build', status: 'done', buildId, model: { alias: 'champion' } }])
  chmodSync(data, 0o755)
})

/** workerd processes that listen on a port. */
function workerdsOn(port: string): string[] {
  const lines = execFileSync('ps', ['-eo', 'args'], { encoding: 'utf8' }).split('\n')
  return lines.filter((line) => line.includes('workerd') && line.includes(`:${port} `))
}
