import { mkdirSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { run } from '../../../build/cli.ts'
import type { Surroundings } from '../../../build/commands/index.ts'
import { tinyFiles, tinyManifest } from '../../helpers/tiny-model.ts'

const folder = mkdtempSync(join(tmpdir(), 'marquee-language-'))
const [OLDER, NEWER] = ['a'.repeat(16), 'b'.repeat(16)]
afterAll(() => rmSync(folder, { recursive: true }))

beforeAll(() => {
  for (const [at, buildId] of [NEWER, OLDER].entries()) {
    const model = join(folder, 'built', buildId, 'model')
    mkdirSync(model, { recursive: true })
    for (const [name, bytes] of tinyFiles()) writeFileSync(join(model, name), bytes)
    writeFileSync(join(model, 'manifest.json'), JSON.stringify(tinyManifest(buildId)))
    utimesSync(join(model, 'manifest.json'), 2000 - at, 2000 - at)
  }
  mkdirSync(join(folder, 'built/unfinished/tables'), { recursive: true })
  writeFileSync(join(folder, 'config.yml'), `project: { artifacts: ${join(folder, 'built')} }\n`)
  writeFileSync(join(folder, 'none.yml'), `project: { artifacts: ${join(folder, 'nothing')} }\n`)
  const old = join(folder, 'old', 'd'.repeat(16), 'model')
  mkdirSync(old, { recursive: true })
  writeFileSync(join(old, 'manifest.json'), JSON.stringify(tinyManifest('d'.repeat(16))))
  for (const name of tinyFiles().keys()) writeFileSync(join(old, name), 'written by other code')
  writeFileSync(join(folder, 'old.yml'), `project: { artifacts: ${join(folder, 'old')} }\n`)
  const queries = [
    { text: 'phim trước năm 2000', expect: { year_to: 1999 }, tags: ['year'] },
    { text: 'after 2000', expect: { year_from: 2000 }, tags: ['year'] },
    { text: 'like nothing', expect: { similar_titles: ['No Such Movie (1999)'] } },
  ]
  writeFileSync(join(folder, 'mine.jsonl'), queries.map((query) => JSON.stringify(query)).join('\n'))
  writeFileSync(join(folder, 'broken.jsonl'), '{"text":"a","expect":{}}\n{"text":')
})

const unused = () => Promise.reject(new Error('not to be asked'))

async function evaluate(line: string, build: Surroundings['build'] = unused) {
  const output = { stdout: '', stderr: '' }
  const surroundings: Surroundings = {
    stdout: { write: (text) => (output.stdout += text) },
    stderr: { write: (text) => (output.stderr += text) },
    signal: new AbortController().signal,
    cwd: folder,
    build,
    prepareTables: unused,
    openStore: unused,
  }
  const code = await run(['evaluate', ...line.split(' ')], surroundings)
  return { code, ...output }
}

test('judges queries of one’s own on the model built last', async () => {
  const { code, stdout } = await evaluate('--language --config config.yml --queries mine.jsonl --json out.json')
  expect(code).toBe(0)
  expect(stdout).toMatch(/^year_to +1\.000 +1\.000 +1\.000 +1$/m)
  expect(stdout).toMatch(/^year +2 +0\.\d+ +0\.500$/m)
  expect(stdout).toContain('  after 2000\n    year_from 2000, found 2001')
  expect(stdout).toContain('titles that the catalogue lacks, not judged:\n  No Such Movie (1999), of “like nothing”')
  expect(stdout).toContain(`model ${NEWER}\n`)
  const report = JSON.parse(readFileSync(join(folder, 'out.json'), 'utf8'))
  expect(report).toMatchObject({
    model: NEWER,
    queries: 3,
    exact: 2 / 3,
    slots: { year_from: { precision: 0, recall: 0, f1: 0, support: 1 } },
    misses: [{ text: 'after 2000', expected: { year_from: ['2000'] }, found: { year_from: ['2001'] } }],
    unknownTitles: [{ text: 'like nothing', title: 'No Such Movie (1999)' }],
  })
})

test('judges on another model when asked to', async () => {
  const { stdout } = await evaluate(`--language --config config.yml --queries mine.jsonl --model ${OLDER}`)
  expect(stdout).toContain(`model ${OLDER}\n`)
})

test('says what the answers break, which is nothing', async () => {
  await evaluate('--language --config config.yml --queries mine.jsonl --json out.json')
  const { answers } = JSON.parse(readFileSync(join(folder, 'out.json'), 'utf8'))
  expect(answers).toMatchObject({ brokenWishes: 0, ungrounded: 0, hostile: { queries: 3, unsafe: 0, ungrounded: 0 } })
  expect(answers.movies).toBeGreaterThan(0)
})

test('where nothing was built that this code can read, builds', async () => {
  for (const config of ['none.yml', 'old.yml']) {
    const built: string[] = []
    const build: Surroundings['build'] = async ({ until }) => {
      built.push(until)
      return {
        buildId: NEWER!,
        folder: join(folder, 'built', NEWER!),
        steps: [],
        report: null,
        card: null,
        examination: null,
      }
    }
    const { code, stdout } = await evaluate(`--language --config ${config} --queries mine.jsonl`, build)
    expect({ config, code, built }).toEqual({ config, code: 0, built: ['export'] })
    expect(stdout).toContain(`model ${NEWER}\n`)
  }
})

test('without queries of one’s own, takes both bundled parts', async () => {
  const { code, stdout } = await evaluate('--language --config config.yml')
  expect(code).toBe(0)
  expect(stdout).toMatch(/^development +\d{3,4} /m)
  expect(stdout).toMatch(/^test +\d{3} /m)
})

describe('says what is wrong', () => {
  test.each([
    ['--language --config config.yml --queries broken.jsonl', 1, 'broken.jsonl, line 2: found no JSON'],
    ['--language --config config.yml --queries lost.jsonl', 1, 'lost.jsonl: found no such file'],
    [`--language --config config.yml --model ${'c'.repeat(16)}`, 1, `found no model ${'c'.repeat(16)}`],
    ['--language --protocol unknown', 2, '--protocol'],
    ['--language --report report.html', 2, '--language: found --report beside it; it judges queries, not lists'],
    ['--queries mine.jsonl', 2, '--queries: found no --language beside it'],
    ['--model x', 2, '--model: found no --language beside it'],
  ])('%s', async (line, code, message) => {
    const ended = await evaluate(line)
    expect(ended).toMatchObject({ code, stdout: '' })
    expect(ended.stderr).toContain(message)
  })
})
