import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import {
  compareRuns,
  parseCondition,
  pruneRuns,
  type RunRecord,
  readRecords,
  selectRuns,
  type Tracker,
} from '../../../build/tracking/index.ts'
import { beginRun, runsFolder } from '../../helpers/tracked-run.ts'

const RECORD: RunRecord = {
  ...{ format: 'marquee-run', version: 1, id: 'a', kind: 'build', name: 'default', notes: '' },
  ...{ startedAt: '2026-01-01T00:00:00.000Z', endedAt: '2026-01-01T00:00:09.000Z', seconds: 9, status: 'done' },
  ...{ failure: null, commandLine: 'npx marquee build', config: { model: { cf: { factors: 64, scales: [1, 2] } } } },
  code: { commit: 'c'.repeat(40), dirty: false, sha256: 'd'.repeat(64) },
  ...{ data: [{ file: 'ratings.csv', sha256: 'e'.repeat(64) }], buildId: 'b1' },
  environment: { node: '24.0.0', os: 'Linux', cpu: 'fast', cores: 2, memoryBytes: 1 },
  process: { pid: 1, startedTicks: 1, machine: 'x' },
  ...{ params: {}, metrics: { 'test.ndcg@10': 0.1 }, artifacts: [], model: null },
}
const run = (id: string, changes: Partial<RunRecord>): RunRecord => ({ ...RECORD, id, ...changes })

const A = run('a', {})
const B = run('b', { kind: 'tune', name: 'factors', metrics: { 'test.ndcg@10': 0.3 }, seconds: 5 })
const C = run('c', { status: 'failed', metrics: {}, config: { model: { cf: { factors: 8 } } } })
const ids = (records: readonly RunRecord[]) => records.map(({ id }) => id).join('')
const where = (...texts: string[]) => ({ conditions: texts.map((text) => parseCondition(text)!) })

test('runs are found by kind, status and a part of their names', () => {
  expect(ids(selectRuns([A, B, C], { kinds: ['tune'] }))).toBe('b')
  expect(ids(selectRuns([A, B, C], { statuses: ['failed'] }))).toBe('c')
  expect(ids(selectRuns([A, B, C], { text: 'fact' }))).toBe('b')
  expect(ids(selectRuns([A, B, C], { limit: 2 }))).toBe('ab')
})

test('runs are found by metrics and settings; one without the value is not', () => {
  expect(ids(selectRuns([A, B, C], where('test.ndcg@10>=0.1')))).toBe('ab')
  expect(ids(selectRuns([A, B, C], where('test.ndcg@10 > 0.1')))).toBe('b')
  expect(ids(selectRuns([A, B, C], where('model.cf.factors=8')))).toBe('c')
  expect(ids(selectRuns([A, B, C], where('model.cf.factors!=8', 'seconds<9')))).toBe('b')
  expect(ids(selectRuns([A, B, C], where('model.cf.scales=[1,2]')))).toBe('ab')
  expect(ids(selectRuns([A, B, C], where('nothing<1')))).toBe('')
  expect(parseCondition('no condition')).toBe(null)
})

test('the largest value comes first, a run without it last', () => {
  expect(ids(selectRuns([C, A, B], { sort: 'test.ndcg@10' }))).toBe('bac')
  expect(ids(selectRuns([A, B, C], { sort: 'model.cf.factors' }))).toBe('abc')
})

test('what differs between runs is told by its name, what is the same is left out', () => {
  const other = run('d', {
    config: { model: { cf: { factors: 32, scales: [1, 2] } }, project: { artifacts: 'elsewhere' } },
    data: [{ file: 'ratings.csv', sha256: 'f'.repeat(64) }],
    code: { ...RECORD.code, dirty: true },
    metrics: { 'test.ndcg@10': 0.15, 'test.recall@10': 0.2 },
  })
  const { differences, metrics } = compareRuns([A, other], [[], []])
  expect(differences).toEqual([
    { key: 'model.cf.factors', values: [64, 32] },
    { key: 'commit', values: ['cccccccccccc', 'cccccccccccc and changes'] },
    { key: 'data ratings.csv', values: ['e'.repeat(16), 'f'.repeat(16)] },
  ])
  expect(metrics).toEqual([
    { key: 'test.ndcg@10', values: [0.1, 0.15] },
    { key: 'test.recall@10', values: [null, 0.2] },
  ])
})

test('metrics by step are curves; of a step that was done again the last value counts', () => {
  const line = (step: number | null, value: number) => ({ at: 0, step, metrics: { loss: value } })
  const { curves } = compareRuns(
    [A, B],
    [
      [line(1, 3), line(2, 2), line(2, 1)],
      [line(1, 5), line(null, 9)],
    ],
  )
  expect(curves).toEqual([
    {
      key: 'loss',
      runs: [
        {
          run: 0,
          points: [
            { step: 1, value: 3 },
            { step: 2, value: 1 },
          ],
        },
        { run: 1, points: [{ step: 1, value: 5 }] },
      ],
    },
  ])
})

test('pruning removes the oldest, and neither runs in progress nor such as were not sent', async () => {
  const runs = runsFolder()
  const begun: string[] = []
  for (const [at, status] of (['done', 'running', 'done', 'done', 'done'] as const).entries()) {
    const one = await beginRun(runs, [], { isDeferred: true })
    one.begin(join(runs, `run-${at}`))
    if (status === 'done') await one.end('done', null, 0)
    begun.push(one.folder!)
    // the order is that of their beginning
    await new Promise((resolve) => setTimeout(resolve, 2))
  }
  const tracker: Tracker = { name: 't', mark() {}, isPending: (folder) => folder === begun[2], send: async () => {} }
  const { removed, unsent } = pruneRuns(runs, readRecords(runs), 1, [tracker], false)
  expect(removed.map(({ id }) => id)).toEqual(['run-3', 'run-0'])
  expect(unsent.map(({ id }) => id)).toEqual(['run-2'])
  expect(begun.map(existsSync)).toEqual([false, true, true, false, true])
  expect(pruneRuns(runs, readRecords(runs), 1, [tracker], true).removed.map(({ id }) => id)).toEqual(['run-2'])
})
