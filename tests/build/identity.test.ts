import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { Config } from '#core/schemas/config.ts'
import { buildIdentity, canonicalJson, hashCode } from '../../build/identity.ts'

const config = Config.parse({})
const inputs = [
  { file: 'data/ratings.csv', sha256: 'a'.repeat(64) },
  { file: 'data/movies.csv', sha256: 'b'.repeat(64) },
]
const idOf = (change: object = {}, files = inputs, code = 'code') =>
  buildIdentity(Config.parse({ ...config, ...change }), files, code).buildId

describe('the build id', () => {
  test('is 16 hexadecimal digits, the same every time', () => {
    expect(idOf()).toMatch(/^[0-9a-f]{16}$/)
    expect(idOf()).toBe(idOf())
  })

  test.each([
    ['seed', { project: { ...config.project, seed: 43 } }],
    ['project name, which stands in the model card', { project: { ...config.project, name: 'other' } }],
    ['filter', { data: { ...config.data, minTags: 4 } }],
    ['model', { model: { ...config.model, likedFrom: 4 } }],
    ['API limit, which travels with the model', { api: { ...config.api, maxK: 99 } }],
    ['note, which stands in the model card', { experiment: { name: 'default', notes: 'x' } }],
  ])('changes with a %s', (_, change) => {
    expect(idOf(change)).not.toBe(idOf())
  })

  test('knows feedback by its content, and nothing of what a rebuild does with a model afterwards', () => {
    const withFeedback = (file: string) => idOf({ data: { ...config.data, feedback: file } })
    expect(withFeedback('one.jsonl')).toBe(withFeedback('/elsewhere/two.jsonl'))
    expect(withFeedback('one.jsonl')).not.toBe(idOf())
    expect(idOf({ rebuild: { ...config.rebuild, keep: 9 } })).toBe(idOf())
  })

  test('changes with an input and with the code', () => {
    expect(idOf({}, inputs.slice(1))).not.toBe(idOf())
    expect(idOf({}, [{ ...inputs[0]!, sha256: 'c'.repeat(64) }, inputs[1]!])).not.toBe(idOf())
    expect(idOf({}, inputs, 'other code')).not.toBe(idOf())
  })

  test('changes with the order of the inputs, as the first source is trusted most, and with formats and columns', () => {
    const mapped = (item: string) => [{ path: 'x', format: 'interactions', columns: { itemId: item } }]
    const idOfSources = (sources: object[]) => idOf({ data: { ...config.data, sources } })
    expect(idOfSources(mapped('song'))).not.toBe(idOfSources(mapped('album')))
    expect(idOf({}, [inputs[1]!, inputs[0]!])).not.toBe(idOf())
    const sources = [{ ...config.data.sources[0]!, format: 'movielens-csv' }, config.data.sources[1]]
    expect(idOf({ data: { ...config.data, sources } })).not.toBe(idOf())
  })

  test('does not change with where things lie or with logging', () => {
    expect(idOf({ project: { ...config.project, artifacts: '/elsewhere' } })).toBe(idOf())
    const sources = config.data.sources.map((source, number) => ({ ...source, path: `/elsewhere/${number}` }))
    expect(idOf({ data: { ...config.data, sources } })).toBe(idOf())
    expect(idOf({ logging: { level: 'debug', file: 'x.log' } })).toBe(idOf())
    expect(idOf({}, [{ ...inputs[0]!, file: '/elsewhere/ratings.csv' }, inputs[1]!])).toBe(idOf())
  })
})

describe('the hash of the code', () => {
  const folder = mkdtempSync(join(tmpdir(), 'marquee-code-'))
  afterAll(() => rmSync(folder, { recursive: true }))

  function checkout(name: string, change: Record<string, string> = {}): string {
    const root = join(folder, name)
    const files = {
      'build/train/als.ts': 'a\nb\n',
      'functions/core/kernels/serve.wasm': 'wasm\r\n',
      'functions/recommend/index.ts': 'c\n',
      'package-lock.json': '{}\n',
      ...change,
    }
    for (const [path, content] of Object.entries(files)) {
      mkdirSync(join(root, path, '..'), { recursive: true })
      writeFileSync(join(root, path), content)
    }
    return root
  }
  const plain = hashCode(checkout('plain'))

  test('is the same in another folder, with Windows line ends and with files of other kinds', () => {
    cpSync(join(folder, 'plain'), join(folder, 'copy'), { recursive: true })
    expect(hashCode(join(folder, 'copy'))).toBe(plain)
    expect(hashCode(checkout('crlf', { 'build/train/als.ts': 'a\r\nb\r\n' }))).toBe(plain)
    expect(hashCode(checkout('notes', { 'build/README.md': 'x', 'build/.tsc/index.d.ts': 'x' }))).toBe(plain)
  })

  test.each([
    ['source', { 'build/train/als.ts': 'changed' }],
    ['kernel', { 'functions/core/kernels/serve.wasm': 'wasm\n' }],
    ['new file', { 'functions/recommend/more.ts': 'c\n' }],
    ['library version', { 'package-lock.json': '{"a":1}\n' }],
  ])('changes with a %s', (name, change) => {
    expect(hashCode(checkout(name, change))).not.toBe(plain)
  })

  test('of this repository is there', () => {
    expect(hashCode()).toMatch(/^[0-9a-f]{64}$/)
  })
})

test('canonical JSON orders keys at every depth, and leaves lists as they are', () => {
  expect(canonicalJson({ b: [2, 1], a: { d: null, c: 'x' } })).toBe('{"a":{"c":"x","d":null},"b":[2,1]}')
})
