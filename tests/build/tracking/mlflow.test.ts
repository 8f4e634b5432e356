import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import { readRecord, type Tracker, trackersOf } from '../../../build/tracking/index.ts'
import { metricBatches, mlflowName, paramBatches } from '../../../build/tracking/mlflow/batches.ts'
import { type Mishap, startMlflow } from '../../helpers/mlflow-server.ts'
import { stepHandles } from '../../helpers/step-handles.ts'
import { beginRun, runsFolder } from '../../helpers/tracked-run.ts'

const PATIENCE_MS = 5000

const parent = runsFolder()
let runs = ''
let count = 0
let mlflow = await startMlflow()
let trackers: Tracker[] = []

beforeEach(async () => {
  await mlflow.close()
  mlflow = await startMlflow()
  trackers = trackersIn()
  runs = join(parent, String(count++))
})
afterAll(() => mlflow.close())

function trackersIn(env: NodeJS.ProcessEnv = {}): Tracker[] {
  return trackersOf({ MLFLOW_TRACKING_URI: mlflow.uri, ...env }, stepHandles().log)
}

/** A run of two iterations and a model, sent or not. */
async function wholeRun(told = stepHandles(), patienceMs = PATIENCE_MS, buildId = 'b1') {
  const run = await beginRun(runs, trackers, {}, told)
  const made = join(runs, 'made')
  mkdirSync(join(made, 'model'), { recursive: true })
  mkdirSync(join(made, 'tables'), { recursive: true })
  writeFileSync(join(made, 'model/manifest.json'), '{}')
  writeFileSync(join(made, 'tables/ratings.parquet'), 'PAR1')
  run.track({ 'draft.als.loss': 0.5 }, 1)
  run.track({ 'draft.als.loss': 0.25 }, 2)
  run.metrics({ 'test.ndcg@10': 0.3 })
  for (const name of ['model', 'tables']) run.artifacts(join(made, name))
  run.note({ buildId, data: [{ file: 'ratings.csv', sha256: 'aa' }], model: { buildId, alias: 'champion' } })
  await run.end('done', null, patienceMs)
  return run
}

/** What the server has, without the numbers that it gave. */
function stored() {
  return [...mlflow.runs.values()].map(({ id: _id, tags, params, metrics, artifacts, ...run }) => ({
    ...run,
    tags: Object.fromEntries(tags),
    params: Object.fromEntries(params),
    metrics: [...metrics].map(([key, value]) => [key.split(' ').slice(0, 2).join(' '), value]),
    artifacts: [...artifacts.keys()].sort(),
  }))
}

test('a run is sent with its settings, metrics by step, files, model and end', async () => {
  const run = await wholeRun()
  const record = readRecord(run.folder!)!
  expect([...mlflow.experiments]).toEqual([['cinema', '1']])
  expect(stored()).toEqual([
    {
      ...{ experiment: '1', name: 'default build', status: 'FINISHED' },
      ...{ startTime: Date.parse(record.startedAt), endTime: Date.parse(record.endedAt!) },
      tags: expect.objectContaining({
        'marquee.run': record.id,
        'marquee.build': 'b1',
        'marquee.code': 'c0de',
        'marquee.data.ratings.csv': 'aa',
        'mlflow.source.name': 'npx marquee build',
      }),
      params: { 'project.name': 'cinema', 'project.seed': '42', 'model.cf.factors': '64' },
      metrics: [
        ['draft.als.loss 1', 0.5],
        ['draft.als.loss 2', 0.25],
        ['test.ndcg_at_10 0', 0.3],
      ],
      // the tables are known by their hashes: data stays where it is
      artifacts: ['metrics.jsonl', 'model/manifest.json', 'run.json'],
    },
  ])
  expect(mlflow.versions).toMatchObject([{ name: 'cinema', source: 'mlflow-artifacts:/1/r1/artifacts/model' }])
  expect([...mlflow.aliases]).toEqual([['cinema champion', '1']])
})

test('what was sent once is not sent again', async () => {
  const run = await wholeRun()
  const sent = mlflow.requests.length
  expect(trackers[0]!.isPending(run.folder!)).toBe(false)
  await wholeRun()
  const again = mlflow.requests.slice(sent).filter(({ body }) => JSON.stringify(body).includes('"r1"'))
  expect(again).toEqual([])
})

describe('however often the connection breaks', () => {
  test.each<Mishap>(['close', 'lost', 500])(
    '%s: one run with all of it arrives',
    { timeout: 30_000 },
    async (mishap) => {
      // first after one request, then after two more, three, …; who comes next goes on from there
      let [due, gap] = [0, 1]
      mlflow.mishap = (number) => {
        if (number !== due) return null
        due += ++gap
        return mishap
      }
      const run = await wholeRun(stepHandles(), 0)
      const sent = async () => {
        const { send } = trackers[0]!
        await send(run.folder!, AbortSignal.timeout(PATIENCE_MS)).catch(() => {})
        return !trackers[0]!.isPending(run.folder!)
      }
      let tries = 0
      while (!(await sent())) expect(++tries).toBeLessThan(60)
      expect(tries).toBeGreaterThan(3)
      const broken = stored()
      expect(broken).toHaveLength(1)
      expect(mlflow.versions).toHaveLength(1)

      mlflow.mishap = () => null
      await wholeRun()
      const plain = stored()[1]!
      const comparable = ({ tags, startTime: _start, endTime: _end, ...rest }: (typeof broken)[number]) => ({
        ...rest,
        tags: Object.keys(tags).sort(),
      })
      expect(comparable(broken[0]!)).toEqual(comparable(plain))
    },
  )
})

describe('bad days: the run is done all the same, and the next one sends it', () => {
  test.each<[Mishap, RegExp]>([
    ['hang', /no answer in time/],
    ['close', /mlflow: http.*(socket|ECONNRESET|closed)/i],
    ['garbage', /found "<html>Welcome<\/html>"; expected an answer of MLflow/],
    ['redirect', /302 to \/login; expected MLflow/],
    [401, /401; see MLFLOW_TRACKING_USERNAME and _PASSWORD, or MLFLOW_TRACKING_TOKEN/],
    [500, /500 SOMETHING: went wrong/],
  ])('%s', async (mishap, message) => {
    mlflow.mishap = () => mishap
    const told = stepHandles()
    const began = performance.now()
    const run = await wholeRun(told, 300)
    expect(performance.now() - began).toBeLessThan(2000)
    expect(readRecord(run.folder!)).toMatchObject({ status: 'done' })
    const warnings = told.lines.filter((line) => line.includes('the next run or "marquee runs sync" sends it'))
    expect(warnings).toEqual([expect.stringMatching(message)])
    expect(mlflow.runs.size).toBe(0)

    mlflow.mishap = () => null
    await wholeRun()
    expect(stored().map(({ status }) => status)).toEqual(['FINISHED', 'FINISHED'])
    expect(trackers[0]!.isPending(run.folder!)).toBe(false)
  })

  test('nobody listens', async () => {
    await mlflow.close()
    const told = stepHandles()
    const run = await wholeRun(told, 1000)
    expect(told.lines).toEqual(expect.arrayContaining([expect.stringMatching(/mlflow: .*ECONNREFUSED.*; kept in /)]))
    expect(trackers[0]!.isPending(run.folder!)).toBe(true)
    mlflow = await startMlflow()
  })

  test('a run that was killed is sent as such by the next one', async () => {
    mlflow.mishap = () => 500
    const run = await beginRun(runs, trackers)
    run.track({ loss: 1 }, 1)
    const file = join(run.folder!, 'run.json')
    const record = readRecord(run.folder!)!
    await run.end('stopped', null, 100)
    // as a kill leaves it
    writeFileSync(file, JSON.stringify({ ...record, process: { ...record.process, startedTicks: 1 } }))
    mlflow.mishap = () => null
    await wholeRun()
    expect(
      stored()
        .map(({ status }) => status)
        .sort(),
    ).toEqual(['FINISHED', 'KILLED'])
  })
})

test('what MLflow refuses for good is left out and noted, the rest is sent', async () => {
  mlflow.refuses = (key) => key === 'project.seed'
  const run = await wholeRun()
  expect(stored()).toMatchObject([{ status: 'FINISHED', params: {}, metrics: { length: 3 } }])
  const { refused } = JSON.parse(readFileSync(join(run.folder!, 'mlflow.json'), 'utf8'))
  expect(refused).toEqual([expect.stringContaining('refused project.seed')])
})

test('an alias does not go back to a run that began earlier and was sent later', async () => {
  mlflow.mishap = () => 500
  await wholeRun(stepHandles(), 100, 'older')
  mlflow.mishap = () => null
  await wholeRun(stepHandles(), PATIENCE_MS, 'newer')
  const champion = mlflow.versions.find(({ version }) => version === mlflow.aliases.get('cinema champion'))
  expect(mlflow.versions).toHaveLength(2)
  expect(champion!.tags).toContainEqual({ key: 'marquee.build', value: 'newer' })
})

test('a model that is put back is the champion again', async () => {
  await wholeRun(stepHandles(), PATIENCE_MS, 'first')
  await wholeRun(stepHandles(), PATIENCE_MS, 'second')
  expect(mlflow.aliases.get('cinema champion')).toBe('2')
  expect(await trackers[0]!.promote!('first', AbortSignal.timeout(PATIENCE_MS))).toBe(true)
  expect(mlflow.aliases.get('cinema champion')).toBe('1')
  expect(await trackers[0]!.promote!('unknown', AbortSignal.timeout(PATIENCE_MS))).toBe(false)
})

test('the same build again is the same version of the model', async () => {
  await wholeRun()
  await wholeRun()
  expect(mlflow.runs.size).toBe(2)
  expect(mlflow.versions).toHaveLength(1)
})

test('a cursor that is no cursor is begun anew, and finds the run that is there', async () => {
  const run = await wholeRun()
  writeFileSync(join(run.folder!, 'mlflow.json'), 'half a fi')
  trackers[0]!.mark(run.folder!)
  await trackers[0]!.send(run.folder!, AbortSignal.timeout(PATIENCE_MS))
  expect(mlflow.runs.size).toBe(1)
})

test('a file that is gone by the time that it is sent is left out', async () => {
  mlflow.mishap = () => 500
  await wholeRun(stepHandles(), 100)
  rmSync(join(runs, 'made'), { recursive: true })
  mlflow.mishap = () => null
  const next = await beginRun(runs, trackers)
  await next.end('done', null, PATIENCE_MS)
  expect(stored().map(({ artifacts }) => artifacts)).toContainEqual(['metrics.jsonl', 'run.json'])
})

describe('credentials and addresses', () => {
  const authorizations = async (env: NodeJS.ProcessEnv) => {
    trackers = trackersIn(env)
    const run = await beginRun(runs, trackers)
    await run.end('done', null, PATIENCE_MS)
    return [...new Set(mlflow.requests.map(({ authorization }) => authorization))]
  }

  test('a token goes before name and password', async () => {
    expect(await authorizations({ MLFLOW_TRACKING_TOKEN: 't', MLFLOW_TRACKING_USERNAME: 'u' })).toEqual(['Bearer t'])
  })

  test('name and password are basic', async () => {
    // base64 of "anna:pässword" in UTF-8
    const env = { MLFLOW_TRACKING_USERNAME: 'anna', MLFLOW_TRACKING_PASSWORD: 'pässword' }
    expect(await authorizations(env)).toEqual(['Basic YW5uYTpww6Rzc3dvcmQ='])
  })

  test('those in the address count too, and stand in no file', async () => {
    const env = { MLFLOW_TRACKING_URI: mlflow.uri.replace('//', '//anna:secret@') }
    expect(await authorizations(env)).toEqual([`Basic ${btoa('anna:secret')}`])
    const run = await wholeRun()
    for (const file of ['run.json', 'mlflow.json'])
      expect(readFileSync(join(run.folder!, file), 'utf8')).not.toContain('secret')
  })

  test('an address that is not of a server is warned of, and the run is kept here alone', () => {
    const told = stepHandles()
    expect(trackersOf({ MLFLOW_TRACKING_URI: 'sqlite:///mlflow.db' }, told.log)).toEqual([])
    expect(told.lines).toEqual([
      'tracking: MLFLOW_TRACKING_URI: found "sqlite:///mlflow.db"; must begin with http:// or https://; this run is kept in its folder alone',
    ])
  })
})

describe('within the limits of MLflow', () => {
  test('2,500 metrics in lines of 3 are three batches, cut between lines', () => {
    const metrics = { a: 1, b: 2, c: 3 }
    const lines = Array.from({ length: 834 }, (_, step) => ({ at: 1, step, metrics }))
    const batches = metricBatches(lines, 0)
    // 333 lines of 3 are 999
    expect(batches.map((batch) => [batch.metrics.length, batch.linesDone])).toEqual([
      [999, 333],
      [999, 666],
      [504, 834],
    ])
    expect(metricBatches(lines, 800)).toMatchObject([{ linesDone: 834, metrics: { length: 102 } }])
  })

  test('a line with more than a batch holds is done when its last part is', () => {
    const metrics = Object.fromEntries(Array.from({ length: 2100 }, (_, at) => [`m${at}`, at]))
    const batches = metricBatches([{ at: 1, step: null, metrics }], 0)
    expect(batches.map((batch) => [batch.metrics.length, batch.linesDone])).toEqual([
      [1000, 0],
      [1000, 0],
      [100, 1],
    ])
  })

  test('names have letters that MLflow knows, long values are cut', async () => {
    expect(mlflowName('ndcg@10')).toBe('ndcg_at_10')
    expect(mlflowName('điểm/số (%)')).toBe('_i_m/s_ ___')
    expect(mlflowName('x'.repeat(300))).toHaveLength(250)
    const run = await beginRun(runs, [], { config: { long: 'x'.repeat(7000), list: [1, 2] } })
    const [params] = paramBatches(readRecord(run.folder!)!)
    expect(params!.map(({ key, value }) => [key, value.length])).toEqual([
      ['long', 6000],
      ['list', '[1,2]'.length],
    ])
  })
})

test('a run that cannot be sent does not hold up those after it', async () => {
  mlflow.mishap = () => 500
  const broken = await wholeRun(stepHandles(), 100)
  const waiting = await wholeRun(stepHandles(), 100)
  mlflow.mishap = () => null
  // its metrics are a folder, which nobody can read
  rmSync(join(broken.folder!, 'metrics.jsonl'))
  mkdirSync(join(broken.folder!, 'metrics.jsonl'))
  await wholeRun()
  expect([broken, waiting].map((run) => trackers[0]!.isPending(run.folder!))).toEqual([true, false])
})
