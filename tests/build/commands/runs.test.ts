import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { run } from '../../../build/cli.ts'
import type { Surroundings } from '../../../build/commands/index.ts'
import { readMetrics, readRecords } from '../../../build/tracking/index.ts'
import { CARD } from '../../helpers/exported-model.ts'
import { startMlflow } from '../../helpers/mlflow-server.ts'
import { runsFolder } from '../../helpers/tracked-run.ts'
import { temporaryFolder } from '../ingest/workspace.ts'

const BUILD_ID = 'b'.repeat(16)
const REPORT = CARD.evaluation

/** `marquee` in a folder, with a build that learns at once. */
async function marquee(cwd: string, line: string, changes: Partial<Surroundings> = {}) {
  const output = { stdout: '', stderr: '' }
  const code = await run(line.split(' '), {
    stdout: { write: (text) => (output.stdout += text) },
    stderr: { write: (text) => (output.stderr += text) },
    signal: new AbortController().signal,
    cwd,
    build: async ({ config, handles, until, onIdentified }) => {
      onIdentified?.({ buildId: BUILD_ID, inputs: [{ file: '/data/ratings.csv', sha256: 'aa' }] })
      for (let step = 1; step <= 3; step++)
        handles.track({ 'draft.als.loss': config.model.cf.factors / 100 / step }, step)
      const folder = join(cwd, 'artifacts', BUILD_ID)
      mkdirSync(join(folder, 'model'), { recursive: true })
      writeFileSync(join(folder, 'model/manifest.json'), '{}')
      const steps = [{ step: until, seconds: 1.5, reused: false }]
      return { buildId: BUILD_ID, folder, steps, report: REPORT, card: CARD, examination: null }
    },
    prepareTables: () => Promise.reject(new Error('not to be asked')),
    openStore: () => Promise.reject(new Error('not to be asked')),
    ...changes,
  })
  return { code, ...output }
}

const recordsIn = (cwd: string) => readRecords(join(cwd, 'runs'))

describe('what is recorded', () => {
  test('a build: what it is made of, how it went, what came out', async () => {
    const cwd = temporaryFolder()
    expect(await marquee(cwd, 'build --seed 7')).toMatchObject({ code: 0 })
    const [record] = recordsIn(cwd)
    expect(record).toMatchObject({
      ...{ kind: 'build', name: 'default', status: 'done', failure: null, buildId: BUILD_ID },
      ...{ commandLine: 'npx marquee build --seed 7', data: [{ file: 'ratings.csv', sha256: 'aa' }] },
      config: { project: { seed: 7 } },
      code: { sha256: expect.stringMatching(/^[0-9a-f]{64}$/) },
      metrics: { 'draft.als.loss': 0.64 / 3, 'seconds.publish': 1.5 },
      model: { buildId: BUILD_ID, alias: 'champion' },
    })
    const { metrics } = REPORT.models[0]!
    for (const [metric, { mean, low }] of Object.entries(metrics))
      expect(record!.metrics).toMatchObject({ [`test.${metric}`]: mean, [`test.${metric}.low`]: low })
    expect(record!.artifacts.map(({ path }) => path)).toEqual(['model/manifest.json'])
    expect(readMetrics(join(cwd, 'runs', record!.id)).map(({ step }) => step)).toEqual([1, 2, 3, null, null])
  })

  test('pages that were asked for are among its files', async () => {
    const cwd = temporaryFolder()
    await marquee(cwd, 'evaluate --leaderboard board.md --json out.json')
    const [record] = recordsIn(cwd)
    expect(record).toMatchObject({ kind: 'evaluate', model: null })
    expect(record!.artifacts.map(({ path }) => path)).toEqual(['model/manifest.json', 'out.json', 'board.md'])
  })

  test('a build that fails, with the reason; one that is stopped', async () => {
    const cwd = temporaryFolder()
    const failing = () => Promise.reject(new Error('no rating is left'))
    expect(await marquee(cwd, 'train', { build: failing })).toMatchObject({ code: 1 })
    expect(recordsIn(cwd)).toMatchObject([{ kind: 'train', status: 'failed', failure: 'no rating is left' }])
    const stop = new AbortController()
    const stopped = () => {
      stop.abort()
      return Promise.reject(stop.signal.reason)
    }
    expect(await marquee(cwd, 'build', { build: stopped, signal: stop.signal })).toMatchObject({ code: 130 })
    expect(recordsIn(cwd)[0]).toMatchObject({ kind: 'build', status: 'stopped', failure: null })
  })

  test('nothing where nothing is learned', async () => {
    const cwd = temporaryFolder()
    await marquee(cwd, 'ingest')
    await marquee(cwd, 'prepare')
    expect(existsSync(join(cwd, 'runs'))).toBe(false)
  })

  test('a runs/ that cannot be written changes nothing of the result', async () => {
    const cwd = temporaryFolder()
    writeFileSync(join(cwd, 'runs'), 'a file')
    const { code, stdout, stderr } = await marquee(cwd, 'build')
    expect(code).toBe(0)
    expect(stdout).toContain(`model ${BUILD_ID}`)
    expect(stderr).toContain('runs: cannot be written, so this run is not recorded in full: ')
  })
})

describe('runs', async () => {
  const cwd = runsFolder()
  writeFileSync(join(cwd, 'small.yml'), 'model: { cf: { factors: 32 } }\n')
  await marquee(cwd, 'build')
  await marquee(cwd, 'evaluate --preset ./small.yml')
  const [evaluated, built] = recordsIn(cwd)

  test('list has the newest first, with what it found', async () => {
    const { stdout } = await marquee(cwd, 'runs list --json list.json')
    const [header, , first, second] = stdout.split('\n')
    expect(header).toMatch(/^run +kind +status +started \(UTC\) +seconds +build +test\.ndcg@10$/)
    expect(first).toMatch(
      new RegExp(`^${evaluated!.id} +evaluate +done +\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d +\\d`),
    )
    expect(second).toMatch(new RegExp(`^${built!.id} +build +done `))
    expect(JSON.parse(readFileSync(join(cwd, 'list.json'), 'utf8'))).toMatchObject([
      { id: evaluated!.id },
      { id: built!.id },
    ])
  })

  test('list takes filters, an order and columns', async () => {
    const { stdout } = await marquee(cwd, 'runs list --where model.cf.factors=32 --metric model.cf.factors')
    expect(stdout).toContain(evaluated!.id)
    expect(stdout).not.toContain(built!.id)
    const sorted = await marquee(cwd, 'runs list --sort draft.als.loss')
    expect(sorted.stdout.split('\n')[2]).toContain(built!.id)
    expect(await marquee(cwd, 'runs list --kind tune')).toMatchObject({
      stdout: expect.stringContaining('No such run'),
    })
    expect(await marquee(cwd, 'runs list --where nonsense')).toMatchObject({ code: 2 })
  })

  test('show tells all of one, by a part of its name or as the latest', async () => {
    const { stdout } = await marquee(cwd, 'runs show latest')
    expect(stdout).toContain(evaluated!.id)
    expect(stdout).toMatch(/^command +npx marquee evaluate --preset \.\/small\.yml$/m)
    expect(stdout).toMatch(/^draft\.als\.loss +3 +0\.3200 +0\.1067 +█/m)
    expect((await marquee(cwd, `runs show ${built!.id.slice(-4)}`)).stdout).toContain(built!.id)
    const missing = await marquee(cwd, 'runs show nowhere')
    expect(missing).toMatchObject({ code: 1, stderr: expect.stringContaining('found no run for "nowhere"') })
    expect((await marquee(cwd, 'runs show 20')).stderr).toMatch(/found 2 runs \(.*, .*\) for "20"/)
  })

  test('compare tells what differs and what came of it, as a page too', async () => {
    const { code, stdout } = await marquee(
      cwd,
      `runs compare ${built!.id} latest --html page.html --json compared.json`,
    )
    expect(code).toBe(0)
    expect(stdout).toMatch(/^model\.cf\.factors +64 +32$/m)
    expect(stdout).toMatch(/^draft\.als\.loss +0\.2133 +0\.1067 +−0\.1067$/m)
    const page = readFileSync(join(cwd, 'page.html'), 'utf8')
    expect(page).toContain('<h1>2 runs compared</h1>')
    expect(page).toContain(`A is ${built!.id}, B is ${evaluated!.id}`)
    expect(page.match(/<svg /g)!.length).toBeGreaterThan(2)
    expect(page).not.toMatch(/NaN|undefined|<script|https?:/)
    expect(JSON.parse(readFileSync(join(cwd, 'compared.json'), 'utf8')).curves).toMatchObject([
      { key: 'draft.als.loss' },
    ])
    expect(await marquee(cwd, 'runs compare latest')).toMatchObject({ code: 1 })
  })

  test('sync sends what waits, or what is named, and says when nobody is there', async () => {
    expect((await marquee(cwd, 'runs sync')).stderr).toContain('runs sync: found no tracker; MLFLOW_TRACKING_URI')
    const mlflow = await startMlflow()
    try {
      const env = { MLFLOW_TRACKING_URI: mlflow.uri }
      expect((await marquee(cwd, 'runs sync', { env })).stdout).toBe('mlflow: 0 of 0 runs sent\n')
      expect((await marquee(cwd, 'runs sync latest', { env })).stdout).toBe('mlflow: 1 of 1 run sent\n')
      expect([...mlflow.runs.values()]).toMatchObject([{ status: 'FINISHED', name: 'default evaluate' }])
      mlflow.mishap = () => 401
      const refused = await marquee(cwd, `runs sync ${built!.id}`, { env })
      expect(refused).toMatchObject({ code: 1, stdout: 'mlflow: 0 of 1 run sent\n' })
      expect(refused.stderr).toContain('401; see MLFLOW_TRACKING_USERNAME')
    } finally {
      await mlflow.close()
    }
  })

  test('prune keeps the newest', async () => {
    const { stdout } = await marquee(cwd, 'runs prune --keep 1')
    expect(stdout).toBe(`${built!.id}\n1 run is removed.\n`)
    expect(readdirSync(join(cwd, 'runs'))).toEqual([evaluated!.id])
  })
})

test('a tracker that hangs holds a build up no longer than it is told', async () => {
  const cwd = temporaryFolder()
  const mlflow = await startMlflow()
  try {
    mlflow.mishap = () => 'hang'
    const began = performance.now()
    const env = { MLFLOW_TRACKING_URI: mlflow.uri, MARQUEE_TRACKER_SECONDS: '1' }
    const { code, stderr } = await marquee(cwd, 'build', { env })
    expect(performance.now() - began).toBeLessThan(3000)
    expect(code).toBe(0)
    expect(stderr).toMatch(
      /warn {3}mlflow: no answer in time; kept in .*, the next run or "marquee runs sync" sends it/,
    )
  } finally {
    await mlflow.close()
  }
})
