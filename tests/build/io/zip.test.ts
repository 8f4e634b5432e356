import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as fc from 'fast-check'
import { afterAll, describe, expect, test } from 'vitest'
import { DataError } from '../../../build/io/files.ts'
import { readZip, type UnzipOptions, unzip } from '../../../build/io/zip.ts'
import { type EntryToZip, makeZip, type ZipToMake } from '../../helpers/make-zip.ts'

const folder = mkdtempSync(join(tmpdir(), 'marquee-zip-'))
afterAll(() => rmSync(folder, { recursive: true }))
let archives = 0

function archive(bytes: Buffer): string {
  const file = join(folder, `a${archives++}.zip`)
  writeFileSync(file, bytes)
  return file
}

/** path → contents of everything that came out */
async function unzipped(bytes: Buffer, options: UnzipOptions = {}): Promise<Record<string, string>> {
  const target = mkdtempSync(join(folder, 'out-'))
  await unzip(archive(bytes), target, options)
  const files = readdirSync(target, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
  return Object.fromEntries(
    files.map(({ parentPath, name }) => {
      const path = join(parentPath, name)
      return [path.slice(target.length + 1), readFileSync(path, 'utf8')]
    }),
  )
}

const FILES = [
  { path: 'ml/movies.csv', contents: 'movieId,title\n1,Amélie\n' },
  { path: 'ml/sub/ratings.csv', contents: '1,2,5\n'.repeat(50_000) },
  { path: 'ml/empty.csv', contents: '' },
]
const CONTENTS = Object.fromEntries(FILES.map(({ path, contents }) => [path, contents]))

describe('what was zipped comes out', () => {
  test.each<[what: string, entry: Partial<EntryToZip>, zip: ZipToMake]>([
    ['deflated', {}, {}],
    ['stored', { method: 0 }, {}],
    ['with zip64 fields in entries and end', { zip64: true }, { zip64: true }],
    ['before a comment that looks like an end record', {}, { comment: `PK\x05\x06${'\0'.repeat(30)}` }],
  ])('%s', async (_, entry, zip) => {
    expect(await unzipped(makeZip([...FILES.map((file) => ({ ...file, ...entry }))], zip))).toEqual(CONTENTS)
  })

  test('folders are entries of their own or not, and backslashes are slashes', async () => {
    const bytes = makeZip([
      { path: 'a/', contents: '', method: 0 },
      { path: 'a\\b.csv', contents: 'x' },
    ])
    expect(await unzipped(bytes)).toEqual({ 'a/b.csv': 'x' })
  })

  test('only what is selected, with the progress of that', async () => {
    const seen: [number, number][] = []
    const options = {
      select: (path: string) => path.endsWith('movies.csv'),
      onProgress: (done: number, total: number) => seen.push([done, total]),
    }
    expect(Object.keys(await unzipped(makeZip(FILES), options))).toEqual(['ml/movies.csv'])
    expect(seen).toEqual([[24, 24]])
  })

  test('an archive of nothing is nothing', async () => {
    expect(await unzipped(makeZip([]))).toEqual({})
  })
})

describe('what would do harm is refused before anything is written', () => {
  const entry = { path: 'a.csv', contents: 'x'.repeat(1000) }
  test.each<[what: string, entries: EntryToZip[], message: string]>([
    ['a way up', [{ ...entry, path: '../a.csv' }], 'entry "../a.csv" would be written outside of the folder'],
    ['a way up in the middle', [{ ...entry, path: 'a/..\\..\\b' }], 'would be written outside of the folder'],
    ['an absolute path', [{ ...entry, path: '/etc/a' }], 'entry "/etc/a" would be written outside of the folder'],
    ['a drive', [{ ...entry, path: 'C:\\a' }], 'would be written outside of the folder'],
    ['a symbolic link', [{ ...entry, unixMode: 0o120777 }], 'entry "a.csv" is a symbolic link, expected files only'],
    ['an encrypted entry', [{ ...entry, flags: 1 }], 'entry "a.csv" is encrypted'],
    ['another method', [{ ...entry, method: 12 }], 'by method 12, expected 0 (stored) or 8 (deflated)'],
    ['a path twice', [entry, { ...entry, path: 'A.csv' }], 'entry "A.csv" is there twice'],
    ['a file that is a folder too', [entry, { ...entry, path: 'a.csv/b' }], '"a.csv" is a file and a folder'],
    ['entries that share bytes', [entry, { ...entry, path: 'b.csv', headerOffset: 0 }], 'overlaps what follows it'],
  ])('%s', async (_, entries, message) => {
    const file = archive(makeZip(entries))
    await expect(readZip(file)).rejects.toThrow(DataError)
    await expect(readZip(file)).rejects.toThrow(message)
  })

  test('more than the disk holds', async () => {
    const target = join(folder, 'full')
    const unzipping = unzip(archive(makeZip(FILES)), target, { freeBytes: async () => 1000 })
    await expect(unzipping).rejects.toThrow(/zip: needs 300\.0 kB unpacked, 1\.0 kB are free at /)
    expect(readdirSync(target)).toEqual([])
  })
})

describe('what is damaged is refused by name', () => {
  const entry = { path: 'a.csv', contents: 'x'.repeat(1000) }
  test.each<[what: string, bytes: Buffer, message: string | RegExp]>([
    ['another format', Buffer.from('userId,movieId\n'), 'no end record of a zip archive found'],
    ['an empty file', Buffer.alloc(0), 'no end record of a zip archive found'],
    ['a cut end', makeZip([entry]).subarray(0, -1), 'no end record of a zip archive found'],
    ['a cut beginning', makeZip([entry]).subarray(10), 'does not fit before'],
    ['a wrong CRC', makeZip([{ ...entry, crc32: 1 }]), /a\.csv has CRC [0-9a-f]{8}, expected 00000001: it is damaged/],
    ['more than declared', makeZip([{ ...entry, sizeBytes: 10 }]), 'a.csv has more than the 10 bytes it declares'],
    ['less than declared', makeZip([{ ...entry, sizeBytes: 2000 }]), 'a.csv has less than the 2000 bytes it declares'],
    ['bytes that do not inflate', broken(makeZip([entry])), /a\.csv is damaged \(/],
  ])('%s', async (_, bytes, message) => {
    const unzipping = unzip(archive(bytes), mkdtempSync(join(folder, 'out-')))
    await expect(unzipping).rejects.toThrow(message)
    await expect(unzipping).rejects.toThrow(DataError)
  })

  /** The first compressed byte asks for a block type that there is not. */
  function broken(bytes: Buffer): Buffer {
    bytes[30 + 'a.csv'.length] = 0xff
    return bytes
  }

  test('no change of bytes gives other contents or another error', async () => {
    const original = makeZip(FILES.map((file) => ({ ...file, contents: file.contents.slice(0, 60) })))
    const expected = FILES.map(({ contents }) => contents.slice(0, 60))
    const change = fc.tuple(fc.nat(original.length - 1), fc.nat(255))
    await fc.assert(
      fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 4 }), fc.nat(30), async (changes, cut) => {
        const bytes = Buffer.from(original)
        for (const [at, value] of changes) bytes[at] = value
        try {
          const found = Object.values(await unzipped(bytes.subarray(0, bytes.length - cut)))
          for (const contents of found) expect(expected).toContain(contents)
        } catch (error) {
          expect(error).toBeInstanceOf(DataError)
        }
      }),
      { numRuns: 200 },
    )
  })
})

test('an aborted unzip stops', async () => {
  const stop = new AbortController()
  const unzipping = unzipped(makeZip(FILES), { signal: stop.signal, onProgress: () => stop.abort() })
  await expect(unzipping).rejects.toThrow(/abort/i)
})
