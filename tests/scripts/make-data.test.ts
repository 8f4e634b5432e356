import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { randomSource } from '#core/random.ts'
import { activityCounts, aliasTable, popularityWeights, quantile, SHAPES } from '../../scripts/bench/movielens-shape.ts'
import { ingestFolder, temporaryFolder } from '../build/ingest/workspace.ts'

const FILES = ['ratings.csv', 'movies.csv', 'links.csv', 'tags.csv']

function makeData(line: string) {
  const folder = temporaryFolder()
  const script = join(import.meta.dirname, '../../scripts/bench/make-data.ts')
  const ran = spawnSync(process.execPath, [script, '--output', folder, ...line.split(' ')], { encoding: 'utf8' })
  return {
    folder,
    code: ran.status,
    stderr: ran.stderr,
    read: (name: string) => readFileSync(join(folder, name), 'utf8'),
  }
}

describe('make-data', () => {
  const like = '--like ml-20m --scale 0.001'

  test('gives the same bytes for the same seed, and others for another', () => {
    const [one, same, other] = [makeData(like), makeData(like), makeData(`${like} --seed 7`)]
    for (const name of FILES) expect(same.read(name), name).toBe(one.read(name))
    expect(other.read('ratings.csv')).not.toBe(one.read('ratings.csv'))
  })

  test('gives rows as many as asked for, in MovieLens’ order and spelling, no pair twice', () => {
    const { read } = makeData(like)
    const [header, ...rows] = read('ratings.csv').trimEnd().split('\n')
    expect(header).toBe('userId,movieId,rating,timestamp')
    expect(rows).toHaveLength(20_000)
    for (const row of rows) expect(row).toMatch(/^\d+,\d+,([0-4]\.5|[1-5]\.0),\d{9,10}$/)
    const keys = rows.map((row) => row.split(',').slice(0, 2).map(Number) as [number, number])
    const unordered = keys.findIndex(([user, movie], row) => {
      const [userBefore, movieBefore] = keys[row - 1] ?? [0, 0]
      return user < userBefore || (user === userBefore && movie <= movieBefore)
    })
    expect(unordered).toBe(-1)
  })

  test('is read by ingest without a row left out', async () => {
    const { folder } = makeData(like)
    const { sources } = await ingestFolder(folder)
    expect(sources.flatMap(({ dropped }) => Object.keys(dropped))).toEqual([])
    expect(sources.every(({ rowsKept }) => rowsKept > 100)).toBe(true)
  })

  test.each([
    ['--like ml-3m', /--like: found ml-3m, expected one of ml-1m, ml-20m, ml-32m/],
    ['--scale 0', /--scale: found 0, expected a number above 0/],
    ['--scale 0.0001', /which is 39 movies; expected 100 to/],
  ])('%s is refused', (line, message) => {
    const { code, stderr } = makeData(line)
    expect(code).toBe(1)
    expect(stderr).toMatch(message)
  })
})

describe('the shape of MovieLens', () => {
  test('activity adds up, and its tenths are ML-1M’s', () => {
    const counts = activityCounts(SHAPES['ml-1m'], randomSource(42)).sort()
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(1_000_209)
    expect(counts[0]).toBe(20)
    // ML-1M has 27, 96 and 400 at these ranks; 6,040 draws put the median within 3 %
    for (const [share, expected] of [
      [0.1, 27],
      [0.5, 96],
      [0.9, 400],
    ] as const) {
      const found = counts[Math.floor(share * counts.length)]!
      expect(Math.abs(found / expected - 1)).toBeLessThan(0.1)
    }
  })

  test.each(Object.keys(SHAPES) as (keyof typeof SHAPES)[])(
    'in %s more than half of the users know the first movie',
    (like) => {
      const { users, ratings } = SHAPES[like]
      const weights = popularityWeights(SHAPES[like])
      const share = (weights[0]! / weights.reduce((sum, weight) => sum + weight, 0)) * (ratings / users)
      expect(share).toBeGreaterThan(0.5)
      expect(share).toBeLessThan(0.6)
    },
  )

  test('draws by weight: 3 of 4 for the one of weight 3', () => {
    const draw = aliasTable([1, 0, 3], randomSource(1))
    const counts = [0, 0, 0]
    for (let round = 0; round < 40_000; round++) counts[draw()]!++
    expect(counts[1]).toBe(0)
    // sd of the share is √(3/16 / 40,000) = 0.0022
    expect(counts[2]! / 40_000).toBeCloseTo(0.75, 1.9)
  })

  test('a quantile lies on the line between its neighbours', () => {
    expect(
      quantile(
        [
          [0, 0],
          [0.5, 10],
          [1, 30],
        ],
        0.75,
      ),
    ).toBe(20)
  })
})
