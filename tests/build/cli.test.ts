import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { run } from '../../build/cli.ts'
import type { Surroundings } from '../../build/commands.ts'
import type { BuildOptions, BuildResult } from '../../build/index.ts'
import { metricsTable } from '../../build/metrics-table.ts'
import { publish } from '../../build/publish/index.ts'
import { CARD, exportModel } from '../helpers/exported-model.ts'
import { MemoryStore } from '../helpers/memory-store.ts'

const ROOT = join(import.meta.dirname, '../..')
const folder = mkdtempSync(join(tmpdir(), 'marquee-cli-'))
afterAll(() => rmSync(folder, { recursive: true }))

const BUILT: BuildResult = {
  buildId: 'a'.repeat(16),
  folder: exportModel(folder, 'a'.repeat(16)).folder,
  steps: [
    { step: 'ingest', seconds: 1.234, reused: false },
    { step: 'train', seconds: 0, reused: true },
  ],
  report: null,
}

/** Run a command line with a build that only notes what it was asked for. */
async function marquee(line: string, options: Partial<Surroundings> = {}) {
  const output = { stdout: '', stderr: '' }
  const asked: BuildOptions[] = []
  const code = await run(line.split(' ').filter(Boolean), {
    stdout: { write: (text) => (output.stdout += text) },
    stderr: { write: (text) => (output.stderr += text) },
    signal: new AbortController().signal,
    cwd: folder,
    build: async (build) => {
      asked.push(build)
      return BUILT
    },
    openStore: async () => Object.assign(new MemoryStore(), { close: async () => {} }),
    ...options,
  })
  return { code, ...output, asked }
}

describe('help', () => {
  test('lists every command with its purpose, and examples', async () => {
    const { code, stdout } = await marquee('--help')
    expect(code).toBe(0)
    for (const command of ['build', 'ingest', 'prepare', 'train', 'evaluate', 'export', 'publish', 'models'])
      expect(stdout).toMatch(new RegExp(`^ {2}${command} .*\\w`, 'm'))
    expect(stdout).toContain('$ npx marquee build')
  })

  test('of a command lists its options', async () => {
    const { code, stdout } = await marquee('build --help')
    expect(code).toBe(0)
    for (const option of [
      '--config',
      '--preset',
      '--seed',
      '--until',
      '--device',
      '--log-level',
      '--log-file',
      '--state',
    ])
      expect(stdout).toContain(option)
  })
})

describe('wrong usage ends with 2 and says what was meant', () => {
  test.each([
    ['', /^Usage: marquee/],
    ['buld', /unknown command 'buld'\n\(Did you mean build\?\)/],
    ['build --sed 1', /unknown option '--sed'\n\(Did you mean --seed\?\)/],
    ['build --seed x', /argument 'x' is invalid\. Expected a whole number/],
    ['build --preset huge', /Allowed choices are tiny, small, large/],
    ['build --device gpu', /--device: found gpu; this version trains on the CPU: use auto or cpu/],
    ['train --until export', /unknown option '--until'/],
    ['build --config none.yml', /none\.yml: no such file/],
    ['build --seed 99999999999', /command line: project\.seed: found 99999999999; must be at most 4294967295/],
  ])('%j', async (line, message) => {
    const { code, stderr, asked } = await marquee(line)
    expect(code).toBe(2)
    expect(stderr).toMatch(message)
    expect(asked).toEqual([])
  })
})

describe('a command of the pipeline', () => {
  test.each([
    ['build', 'publish'],
    ['build --until train', 'train'],
    ['ingest', 'ingest'],
    ['export', 'export'],
  ])('%s ends with %s', async (line, until) => {
    const { code, asked } = await marquee(line)
    expect(code).toBe(0)
    expect(asked[0]).toMatchObject({ until })
  })

  test('hands on preset, seed, level and files, which start at the caller’s folder', async () => {
    writeFileSync(join(folder, 'mine.yml'), 'project: { name: mine }\n')
    const { asked, code } = await marquee(
      'train --config mine.yml --preset tiny --seed 7 --log-level debug --log-file my.log --json result.json --device cpu',
    )
    expect(code).toBe(0)
    expect(asked[0]!.config).toMatchObject({
      project: { name: 'mine', seed: 7 },
      data: { minRatingsPerUser: 500 },
      logging: { level: 'debug', file: join(folder, 'my.log') },
    })
    expect(existsSync(join(folder, 'my.log'))).toBe(true)
    expect(JSON.parse(readFileSync(join(folder, 'result.json'), 'utf8'))).toEqual(BUILT)
  })

  test('prints steps and files on stdout, nothing else', async () => {
    const { stdout, stderr } = await marquee('build')
    expect(stdout).toMatch(/^ingest +1\.23$/m)
    expect(stdout).toMatch(/^train +0\.00 +reused$/m)
    expect(stdout).toMatch(/^catalog\.arrow +33 B$/m)
    expect(stderr).toBe('')
  })

  test('that fails ends with 1 and its message, without a stack unless debugging', async () => {
    const build = async () => {
      throw new Error('ratings.csv:7: rating 9')
    }
    const failed = await marquee('build', { build })
    expect(failed).toMatchObject({ code: 1, stdout: '', stderr: 'marquee: ratings.csv:7: rating 9\n' })
    const debugged = await marquee('build --log-level debug', { build })
    expect(debugged.stderr).toMatch(/debug {2}Error: ratings\.csv:7: rating 9\n +at /)
  })

  test('that was interrupted ends with 130', async () => {
    const interrupt = new AbortController()
    const { code, stderr } = await marquee('build', {
      signal: interrupt.signal,
      build: async ({ handles }) => {
        interrupt.abort()
        handles.signal.throwIfAborted()
        return BUILT
      },
    })
    expect(code).toBe(130)
    expect(stderr).toBe('marquee: stopped; the published model is as it was\n')
  })
})

describe('models', () => {
  const handles = {
    log: { error() {}, warn() {}, info() {}, debug() {} },
    progress: { update() {} },
    signal: new AbortController().signal,
  }
  async function withTwo() {
    const store = Object.assign(new MemoryStore(), { close: async () => {} })
    for (const buildId of ['a'.repeat(16), 'b'.repeat(16)]) await publish(exportModel(folder, buildId), store, handles)
    return { openStore: async () => store }
  }

  test('list shows every model, the current one marked', async () => {
    const { code, stdout } = await marquee('models list --json list.json', await withTwo())
    expect(code).toBe(0)
    expect(stdout).toMatch(/^aaaaaaaaaaaaaaaa +1\.\d kB +2026-01-01 00:00:00$/m)
    expect(stdout).toMatch(/^bbbbbbbbbbbbbbbb +1\.\d kB +2026-01-01 00:00:00 +current$/m)
    expect(JSON.parse(readFileSync(join(folder, 'list.json'), 'utf8'))).toHaveLength(2)
  })

  test('list says how to get one when there is none', async () => {
    expect(await marquee('models list')).toMatchObject({ code: 0, stdout: expect.stringContaining('"marquee build"') })
  })

  test('rollback goes to the model before, and refuses one that is not there', async () => {
    const options = await withTwo()
    const rolledBack = await marquee('models rollback', options)
    expect(rolledBack).toMatchObject({ code: 0, stdout: 'The current model is aaaaaaaaaaaaaaaa.\n' })
    const refused = await marquee('models rollback cccccccccccccccc', options)
    expect(refused).toMatchObject({ code: 1, stdout: '' })
    expect(refused.stderr).toMatch(/cannot roll back to c+: models\/c+\/manifest\.json is missing/)
  })
})

test('the metrics table has a row a model, NDCG first with its interval, at list length 10', () => {
  expect(metricsTable(CARD.evaluation).split('\n')).toEqual([
    'model       NDCG@10     95 % interval  Recall@10',
    '──────────  ───────  ────────────────  ─────────',
    'blend        0.2500  0.2000 to 0.3000     0.2500',
    'popularity   0.1000  0.0500 to 0.1500     0.2500',
  ])
})

describe('the marquee command', () => {
  test('runs from any folder', () => {
    const child = spawnSync(process.execPath, [join(ROOT, 'scripts/marquee.js'), 'models', '--help'], { cwd: folder })
    expect(child.stdout.toString()).toContain('rollback')
    expect(child.status).toBe(0)
  })
})
