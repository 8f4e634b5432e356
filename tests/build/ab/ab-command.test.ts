import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { EXPERIMENT_KEY, Experiment } from '#core/schemas/experiment.ts'
import type { Pointer } from '#core/schemas/manifest.ts'
import type { AbReport } from '../../../build/ab/index.ts'
import { run } from '../../../build/cli.ts'
import type { Surroundings } from '../../../build/commands/index.ts'
import { openObjectStore } from '../../../build/publish/open-store.ts'
import { MemoryStore } from '../../helpers/memory-store.ts'
import { tinyFiles, tinyManifest } from '../../helpers/tiny-model.ts'
import { startTinyWorker, type TinyWorker } from '../../helpers/tiny-worker.ts'

// a Worker runs on the same state all the while, as in life
const folder = mkdtempSync(join(tmpdir(), 'marquee-ab-'))
let worker: TinyWorker
beforeAll(async () => {
  worker = await startTinyWorker()
  await worker.publish('0000000000000001')
}, 30_000)
afterAll(async () => {
  await worker.stop()
  rmSync(folder, { recursive: true, force: true })
})

/** Run `marquee ab …` on the Worker's state. */
async function ab(
  args: string[],
  openStore: Surroundings['openStore'] = openObjectStore,
): Promise<{
  code: number
  stdout: string
  stderr: string
}> {
  const output = { stdout: '', stderr: '' }
  const unused = () => Promise.reject(new Error('not for experiments'))
  const code = await run(['ab', ...args, '--state', worker.stateDir], {
    stdout: { write: (text) => (output.stdout += text) },
    stderr: { write: (text) => (output.stderr += text) },
    signal: new AbortController().signal,
    cwd: folder,
    build: unused,
    prepareTables: unused,
    openStore,
  })
  return { code, ...output }
}

function plan(name: string, shares: [number, number], other = 'options: { diversity: 0.3 }'): string {
  const file = join(folder, 'plan.yml')
  const [control, second] = shares
  writeFileSync(
    file,
    `name: ${name}\narms:\n  - { name: control, share: ${control} }\n  - { name: diverse, share: ${second}, ${other} }\n`,
  )
  return file
}
const seen = (name: string | undefined) =>
  vi.waitFor(async () => expect((await worker.call('/recommend/user/1')).json.experiment?.name).toBe(name))

describe('marquee ab', { timeout: 60_000 }, () => {
  test('starts an experiment that the running Worker takes up, tells of it, and reports on it after its end', async () => {
    const started = await ab(['start', plan('diversity', [0.5, 0.5])])
    expect(started).toMatchObject({ code: 0, stderr: '' })
    expect(started.stdout).toMatch(/diverse +50 % +the current one +\{"diversity":0\.3\}/)
    await seen('diversity')

    for (let userId = 1; userId <= 6; userId++) {
      await worker.call(`/recommend/user/${userId}`)
      await worker.call(`/users/${userId}/feedback/30`, { method: 'PUT', body: { kind: 'liked' } })
    }
    await worker.call('/events', { body: { userId: 3, events: [{ kind: 'play', movieId: 30 }] } })
    expect((await ab(['status'])).stdout).toMatch(/^diversity, since 20/)

    const stopped = await ab(['stop'])
    expect(stopped.stdout).toMatch(/^diversity has ended/)
    await seen(undefined)
    expect((await ab(['status'])).stdout).toBe('No experiment runs.\n')

    const { code, stdout } = await ab(['report', 'diversity', '--json', 'report.json'])
    expect(code).toBe(0)
    const report = JSON.parse(readFileSync(join(folder, 'report.json'), 'utf8')) as AbReport
    expect(report.experiment.endedAt).toBeDefined()
    expect(report.arms.reduce((sum, { users }) => sum + users, 0)).toBe(6)
    const acted = (name: string) =>
      report.outcomes.find((one) => one.name === name)!.arms.reduce((sum, arm) => sum + arm.acted, 0)
    expect([acted('liked'), acted('play'), acted('disliked')]).toEqual([6, 1, 0])
    expect(stdout).toMatch(/^diversity, 20.* to 20/)
    expect(stdout).toContain('- Too little yet to say anything of liked of diverse')
  })

  test('gives other shares to the arms that run, and keeps everything else', async () => {
    await ab(['start', plan('shares', [0.5, 0.5]), '--json', 'before.json'])
    const changed = await ab(['start', plan('shares', [0.2, 0.8]), '--change', '--json', 'after.json'])
    expect(changed.code).toBe(0)
    const [before, after] = ['before.json', 'after.json'].map((name) =>
      Experiment.parse(JSON.parse(readFileSync(join(folder, name), 'utf8'))),
    )
    expect(after).toEqual({ ...before, arms: before!.arms.map((arm, at) => ({ ...arm, share: [0.2, 0.8][at]! })) })
    const other = await ab(['start', plan('shares', [0.2, 0.8], 'options: { ranker: false }'), '--change'])
    expect(other).toMatchObject({ code: 2, stderr: expect.stringContaining('only the shares may change') })
    const second = await ab(['start', plan('second', [0.5, 0.5])])
    expect(second).toMatchObject({ code: 2, stderr: expect.stringMatching(/shares runs since 20/) })
    await ab(['stop'])
  })

  test.each([
    ['shares that do not sum to 1', ['half', [0.5, 0.4]], 'the shares must sum to 1'],
    ['a name that was used', ['diversity', [0.5, 0.5]], 'an experiment of this name has ended'],
    ['a model that is not stored', ['absent', [0.5, 0.5], 'modelId: ffffffffffffffff'], 'manifest.json is missing'],
  ] as [string, Parameters<typeof plan>, string][])(
    'refuses %s before anything is stored',
    async (_, planned, message) => {
      expect(await ab(['start', plan(...planned)])).toMatchObject({ code: 2, stderr: expect.stringContaining(message) })
      expect((await ab(['status'])).stdout).toBe('No experiment runs.\n')
    },
  )

  test('refuses models that a Worker has no room for together', async () => {
    const store = new MemoryStore()
    const put = (key: string, value: unknown) => store.put(key, new TextEncoder().encode(JSON.stringify(value)))
    for (const buildId of ['0000000000000001', '0000000000000002']) {
      const files = tinyFiles().set('catalog.arrow', new Uint8Array(41_000_000))
      for (const [name, bytes] of files) await store.put(`models/${buildId}/${name}`, bytes)
      await put(`models/${buildId}/manifest.json`, tinyManifest(buildId, files))
    }
    const publishedAt = '2026-01-01T00:00:00.000Z'
    await put('models/current.json', { buildId: '0000000000000001', publishedAt, previous: [] } satisfies Pointer)
    const file = plan('large', [0.5, 0.5], 'modelId: "0000000000000002"')
    const { code, stderr } = await ab(['start', file], async () => Object.assign(store, { close: async () => {} }))
    expect(code).toBe(2)
    expect(stderr).toMatch(/0000000000000002 take 82\.\d MB together; a Worker has room for 80\.0 MB/)
    expect(store.objects.has(EXPERIMENT_KEY)).toBe(false)
  })

  test('says so where nothing runs, or nothing is known', async () => {
    expect(await ab(['stop'])).toMatchObject({ code: 1, stderr: 'marquee: no experiment runs\n' })
    expect(await ab(['report', 'never'])).toMatchObject({ code: 1, stderr: expect.stringContaining('there is none') })
  })
})
