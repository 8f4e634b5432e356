import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Config } from '#core/schemas/config.ts'
import { judgedUsers } from '../../../../build/evaluate/judged-users.ts'
import { testUsers } from '../../../../build/evaluate/splits/judge-split.ts'
import { readOwnSplit } from '../../../../build/evaluate/splits/own-split.ts'
import type { SplitFormat } from '../../../../build/evaluate/splits/split-file.ts'
import { PART } from '../../../../build/nouns.ts'
import { handlesWithLog, temporaryFolder } from '../../ingest/workspace.ts'

const { train, validation, test: tested } = PART

function relevantFrom(stars: number) {
  return { evaluation: { ...Config.parse({}).evaluation, relevantFrom: stars } }
}

/** Read a split of files with these contents; each user's rows are given as [item, part]. */
async function split(format: SplitFormat, contents: { train: string; valid?: string; test: string }) {
  const folder = temporaryFolder()
  const write = (name: string, content: string) => {
    writeFileSync(join(folder, name), content)
    return join(folder, name)
  }
  const log = handlesWithLog()
  const result = await readOwnSplit(
    {
      train: write('train', contents.train),
      valid: contents.valid === undefined ? null : write('valid', contents.valid),
      test: write('test', contents.test),
      format,
    },
    log.handles,
  ).catch((error: Error) => {
    throw Object.assign(error, { message: error.message.replaceAll(`${folder}/`, '') })
  })
  const { indptr, itemIndices, parts } = result.interactions
  const rows = [...indptr.keys()].slice(1).map((user) => {
    const entries = [...itemIndices.keys()].slice(indptr[user - 1], indptr[user])
    return entries.map((entry) => [result.catalog.titles[itemIndices[entry]!], parts[entry]])
  })
  return { ...result, rows, warnings: log.warnings.map((line) => line.replaceAll(`${folder}/`, '')) }
}

describe('order', () => {
  test('without times a user has train, then valid, then test, each as in its file', async () => {
    const { rows, hasTimes, catalog } = await split('adjacency', {
      train: 'u2 c a\nu1 b\n',
      valid: 'u1 c\n',
      test: 'u1 a\nu2 d\n',
    })
    expect(rows).toEqual([
      [
        ['c', train],
        ['a', train],
        ['d', tested],
      ],
      [
        ['b', train],
        ['c', validation],
        ['a', tested],
      ],
    ])
    expect(hasTimes).toBe(false)
    expect(catalog.titles).toEqual(['c', 'a', 'b', 'd'])
  })

  test('with times in every line it is theirs, in seconds, whatever part comes first', async () => {
    const { rows, hasTimes, interactions } = await split('csv', {
      train: '1,a,5,978300760000\n1,b,5,978300750000\n',
      test: '1,c,5,978300755000\n',
    })
    expect(rows).toEqual([
      [
        ['b', train],
        ['c', tested],
        ['a', train],
      ],
    ])
    expect(hasTimes).toBe(true)
    expect([...interactions.timestamps]).toEqual([978300750, 978300755, 978300760])
  })

  test('one line without a time is as none with', async () => {
    const { rows, hasTimes } = await split('csv', { train: '1,a,5,30\n1,b,5\n', test: '1,c,5,20\n' })
    expect(rows).toEqual([
      [
        ['a', train],
        ['b', train],
        ['c', tested],
      ],
    ])
    expect(hasTimes).toBe(false)
  })
})

describe('what stands twice', () => {
  test('counts once, in the earliest part, and the report says so', async () => {
    const { rows, files, warnings } = await split('adjacency', {
      train: '1 a b a\n1 b\n',
      valid: '1 b c\n',
      test: '1 a c d d\n',
    })
    expect(rows).toEqual([
      [
        ['a', train],
        ['b', train],
        ['c', validation],
        ['d', tested],
      ],
    ])
    expect(files.map(({ rowsRead, rowsKept }) => [rowsRead, rowsKept])).toEqual([
      [4, 2],
      [2, 1],
      [4, 1],
    ])
    expect(warnings).toEqual([
      'train: 2 of 4 interactions left out: the same pair again',
      'valid: 1 of 2 interactions left out: the same pair again, or in an earlier part',
      'test: 3 of 4 interactions left out: the same pair again, or in an earlier part',
    ])
  })
})

test('a part with nothing but what an earlier part has is refused by name', async () => {
  await expect(split('adjacency', { train: '1 a b\n', valid: '1 b\n', test: '1 c\n' })).rejects.toThrow(
    'valid: found nothing but what is in an earlier part, expected some that is new',
  )
  await expect(split('adjacency', { train: '1 a b\n', test: '1 a b\n' })).rejects.toThrow('test: found nothing but')
})

test('a test part with nobody to judge is refused before anything is learned', async () => {
  const { interactions } = await split('csv', { train: '1,a,5\n2,b,5\n', test: '1,b,3\n' })
  expect(testUsers(interactions, relevantFrom(3), null).judged).toHaveLength(1)
  expect(() => testUsers(interactions, relevantFrom(4), null)).toThrow(
    'the test part has nobody with an item of 4 stars or more that is new to them: nothing to find',
  )
})

test('ids that are written in another way in the test part are warned of', async () => {
  const { warnings } = await split('adjacency', { train: '1 a\n2 b\n', test: '0001 a\n0002 b\n' })
  expect(warnings).toEqual([
    'test: found no user that train or valid has; are the ids written alike ("0001" here, "1" there)?',
  ])
})

describe('what the training part does not know', () => {
  test('a user and an item that are only in test are there, to be judged without a history', async () => {
    const { interactions, catalog } = await split('adjacency', { train: '1 a\n', test: '2 new\n' })
    const { judged } = judgedUsers(interactions, tested, Number.NEGATIVE_INFINITY)
    expect(judged).toHaveLength(1)
    expect(judged[0]!.history.itemIndices).toHaveLength(0)
    expect([...judged[0]!.relevant].map((item) => catalog.titles[item])).toEqual(['new'])
  })

  test('a user with nothing in test is not judged', async () => {
    const { interactions } = await split('adjacency', { train: '1 a\n2 b\n', test: '1 b\n2\n' })
    expect(judgedUsers(interactions, tested, Number.NEGATIVE_INFINITY).judged).toHaveLength(1)
  })
})

test('a file that is missing, empty or gives no interaction is refused by name', async () => {
  await expect(split('adjacency', { train: '1\n2\n', test: '1 a\n' })).rejects.toThrow(
    'train: found no interaction, expected some',
  )
  await expect(split('csv', { train: 'user,item\n', test: '1,a\n' })).rejects.toThrow('train: found no interaction')
  await expect(split('csv', { train: '', test: '1,a\n' })).rejects.toThrow('train: the file is empty, expected rows')
  const missing = { train: 'none/train', valid: null, test: 'none/test', format: 'csv' } as const
  await expect(readOwnSplit(missing, handlesWithLog().handles)).rejects.toThrow('none/train: no such file')
})

test('every pair is in exactly one part, and none is lost', async () => {
  const pairs = fc.array(fc.tuple(fc.nat(5), fc.nat(8)), { minLength: 1, maxLength: 40 })
  await fc.assert(
    fc.asyncProperty(pairs, pairs, pairs, async (...parts) => {
      const before = (part: number) => new Set(parts.slice(0, part).flat().map(String))
      fc.pre([1, 2].every((part) => parts[part]!.some((pair) => !before(part).has(String(pair)))))
      const [train, valid, test] = parts.map((rows) => rows.map(([user, item]) => `u${user},i${item}\n`).join(''))
      const { rows } = await split('csv', { train: train!, valid: valid!, test: test! })
      const found = rows.flat().length
      expect(found).toBe(new Set(parts.flat().map(([user, item]) => `${user},${item}`)).size)
    }),
    { numRuns: 20 },
  )
})
