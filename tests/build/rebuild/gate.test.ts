import { expect, test } from 'vitest'
import { ApiConfig, GateConfig } from '#core/schemas/config.ts'
import type { Manifest } from '#core/schemas/manifest.ts'
import type { PairedJudgement } from '../../../build/nouns.ts'
import { judgeGate } from '../../../build/rebuild/index.ts'
import { CARD } from '../../helpers/exported-model.ts'

const estimate = (mean: number, low: number, high: number) => ({ mean, low, high })
const metric = (difference: ReturnType<typeof estimate>, byChance: number) => ({
  ...{ name: 'ndcg@10', lowerIsBetter: false, difference, byChance },
  ...{ served: estimate(0.2, 0.19, 0.21), candidate: estimate(0.2 + difference.mean, 0.1, 0.3) },
})
const pairOf = (...metrics: PairedJudgement['metrics']): PairedJudgement => ({
  ...{ users: 100, ratedAgain: 0, unknownToServed: 0, metrics },
  coverage: [{ name: 'coverage@10', served: 0.5, candidate: 0.45 }],
})
const manifestOf = (sizeBytes = 1000, low = 0.01): Manifest => ({
  format: 'marquee-model',
  version: 1,
  buildId: 'a'.repeat(16),
  files: {
    'factors.arrow': { sizeBytes, sha256: '0'.repeat(64) },
    'histories.arrow': { sizeBytes: 3e6, sha256: '0'.repeat(64) },
  },
  api: ApiConfig.parse({}),
  card: { ...CARD, evaluation: { ...CARD.evaluation, overPopularity: { 'ndcg@10': estimate(0.02, low, 0.03) } } },
})

/** Rules that are broken. */
function broken(pair: PairedJudgement | null, manifest = manifestOf(), config = {}, smoke = [] as never[]): string[] {
  const verdicts = judgeGate({ manifest, pair, smoke }, GateConfig.parse(config))
  return verdicts.filter(({ ok }) => !ok).map(({ rule }) => rule)
}

test('a metric may be worse by what chance explains, of all metrics together', () => {
  const worse = estimate(-0.01, -0.019, -0.001)
  expect(broken(pairOf(metric(worse, 0.05)))).toEqual([])
  expect(broken(pairOf(metric(worse, 0.049)))).toEqual(['ndcg@10 against the served model'])
  expect(broken(pairOf(metric(worse, 0.049)), manifestOf(), { refusedByChance: 0.01 })).toEqual([])
})

test('coverage may fall by a part of what the served model has', () => {
  // 0.45 of 0.5 is a loss of 10 %
  expect(broken(pairOf(), manifestOf(), { maxCoverageLoss: 0.11 })).toEqual([])
  expect(broken(pairOf(), manifestOf(), { maxCoverageLoss: 0.09 })).toEqual(['coverage@10 against the served model'])
})

test('NDCG must be above that of popularity with its interval', () => {
  expect(broken(null, manifestOf(1000, 0))).toEqual(['ndcg@10 against popularity'])
})

test('files must fit: what an isolate keeps, all together, each', () => {
  expect(broken(null, manifestOf(65e6))).toEqual(['memory of an isolate'])
  expect(broken(null, manifestOf(), { totalMb: 2.9 })).toEqual(['all files'])
  expect(broken(null, manifestOf(), { fileMb: 2.9 })).toEqual(['the largest file, histories.arrow'])
})

test('says what was found and what was expected', () => {
  const verdicts = judgeGate(
    {
      manifest: manifestOf(65e6),
      pair: pairOf(metric(estimate(-0.01, -0.02, -0.001), 0.012)),
      smoke: [{ question: 'a list for user 1', ok: false, found: 'an empty list', expected: 'a full list' }],
    },
    GateConfig.parse({}),
  )
  expect(verdicts.filter(({ ok }) => !ok)).toEqual([
    {
      rule: 'ndcg@10 against the served model',
      ok: false,
      found: '−0.0100 (95 % −0.0200 to −0.0010), as bad by chance: 0.012',
      expected: 'as bad by chance in one of the metrics: 0.05 or more, were each worse by 1 %',
    },
    { rule: 'memory of an isolate', ok: false, found: '65.0 MB', expected: 'at most 64 MB' },
    { rule: 'a list for user 1', ok: false, found: 'an empty list', expected: 'a full list' },
  ])
})
