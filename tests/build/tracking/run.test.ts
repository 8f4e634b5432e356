import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { basename, join } from 'node:path'
import { expect, test } from 'vitest'
import { ownIdentity } from '../../../build/io/process-identity.ts'
import { readMetrics, readRecord, readRecords, statusOf } from '../../../build/tracking/index.ts'
import { stepHandles } from '../../helpers/step-handles.ts'
import { beginRun, runsFolder } from '../../helpers/tracked-run.ts'

const runs = runsFolder()

test('a run is on the disk from its beginning, with all that tells it from others', async () => {
  const { folder } = await beginRun(runs)
  const record = readRecord(folder!)!
  expect(record).toMatchObject({
    ...{ id: basename(folder!), kind: 'build', name: 'default', status: 'running', endedAt: null },
    ...{ commandLine: 'npx marquee build', config: { model: { cf: { factors: 64 } } }, process: ownIdentity() },
  })
  expect(record.environment).toMatchObject({ node: process.versions.node })
  expect(statusOf(record)).toBe('running')
})

test('what is tracked stands there by step, and its last value when the run has ended', async () => {
  const run = await beginRun(runs)
  run.track({ 'als.loss': 0.5 }, 1)
  run.track({ 'als.loss': 0.25, 'als.validation': 0.1 }, 2)
  run.metrics({ 'test.ndcg@10': 0.3 })
  run.track({ broken: Number.NaN }, 3)
  await run.end('done', null, 0)
  expect(readMetrics(run.folder!)).toMatchObject([
    { step: 1, metrics: { 'als.loss': 0.5 } },
    { step: 2, metrics: { 'als.loss': 0.25, 'als.validation': 0.1 } },
    { step: null, metrics: { 'test.ndcg@10': 0.3 } },
  ])
  const { status, metrics, seconds, endedAt } = readRecord(run.folder!)!
  expect(status).toBe('done')
  expect(metrics).toEqual({ 'als.loss': 0.25, 'als.validation': 0.1, 'test.ndcg@10': 0.3 })
  expect(seconds).toBeGreaterThanOrEqual(0)
  expect(Date.parse(endedAt!)).toBeGreaterThan(0)
})

test('files are listed with size and hash when the run ends; one that is not there is left out', async () => {
  const run = await beginRun(runs)
  const made = join(run.folder!, '..', 'made')
  mkdirSync(join(made, 'model'), { recursive: true })
  writeFileSync(join(made, 'model/manifest.json'), '{}')
  run.artifacts(join(made, 'model'))
  run.artifacts(join(made, 'report.html'))
  run.note({
    buildId: 'b1',
    data: [{ file: '/data/ratings.csv', sha256: 'aa' }],
    model: { buildId: 'b1', alias: 'champion' },
  })
  await run.end('done', null, 0)
  const { artifacts, buildId, data } = readRecord(run.folder!)!
  // SHA-256 of "{}"
  const sha256 = '44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a'
  expect(artifacts).toEqual([
    { path: 'model/manifest.json', from: '../made/model/manifest.json', sizeBytes: 2, sha256 },
  ])
  expect([buildId, data]).toEqual(['b1', [{ file: 'ratings.csv', sha256: 'aa' }]])
})

test('runs that begin in the same second have a folder each', async () => {
  const folder = join(runs, 'many')
  const begun = await Promise.all(Array.from({ length: 20 }, () => beginRun(folder)))
  expect(new Set(begun.map((run) => run.folder)).size).toBe(20)
  expect(readRecords(folder)).toHaveLength(20)
})

test('a run whose process is gone was killed', async () => {
  const { folder } = await beginRun(runs)
  const record = readRecord(folder!)!
  expect(statusOf({ ...record, process: { ...record.process, pid: spawnSync('true').pid } })).toBe('killed')
})

test('a run that is killed in the middle is found as it was, and as killed', () => {
  const folder = join(runs, 'killed')
  const program = `
    import { startRun } from ${JSON.stringify(join(import.meta.dirname, '../../../build/tracking/index.ts'))}
    const log = { error() {}, warn() {}, info() {}, debug() {} }
    const run = await startRun({ kind: 'train', name: 'n', commandLine: 'c', config: {}, codeHash: null,
      runs: ${JSON.stringify(folder)}, checkout: '/', trackers: [], log })
    run.track({ loss: 0.5 }, 1)
    process.kill(process.pid, 'SIGKILL')`
  expect(spawnSync(process.execPath, ['--input-type=module', '-e', program]).signal).toBe('SIGKILL')
  const [record] = readRecords(folder)
  expect([record!.status, statusOf(record!)]).toEqual(['running', 'killed'])
  expect(readMetrics(join(folder, record!.id))).toMatchObject([{ step: 1, metrics: { loss: 0.5 } }])
})

test('a run of a machine that cannot be seen counts as running for a day', async () => {
  const { folder } = await beginRun(runs)
  const record = { ...readRecord(folder!)!, process: { pid: 1, startedTicks: 1, machine: 'another' } }
  const began = Date.parse(record.startedAt)
  expect(statusOf(record, began + 3600e3)).toBe('running')
  expect(statusOf(record, began + 25 * 3600e3)).toBe('killed')
})

test('a folder for runs that cannot be written is warned of once, and the run goes on', async () => {
  const file = join(runs, 'a-file')
  writeFileSync(file, '')
  const told = stepHandles()
  const run = await beginRun(join(file, 'runs'), [], {}, told)
  run.track({ loss: 1 }, 1)
  run.note({ buildId: 'b' })
  await run.end('done', null, 0)
  expect(run.folder).toBe(null)
  expect(told.lines).toEqual([
    expect.stringMatching(/^runs: cannot be written, so this run is not recorded in full: ENOTDIR/),
  ])
})

test.skipIf(!existsSync('/dev/full'))('a disk that is full is warned of once, and the run goes on', async () => {
  const told = stepHandles()
  const run = await beginRun(runs, [], {}, told)
  symlinkSync('/dev/full', join(run.folder!, 'metrics.jsonl'))
  run.track({ loss: 1 }, 1)
  run.track({ loss: 0.5 }, 2)
  await run.end('done', null, 0)
  expect(told.lines).toEqual([expect.stringMatching(/^runs: cannot be written.*ENOSPC: no space left on device/)])
  // the record had room
  expect(readRecord(run.folder!)).toMatchObject({ status: 'done', metrics: { loss: 0.5 } })
})

test('a line that a full disk cut off does not spoil the others', async () => {
  const run = await beginRun(runs)
  run.track({ loss: 1 }, 1)
  writeFileSync(join(run.folder!, 'metrics.jsonl'), '\n{"at":1,"step":1,"metr', { flag: 'a' })
  run.track({ loss: 0.5 }, 2)
  expect(readMetrics(run.folder!).map(({ step }) => step)).toEqual([1, 2])
})

test('paths of the home folder stand there without the name of a person', async () => {
  const run = await beginRun(runs, [], {
    commandLine: `npx marquee build --config ${homedir()}/my.yml`,
    config: { data: { sources: [{ path: `${homedir()}/ml-25m` }] } },
  })
  await run.end('failed', `${homedir()}/ml-25m: no such file`, 0)
  const text = readFileSync(join(run.folder!, 'run.json'), 'utf8')
  expect(text).toContain('--config ~/my.yml')
  expect(text).toContain('"~/ml-25m"')
  expect(readRecord(run.folder!)!.failure).toBe('~/ml-25m: no such file')
})

test('a search that goes on is one run: it began when it first did', async () => {
  const folder = join(runs, 'search')
  const first = await beginRun(runs, [], { isDeferred: true, kind: 'tune' })
  expect(first.folder).toBe(null)
  first.begin(folder)
  first.metrics({ first: 1 })
  await first.end('stopped', null, 0)
  const earlier = readRecord(folder)!

  const second = await beginRun(runs, [], { isDeferred: true, kind: 'tune' })
  second.begin(folder)
  expect(readRecord(folder)).toMatchObject({ status: 'running', startedAt: earlier.startedAt })
  second.metrics({ second: 2 })
  await second.end('done', null, 0)
  const { seconds, metrics } = readRecord(folder)!
  expect(seconds!).toBeGreaterThanOrEqual(earlier.seconds!)
  expect(metrics).toEqual({ first: 1, second: 2 })
})

test('what is no run, and a run of another version, is not listed', async () => {
  const folder = join(runs, 'mixed')
  const run = await beginRun(folder)
  mkdirSync(join(folder, 'notes'))
  mkdirSync(join(folder, 'newer'))
  writeFileSync(join(folder, 'newer/run.json'), JSON.stringify({ ...readRecord(run.folder!), version: 2 }))
  expect(readdirSync(folder)).toHaveLength(3)
  expect(readRecords(folder).map(({ id }) => id)).toEqual([basename(run.folder!)])
  expect(readRecords(join(runs, 'nowhere'))).toEqual([])
})
