import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeEach, expect, test } from 'vitest'
import { lockRunFolder, openRunFolder, type RunFacts } from '../../../build/tuning/index.ts'
import { stepHandles } from '../../helpers/step-handles.ts'

const { log, lines } = stepHandles()
const parent = mkdtempSync(join(tmpdir(), 'marquee-runs-'))
afterAll(() => rmSync(parent, { recursive: true }))
let folder = ''
let runs = 0
beforeEach(() => {
  folder = join(parent, String(runs++))
})

const FACTS: RunFacts = {
  ...({ format: 'marquee-tune', version: 1 } as const),
  ...{ dataHash: 'd', configHash: 'c', codeHash: 'k', seed: 1, objective: 'ndcg@10 of cf', strategy: 'random' },
  ...{ maxUsers: 9, space: { 'model.cf.factors': [8, 16] } },
}
const OUTCOME = {
  ...{ settings: { 'model.cf.factors': 8 }, budget: 1, value: { mean: 0.5, low: 0, high: 1 }, failed: null },
  ...{ seconds: 1, seed: 1, configHash: 'c', dataHash: 'd' },
}
const VALUES = Float64Array.of(0, 1 / 3, 1)

test('a trial is on the disk as soon as it is appended, with a value a user', () => {
  openRunFolder(folder, FACTS, false, log).append(OUTCOME, VALUES)
  const lines = readFileSync(join(folder, 'trials.jsonl'), 'utf8').split('\n')
  expect(JSON.parse(lines[0]!)).toEqual({ trial: 0, ...OUTCOME })

  const resumed = openRunFolder(folder, FACTS, true, log)
  expect(resumed.trials).toEqual([{ trial: 0, ...OUTCOME }])
  expect(resumed.valuesOf(resumed.trials[0]!)).toEqual(VALUES)
})

test('a failed trial is kept with its reason', () => {
  openRunFolder(folder, FACTS, false, log).append({ ...OUTCOME, value: null, failed: 'diverged' }, null)
  expect(openRunFolder(folder, FACTS, true, log).trials).toMatchObject([{ value: null, failed: 'diverged' }])
})

test('a line that a killed process left unfinished is cut off, the ones before it stay', () => {
  openRunFolder(folder, FACTS, false, log).append(OUTCOME, VALUES)
  appendFileSync(join(folder, 'trials.jsonl'), '{"trial":1,"sett')
  const resumed = openRunFolder(folder, FACTS, true, log)
  expect(resumed.trials).toHaveLength(1)
  expect(resumed.append(OUTCOME, VALUES).trial).toBe(1)
  expect(openRunFolder(folder, FACTS, true, log).trials).toHaveLength(2)
})

test('without resume a folder with trials is left alone', () => {
  openRunFolder(folder, FACTS, false, log).append(OUTCOME, VALUES)
  expect(() => openRunFolder(folder, FACTS, false, log)).toThrow(/found 1 trials; --resume goes on with them/)
})

test('there must be something to resume', () => {
  expect(() => openRunFolder(folder, FACTS, true, log)).toThrow(/found no run, expected one with --resume/)
})

test.each([
  [{ dataHash: 'other' }, /found a run with other facts: the data; --name begins another run/],
  [{ space: { 'model.cf.factors': [8] } }, /other facts: space \(\{"model\.cf\.factors":\[8,16\]\}, now /],
  [{ seed: 2 }, /other facts: seed \(1, now 2\)/],
  [{ configHash: 'x', objective: 'o' }, /other facts: the configuration, objective \("ndcg@10 of cf", now "o"\)/],
])('resuming with %j is refused', (change, message) => {
  openRunFolder(folder, FACTS, false, log)
  expect(() => openRunFolder(folder, { ...FACTS, ...change }, true, log)).toThrow(message)
})

test('other code is warned of', () => {
  openRunFolder(folder, FACTS, false, log)
  openRunFolder(folder, { ...FACTS, codeHash: 'other' }, true, log)
  expect(lines).toEqual([expect.stringContaining('the code is not the one that this run began with')])
})

test('a file that is not ours is named with its line', () => {
  openRunFolder(folder, FACTS, false, log).append(OUTCOME, VALUES)
  appendFileSync(join(folder, 'trials.jsonl'), '{"trial":"one"}\n')
  expect(() => openRunFolder(folder, FACTS, true, log)).toThrow(/trials\.jsonl:2: not as "marquee tune" writes it/)
  writeFileSync(join(folder, 'search.json'), '{}')
  expect(() => openRunFolder(folder, FACTS, true, log)).toThrow(/search\.json: not as "marquee tune" writes it/)
})

test('two searches do not share a folder', () => {
  const lock = lockRunFolder(folder)
  expect(() => lockRunFolder(folder)).toThrow(
    `${folder}: found a search in progress there (process ${process.pid}); --name begins another one beside it`,
  )
  lock.release()
  lockRunFolder(folder).release()
})
