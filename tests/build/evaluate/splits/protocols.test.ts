import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { readNcfSplit } from '../../../../build/evaluate/splits/ncf-files.ts'
import {
  keepEntries,
  PROTOCOLS,
  sharesOf,
  withoutCold,
  withoutUntrained,
} from '../../../../build/evaluate/splits/protocols.ts'
import { type Catalog, type Interactions, PART } from '../../../../build/nouns.ts'
import { temporaryFolder } from '../../ingest/workspace.ts'

const { train, validation, test: tested } = PART

/** User 1 rated items 0, 1, 2; user 2 items 1, 3; user 3 item 2. */
const interactions: Interactions = {
  userIds: Int32Array.of(1, 2, 3),
  indptr: Uint32Array.of(0, 3, 5, 6),
  itemIndices: Int32Array.of(0, 1, 2, 1, 3, 2),
  ratings: Float32Array.of(5, 2, 4, 3, 1, 5),
  timestamps: Uint32Array.of(1, 2, 3, 1, 2, 1),
  parts: Uint8Array.of(train, train, tested, validation, tested, tested),
}
const catalog = { movieIds: Int32Array.of(100, 200, 300, 400) } as Catalog

test('what is left out leaves the others and their users as they were', () => {
  const { indptr, itemIndices, timestamps, userIds } = keepEntries(
    interactions,
    (entry) => interactions.ratings[entry]! >= 3,
  )
  expect([...indptr]).toEqual([0, 2, 3, 4])
  expect([...itemIndices]).toEqual([0, 2, 1, 2])
  expect([...timestamps]).toEqual([1, 3, 1, 1])
  expect(userIds).toBe(interactions.userIds)
})

test('test ratings of users and items that no other part has are cold', () => {
  // items 2 and 3 are in test alone, and so is user 3
  expect([...withoutCold(interactions).parts]).toEqual([train, train, validation])
})

test('what nobody has in train is untrained, whoever tells or has it', () => {
  // items 0 and 1 are in train, 2 and 3 in the other parts alone
  const { itemIndices, parts, indptr } = withoutUntrained(interactions)
  expect([...itemIndices]).toEqual([0, 1, 1])
  expect([...parts]).toEqual([train, train, validation])
  expect([...indptr]).toEqual([0, 2, 3, 3])
})

test('no more users are held out than Mult-VAE did', () => {
  const protocol = PROTOCOLS['strong-generalization']
  expect(sharesOf(protocol, 6000)).toMatchObject({ train: 0.8, validation: 0.1, test: 0.1 })
  // 10,000 each of 200,000
  expect(sharesOf(protocol, 200_000)).toMatchObject({ train: 0.9, validation: 0.05, test: 0.05 })
  expect(sharesOf(PROTOCOLS['global-time'], 200_000)).toMatchObject({ train: 0.64, validation: 0.16, test: 0.2 })
})

describe("NCF's files", () => {
  const FILES = {
    'item_map.csv': 'ncf_item,movieId\n0,300\n1,100\n2,200\n3,400\n',
    'ml-1m.test.rating': '0\t0\t4\t3\n1\t3\t1\t2\n',
    'ml-1m.test.negative': '(0,0)\t3\n(1,3)\t0\t1\n',
  }
  const read = async (files: Partial<typeof FILES> = {}) => {
    const folder = temporaryFolder()
    for (const [name, content] of Object.entries({ ...FILES, ...files })) writeFileSync(join(folder, name), content)
    return readNcfSplit(folder, interactions, catalog).catch((error: Error) => {
      throw Object.assign(error, { message: error.message.replaceAll(`${folder}/`, '') })
    })
  }

  test('give the test part and the candidates, the last of the other ratings is valid', async () => {
    const { parts, candidates } = await read()
    expect([...parts]).toEqual([train, validation, tested, train, tested, train])
    expect(candidates).toEqual(
      new Map([
        [0, new Set([2, 3])],
        [1, new Set([3, 2, 0])],
      ]),
    )
  })

  test.each<[Partial<typeof FILES>, string]>([
    [{ 'ml-1m.test.rating': '9\t0\t4\t3\n' }, 'ml-1m.test.rating:1: found user 9, expected one of the data less 1'],
    [{ 'ml-1m.test.rating': '0\t7\t4\t3\n' }, 'ml-1m.test.rating:1: found item 7, expected one of item_map.csv'],
    [{ 'ml-1m.test.rating': '0\t3\t4\t3\n' }, 'ml-1m.test.rating:1: found a movie that the user has not rated'],
    [{ 'ml-1m.test.negative': '0,0\t3\n' }, 'ml-1m.test.negative:1: found "", expected a whole number'],
    [{ 'ml-1m.test.negative': '(2,0)\t3\n' }, 'ml-1m.test.negative:1: found a user that ml-1m.test.rating has not'],
  ])('%j is refused by file and line', async (files, message) => {
    await expect(read(files)).rejects.toThrow(message)
  })
})
