import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type * as z from 'zod'
import type { SourceConfig } from '#core/schemas/config.ts'
import { DataError } from '../../../build/io/files.ts'
import { ingestFolder, temporaryFolder } from './workspace.ts'

/** What readers trip over. */
const CELLS = ['a', 'é', '"x"', '"', '', ' ', '\0', 'NaN', '4.5', '\r', '\n', '1e3', '0', '1', '\ufeff']

/** Rows of `columns` cells, cells in any order, and plain bytes, behind a good beginning. */
function content(beginning: string, delimiter: string, columns: number): fc.Arbitrary<Uint8Array> {
  const cell = fc.oneof(fc.nat(9).map(String), fc.constantFrom(...CELLS, delimiter))
  const row = fc.array(cell, { minLength: columns, maxLength: columns }).map((cells) => cells.join(delimiter))
  const text = fc.oneof(
    fc.array(row, { maxLength: 6 }).map((rows) => rows.join('\n')),
    fc.array(cell, { maxLength: 30 }).map((cells) => cells.join('')),
  )
  const bytes = fc.oneof(
    text.map((text) => Buffer.from(text)),
    fc.uint8Array({ maxLength: 60 }),
  )
  return bytes.map((end) => Buffer.concat([Buffer.from(beginning), end]))
}

const DAT = { 'movies.dat': '1::X::y\n', 'ratings.dat': '1::1::5::9\n' }
const OF_100K = { 'u.item': '1|X|||y|0|1\n', 'u.data': '1\t1\t5\t9\n', 'u.genre': 'unknown|0\nA|1\n' }
const OWN = { 'plays.csv': 'userId,itemId\n1,1\n' }
type Source = z.input<typeof SourceConfig>

// the ratings of each format have a test of their own, which compares what is read with what stands there
test.each<[name: string, others: Record<string, string>, bytes: fc.Arbitrary<Uint8Array>, sources: Source[]]>([
  ['movies.dat', DAT, content('1::X::y\n', '::', 3), [{ path: '' }]],
  ['tags.dat', DAT, content('', '::', 4), [{ path: '' }]],
  ['u.item', OF_100K, content('1|X|||y|0|1\n', '|', 7), [{ path: '' }]],
  ['u.genre', OF_100K, content('', '|', 2), [{ path: '' }]],
  [
    'items.csv',
    OWN,
    content('itemId,title,genres,runtime\n', ',', 4),
    [{ path: 'plays.csv' }, { path: 'items.csv', format: 'items' }],
  ],
  [
    'plays.parquet',
    {},
    content('PAR1', ',', 2).map((bytes) => Buffer.concat([bytes, Buffer.from('PAR1')])),
    [{ path: 'plays.parquet', format: 'interactions' }],
  ],
])('%s of any bytes is read, or refused with a message', { timeout: 60_000 }, async (name, others, bytes, sources) => {
  const read = async (bytes: Uint8Array) => {
    const folder = temporaryFolder()
    for (const [file, content] of Object.entries({ ...others, [name]: bytes }))
      writeFileSync(join(folder, file), content)
    try {
      const { database } = await ingestFolder('', {
        sources: sources.map((source) => ({ ...source, path: join(folder, source.path) })),
        maxBadRowShare: 1,
      })
      const [{ strays }] = await database.rows<{ strays: number }>(
        'SELECT count(*) AS strays FROM ratings ANTI JOIN movies USING ("movieId")',
      )
      expect(strays).toBe(0)
    } catch (error) {
      if (!(error instanceof DataError)) throw error
      expect(error.message).toContain(folder)
    }
  }
  await fc.assert(fc.asyncProperty(bytes, read), { numRuns: 8, seed: 2 })
})
