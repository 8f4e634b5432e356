import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import type { ColdReport } from '../../../build/experiments/evaluate-cold.ts'
import { marqueeIn } from '../../helpers/marquee-in.ts'
import { writeSmallMovieLens } from '../../helpers/small-movielens.ts'

const folder = mkdtempSync(join(tmpdir(), 'marquee-cold-test-'))
afterAll(() => rmSync(folder, { recursive: true }))

writeFileSync(
  join(folder, 'config.yml'),
  `project: { artifacts: ${folder} }\nevaluation: { cutoffs: [5], relevantFrom: 5, bootstrapSamples: 100 }\n` +
    'model: { likedFrom: 5, cf: { factors: 8, regularization: 0.1 }, next: { type: none }, content: { maxDocumentShare: 1 } }\n',
)
writeSmallMovieLens(join(folder, 'movielens'))

const marquee = marqueeIn(folder)

const COLD = 'evaluate --protocol cold-items --config config.yml --input movielens --threads 1'

describe('marquee evaluate --protocol cold-items', () => {
  test('finds movies that nobody rated where everybody likes one genre', { timeout: 60_000 }, async () => {
    const { code, stdout, stderr } = await marquee(`${COLD} --json report.json`)
    expect(code, stderr).toBe(0)
    const report = JSON.parse(readFileSync(join(folder, 'report.json'), 'utf8')) as ColdReport
    const ndcg = Object.fromEntries(report.models.map(({ name, metrics }) => [name, metrics['ndcg@5']!.mean]))
    expect(Object.keys(ndcg)).toEqual(['marquee', 'als', 'content', 'random'])
    expect(ndcg.als).toBeGreaterThan(ndcg.random! + 0.1)
    expect(report.differences.map(({ a, b }) => `${a} - ${b}`)).toEqual([
      'marquee - als',
      'marquee - content',
      'marquee - random',
      'als - content',
      'random - content',
    ])
    expect(report.coldItems).toBeGreaterThan(5)
    expect(stdout).toContain(`ranked: these ${report.coldItems} alone`)
  })

  test('refuses flags of a split', async () => {
    const { code, stderr } = await marquee(`${COLD} --relevant-from 3`)
    expect(code).toBe(2)
    expect(stderr).toContain('found --relevant-from beside it; it divides the movies itself')
  })
})
