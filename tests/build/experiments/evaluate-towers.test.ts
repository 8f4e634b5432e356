import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import type { TowersReport } from '../../../build/experiments/evaluate-towers.ts'
import { marqueeIn } from '../../helpers/marquee-in.ts'
import { writeSmallMovieLens } from '../../helpers/small-movielens.ts'

const folder = mkdtempSync(join(tmpdir(), 'marquee-towers-test-'))
afterAll(() => rmSync(folder, { recursive: true }))

writeFileSync(
  join(folder, 'config.yml'),
  `project: { artifacts: ${folder} }\nevaluation: { cutoffs: [5], relevantFrom: 5, bootstrapSamples: 100 }\n` +
    'model: { likedFrom: 5, cf: { factors: 8, twoTower: { epochs: 2, hidden: [16], batch: 64 } }, next: { type: none } }\n',
)
writeSmallMovieLens(join(folder, 'movielens'))

const marquee = marqueeIn(folder)
const TOWERS = 'evaluate --protocol two-towers --config config.yml --input movielens --threads 1'

describe('marquee evaluate --protocol two-towers', () => {
  test('compares the blend with either, and ships the towers only where they are better', {
    timeout: 60_000,
  }, async () => {
    const { code, stdout, stderr } = await marquee(`${TOWERS} --json report.json`)
    expect(code, stderr).toBe(0)
    const report = JSON.parse(readFileSync(join(folder, 'report.json'), 'utf8')) as TowersReport
    expect(report.models.map(({ name }) => name)).toEqual([
      ...['als', 'two_tower', 'blend with als', 'blend with two_tower'],
    ])
    const served = report.differences.find(({ a }) => a === 'blend with two_tower')!.metrics['ndcg@10']!
    const [before, after] = report.models.slice(2).map(({ metrics }) => metrics['ndcg@10']!.mean) as [number, number]
    expect(served.mean).toBeCloseTo(after - before, 6)
    expect(report.shipped).toBe(served.low > 0 ? 'two_tower' : 'als')
    const [asIs, , , , mostDiverse] = report.diversity.map(({ metrics }) => metrics['diversity@10']!.mean)
    expect(report.diversity[0]!.metrics['ndcg@10']).toEqual(report.models[1]!.metrics['ndcg@10'])
    expect(mostDiverse).toBeGreaterThan(asIs!)
    expect(stdout).toContain(`to be shipped: ${report.shipped}`)
  })

  test('refuses flags of a split', async () => {
    const { code, stderr } = await marquee(`${TOWERS} --k 5`)
    expect(code).toBe(2)
    expect(stderr).toContain('--protocol two-towers: found --k beside it; it takes the configured split')
  })
})
