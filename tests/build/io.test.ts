import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { createLog } from '../../build/io/log.ts'
import { createProgress } from '../../build/io/progress.ts'
import { bytes, counted, listed, table } from '../../build/io/table.ts'

const folder = mkdtempSync(join(tmpdir(), 'marquee-io-'))
afterAll(() => rmSync(folder, { recursive: true }))

function recorder(terminal: { isTTY?: boolean; columns?: number } = {}) {
  const written: string[] = []
  return { ...terminal, written, write: (text: string) => written.push(text) }
}

describe('log', () => {
  const now = () => new Date(2026, 0, 2, 3, 4, 5)

  test('writes time, level and message, and drops what is below the level', () => {
    const stream = recorder()
    const log = createLog({ level: 'warn', stream, now })
    log.info('not shown')
    log.warn('shown')
    log.error('shown too')
    expect(stream.written).toEqual(['03:04:05 warn   shown\n', '03:04:05 error  shown too\n'])
  })

  test('writes each line as JSON to the file, and appends to what is there', () => {
    const file = join(folder, 'deep', 'build.log')
    for (const message of ['first', 'second "quoted"\nline']) {
      const log = createLog({ level: 'info', file, stream: recorder(), now })
      log.info(message)
      log.close()
    }
    const lines = readFileSync(file, 'utf8').trimEnd().split('\n')
    expect(lines.map((line) => JSON.parse(line))).toEqual([
      { time: now().toISOString(), level: 'info', message: 'first' },
      { time: now().toISOString(), level: 'info', message: 'second "quoted"\nline' },
    ])
  })

  test('lets a progress bar step aside first', () => {
    const stream = recorder()
    createLog({ level: 'info', stream, now, beforeLine: () => stream.write('<clear>') }).info('x')
    expect(stream.written).toEqual(['<clear>', '03:04:05 info   x\n'])
  })
})

describe('progress', () => {
  test('without a terminal writes the end of a label, and a line every few seconds before', () => {
    const stream = recorder()
    let time = 0
    const progress = createProgress(stream, () => time)
    for (const [at, done] of [
      [0, 0],
      [1000, 1],
      [6000, 2],
      [7000, 3],
      [8000, 4],
      [8001, 4],
    ] as const) {
      time = at
      progress.update('train', done, 4)
    }
    expect(stream.written).toEqual(['train: 2 of 4 (50 %)\n', 'train: 4 of 4 (100 %)\n'])
  })

  test('on a terminal redraws one line with the time left, no wider than the terminal, and takes it off at the end', () => {
    const stream = recorder({ isTTY: true, columns: 60 })
    let time = 0
    const progress = createProgress(stream, () => time)
    progress.update('ingest', 0, 1_000_000)
    time = 1000
    progress.update('ingest', 250_000, 1_000_000)
    progress.update('ingest', 1_000_000, 1_000_000)
    expect(stream.written[0]).toBe(`\r\x1b[2Kingest  ${'░'.repeat(24)}  0 %  0 of 1,000,000`)
    // a quarter in 1 s: 3 s left; the line is cut at 59 of 60 columns
    expect(stream.written[1]).toBe(
      `\r\x1b[2K${`ingest  ${'█'.repeat(6)}${'░'.repeat(18)}  25 %  250,000 of 1,000,000, 3 s left`.slice(0, 59)}`,
    )
    expect(stream.written[2]).toBe('\r\x1b[2K')
    progress.clear()
    expect(stream.written).toHaveLength(3)
  })

  test('a count that starts over under the same label is told again', () => {
    const stream = recorder()
    const progress = createProgress(stream, () => 0)
    for (const done of [1, 2, 1, 2]) progress.update('train', done, 2)
    expect(stream.written).toEqual(['train: 2 of 2 (100 %)\n', 'train: 2 of 2 (100 %)\n'])
  })

  test('counts nothing to do as done', () => {
    const stream = recorder()
    createProgress(stream, () => 0).update('empty', 0, 0)
    expect(stream.written).toEqual(['empty: 0 of 0 (100 %)\n'])
  })
})

test('a long list of names is cut, and says how many are not shown', () => {
  const names = Array.from({ length: 14 }, (_, at) => `n${at}`)
  expect(listed(names.slice(0, 2))).toBe('n0, n1')
  expect(listed(names)).toMatch(/n10, n11 and 2 more$/)
})

test('one is counted without an s', () => {
  expect([counted(1, 'user'), counted(0, 'user')]).toEqual(['1 user', '0 users'])
})

describe('table', () => {
  test('aligns text to the left and numbers to the right', () => {
    expect(
      table(
        ['model', 'NDCG@10'],
        [
          ['blend', '0.25'],
          ['popularity', '0.1'],
        ],
      ),
    ).toBe(['model       NDCG@10', '──────────  ───────', 'blend          0.25', 'popularity      0.1'].join('\n'))
  })

  test('refuses a row of another length', () => {
    expect(() => table(['a', 'b'], [['1']])).toThrow('row 0 has 1 cells, the header has 2')
  })

  test.each([
    [0, '0 B'],
    [999, '999 B'],
    [4200, '4.2 kB'],
    [1_310_000, '1.3 MB'],
    [2e9, '2.0 GB'],
  ])('writes %i bytes as %s', (size, text) => {
    expect(bytes(size)).toBe(text)
  })
})
