import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openLocalR2 } from '../../build/publish/local-r2.ts'
import { migrate } from '../../build/publish/migrate.ts'
import { type RunningWorker, startWorker } from '../../scripts/worker.ts'

const ROOT = join(import.meta.dirname, '../..')
const FIXTURE = join(ROOT, 'tests/fixtures/worker')
const wranglerFile = join(FIXTURE, 'wrangler.toml')
const stateDir = mkdtempSync(join(tmpdir(), 'marquee-worker-'))
const warnings: string[] = []

let worker: RunningWorker
beforeAll(async () => {
  const log = { error() {}, warn: (message: string) => warnings.push(message), info() {}, debug() {} }
  worker = await startWorker({ stateDir, wranglerFile, log })
})
afterAll(async () => {
  await worker.stop()
  rmSync(stateDir, { recursive: true, force: true })
})
const get = async (path: string) => (await worker.fetch(`http://localhost${path}`)).text()

/** Run another Node process on the same state folder. */
function inAnotherProcess(code: string): Promise<number | null> {
  const file = join(stateDir, 'other-process.mjs')
  writeFileSync(file, code)
  const child = spawn(process.execPath, [file], { stdio: 'inherit' })
  return new Promise((resolve) => child.on('exit', resolve))
}

describe('a Worker in workerd', () => {
  test('answers over its socket and without it', async () => {
    expect(await get('/wasm')).toBe('5')
    expect(await (await fetch(new URL('/wasm', worker.url))).text()).toBe('5')
  })

  test('has its variables, and writes its console to the log', async () => {
    expect(await get('/greeting')).toBe('hello')
    await get('/log')
    await expect.poll(() => warnings).toEqual(['a word of warning'])
  })

  test('serves files first, and leaves every other path to the Worker', async () => {
    expect(await get('/')).toBe('<h1>page</h1>\n')
    expect(await get('/nothing')).toBe('no such path')
  })

  test('has its migrations applied once, as wrangler notes them', async () => {
    const notes = [
      { id: 1, text: 'a;b' },
      { id: 2, text: 'second' },
    ]
    expect(JSON.parse(await get('/d1'))).toEqual(notes)
    const database = await worker.getD1()
    expect(await migrate(database, join(FIXTURE, 'migrations'))).toEqual([])
    expect(await migrate(database, join(FIXTURE, 'no-such-folder'))).toEqual([])
    const { results } = await database.prepare('SELECT id, name FROM d1_migrations').all()
    expect(results).toEqual([
      { id: 1, name: '0001_notes.sql' },
      { id: 2, name: '0002_more.sql' },
    ])
    expect(JSON.parse(await get('/d1'))).toEqual(notes)
  })
})

describe('the local R2', () => {
  test('shows a running server what another process puts', async () => {
    expect(await get('/r2')).toBe('nothing')
    const put = `import { openLocalR2 } from ${JSON.stringify(join(ROOT, 'build/publish/local-r2.ts'))}
      const store = await openLocalR2(${JSON.stringify({ stateDir, wranglerFile })})
      await store.put('key', new TextEncoder().encode('from another process'))
      await store.close()`
    expect(await inAnotherProcess(put)).toBe(0)
    expect(await get('/r2')).toBe('from another process')
  })

  test('puts, gets, lists and deletes objects', async () => {
    const store = await openLocalR2({ stateDir, wranglerFile })
    try {
      await store.put('models/b', Uint8Array.of(1, 2, 3))
      await store.put('models/a', new Uint8Array(0), { contentType: 'application/json' })
      await store.put('other', Uint8Array.of(4))
      expect(await store.get('models/b')).toEqual(Uint8Array.of(1, 2, 3))
      expect(await store.get('models/none')).toBeNull()
      const listed = await store.list('models/')
      expect(listed.map(({ key, sizeBytes }) => [key, sizeBytes])).toEqual([
        ['models/a', 0],
        ['models/b', 3],
      ])
      expect(Date.parse(listed[0]!.uploadedAt)).toBeGreaterThan(Date.parse('2020-01-01'))
      await store.delete('models/b')
      await store.delete('models/b')
      expect(await store.get('models/b')).toBeNull()
    } finally {
      await store.close()
    }
  })

  test('is refused by name when wrangler.toml has no such binding', async () => {
    await expect(openLocalR2({ wranglerFile: join(FIXTURE, 'without-r2.toml') })).rejects.toThrow(
      /without-r2\.toml: no R2 bucket is bound as MODELS; expected \[\[r2_buckets\]\]/,
    )
  })
})
