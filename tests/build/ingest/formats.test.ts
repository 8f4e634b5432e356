import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { DataConfig, SOURCE_FORMATS } from '#core/schemas/config.ts'
import { detectFormat, FORMATS } from '../../../build/ingest/formats/index.ts'
import { hashInputs } from '../../../build/ingest/index.ts'
import { handlesWithLog, ingestFolder, ML_TINY, refusal, SAMPLE, temporaryFolder, tinyWith } from './workspace.ts'

function folderWith(...names: string[]): string {
  const folder = temporaryFolder()
  for (const name of names) writeFileSync(join(folder, name), 'x')
  return folder
}

describe('a format', () => {
  test('has a reader for each name, and says what it needs', () => {
    expect(Object.keys(FORMATS)).toEqual([...SOURCE_FORMATS])
    for (const format of Object.values(FORMATS)) expect(format.needs).not.toBe('')
  })

  test.each([
    ['movielens-csv', ['ratings.csv', 'movies.csv', 'links.csv', 'README.txt']],
    ['movielens-csv', ['ratings.csv.gz', 'movies.csv']],
    ['movielens-dat', ['ratings.dat.gz', 'movies.dat', 'users.dat']],
    ['movielens-100k', ['u.data', 'u.item', 'u.user', 'u1.base']],
  ] as const)('%s is found by the files %j', async (format, names) => {
    expect(await detectFormat(folderWith(...names))).toBe(format)
  })

  test('of a file is found by its name and columns', async () => {
    const folder = temporaryFolder()
    const file = (name: string, header: string) => {
      writeFileSync(join(folder, name), `${header}\n`)
      return join(folder, name)
    }
    expect(await detectFormat(file('a.csv', 'when,userId,"itemId"'))).toBe('interactions')
    expect(await detectFormat(file('b.tsv', 'itemId\ttitle'))).toBe('items')
    expect(await detectFormat(join(SAMPLE, 'movie-text.jsonl.gz'))).toBe('movie-text')
  })

  test('that is not known is answered with what is there and what each format would need', async () => {
    const folder = folderWith('ratings.csv', 'notes.txt')
    const [first, ...needs] = (await refusal(folder)).split('\n')
    expect(first).toBe(`${folder}: found a folder with notes.txt, ratings.csv, which fits no format; expected one of`)
    expect(needs).toContain('  movielens-csv: ratings.csv, movies.csv and links.csv (tags.csv if there is one)')
    expect(needs.map((line) => line.trim().split(':')[0])).toEqual([...SOURCE_FORMATS])
    expect(await refusal(temporaryFolder())).toContain('found an empty folder, which fits no format')
    expect(await refusal(folderWith('ml-1m.zip'))).toContain('a folder with ml-1m.zip (it can be the source itself)')
  })

  test('that is one of several is asked for', async () => {
    const folder = folderWith('ratings.csv', 'movies.csv', 'u.data', 'u.item')
    expect(await refusal(folder)).toBe(
      `${folder}: found a folder with movies.csv, ratings.csv, u.data, u.item, ` +
        'which fits movielens-csv and movielens-100k: name the format in data.sources',
    )
    expect(await refusal(folder, { sources: [{ path: folder, format: 'movielens-100k' }] })).toContain('u.item')
  })
})

describe('several sources', () => {
  test('give each kind of table from the first that has it, and say so of the others', async () => {
    const other = tinyWith({ 'ratings.csv': 'userId,movieId,rating,timestamp\n9,1,4,5\n' })
    const log = handlesWithLog()
    const { database, sources } = await ingestFolder('', { sources: [{ path: other }, { path: ML_TINY }] }, log)
    expect(await database.rows('SELECT "userId" FROM ratings')).toEqual([{ userId: 9 }])
    expect(sources).toHaveLength(4)
    expect(log.infos).toContain(`${ML_TINY}/ratings.csv: left out, as an earlier source has ratings`)
  })

  test('without ratings are refused', async () => {
    const texts = join(ML_TINY, 'movie-text.jsonl')
    expect(await refusal(ML_TINY, { sources: [{ path: texts }] })).toBe(
      `movie-text.jsonl: found no ratings, expected a source of data.sources to have them`,
    )
  })
})

test('the inputs are hashed in the order of the sources, an archive as it is, without being read', async () => {
  const folder = temporaryFolder()
  writeFileSync(join(folder, 'any.zip'), 'not looked into')
  const hashes = await hashInputs(DataConfig.parse({ sources: [{ path: join(folder, 'any.zip') }, { path: ML_TINY }] }))
  expect(hashes.map(({ file }) => file)).toEqual([
    join(folder, 'any.zip'),
    ...['movies.csv', 'ratings.csv', 'links.csv', 'tags.csv'].map((name) => join(ML_TINY, name)),
  ])
})
