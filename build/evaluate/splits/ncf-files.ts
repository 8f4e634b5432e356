import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DataError } from '../../io/files.ts'
import { type Catalog, type Interactions, PART } from '../../nouns.ts'
import type { Candidates } from '../judged-users.ts'

/** Names of the published files, and of the one that leads from their items back to movies: `ncf_item,movieId`. */
export const NCF_TEST_FILE = 'ml-1m.test.rating'
const FILES = { test: NCF_TEST_FILE, negatives: 'ml-1m.test.negative', items: 'item_map.csv' }

/**
 * The split that He et al. 2017 (NCF) published for MovieLens 1M: one positive a user for the test part, and negatives to
 * rank it among. Of the rest the last rating of each user is valid. Users there are numbered from 0, here from 1.
 * @returns parts of the interactions, and the candidates of each user
 * @throws {DataError} naming file and line for what is not of the data
 */
export async function readNcfSplit(
  folder: string,
  { userIds, indptr, itemIndices }: Interactions,
  { movieIds }: Catalog,
): Promise<{ parts: Uint8Array; candidates: Candidates }> {
  const userIndexOf = new Map(Array.from(userIds, (userId, userIndex) => [userId, userIndex]))
  const itemIndexOf = new Map(Array.from(movieIds, (movieId, itemIndex) => [movieId, itemIndex]))
  const itemOf = new Map<number, number>()
  for (const { cells, where } of await linesOf(join(folder, FILES.items), /,/u)) {
    if (cells[0] === 'ncf_item') continue
    const item = itemIndexOf.get(numberIn(cells[1], where))
    if (item !== undefined) itemOf.set(numberIn(cells[0], where), item)
  }
  const itemIn = (cell: string | undefined, where: string) => {
    const item = itemOf.get(numberIn(cell, where))
    if (item === undefined)
      throw new DataError(`${where}: found item ${cell}, expected one of ${FILES.items} and the data`)
    return item
  }
  const userIn = (cell: string | undefined, where: string) => {
    const user = userIndexOf.get(numberIn(cell, where) + 1)
    if (user === undefined) throw new DataError(`${where}: found user ${cell}, expected one of the data less 1`)
    return user
  }

  const parts = new Uint8Array(itemIndices.length).fill(PART.train)
  const positives = new Map<number, number>()
  for (const { cells, where } of await linesOf(join(folder, FILES.test), /\t/u)) {
    const [user, item] = [userIn(cells[0], where), itemIn(cells[1], where)]
    const entry = itemIndices.subarray(indptr[user]!, indptr[user + 1]!).indexOf(item)
    if (entry < 0)
      throw new DataError(`${where}: found a movie that the user has not rated, expected a rating of the data`)
    parts[indptr[user]! + entry] = PART.test
    positives.set(user, item)
  }
  for (let user = 0; user < userIds.length; user++) {
    const last = parts.subarray(indptr[user]!, indptr[user + 1]!).lastIndexOf(PART.train)
    if (last > 0) parts[indptr[user]! + last] = PART.validation
  }
  const candidates = new Map<number, ReadonlySet<number>>()
  for (const { cells, where } of await linesOf(join(folder, FILES.negatives), /\t/u)) {
    const [, named] = /^\((\d+),\d+\)$/u.exec(cells[0]!) ?? []
    const user = userIn(named, where)
    const positive = positives.get(user)
    if (positive === undefined)
      throw new DataError(`${where}: found a user that ${FILES.test} has not, expected one that it has`)
    candidates.set(user, new Set([positive, ...cells.slice(1).map((cell) => itemIn(cell, where))]))
  }
  return { parts, candidates }
}

async function linesOf(file: string, separator: RegExp): Promise<{ cells: string[]; where: string }[]> {
  const text = await readFile(file, 'utf8').catch((cause) => {
    throw new DataError(`${file}: no such file, expected it in one of the folders of --input`, { cause })
  })
  return text
    .split(/\r?\n/u)
    .map((line, at) => ({ cells: line.split(separator), where: `${file}:${at + 1}` }))
    .filter(({ cells }) => cells[0] !== '')
}

function numberIn(cell: string | undefined, where: string): number {
  if (cell === undefined || !/^\d+$/u.test(cell))
    throw new DataError(`${where}: found ${JSON.stringify(cell ?? '')}, expected a whole number`)
  return Number(cell)
}
