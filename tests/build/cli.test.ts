import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { run } from '../../build/cli.ts'
import type { Surroundings } from '../../build/commands/index.ts'
import { metricsTable } from '../../build/commands/metrics-table.ts'
import type { BuildOptions, BuildResult } from '../../build/index.ts'
import type { Statistics } from '../../build/nouns.ts'
import { type PrepareTablesOptions, prepareTables } from '../../build/prepare-tables.ts'
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
  card: null,
  examination: null,
}

const PREPARED: Statistics = {
  sources: [
    ...[{ file: 'in/ratings.csv', sizeBytes: 9, sha256: '', rowsRead: 7, rowsKept: 5, dropped: { 'rated again': 2 } }],
    ...[{ file: 'in/movies.csv', sizeBytes: 9, sha256: '', rowsRead: 3, rowsKept: 3, dropped: {} }],
  ],
  joins: [{ source: 'in/texts.csv', rows: 3, byMovieId: 1, byTmdbId: 1, byImdbId: 0, byTitle: 0, unmatched: 1 }],
  filters: {
    ...{ minRatingsPerUser: 1, minRatingsPerMovie: 2, minTags: 3 },
    ...({ until: 'fixedPoint', applied: true, leftOut: 1 } as const),
  },
  counts: {
    ...{ users: 2, movies: 3, ratings: 5, usedRatings: 4, usedUsers: 2, usedMovies: 2 },
    ...{ firstRating: '2001-01-01', lastRating: '2002-02-02' },
  },
  density: 1,
  ratingHistogram: [{ rating: 4, ratings: 5 }],
  split: {
    strategy: 'leaveOneOut',
    seed: 42,
    parts: {
      historyOnly: { ratings: 1, users: 1, movies: 1 },
      train: { ratings: 2, users: 2, movies: 2 },
      validation: { ratings: 1, users: 1, movies: 1 },
      test: { ratings: 1, users: 1, movies: 1 },
      foldIn: { ratings: 0, users: 0, movies: 0 },
    },
    files: [],
  },
  coverage: { overview: 1, cast: 1, directors: 1, keywords: 1 },
  genres: [],
  tables: [{ name: 'ratings', rows: 5, sizeBytes: 1234, columns: { userId: 'INTEGER', rating: 'FLOAT' } }],
}

/** Run a command line with a build that only notes what it was asked for. */
async function marquee(line: string, options: Partial<Surroundings> = {}) {
  const output = { stdout: '', stderr: '' }
  const asked: BuildOptions[] = []
  const askedForTables: PrepareTablesOptions[] = []
  const code = await run(line.split(' ').filter(Boolean), {
    stdout: { write: (text) => (output.stdout += text) },
    stderr: { write: (text) => (output.stderr += text) },
    signal: new AbortController().signal,
    cwd: folder,
    build: async (build) => {
      asked.push(build)
      return BUILT
    },
    prepareTables: async (tables) => {
      askedForTables.push(tables)
      return PREPARED
    },
    openStore: async () => Object.assign(new MemoryStore(), { close: async () => {} }),
    ...options,
  })
  return { code, ...output, asked, askedForTables }
}

describe('files that are asked for', () => {
  test.each([
    ['evaluate --json .', 2, /^marquee: --json .*: found a folder, expected a file\n$/],
    ['build --json plain/x.json', 2, /--json .*x\.json: found the file .*plain, expected a folder/],
    ['evaluate --report a.html --leaderboard a.html', 2, /--report .*a\.html: found the same file for --leaderboard/],
    ['evaluate --train plain --test t --json plain', 2, /--json .*plain: found the same file for --train/],
    ['prepare --input data --output tables --json /proc/none/x.json', 2, /--json .*: cannot be written \(E[A-Z]+\)/],
  ])('%s is refused before any work', async (line, expected, message) => {
    writeFileSync(join(folder, 'plain'), 'a file')
    const { code, stderr, asked, askedForTables } = await marquee(line)
    expect({ code, asked, askedForTables }).toEqual({ code: expected, asked: [], askedForTables: [] })
    expect(stderr).toMatch(message)
    expect(readFileSync(join(folder, 'plain'), 'utf8')).toBe('a file')
  })

  test('a folder that is missing is left to be made when there is something to write', async () => {
    expect((await marquee('evaluate --json made/deep/x.json')).code).toBe(0)
    expect(existsSync(join(folder, 'made/deep/x.json'))).toBe(true)
  })
})

describe('help', () => {
  test('lists every command with its purpose, and examples', async () => {
    const { code, stdout } = await marquee('--help')
    expect(code).toBe(0)
    for (const command of [
      'build',
      'ingest',
      'prepare',
      'train',
      'evaluate',
      'export',
      'publish',
      'import-factors',
      'tune',
      'runs',
      'models',
      'keys',
    ])
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
    ['build --device tpu', /argument 'tpu' is invalid\. Allowed choices are auto, cpu, gpu/],
    ['build --threads 0', /argument '0' is invalid\. Expected a whole number from 1/],
    ['train --until export', /unknown option '--until'/],
    ['train --input x', /unknown option '--input'/],
    ['prepare --input x', /--output: found nothing; --input needs a folder for the tables/],
    ['prepare --split half', /Allowed choices are userTime, globalTime, leaveOneOut, random, kFold, strong/],
    ['prepare --split given', /split\.given\.test: found nothing; must be a file with split\.strategy given/],
    ['import-factors', /missing required argument 'path'/],
    ['import-factors x --until ingest', /Allowed choices are train, evaluate, export, publish/],
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
    const { card: _card, examination: _examination, ...told } = BUILT
    expect(JSON.parse(readFileSync(join(folder, 'result.json'), 'utf8'))).toEqual(told)
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

describe('import-factors', () => {
  test('is the pipeline with the factors that the line names, up to the published model', async () => {
    const { code, asked } = await marquee('import-factors model.npz --item-ids ids.txt --seed 7')
    expect(code).toBe(0)
    const imported = { path: join(folder, 'model.npz'), itemIds: join(folder, 'ids.txt') }
    expect(asked).toMatchObject([
      { until: 'publish', config: { project: { seed: 7 }, model: { cf: { type: 'imported', imported } } } },
    ])
  })

  test('stops where it is told to, and Spark’s folder needs no ids', async () => {
    const { asked } = await marquee('import-factors als-model --until evaluate')
    const imported = { path: join(folder, 'als-model'), itemIds: null }
    expect(asked).toMatchObject([{ until: 'evaluate', config: { model: { cf: { imported } } } }])
  })
})

describe('prepare', () => {
  test('without an input goes the way of the other steps, with the split that is asked for', async () => {
    const { asked, askedForTables } = await marquee('prepare --split globalTime')
    expect(asked).toMatchObject([{ until: 'prepare', config: { split: { strategy: 'globalTime', train: 0.8 } } }])
    expect(askedForTables).toEqual([])
  })

  test('reads what the line names instead of the config’s sources, and writes where it says', async () => {
    const { code, asked, askedForTables } = await marquee(
      'prepare --input ml --input texts.csv --output out --split random --seed 7',
    )
    expect(code).toBe(0)
    expect(asked).toEqual([])
    expect(askedForTables).toMatchObject([{ outputDir: join(folder, 'out'), config: { project: { seed: 7 } } }])
    const { data, split } = askedForTables[0]!.config
    expect(split.strategy).toBe('random')
    expect(data.sources).toEqual(['ml', 'texts.csv'].map((name) => ({ path: join(folder, name), format: 'auto' })))
  })

  test('tells what came in, what was dropped and why, and what came out', async () => {
    const { stdout } = await marquee('prepare --output out --json prepared.json')
    expect(stdout.split('\n')).toEqual([
      'source          rows  kept  dropped',
      '──────────────  ────  ────  ──────────────',
      'in/ratings.csv     7     5  2: rated again',
      'in/movies.csv      3     3',
      '',
      'joined        rows  by movieId  by tmdbId  by imdbId  by title  unmatched',
      '────────────  ────  ──────────  ─────────  ─────────  ────────  ─────────',
      'in/texts.csv     3           1          1          0         0          1',
      '',
      'part         ratings  users  movies',
      '───────────  ───────  ─────  ──────',
      'historyOnly        1      1       1',
      'train              2      2       2',
      'validation         1      1       1',
      'test               1      1       1',
      '',
      'table    rows  columns    size',
      '───────  ────  ───────  ──────',
      'ratings     5        2  1.2 kB',
      '',
      '5 ratings of 3 movies by 2 users, 2001-01-01 to 2002-02-02',
      '',
      'split leaveOneOut: 4 ratings used, 100 % of what 2 users and 2 movies could have; ' +
        '1 left out: at least 1 a user and 2 a movie, until nothing changes',
      '',
    ])
    expect(JSON.parse(readFileSync(join(folder, 'prepared.json'), 'utf8'))).toEqual(PREPARED)
  })

  test('does it: the tables are there, and the input is as it was', async () => {
    const input = join(ROOT, 'tests/fixtures/ml-tiny')
    const before = readdirSync(input)
    const line = `prepare --input ${input} --output tiny-tables --split leaveOneOut --config tiny.yml --json tiny.json`
    writeFileSync(join(folder, 'tiny.yml'), 'data: { minRatingsPerUser: 1, minRatingsPerMovie: 1 }\n')
    const { code, stdout } = await marquee(line, { prepareTables })
    expect(code).toBe(0)
    expect(stdout).toMatch(/^ratings +29 +5 /m)
    expect(readdirSync(join(folder, 'tiny-tables')).sort()).toContain('user_features.parquet')
    expect(JSON.parse(readFileSync(join(folder, 'tiny.json'), 'utf8'))).toMatchObject({
      split: { strategy: 'leaveOneOut', parts: { test: { ratings: 5 }, validation: { ratings: 5 } } },
    })
    expect(readdirSync(input)).toEqual(before)
  })

  test('never writes into a source', async () => {
    const { code, stderr } = await marquee('prepare --input . --output new/tables', { prepareTables })
    expect(code).toBe(1)
    expect(stderr).toMatch(/new\/tables: found a folder in the source .*, expected one outside: sources are only read/)
    expect(existsSync(join(folder, 'new'))).toBe(false)
  })
})

describe('models', () => {
  const handles = {
    log: { error() {}, warn() {}, info() {}, debug() {} },
    progress: { update() {} },
    track() {},
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
    expect(refused.stderr).toMatch(/cannot go to c+: models\/c+\/manifest\.json is missing/)
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
