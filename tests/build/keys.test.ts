import { createHash } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { run } from '../../build/cli.ts'
import { startTinyWorker, type TinyWorker } from '../helpers/tiny-worker.ts'

// a Worker runs on the same state all the while, as in life
let worker: TinyWorker
beforeAll(async () => {
  worker = await startTinyWorker({ vars: { AUTH: 'apiKey', KEY_CHECK_SECONDS: '0' } })
  await worker.publish('0000000000000001')
})
afterAll(() => worker.stop())

/** Run `marquee keys …` on the Worker's state. */
async function keys(...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  const output = { stdout: '', stderr: '' }
  const unused = () => Promise.reject(new Error('not for keys'))
  const code = await run(['keys', ...args, '--state', worker.stateDir], {
    stdout: { write: (text) => (output.stdout += text) },
    stderr: { write: (text) => (output.stderr += text) },
    signal: new AbortController().signal,
    cwd: process.cwd(),
    build: unused,
    prepareTables: unused,
    openStore: unused,
  })
  return { code, ...output }
}

const statusWith = async (key: string) =>
  (await worker.call('/movies', { headers: { authorization: `Bearer ${key}` } })).status

test('a key is shown once, let in by a running Worker, listed by its prefix, and revoked', async () => {
  const created = await keys('create', '--name', 'the mobile app', '--scopes', 'write,read', '--expires', '30')
  expect(created.code).toBe(0)
  const key = created.stdout.trim()
  expect(key).toMatch(/^mq_[0-9a-f]{8}_[A-Za-z0-9_-]{43}$/)
  expect(created.stderr).not.toContain(key)
  expect(await statusWith(key)).toBe(200)

  const prefix = key.slice(3, 11)
  const { stdout: listed } = await keys('list')
  expect(listed).toMatch(
    new RegExp(`^${prefix} +the mobile app +read,write +20\\d\\d-\\d\\d-\\d\\d +until 20\\d\\d`, 'm'),
  )
  expect(listed).not.toContain(key.slice(12))
  const stored = await (await worker.getD1()).prepare('SELECT * FROM api_keys').first()
  expect(JSON.stringify(stored)).not.toContain(key.slice(12))
  expect(stored).toMatchObject({ hash: createHash('sha256').update(key).digest('hex') })

  expect((await keys('revoke', prefix)).stdout).toContain(`Key ${prefix} is revoked`)
  expect(await statusWith(key)).toBe(401)
  expect((await keys('list')).stdout).toContain('revoked 20')
  expect((await keys('revoke', prefix)).code).toBe(0)
})

test('the SQL for a remote database is the whole story', async () => {
  const { stdout, stderr } = await keys('create', '--name', "O'Brien", '--sql')
  const key = stdout.trim()
  expect(await statusWith(key)).toBe(401)
  await (await worker.getD1()).prepare(stderr.split('\n')[0]!).run()
  expect(await statusWith(key)).toBe(200)
  const { stdout: revocation } = await keys('revoke', key, '--sql')
  await (await worker.getD1()).prepare(revocation).run()
  expect(await statusWith(key)).toBe(401)
})

test('what cannot be is refused before anything is opened', async () => {
  expect(await keys('create')).toMatchObject({ code: 2, stderr: expect.stringContaining('--name') })
  expect(await keys('create', '--name', 'x', '--scopes', 'read,all')).toMatchObject({ code: 2, stdout: '' })
  expect(await keys('revoke', 'everything')).toMatchObject({ code: 2 })
  expect(await keys('revoke', '00000000')).toMatchObject({ code: 1, stderr: expect.stringContaining('there is none') })
})
