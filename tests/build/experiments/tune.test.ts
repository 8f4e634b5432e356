import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { run } from '../../../build/cli.ts'
import { loadConfig } from '../../../build/config/load-config.ts'
import type { TuneReport } from '../../../build/experiments/tune.ts'
import { readMetrics, readRecord } from '../../../build/tracking/index.ts'
import type { Trial } from '../../../build/tuning/index.ts'
import { writeSmallMovieLens } from '../../helpers/small-movielens.ts'

const folder = mkdtempSync(join(tmpdir(), 'marquee-tune-test-'))
afterAll(() => rmSync(folder, { recursive: true }))
writeSmallMovieLens(join(folder, 'movielens'))
writeFileSync(
  join(folder, 'config.yml'),
  `data: { sources: [{ path: ${JSON.stringify(join(folder, 'movielens'))} }] }
evaluation: { bootstrapSamples: 100 }
model: { cf: { factors: 8, iterations: 4 }, next: { type: none } }
`,
)

async function tune(options: string, signal = new AbortController().signal, onTrial = (_line: string) => {}) {
  const output = { stdout: '', stderr: '' }
  const refuse = () => Promise.reject(new Error('not to be asked'))
  const line = `tune --config config.yml --threads 1 ${options}`
  const code = await run(line.split(' ').filter(Boolean), {
    stdout: { write: (text) => (output.stdout += text) },
    stderr: {
      write(text) {
        output.stderr += text
        if (text.includes('trial ')) onTrial(text)
      },
    },
    signal,
    cwd: folder,
    ...{ build: refuse, prepareTables: refuse, openStore: refuse },
  })
  return { code, ...output }
}

const CF = '--source cf --try model.cf.regularization=log:0.1..10'
const trialsOf = (name: string): Trial[] =>
  readFileSync(join(folder, 'runs', name, 'trials.jsonl'), 'utf8')
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line))
writeFileSync(join(folder, 'space.yml'), 'model.cf.regularization: { low: 0.1, high: 10, scale: log }\n')

describe('a search', { timeout: 120_000 }, () => {
  test('judges the configured settings and each draw, and tells the best beside them', async () => {
    const { code, stdout, stderr } = await tune(
      '--source cf --space space.yml --trials 3 --name whole --json whole.json',
    )
    expect(code, stderr).toBe(0)
    const trials = trialsOf('whole')
    expect(trials).toHaveLength(4)
    expect(trials[0]).toMatchObject({ trial: 0, settings: {}, budget: 1, failed: null, seed: 42 })
    for (const { value } of trials) expect(value!.low <= value!.mean && value!.mean <= value!.high).toBe(true)
    expect(stdout).toMatch(/^trial +ndcg@10 +95 % interval +beside configured +cf\.regularization$/m)
    expect(stdout).toMatch(/^as configured +0\.\d{4} .* 4$/m)
    expect(stdout).toContain('largest of 4 values, each with its chance')
    expect(stderr).toMatch(/trial 4 of 4: model\.cf\.regularization [\d.]+: 0\.\d{4} .* s left/)

    const report = JSON.parse(readFileSync(join(folder, 'whole.json'), 'utf8')) as TuneReport
    expect(report.users).toBe(40)
    const means = report.ranked.map(({ value }) => value.mean)
    expect(means).toEqual(means.toSorted((a, b) => b - a))

    const record = readRecord(join(folder, 'runs/whole'))!
    expect(record).toMatchObject({ kind: 'tune', name: 'whole', status: 'done', params: { source: 'cf', users: 2000 } })
    expect(record.metrics).toMatchObject({ 'best.ndcg@10': means[0], 'best.ndcg@10.low': report.ranked[0]!.value.low })
    const lines = readMetrics(join(folder, 'runs/whole')).filter(({ step }) => step !== null)
    expect(lines.map(({ metrics }) => metrics['trial.ndcg@10'])).toEqual(trials.map(({ value }) => value!.mean))
  })

  test('that was stopped goes on where it was, to the same trials, with none done twice', async () => {
    const stop = new AbortController()
    const stopped = await tune(`${CF} --trials 3 --name stopped`, stop.signal, (line) => {
      if (line.includes('trial 2 of 4')) stop.abort(new Error('Ctrl-C'))
    })
    expect(stopped.code).toBe(130)
    expect(stopped.stderr).toMatch(/2 trials are in .*stopped: --resume goes on/)
    const before = trialsOf('stopped')
    expect(before).toHaveLength(2)
    const record = readRecord(join(folder, 'runs/stopped'))!
    expect(record.status).toBe('stopped')

    const again = await tune(`${CF} --trials 3 --name stopped`)
    expect(again.code).toBe(1)
    expect(again.stderr).toMatch(/found 2 trials; --resume goes on with them/)

    const other = await tune(`${CF} --trials 3 --name stopped --resume --seed 7`)
    expect(other.code).toBe(1)
    expect(other.stderr).toMatch(/found a run with other facts: the configuration, seed \(42, now 7\)/)
    // what was refused leaves the record alone
    expect(readRecord(join(folder, 'runs/stopped'))).toEqual(record)

    // and two workers come to what one came to
    const resumed = await tune(`${CF} --trials 3 --name stopped --resume --workers 2`)
    expect(resumed.code, resumed.stderr).toBe(0)
    expect(readRecord(join(folder, 'runs/stopped'))).toMatchObject({ status: 'done', startedAt: record.startedAt })
    const after = trialsOf('stopped')
    expect(after).toHaveLength(4)
    expect(after.slice(0, 2)).toEqual(before)
    const valuesOf = (trials: Trial[]) => trials.map(({ settings, value }) => JSON.stringify([settings, value])).sort()
    expect(valuesOf(after)).toEqual(valuesOf(trialsOf('whole')))
  })

  test('by halving, most trials have a part of the iterations', async () => {
    const { code, stderr } = await tune(`${CF} --strategy halving --trials 4 --name halving`)
    expect(code, stderr).toBe(0)
    expect(trialsOf('halving').map(({ budget }) => budget)).toEqual([1, 0.25, 0.25, 0.25, 0.25, 0.5, 0.5, 1])
  })

  test('of the blend learns its weights on other users than it judges, and the preset is a configuration', async () => {
    const keys = '--try model.cf.recencyHalfLife=null,3 --try model.neighbours.type=itemKnn'
    const { code, stdout, stderr } = await tune(`${keys} --objective recall@5 --name blend --write-preset best.yml`)
    expect(code, stderr).toBe(0)
    expect(stdout).toContain('The best settings are in best.yml')
    const text = readFileSync(join(folder, 'best.yml'), 'utf8')
    expect(text).toMatch(
      /^# Chosen by "marquee tune" on \d{4}-\d\d-\d\d, seed 42: trial \d, the best of 3 \(random\)\./,
    )
    const chosen = loadConfig({ path: join(folder, 'config.yml'), preset: join(folder, 'best.yml') })
    const [best] = [...trialsOf('blend')].sort((a, b) => b.value!.mean - a.value!.mean)
    if (best!.trial > 0) expect(chosen.model.neighbours.type).toBe('itemKnn')
    expect(chosen.model.cf.factors).toBe(8)
  })

  test('goes on past trials that fail, and says why they did', async () => {
    const failing = await tune(
      '--source neighbours --try model.neighbours.ease.regularization=1e-30,400 --name failing',
    )
    expect(failing.code, failing.stderr).toBe(0)
    const trials = trialsOf('failing')
    expect(trials.find(({ settings }) => settings['model.neighbours.ease.regularization'] === 1e-30)).toMatchObject({
      value: null,
      failed: expect.stringMatching(/./),
    })
    expect(failing.stdout).toMatch(/1 of the trials failed; the first: /)
  })

  test('in which every trial fails ends with 1', async () => {
    const overrides = 'model: { neighbours: { ease: { regularization: 1.0e-30 } } }'
    writeFileSync(join(folder, 'hopeless.yml'), overrides)
    const all = '--source neighbours --try model.neighbours.ease.neighbours=5,6 --name hopeless --preset hopeless.yml'
    const { code, stderr } = await tune(all)
    expect(code).toBe(1)
    expect(stderr).toMatch(/no trial came through; the first of 3 failed: /)
  })
})

describe('wrong usage ends with 2 before any work', () => {
  test.each([
    ['', /the space: found nothing to search; give --space or --try/],
    ['--try model.cf.factors', /--try: found "model\.cf\.factors"; must be as key=a,b,c/],
    ['--try model.cf.factor=8', /model\.cf\.factor: unknown key; did you mean model\.cf\.factors\?/],
    ['--try model.cf.factors=8..1024:8', /model\.cf\.factors: found 1024; must be at most 512/],
    ['--try model.cf.alpha=9..1', /model\.cf\.alpha: must be a list, or high must be above low/],
    ['--try model.cf.alpha=1 --try model.cf.alpha=2', /found model\.cf\.alpha twice/],
    ['--try model.cf.alpha=1,2 --objective rmse@10', /--objective: found "rmse@10"; must be a metric at a length/],
    [
      '--try model.cf.alpha=1,2 --source neighbours',
      /model\.cf\.alpha: changes nothing in the lists of --source neigh/,
    ],
    ['--try model.cf.type=als,bpr', /model\.cf\.type: found it in the space; must be als/],
    ['--try model.cf.iterations=4,8 --strategy halving', /--strategy halving: its budget is the iterations/],
    ['--try model.cf.alpha=1,2 --name ../x', /--name: found "\.\.\/x"; must be letters/],
    ['--try model.cf.alpha=1,2 --space none.yml', /none\.yml: no such file/],
    ['--try model.cf.alpha=40', /the space: found no settings but those configured/],
    ['--try a=1 --strategy grid', /Allowed choices are random, halving/],
    ['--try a=1 --trials 0', /Expected a whole number from 1/],
  ])('%j', async (options, message) => {
    const { code, stderr } = await tune(options)
    expect(stderr).toMatch(message)
    expect(code).toBe(2)
    expect(existsSync(join(folder, 'runs', 'marquee-ndcg10'))).toBe(false)
  })
})
