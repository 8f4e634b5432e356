import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { SplitConfig } from '#core/schemas/config.ts'
import { type Catalog, type Interactions, PART } from '../../../build/nouns.ts'
import { hashSplitFiles, splitAsGiven } from '../../../build/prepare/given-split.ts'
import { readIdPairs } from '../../../build/prepare/id-pairs.ts'
import { handlesWithLog, temporaryFolder } from '../ingest/workspace.ts'

const { historyOnly, train, validation, test: tested } = PART

/** Users 1, 2 and 3 rated movies 10, 20, 30, …; movie 50 by nobody. */
const catalog = { movieIds: Int32Array.of(10, 20, 30, 40, 50) } as Catalog
const interactions: Interactions = {
  userIds: Int32Array.of(1, 2, 3),
  indptr: Uint32Array.of(0, 3, 5, 7),
  itemIndices: Int32Array.of(2, 0, 1, 1, 3, 0, 3),
  ratings: new Float32Array(7).fill(4),
  timestamps: Uint32Array.of(1, 2, 3, 1, 2, 1, 2),
  parts: new Uint8Array(7),
}

/** Split by files with these contents; names are those of the parts. */
async function split(files: Partial<Record<'train' | 'validation' | 'test', string>>, seed = 1) {
  const folder = temporaryFolder()
  const given = Object.entries(files).map(([name, content]) => {
    writeFileSync(join(folder, name), content)
    return [name, join(folder, name)]
  })
  const config = SplitConfig.parse({ strategy: 'given', given: Object.fromEntries(given) })
  const log = handlesWithLog()
  const result = await splitAsGiven(interactions, catalog, config, seed, log.handles).catch((error: Error) => {
    throw Object.assign(error, { message: error.message.replaceAll(`${folder}/`, '') })
  })
  return { ...result, parts: [...result.parts], warnings: log.warnings, config }
}

async function pairsOf(content: string | Uint8Array): Promise<[number, number][]> {
  const file = join(temporaryFolder(), 'pairs')
  writeFileSync(file, content)
  const pairs: [number, number][] = []
  await readIdPairs(file, new AbortController().signal, (userId, itemId) => pairs.push([userId, itemId])).catch(
    (error: Error) => {
      throw Object.assign(error, { message: error.message.replaceAll(file, 'pairs') })
    },
  )
  return pairs
}

test('a rating is of the part whose file names it, and history only when none does', async () => {
  const { parts } = await split({ train: '1,30\n1,10\n2,20\n', validation: '1,20\n', test: '3,10\n' })
  expect(parts).toEqual([train, train, validation, train, historyOnly, tested, historyOnly])
})

test('lists of movies give the same as pairs', async () => {
  const lists = await split({ train: '1 30 10\n2 20\n', validation: '1 20\n', test: '2\n3 10\n' })
  const pairs = await split({ train: '1,30\n1,10\n2,20\n', validation: '1,20\n', test: '3,10\n' })
  expect(lists.parts).toEqual(pairs.parts)
})

test('without a training file all the other ratings are train, and validation is drawn from them by seed', async () => {
  const { parts } = await split({ test: '1\t20\t4\t3\n2\t40\t4\t2\n' })
  expect(parts.filter((part) => part === tested)).toHaveLength(2)
  expect([parts[2], parts[4]]).toEqual([tested, tested])
  // a tenth of 5, rounded
  expect(parts.filter((part) => part === validation)).toHaveLength(1)
  expect(parts.filter((part) => part === train)).toHaveLength(4)
  expect((await split({ test: '1,20\n2,40\n' })).parts).toEqual(parts)
})

test('ids that the data does not have are counted by reason, and told', async () => {
  const { sources, warnings } = await split({ train: '1,30\n9,30\n1,60\n1,50\n1,30\n9,10\n', test: '1,10\n' })
  expect(sources.map(({ rowsRead, rowsKept, dropped }) => ({ rowsRead, rowsKept, dropped }))).toEqual([
    {
      rowsRead: 6,
      rowsKept: 1,
      dropped: {
        'userId is not among the ratings': 2,
        'movieId is not among the movies': 1,
        'the user has not rated the movie in the data': 1,
        'the same pair again': 1,
      },
    },
    { rowsRead: 1, rowsKept: 1, dropped: {} },
  ])
  expect(warnings[0]).toBe('train: 2 of 6 pairs left out: userId is not among the ratings')
})

test('a rating in two parts is refused, with both files', async () => {
  await expect(split({ train: '1,30\n1,10\n', test: 'userId,movieId\n2,20\n1,10\n' })).rejects.toThrow(
    'test:3: found user 1 with movie 10 in the test part, which train has in the train part; ' +
      'expected each rating in one part',
  )
})

test('the files are inputs of the build, unless another strategy leaves them unread', async () => {
  const { config } = await split({ test: '1,10\n' })
  expect(await hashSplitFiles(config)).toEqual([
    { file: config.given.test, sha256: expect.stringMatching(/^[0-9a-f]{64}$/) },
  ])
  expect(await hashSplitFiles({ ...config, strategy: 'random' })).toEqual([])
})

test.each([
  [
    '1\t20\t5\t874965758\r\n2\t30\t3\t876893171\r\n',
    [
      [1, 20],
      [2, 30],
    ],
  ],
  [
    '1::1193::5::978300760\n1::661::3::978302109',
    [
      [1, 1193],
      [1, 661],
    ],
  ],
  ['\ufeffrating;movie_id;user_id\n5;20;1\n', [[1, 20]]],
  [
    'uid,sid\n0,7\n\n0,8\n',
    [
      [0, 7],
      [0, 8],
    ],
  ],
  ['"userId","movieId"\n"1","20"\n', [[1, 20]]],
  [
    '7 1 2 3 \n8\n9 4\n',
    [
      [7, 1],
      [7, 2],
      [7, 3],
      [9, 4],
    ],
  ],
])('%j is read as pairs', async (content, expected) => {
  expect(await pairsOf(content)).toEqual(expected)
})

test.each([
  ['1,2\n1,x\n', 'pairs:2: found "1,x", expected the ids of a user and a movie'],
  ['1,2\n3\n', 'pairs:2: found "3", expected the ids of a user and a movie'],
  ['1,2.5\n', 'pairs:1: found "1,2.5", expected the ids of a user and a movie'],
  ['1,-2\n', 'pairs:1: found "1,-2", expected the ids of a user and a movie'],
  ['1,99999999999\n', 'pairs:1: found "1,99999999999", expected the ids of a user and a movie'],
  ['1 2 x\n', 'pairs:1: found "x", expected an id, as the first line has ids between spaces'],
  [
    'a,b\n1,2\n',
    'pairs:1: found "a,b", expected ids, or a header with userId (or user, uid) and movieId (or itemId, item, sid)',
  ],
  [Uint8Array.of(0xff, 0xfe, 0x31, 0), 'pairs:1: found a UTF-16 byte order mark, expected UTF-8'],
])('%j is refused', async (content, message) => {
  await expect(pairsOf(content)).rejects.toThrow(expect.objectContaining({ name: 'DataError', message }))
})

test('any bytes are read as ids or refused', async () => {
  const bytes = fc.uint8Array({ maxLength: 200 })
  const nearly = fc.string({ unit: fc.constantFrom('1', '2', ',', '\t', ' ', ':', '\n', '\r', '"', 'x', '-', '.') })
  await fc.assert(
    fc.asyncProperty(
      fc.oneof(
        bytes,
        nearly.map((text) => Buffer.from(text)),
      ),
      async (content) => {
        const pairs = await pairsOf(content).catch((error: Error) => {
          expect(error.name).toBe('DataError')
          return []
        })
        for (const id of pairs.flat()) expect(Number.isInteger(id) && id >= 0 && id < 2 ** 31).toBe(true)
      },
    ),
    { numRuns: 100 },
  )
})

test('pairs survive being written in any of the layouts', async () => {
  const id = fc.nat(0x7fff_ffff)
  const lists = fc.array(fc.tuple(id, fc.array(id, { minLength: 1, maxLength: 5 })), { minLength: 1, maxLength: 20 })
  await fc.assert(
    fc.asyncProperty(lists, fc.constantFrom(',', '\t', '::', ';'), async (users, separator) => {
      const pairs = users.flatMap(([user, items]) => items.map((item) => [user, item]))
      expect(await pairsOf(pairs.map((pair) => pair.join(separator)).join('\n'))).toEqual(pairs)
      expect(await pairsOf(users.map(([user, items]) => [user, ...items].join(' ')).join('\n'))).toEqual(pairs)
    }),
    { numRuns: 50 },
  )
})
