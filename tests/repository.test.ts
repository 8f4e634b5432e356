import { execFile, execFileSync } from 'node:child_process'
import { existsSync, readFileSync, statSync } from 'node:fs'
import { dirname, join, normalize, relative } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, test } from 'vitest'
import { bundleWorker } from '../scripts/bundle-worker.ts'

/** The rules of the repository that no single file shows: four fences around the Worker, and what may be committed. */

const ROOT = join(import.meta.dirname, '..')
const MAX_BUNDLE_BYTES = 250_000
const MAX_FILE_BYTES = 4_000_000

const runFile = promisify(execFile)
const committed = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', '-z'], { cwd: ROOT })
  .toString()
  .split('\0')
  .filter((path) => path !== '' && existsSync(join(ROOT, path)))

/** Run a tool of node_modules/.bin in the repository; rejects with what it wrote when it fails. */
async function tool(name: string, ...args: string[]): Promise<void> {
  try {
    await runFile(join(ROOT, 'node_modules/.bin', name), args, { cwd: ROOT, env: { ...process.env, NO_COLOR: '1' } })
  } catch (error) {
    const { stdout, stderr } = error as { stdout: string; stderr: string }
    throw new Error(`${name} ${args.join(' ')}:\n${stdout}${stderr}`)
  }
}

describe('fence 1, types: every project compiles for its platform alone', () => {
  test('tsc --build', { timeout: 120_000 }, async () => {
    await tool('tsc', '--build')
  })

  test.each(['functions/core', 'functions/recommend'])('%s knows neither Node nor the DOM', (project) => {
    const { compilerOptions = {} } = JSON.parse(readFileSync(join(ROOT, project, 'tsconfig.json'), 'utf8'))
    expect(compilerOptions.types ?? []).toEqual([])
    expect(compilerOptions.lib ?? ['es2024']).toEqual(['es2024'])
  })
})

/** What a file may import: other files by the beginning of their path, packages by name. */
interface Allowed {
  files: RegExp
  packages: RegExp
}

const ANY = /^/
const NONE = /$^/
const NODE = 'node:[a-z0-9/_]+'
const packages = (...names: string[]) => new RegExp(`^(?:${names.join('|')})(?:/|$)`)

/** One row a folder, the first that fits holds: "Who may import whom". */
const TABLE: [from: RegExp, allowed: (path: string) => Allowed][] = [
  [
    /^functions\/core\//,
    (path) => ({
      files: /^functions\/core\//,
      packages: packages(
        ...(path.includes('/schemas/') ? ['zod'] : []),
        ...(path.includes('/format/') ? ['@uwdata/flechette'] : []),
        '$never',
      ),
    }),
  ],
  [/^functions\/recommend\//, () => ({ files: /^functions\/(core|recommend)\//, packages: NONE })],
  [
    /^functions\/web\//,
    () => ({
      files: /^functions\/(client\/index\.ts$|core\/text\/vietnamese\.ts$|web\/)/,
      packages: packages('preact', 'swagger-ui-dist'),
    }),
  ],
  // a package of its own, published from here
  [/^functions\/client\//, () => ({ files: /^functions\/client\//, packages: NONE })],
  [
    /^functions\//,
    () => ({ files: /^(functions\/(?!web\/|client\/)|config\/|prompts\/)/, packages: packages('hono', 'zod') }),
  ],
  // build/index.ts and its like join the steps, each by its index.ts; publish/ also hands out its stores
  [
    /^build\/((commands|config|experiments)\/)?[^/]+\.ts$/,
    () => ({
      files:
        /^(functions\/(core|recommend)\/|build\/((commands|config|experiments)\/)?[^/]+\.ts|build\/io\/|build\/[^/]+\/index\.ts|build\/publish\/)/,
      packages: packages(NODE, 'commander', 'yaml', 'zod'),
    }),
  ],
  [
    /^build\/io\//,
    () => ({
      files: /^(functions\/core\/|build\/(io\/|nouns\.ts))/,
      packages: packages(NODE, '@duckdb/node-api', 'wrangler'),
    }),
  ],
  // what both HTML reports are drawn with
  [/^build\/charts\//, () => ({ files: /^build\/charts\//, packages: NONE })],
  [
    /^build\/evaluate\//,
    () => ({
      files: /^(functions\/(core|recommend)\/|build\/(evaluate\/|io\/|nouns\.ts))/,
      packages: packages(NODE),
    }),
  ],
  // lists are made by the served blend
  [
    /^build\/batch\//,
    () => ({ files: /^(functions\/(core|recommend)\/|build\/(batch|io)\/)/, packages: packages(NODE) }),
  ],
  [
    /^build\/[^/]+\//,
    (path) => ({
      files: new RegExp(
        `^(functions/core/|build/(${DRAWS.test(path) ? 'charts/|' : ''}io/|nouns\\.ts)|${path.split('/').slice(0, 2).join('/')}/)`,
      ),
      packages: packages(NODE, ...(STEP_PACKAGES[path.split('/')[1]!] ?? ['$never'])),
    }),
  ],
  [/^(scripts|tests)\//, () => ({ files: ANY, packages: ANY })],
  [/^[^/]+$/, () => ({ files: /^tests\/helpers\//, packages: packages('vitest') })],
]

/** Folders that write reports. */
const DRAWS = /^build\/(eda|report)\//

/** What each step is for. */
const STEP_PACKAGES: Record<string, string[]> = {
  ingest: ['@duckdb/node-api', 'zod'],
  prepare: ['@duckdb/node-api'],
  train: ['webgpu'],
  export: ['apache-arrow'],
  publish: ['aws4fetch', 'miniflare', 'wrangler', 'zod'],
  tracking: ['zod'],
  tuning: ['zod'],
}

const IMPORT = /(?:^|[;\n])\s*(?:import|export)\s(?:[^;'"`]*?\sfrom\s*)?['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]/g

/** Specifiers of a source, comments left out. */
function importsOf(source: string): string[] {
  const code = source.replace(/\/\*[\s\S]*?\*\//g, '').replace(/^\s*\/\/.*$/gm, '')
  return [...code.matchAll(IMPORT)].map(([, named, dynamic]) => (named ?? dynamic)!)
}

/** Path from the root that a specifier means, or null for a package. */
function fileOf(specifier: string, from: string): string | null {
  if (specifier.startsWith('.')) return normalize(join(dirname(from), specifier))
  const [, alias, rest] = /^#(\w+)\/(.+)$/.exec(specifier) ?? []
  if (alias === undefined) return null
  return `${alias === 'core' || alias === 'recommend' ? `functions/${alias}` : alias}/${rest}`
}

/** Imports of a file that the table does not allow. */
function trespasses(path: string, source: string): string[] {
  const row = TABLE.find(([from]) => from.test(path))
  if (!row) return [`${path} stands in no row of the table`]
  const allowed = row[1](path)
  return importsOf(source)
    .filter((specifier) => {
      const file = fileOf(specifier, path)
      return file === null ? !allowed.packages.test(specifier) : !allowed.files.test(file)
    })
    .map((specifier) => `${path} imports ${specifier}`)
}

describe('fence 4, imports: who may import whom', () => {
  const sources = committed.filter((path) => /\.tsx?$/.test(path) && !path.includes('/assembly/'))

  test('every import line stands in the table', () => {
    expect(sources.flatMap((path) => trespasses(path, readFileSync(join(ROOT, path), 'utf8')))).toEqual([])
  })

  test.each([
    ['functions/core/scoring/top-k.ts', "import * as z from 'zod'"],
    ['functions/core/top-k.ts', "import { x } from '../recommend/blend.ts'"],
    ['functions/recommend/blend.ts', "import { Hono } from 'hono'"],
    ['functions/routes/users.ts', "import { als } from '../../build/train/als.ts'"],
    ['functions/index.ts', "import fs from 'node:fs'"],
    ['functions/web/app.tsx', "import { foldIn } from '#core/scoring/fold-in.ts'"],
    ['build/train/als.ts', "import { read } from '../ingest/index.ts'"],
    ['build/eda/sections.ts', "import { ingest } from '../ingest/index.ts'"],
    ['build/train/als.ts', "import { picture } from '../charts/svg.ts'"],
    ['build/charts/page.ts', "import type { Examination } from '../nouns.ts'"],
    ['build/train/als.ts', "export { read } from\n  '../ingest/index.ts'"],
    ['build/train/als.ts', "const recommend = await import('#recommend/index.ts')"],
    ['build/index.ts', "import { als } from './train/als.ts'"],
    ['build/train/als.ts', "import { start } from '../../scripts/start.ts'"],
  ])('%s with %j would not pass', (path, source) => {
    expect(trespasses(path, source)).toHaveLength(1)
  })
})

describe('fence 2, names', () => {
  test('tsconfig has no path aliases: #core/… is package.json’s alone', () => {
    const configs = committed.filter((path) => /tsconfig[^/]*\.json$/.test(path))
    for (const path of configs) expect(readFileSync(join(ROOT, path), 'utf8'), path).not.toMatch(/"(paths|baseUrl)"/)
  })
})

describe('fence 3, bundle: what ships to the edge', async () => {
  const bundle = await bundleWorker('functions/index.ts', { minify: true })

  test('is made of functions/ without the page, and of hono, zod and the Arrow reader', () => {
    const ours = /^functions\/(?!web\/|client\/)|^config\/|^prompts\//
    const theirs = /^node_modules\/(hono|zod|@uwdata\/flechette)\//
    expect(bundle.inputs.filter((path) => !ours.test(path) && !theirs.test(path))).toEqual([])
  })

  test('imports nothing from the runtime', () => {
    expect(bundle.external).toEqual([])
  })

  test(`is at most ${MAX_BUNDLE_BYTES / 1000} kB gzipped`, () => {
    expect(bundle.gzippedBytes).toBeLessThan(MAX_BUNDLE_BYTES)
    expect(bundle.gzippedBytes).toBeGreaterThan(10_000)
  })
})

describe('the repository', () => {
  test('is formatted and free of lint', { timeout: 60_000 }, async () => {
    await tool('biome', 'check', '--error-on-warnings', '.')
  })

  test('pins every package exactly, and the lockfile carries no addresses', () => {
    const manifest = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'))
    const versions = ['dependencies', 'devDependencies', 'optionalDependencies'].flatMap((group) =>
      Object.entries<string>(manifest[group] ?? {}),
    )
    expect(versions.filter(([, version]) => !/^\d+\.\d+\.\d+(-[\w.-]+)?$/.test(version))).toEqual([])
    expect(readFileSync(join(ROOT, 'package-lock.json'), 'utf8')).not.toContain('"resolved"')
  })

  test('has every optional package of the lockfile in it, without which npm ci fails', () => {
    const { packages } = JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8')) as {
      packages: Record<string, { optionalDependencies?: Record<string, string> }>
    }
    const missing = Object.entries(packages).flatMap(([path, { optionalDependencies = {} }]) =>
      Object.keys(optionalDependencies)
        .filter((name) => !(`node_modules/${name}` in packages) && !(`${path}/node_modules/${name}` in packages))
        .map((name) => `${name}, wanted by ${relative('node_modules', path)}`),
    )
    expect(missing).toEqual([])
  })

  test('has no file above 4 MB', () => {
    const large = committed.filter((path) => statSync(join(ROOT, path)).size > MAX_FILE_BYTES)
    expect(large).toEqual([])
  })
})
