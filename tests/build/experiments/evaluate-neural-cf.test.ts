import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import type { NeuralCfReport } from '../../../build/experiments/evaluate-neural-cf.ts'
import { marqueeIn } from '../../helpers/marquee-in.ts'
import { writeSmallMovieLens } from '../../helpers/small-movielens.ts'

const folder = mkdtempSync(join(tmpdir(), 'marquee-neural-cf-test-'))
afterAll(() => rmSync(folder, { recursive: true }))

writeFileSync(
  join(folder, 'config.yml'),
  `project: { artifacts: ${folder} }\nevaluation: { cutoffs: [5], relevantFrom: 5, bootstrapSamples: 100 }\n` +
    'model: { likedFrom: 5, cf: { factors: 8, twoTower: { epochs: 1, hidden: [16], batch: 64 } }, next: { type: none },' +
    ' neuralCf: { epochs: 2, products: 8, layers: [16, 8], batch: 64 } }\n',
)
writeSmallMovieLens(join(folder, 'movielens'))

const marquee = marqueeIn(folder)
const NEURAL_CF = 'evaluate --protocol neural-cf --config config.yml --input movielens --threads 1'

describe('marquee evaluate --protocol neural-cf', () => {
  test('judges NeuMF beside products, every source and the blend, and says whether it helps', {
    timeout: 60_000,
  }, async () => {
    const { code, stdout, stderr } = await marquee(`${NEURAL_CF} --json report.json`)
    expect(code, stderr).toBe(0)
    const report = JSON.parse(readFileSync(join(folder, 'report.json'), 'utf8')) as NeuralCfReport
    const ndcg = new Map(report.models.map(({ name, metrics }) => [name, metrics['ndcg@10']!.mean]))
    expect([...ndcg.keys()]).toEqual([
      ...['als', 'ease', 'content', 'popularity', 'random', 'blend'],
      ...['neural_cf', 'blend + neural_cf', 'product', 'blend + product', 'two_tower', 'blend + two_tower'],
    ])
    for (const { a, b, metrics } of report.differences)
      expect(metrics['ndcg@10']!.mean).toBeCloseTo(ndcg.get(a)! - ndcg.get(b)!, 6)
    const { low } = report.differences.find(({ a }) => a === 'blend + neural_cf')!.metrics['ndcg@10']!
    expect(report.helps).toBe(low > 0)
    expect(stdout).toContain(`neural_cf makes the blend better: ${report.helps ? 'yes' : 'no'}`)
  })

  test('refuses flags of a split', async () => {
    const { code, stderr } = await marquee(`${NEURAL_CF} --k 5`)
    expect(code).toBe(2)
    expect(stderr).toContain('--protocol neural-cf: found --k beside it; it takes the configured split')
  })
})
