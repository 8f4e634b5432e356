import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import type { SplitReport } from '../../../build/experiments/evaluate-split.ts'
import type { LearningCurve } from '../../../build/experiments/learning-curve.ts'
import { marqueeIn } from '../../helpers/marquee-in.ts'
import { writeSmallMovieLens } from '../../helpers/small-movielens.ts'

const folder = mkdtempSync(join(tmpdir(), 'marquee-split-test-'))
afterAll(() => rmSync(folder, { recursive: true }))

const NUM_USERS = 60
const ITEMS_A_TASTE = 20

/**
 * Two tastes of twenty items each, and users who have twelve of their own taste: ten are train, one valid, one test. No
 * chance is involved. User 0 is in test alone, with an item that nobody else has; user 1 has no line in test.
 */
function writeSplit(): { train: string; valid: string; test: string } {
  const lines = { train: [] as string[], valid: [] as string[], test: ['u0 unheard-of'] }
  for (let user = 1; user < NUM_USERS; user++) {
    const item = (n: number) => `${user % 2 ? 'western' : 'opera'}-${(user * 7 + n * 3) % ITEMS_A_TASTE}`
    lines.train.push([`u${user}`, ...Array.from({ length: 10 }, (_, n) => item(n))].join(' '))
    lines.valid.push(`u${user} ${item(10)}`)
    if (user > 1) lines.test.push(`u${user} ${item(11)}`)
  }
  for (const [name, content] of Object.entries(lines)) writeFileSync(join(folder, name), `${content.join('\n')}\n`)
  return { train: 'train', valid: 'valid', test: 'test' }
}
writeSplit()
const SAMPLES = 'evaluation: { bootstrapSamples: 100 }'
writeFileSync(join(folder, 'config.yml'), `${SAMPLES}\nmodel: { cf: { factors: 8, iterations: 4 } }\n`)
// little is searched: it takes a tenth of the time
const FEW = 'model: { cf: { type: bpr, factors: 8, bpr: { epochs: 5 } }, neighbours: { type: none } }'
writeFileSync(join(folder, 'quick.yml'), `${SAMPLES}\n${FEW}\n`)
writeSmallMovieLens(join(folder, 'movielens'))

const marquee = marqueeIn(folder)

const COMMAND = 'evaluate --threads 1'

async function report(
  options: string,
  config = 'config.yml',
): Promise<SplitReport & { stdout: string; stderr: string }> {
  const { code, stdout, stderr } = await marquee(`${COMMAND} --config ${config} ${options} --json report.json`)
  expect(code, stderr).toBe(0)
  return { ...JSON.parse(readFileSync(join(folder, 'report.json'), 'utf8')), stdout, stderr }
}

describe('a split of one’s own', () => {
  const files = '--train train --valid valid --test test --format adjacency'

  test('is tuned on valid, learned again and judged once, every model with its intervals', {
    timeout: 60_000,
  }, async () => {
    const found = await report(`${files} --k 10,20,100`)
    const names = found.models.map(({ name }) => name)
    // nothing is known of these items but their ids: there is no row for content
    expect(names).toEqual(['marquee', 'als', 'next', 'ease', 'popularity', 'itemKnn', 'random'])
    for (const { metrics } of found.models)
      for (const [name, { mean, low, high }] of Object.entries(metrics)) {
        expect(low, name).toBeLessThanOrEqual(mean)
        // where all users are alike, but for rounding
        expect(high, name).toBeGreaterThanOrEqual(mean - 1e-12)
      }
    const recallAt = (name: string, k: number) =>
      found.models.find((model) => model.name === name)!.metrics[`recall@${k}`]!.mean
    // 28 of the 58 others share the taste; the test item is one of the 9 of 20 that a user has not had, so at 10 all are found
    expect(recallAt('marquee', 10)).toBeCloseTo(58 / 59, 10)
    expect(recallAt('random', 10)).toBeLessThan(0.6)
    // the blend beside every other row, and each of these beside popularity
    const differenceOf = (a: string, b: string) =>
      found.differences.find((difference) => difference.a === a && difference.b === b)!.metrics['recall@10']!
    for (const other of names.slice(1)) {
      expect(differenceOf('marquee', other).mean).toBeCloseTo(recallAt('marquee', 10) - recallAt(other, 10), 10)
      if (other !== 'popularity')
        expect(differenceOf(other, 'popularity').mean).toBeCloseTo(recallAt(other, 10) - recallAt('popularity', 10), 10)
    }
    expect(found.stdout).toMatch(/marquee − random +\+0\.\d{4} +\+0\.\d{4} to \+0\.\d{4}/)
    // k above the catalogue of 41: the list has all of it but the history, also what nobody knows
    expect(recallAt('marquee', 100)).toBe(1)

    expect(found).toMatchObject({ seed: 42, users: 59, usersWithoutHistory: 1, itemsOnlyInTest: 1 })
    expect(found.protocol).toContain('tuned on valid, learned again from train + valid')
    expect(found.tuned.blend.length).toBeGreaterThan(1)
    expect([64, 128, 256, 8]).toContain(found.tuned.cf.factors)
    expect(found.stdout).toMatch(/^model +NDCG@10/)
    expect(found.stdout).toContain(
      '59 users judged; 1 user judged without a history; 1 item to be found and in no other part',
    )
  })

  test('the same files and seed give the same report, and without --valid the last of train is held out', {
    timeout: 60_000,
  }, async () => {
    const last = '--train train --test test --format adjacency --k 5 --seed 7'
    const first = await report(last, 'quick.yml')
    expect(first.stderr).toContain("no validation part: held out for it is the last of each user's train")
    expect(first.protocol).toContain("tuned on the last of each user's train, as test comes last")
    const { stdout: _, stderr: __, ...second } = await report(last, 'quick.yml')
    expect(first).toMatchObject(second)
  })

  test('without --valid and without any order a part of train is drawn', { timeout: 60_000 }, async () => {
    const pairs = readFileSync(join(folder, 'train'), 'utf8').trim().split('\n')
    const rows = pairs.flatMap((line) => {
      const [user, ...items] = line.split(' ')
      return items.map((item) => `${user},${item}`)
    })
    writeFileSync(join(folder, 'train.csv'), `${rows.join('\r\n')}\r\n`)
    writeFileSync(join(folder, 'test.csv'), 'u1,western-0\r\n\r\nu2,opera-8\r\n')
    const { protocol, users, stderr, models } = await report(
      '--train train.csv --test test.csv --format csv --k 5 --seed 7',
      'quick.yml',
    )
    expect(protocol).toContain('tuned on 10 % of train, drawn by seed 7')
    expect(users).toBe(2)
    expect(stderr).toContain('the files tell no order of time: next, and what is newer counting more, are left out')
    expect(models.map(({ name }) => name)).not.toContain('next')
  })
})

test('a named protocol divides the data itself', { timeout: 60_000 }, async () => {
  const found = await report('--protocol random-60-20-20 --input movielens', 'quick.yml')
  expect(found.protocol).toContain('relevant: 4 stars or more')
  expect(found.models.map(({ name }) => name)).toEqual([
    ...['marquee', 'bpr', 'next', 'content', 'popularity', 'itemKnn', 'random'],
  ])
  expect(Object.keys(found.models[0]!.metrics)).toContain('precision@10')
})

test('strong generalization judges users held out whole, who tell four fifths of what they have', {
  timeout: 60_000,
}, async () => {
  const found = await report('--protocol strong-generalization --input movielens', 'quick.yml')
  expect(found.protocol).toContain('learned from train alone; ranked: the whole catalogue but the history')
  expect(Object.keys(found.models[0]!.metrics)).toEqual(
    expect.arrayContaining(['cappedRecall@20', 'cappedRecall@50', 'ndcg@100']),
  )
  expect(found).toMatchObject({ usersWithoutHistory: 0, itemsOnlyInTest: 0 })
})

test('a learning curve judges the same users after learning from more and more', { timeout: 60_000 }, async () => {
  const flags = '--protocol random-60-20-20 --input movielens --learning-curve'
  const { code, stdout, stderr } = await marquee(`${COMMAND} --config quick.yml ${flags} --json curve.json`)
  expect(code, stderr).toBe(0)
  const { points, judgedUsers } = JSON.parse(readFileSync(join(folder, 'curve.json'), 'utf8')) as LearningCurve
  expect(points.map(({ share }) => share)).toEqual([0.125, 0.25, 0.5, 1])
  const sizes = points.map(({ interactions }) => interactions)
  expect(sizes).toEqual(sizes.toSorted((a, b) => a - b))
  expect(stdout).toMatch(/^users +interactions +marquee NDCG@10/)
  expect(stdout).toContain(`${judgedUsers} users judged, the same in every row`)
})

describe('flags that do not go together end with 2', () => {
  test.each([
    ['--train train', '--test: found nothing; a split needs --train and --test'],
    ['--valid valid --test test', '--train: found nothing; a split needs --train and --test'],
    ['--protocol global-time --test test', '--protocol: found --test beside it'],
    ['--protocol global-time --examine e.json', '--examine: found another split beside it'],
    ['--protocol global-time --relevant-from 4', '--protocol: found --relevant-from beside it'],
    [
      '--protocol unheard-of',
      'Allowed choices are ml-1m-leave-one-out, ml-1m-leave-one-out-100, global-time, random-60-20-20',
    ],
    ['--train a --test b --format json', 'Allowed choices are adjacency, csv'],
    ['--train a --test b --k 0', 'Expected whole numbers from 1 to 9999'],
    ['--input movielens', '--input: found neither --protocol nor --train beside it'],
    ['--input movielens --train train', '--input: found --train or --test beside it; it goes with --protocol'],
    ['--learning-curve', '--learning-curve: found neither --protocol nor --train beside it'],
    ['--protocol global-time --learning-curve --report r.html', '--learning-curve: found --report or --leaderboard'],
    ['--k 10', '--k: found neither --protocol nor --train beside it'],
  ])('%s', async (options, message) => {
    const { code, stderr } = await marquee(`${COMMAND} ${options}`)
    expect(code).toBe(2)
    expect(stderr).toContain(message)
  })
})
