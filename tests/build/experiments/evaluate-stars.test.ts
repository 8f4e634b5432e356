import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import type { StarsReport } from '../../../build/experiments/evaluate-stars.ts'
import { marqueeIn } from '../../helpers/marquee-in.ts'
import { writeSmallMovieLens } from '../../helpers/small-movielens.ts'

const folder = mkdtempSync(join(tmpdir(), 'marquee-stars-test-'))
afterAll(() => rmSync(folder, { recursive: true }))

writeFileSync(
  join(folder, 'config.yml'),
  'evaluation: { bootstrapSamples: 100 }\nmodel: { stars: { iterations: 3 } }\n',
)
writeSmallMovieLens(join(folder, 'movielens'))
const RATINGS = readFileSync(join(folder, 'movielens', 'ratings.csv'), 'utf8')
  .trim()
  .split('\n')
  .slice(1)

/** u1.base, u1.test … as MovieLens 100K has them: every fifth rating is of a fold. */
function writeFolds(): void {
  for (let fold = 0; fold < 5; fold++) {
    const lines = (isTest: boolean) =>
      RATINGS.filter((_, at) => (at % 5 === fold) === isTest).map((line) => line.replaceAll(',', '\t'))
    writeFileSync(join(folder, 'movielens', `u${fold + 1}.base`), `${lines(false).join('\n')}\n`)
    writeFileSync(join(folder, 'movielens', `u${fold + 1}.test`), `${lines(true).join('\n')}\n`)
  }
}

const marquee = marqueeIn(folder)

async function report(protocol: string): Promise<StarsReport & { stdout: string }> {
  const options = '--config config.yml --threads 1 --input movielens --json report.json'
  const { code, stdout, stderr } = await marquee(`evaluate --protocol ${protocol} ${options}`)
  expect(code, stderr).toBe(0)
  return { ...JSON.parse(readFileSync(join(folder, 'report.json'), 'utf8')), stdout }
}

test('folds that files give: each is predicted once, beside baselines and with intervals', {
  timeout: 60_000,
}, async () => {
  expect((await marquee('evaluate --protocol ml-100k-u1-u5 --config config.yml --input movielens')).stderr).toContain(
    'u1.test: no such file, expected it in one of the folders of --input',
  )
  writeFolds()
  const found = await report('ml-100k-u1-u5')
  expect(found).toMatchObject({ ratings: 800, users: 40, seed: 42 })
  expect(found.models.map(({ name }) => name)).toEqual(['marquee', 'userAndMovieMean', 'movieMean', 'globalMean'])
  for (const { metrics } of found.models) {
    expect(metrics.rmse!.mean).toBeGreaterThanOrEqual(metrics.mae!.mean)
    expect(metrics.rmse!.low).toBeLessThanOrEqual(metrics.rmse!.mean)
    expect(metrics.rmse!.high).toBeGreaterThanOrEqual(metrics.rmse!.mean)
  }
  // everybody gives 5 stars to one genre in four, which two means cannot know
  expect(found.overBaseline.rmse!.high).toBeLessThan(0)
  expect(found.folds.map(({ learnedFrom, ratings }) => [learnedFrom, ratings])).toEqual(new Array(5).fill([640, 160]))
  const rmses = found.folds.map(({ rmse }) => rmse)
  expect(found.models[0]!.metrics.rmse!.mean).toBeCloseTo(rmses.reduce((sum, rmse) => sum + rmse, 0) / 5, 12)
  expect(found.stdout).toContain('800 ratings of 40 users predicted')
  expect(found.files.map(({ file }) => file.split('/').at(-1))).toContain('u5.test')
})

test('folds that are drawn: every rating is in one of them', { timeout: 60_000 }, async () => {
  const { folds } = await report('ml-1m-5-fold')
  expect(folds.map(({ learnedFrom, ratings }) => [learnedFrom, ratings])).toEqual(new Array(5).fill([640, 160]))
})

test.each([
  ['--k 10', 'found --k beside it; it predicts stars of its own folds'],
  ['--relevant-from 4', 'found --relevant-from beside it'],
  ['--test test', 'found --test beside it'],
])('a protocol of stars beside %s is wrong usage', async (options, message) => {
  const { code, stderr } = await marquee(`evaluate --protocol ml-1m-5-fold ${options}`)
  expect({ code, stderr: stderr.includes(message) || stderr }).toEqual({ code: 2, stderr: true })
})
