import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { Config, SOURCE_FORMATS } from '#core/schemas/config.ts'
import { ConfigError, type ConfigOptions, knownKeys, loadConfig } from '../../../build/config/load-config.ts'

const CONFIG_FILE = join(import.meta.dirname, '../../../config/config.yml')
const folder = mkdtempSync(join(tmpdir(), 'marquee-config-'))
afterAll(() => rmSync(folder, { recursive: true }))

function fileWith(content: string | Uint8Array): string {
  const path = join(folder, 'config.yml')
  writeFileSync(path, content)
  return path
}

/** The message that the configuration is refused with, without the folder. */
function refusal(content: string | Uint8Array, options: ConfigOptions = {}): string {
  try {
    loadConfig({ ...options, path: fileWith(content) })
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigError)
    return (error as Error).message.replaceAll(`${folder}/`, '')
  }
  throw new Error('the configuration was accepted')
}

describe('config/config.yml', () => {
  const written: unknown = parse(readFileSync(CONFIG_FILE, 'utf8'))

  test('holds the defaults of the schema', () => {
    expect(written).toEqual(Config.parse({}))
    expect(loadConfig()).toEqual(Config.parse({}))
  })

  test('has every key, each with a comment beside it or above its group', () => {
    const lines = readFileSync(CONFIG_FILE, 'utf8').split('\n')
    for (const key of knownKeys()) {
      const found = key.split('.').reduce<unknown>((tree, name) => (tree as Record<string, unknown>)?.[name], written)
      expect(found, key).not.toBeUndefined()
    }
    const uncommented = lines.filter((line) => /^ {2,4}\w+: +[^#\s][^#]*$/.test(line))
    expect(uncommented).toEqual([])
  })
})

test('config/config.yml names every format of a source', () => {
  const text = readFileSync(CONFIG_FILE, 'utf8')
  for (const format of SOURCE_FORMATS) expect(text).toMatch(new RegExp(`\\b${format}\\b`))
})

describe('presets', () => {
  test.each([
    ['tiny', 500, 500],
    ['small', 500, 5],
    ['large', 5, 5],
  ])('%s asks for %i ratings a user and %i a movie', (preset, minRatingsPerUser, minRatingsPerMovie) => {
    const config = loadConfig({ preset })
    expect(config.data).toMatchObject({ minRatingsPerUser, minRatingsPerMovie, minTags: 3 })
    expect({ ...config, data: null }).toEqual({ ...Config.parse({}), data: null })
  })

  test('lie over the file, and options over both', () => {
    const path = fileWith('data: { minTags: 9, minRatingsPerUser: 1 }\nproject: { seed: 1, name: mine }\n')
    const config = loadConfig({ path, preset: 'tiny', overrides: { seed: 7, logLevel: 'debug', logFile: 'x.log' } })
    expect(config.data).toMatchObject({ minTags: 3, minRatingsPerUser: 500 })
    expect(config.project).toMatchObject({ seed: 7, name: 'mine' })
    expect(config.logging).toEqual({ level: 'debug', file: 'x.log' })
  })

  test('refuses one that is not there', () => {
    expect(() => loadConfig({ preset: 'huge' })).toThrow('--preset: found "huge"; must be one of tiny, small, large')
  })
})

describe('a key that is not known', () => {
  test.each([
    ['modle: 3', 'config.yml:1: modle: unknown key; did you mean model?'],
    [
      'model:\n  cf:\n    iteratons: 3',
      'config.yml:3: model.cf.iteratons: unknown key; did you mean model.cf.iterations?',
    ],
    ['factors: 8', 'config.yml:1: factors: unknown key; did you mean model.cf.factors?'],
    ['split: { endpoint: x }', /^config\.yml:1: split\.endpoint: unknown key; known keys here: /],
    [
      'data:\n  sources:\n    - path: a\n    - path: b\n      fromat: auto',
      'config.yml:5: data.sources.1.fromat: unknown key; did you mean data.sources.0.format?',
    ],
    ['data: { movielens: x }', /^config\.yml:1: data\.movielens: unknown key; known keys here: sources, /],
    ['__proto__: { polluted: 1 }', /^config\.yml:1: __proto__: unknown key; known sections here: project, logging/],
  ])('%j is named, with the one that was meant', (content, message) => {
    expect(refusal(content)).toMatch(message)
  })
})

describe('a value that is not allowed', () => {
  test.each([
    ['model: { cf: { factors: 63 } }', 'config.yml:1: model.cf.factors: found 63; must be a multiple of 8'],
    ['model: { cf: { factors: many } }', 'config.yml:1: model.cf.factors: found "many"; must be a number'],
    ['model: { cf: { iterations: 1.5 } }', 'config.yml:1: model.cf.iterations: found 1.5; must be a whole number'],
    ['model: { cf: { regularization: .nan } }', 'config.yml:1: model.cf.regularization: found NaN; must be a number'],
    ['model: { cf: { cgSteps: 0 } }', 'config.yml:1: model.cf.cgSteps: found 0; must be at least 1'],
    ['model: { cf: { unobservedWeight: 0 } }', 'config.yml:1: model.cf.unobservedWeight: found 0; must be above 0'],
    [
      'model: { neighbours: { type: slim } }',
      'config.yml:1: model.neighbours.type: found "slim"; must be one of ease, fsSlim, itemKnn, none',
    ],
    ['model: { next: { scales: [] } }', 'config.yml:1: model.next.scales: found []; must have at least 1 entries'],
    [
      'model: { neighbours: { ease: { dropout: 1 } } }',
      'config.yml:1: model.neighbours.ease.dropout: found 1; must be below 1',
    ],
    ['logging: { level: loud }', 'config.yml:1: logging.level: found "loud"; must be one of error, warn, info, debug'],
    ['evaluation: { cutoffs: [] }', 'config.yml:1: evaluation.cutoffs: found []; must have at least 1 entries'],
    ['evaluation:\n  cutoffs: [5, x]', 'config.yml:2: evaluation.cutoffs.1: found "x"; must be a number'],
    ['data: { sources: [] }', 'config.yml:1: data.sources: found []; must have at least 1 entries'],
    [
      'data:\n  sources:\n    - { path: a }\n    - { path: b, format: movielens }',
      `config.yml:4: data.sources.1.format: found "movielens"; must be one of auto, ${SOURCE_FORMATS.join(', ')}`,
    ],
    [
      'data: { sources: [{ path: a, columns: { userId: user } }] }',
      'config.yml:1: data.sources.0.columns: found {"userId":"user"}; may stand only with format interactions or items, not with auto',
    ],
    [
      'data: { sources: [{ path: a, format: interactions, columns: { movie: m } }] }',
      'config.yml:1: data.sources.0.columns.movie: found "m"; is not a column of interactions: userId, itemId, rating, timestamp',
    ],
    [
      'data: { sources: [{ path: a, format: items, columns: { itemId: null } }] }',
      'config.yml:1: data.sources.0.columns.itemId: found nothing; must be a column: items cannot do without it',
    ],
    [
      'data: { sources: [{ path: a, format: interactions, columns: { userId: 1, itemId: item } }] }',
      'config.yml:1: data.sources.0.columns: found {"userId":1,"itemId":"item"}; must be all names, or all numbers from 1 for a file without a header',
    ],
    [
      'data: { sources: [{ path: a, separator: ";" }] }',
      'config.yml:1: data.sources.0.separator: found ";"; may stand only with format items, not with auto',
    ],
    ['split:', 'config.yml:1: split: found nothing; must be an object'],
    ['- a', 'config.yml: found ["a"]; must be sections with keys'],
    [
      'model: { hybrid: { weights: { cf: 2, next: 0, neighbours: 0, content: 1, popularity: 0 } } }',
      'config.yml:1: model.hybrid.weights.cf: found 2; must be at most 1',
    ],
  ])('%j is refused with what is', (content, message) => {
    expect(refusal(content)).toBe(message)
  })

  test('on the command line is said to come from there', () => {
    expect(() => loadConfig({ overrides: { seed: 2 ** 32 } })).toThrow(
      'command line: project.seed: found 4294967296; must be at most 4294967295',
    )
  })
})

describe('an impossible combination', () => {
  test.each([
    ['split: { train: 0.9 }', 'config.yml:1: split: found {"train":0.9}; train + validation + test must be 1'],
    ['split: { folds: 4, fold: 4 }', 'config.yml:1: split.fold: found 4; must be below split.folds, 4'],
    [
      'split: { strategy: given }',
      'config.yml:1: split.given.test: found nothing; must be a file with split.strategy given',
    ],
    ['split: { train: 0.9, test: 0 }', /train, validation and test must each be above 0/],
    [
      'data: { ratingScale: [5, 1] }',
      'config.yml:1: data.ratingScale: found [5,1]; the lowest rating must be below the highest',
    ],
    ['model: { likedFrom: 9 }', 'config.yml:1: model.likedFrom: found 9; must be within data.ratingScale, 0.5 to 5'],
    [
      'model: { cf: { type: imported } }',
      'config.yml:1: model.cf.imported.path: found nothing; must be a folder or file with model.cf.type imported',
    ],
    ['api: { defaultK: 101 }', 'config.yml:1: api.defaultK: found 101; must not be above api.maxK, 100'],
  ])('%j is refused', (content, message) => {
    expect(refusal(content)).toMatch(message)
  })
})

describe('a file that cannot be read', () => {
  test.each([
    ['a: 1\na: 2', 'config.yml:2: not valid YAML: Map keys must be unique'],
    ['a: [1\nb: 2', /^config\.yml:2: not valid YAML: /],
    [new Uint8Array([0xff, 0xfe]), 'config.yml: not UTF-8 text'],
  ])('%j is refused', (content, message) => {
    expect(refusal(content)).toMatch(message)
  })

  test('is named when it is missing', () => {
    expect(() => loadConfig({ path: join(folder, 'none.yml') })).toThrow(/none\.yml: no such file$/)
    expect(() => loadConfig({ path: folder })).toThrow(/: found a folder, expected a file$/)
  })

  test('may be empty: all defaults', () => {
    expect(loadConfig({ path: fileWith('') })).toEqual(Config.parse({}))
  })
})

test('every problem is told at once', () => {
  const content = 'api: { top: 1 }\nseed: 1\nmodel: { hybrid: { weights: lerned } }\n'
  expect(refusal(content).split('\n')).toEqual([
    'config.yml:3: model.hybrid.weights: found "lerned"; must be learned, or must be an object',
    'config.yml:1: api.top: unknown key; known keys here: defaultK, maxK, maxHistory, maxBodyBytes, exampleUsers',
    'config.yml:2: seed: unknown key; did you mean project.seed?',
  ])
})
