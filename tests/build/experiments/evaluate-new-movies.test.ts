import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import type { NewMoviesReport } from '../../../build/experiments/evaluate-new-movies.ts'
import { marqueeIn } from '../../helpers/marquee-in.ts'
import { writeSmallMovieLens } from '../../helpers/small-movielens.ts'

const folder = mkdtempSync(join(tmpdir(), 'marquee-new-movies-test-'))
afterAll(() => rmSync(folder, { recursive: true }))

writeFileSync(
  join(folder, 'config.yml'),
  `project: { artifacts: ${folder} }\nevaluation: { bootstrapSamples: 100 }\n` +
    'model: { cf: { factors: 8 }, stars: { factors: 6 }, content: { maxDocumentShare: 1 } }\n',
)
writeSmallMovieLens(join(folder, 'movielens'))

const marquee = marqueeIn(folder)

const NEW_MOVIES = 'evaluate --protocol new-movies --config config.yml --input movielens --threads 1'

describe('marquee evaluate --protocol new-movies', () => {
  test('is nearer than the viewer’s own mean where everybody likes one genre', { timeout: 60_000 }, async () => {
    const { code, stdout, stderr } = await marquee(`${NEW_MOVIES} --json report.json`)
    expect(code, stderr).toBe(0)
    const report = JSON.parse(readFileSync(join(folder, 'report.json'), 'utf8')) as NewMoviesReport
    const rmse = Object.fromEntries(report.models.map(({ name, metrics }) => [name, metrics.rmse!.mean]))
    expect(Object.keys(rmse)).toEqual(['marquee', 'nearestMeans', 'userMean', 'globalMean'])
    expect(rmse.marquee).toBeLessThan(rmse.userMean!)
    expect(report.differences.map(({ a, b }) => `${a} - ${b}`)).toEqual([
      'marquee - nearestMeans',
      'marquee - userMean',
      'marquee - globalMean',
    ])
    expect(report.newMovies).toBeGreaterThan(5)
    expect(stdout).toContain('marquee minus userMean')
  })

  test('refuses flags of lists', async () => {
    const { code, stderr } = await marquee(`${NEW_MOVIES} --k 5`)
    expect(code).toBe(2)
    expect(stderr).toContain('found --k beside it; it predicts stars of its own movies')
  })
})
