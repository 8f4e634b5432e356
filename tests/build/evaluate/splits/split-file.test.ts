import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { readSplitFile, type SplitFormat } from '../../../../build/evaluate/splits/split-file.ts'
import { temporaryFolder } from '../../ingest/workspace.ts'

/** Interactions of a file with this content; a rating or time that is not there is left out. */
async function read(format: SplitFormat, content: string): Promise<(string | number)[][]> {
  const file = join(temporaryFolder(), 'split')
  writeFileSync(file, content)
  const found: (string | number)[][] = []
  const count = await readSplitFile(file, format, new AbortController().signal, (user, item, ...numbers) =>
    found.push([user, item, ...numbers.filter((value) => !Number.isNaN(value))]),
  ).catch((error: Error) => {
    throw Object.assign(error, { message: error.message.replaceAll(file, 'split') })
  })
  expect(count).toBe(found.length)
  return found
}

describe('adjacency: a line a user', () => {
  test('ids are any strings, between blanks or tabs; a user may have no items, and lines may be empty', async () => {
    expect(await read('adjacency', '\ufeffu1 i1  i2\r\n\n7\n  ann\tĐô-la\n')).toEqual([
      ['u1', 'i1'],
      ['u1', 'i2'],
      ['ann', 'Đô-la'],
    ])
  })

  test('what is no text is refused, whatever its name', async () => {
    const gzip = join(temporaryFolder(), 'train.txt')
    writeFileSync(gzip, gzipSync('1 2 3\n'))
    const refused = readSplitFile(gzip, 'adjacency', new AbortController().signal, () => {})
    await expect(refused).rejects.toThrow('train.txt: found gzip, expected it unpacked')
    await expect(read('adjacency', '1 2\0 3\n')).rejects.toThrow('split: found zero bytes, expected text')
  })

  test('a file of pairs is told from one of lists', async () => {
    await expect(read('adjacency', '1,2\n1,3\n')).rejects.toThrow(
      'split:1: found "1,2", expected a user and items between spaces; or is it --format csv?',
    )
  })
})

describe('csv: a line an interaction', () => {
  test.each([
    ['comma, no header', '1,10,4.5,100\n2,20\n'],
    ['tab, names in another order', 'item_id\tuserId\ttimestamp\trating\n10\t1\t100\t4.5\n20\t2\t\t\n'],
    ['double colon', '1::10::4.5::100\n2::20\n'],
    ['blanks', ' 1 10  4.5 100\r\n2 20\r\n'],
    ['blanks, with a header', 'user item rating time\n1 10 4.5 100\n2 20\n'],
    ['semicolon, quotes and blanks', '"User";"Movie Id";"stars";"ts"\n"1" ; "10";4.5;100\n2;20;;\n'],
  ])('%s', async (_, content) => {
    expect(await read('csv', content)).toEqual([
      ['1', '10', 4.5, 100],
      ['2', '20'],
    ])
  })

  test('a quoted id may hold the separator and quotes', async () => {
    expect(await read('csv', 'user,item\nann,"Me, ""myself"" and I"\n')).toEqual([['ann', 'Me, "myself" and I']])
  })

  test('empty lines before the header or the first interaction do not matter', async () => {
    expect(await read('csv', '\ufeff\r\n\r\nuser,item,rating\r\n\r\n1,10,3\r\n')).toEqual([['1', '10', 3]])
    expect(await read('csv', '\n1\t10\n')).toEqual([['1', '10']])
  })

  test.each([
    ['seconds', '978300760'],
    ['milliseconds', '978300760000'],
    ['microseconds', '978300760000000'],
    ['nanoseconds', '978300760000000000'],
  ])('a time in %s is in seconds', async (_, time) => {
    expect(await read('csv', `1,10,5,${time}\n`)).toEqual([['1', '10', 5, 978300760]])
  })

  test('ids that are words need no header', async () => {
    expect(await read('csv', 'ann,jaws\nbob,heat\n')).toHaveLength(2)
  })

  test.each([
    ['1,10,5,-3\n', 'split:1: found the timestamp -3, expected seconds since 1970, 0 to 4294967295'],
    [
      '1 2 3\n2 5 9 11 4\n',
      'split:2: found 5 columns and no header that names them, expected user,item,rating,timesta',
    ],
    ['u,i\n1,10\n', 'split:2: found numbers below "u,i", expected a header such as user,item,rating,timestamp'],
    ['1,10\n1\n', 'split:2: found "1", expected user and item separated by ",", as in the first line'],
    ['user,item\n,5\n', 'split:2: found ",5", expected user and item'],
    ['1,10,good\n', 'split:1: found the rating "good", expected a number'],
    ['1,10,5,2001-01-01\n', 'split:1: found the timestamp "2001-01-01", expected a number'],
  ])('%j is refused by file and line', async (content, message) => {
    await expect(read('csv', content)).rejects.toThrow(message)
  })
})
