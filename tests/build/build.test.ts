import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openLocalTitles } from '#core/format/local-titles.ts'
import { Config } from '#core/schemas/config.ts'
import { Manifest, Pointer } from '#core/schemas/manifest.ts'
import { build, type Step } from '../../build/index.ts'
import type { StepHandles } from '../../build/io/handles.ts'
import { MemoryStore } from '../helpers/memory-store.ts'

const TINY = join(import.meta.dirname, '../fixtures/ml-tiny')
const quiet = { error() {}, warn() {}, info() {}, debug() {} }

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'marquee-build-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

function configOf(artifacts: string, seed = 42): Config {
  return Config.parse({
    project: { artifacts, seed },
    data: {
      sources: [{ path: TINY }, { path: join(TINY, 'movie-text.jsonl') }],
      minRatingsPerUser: 1,
      minRatingsPerMovie: 1,
      minTags: 1,
    },
    model: { cf: { factors: 8, iterations: 3 }, content: { minDocumentFrequency: 1 } },
    evaluation: { bootstrapSamples: 100 },
  })
}

function run(config: Config, until: Step, store = new MemoryStore(), handles: Partial<StepHandles> = {}) {
  return build({
    config,
    until,
    handles: { log: quiet, progress: { update() {} }, track() {}, signal: new AbortController().signal, ...handles },
    openStore: async () => Object.assign(store, { close: async () => {} }),
  })
}

const filesOf = (root: string) =>
  Object.fromEntries(
    readdirSync(root, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .map((file) => [file.slice(root.length), readFileSync(file).toString('base64')]),
  )

test('goes from raw files to a published model, and a second time only looks', async () => {
  const store = new MemoryStore()
  const config = configOf(folder)
  const first = await run(config, 'publish', store)
  expect(first.steps.map(({ step, reused }) => `${step} ${reused}`)).toEqual(
    ['ingest', 'prepare', 'train', 'evaluate', 'export', 'publish'].map((step) => `${step} false`),
  )
  expect(first.report?.models.map(({ name }) => name)).toEqual([
    'marquee',
    'als',
    'next',
    'ease',
    'content',
    'popularity',
    'itemKnn',
    'random',
  ])
  const pointer = Pointer.parse(JSON.parse(Buffer.from((await store.get('models/current.json'))!).toString()))
  expect(pointer.buildId).toBe(first.buildId)
  const manifest = Manifest.parse(JSON.parse(readFileSync(join(first.folder, 'model/manifest.json'), 'utf8')))
  expect(Object.keys(manifest.files).length).toBe(16)
  expect(JSON.parse(readFileSync(join(first.folder, 'report.json'), 'utf8'))).toMatchObject({
    buildId: first.buildId,
    data: { users: 6, movies: 12 },
    sources: expect.arrayContaining([expect.objectContaining({ rowsRead: 29 })]),
  })

  const second = await run(config, 'publish', store)
  expect(second.steps.filter(({ reused }) => reused).map(({ step }) => step)).toEqual([
    'ingest',
    'prepare',
    'train',
    'evaluate',
    'export',
  ])
  expect(second).toMatchObject({ buildId: first.buildId, report: first.report })
})

test('titles in other languages are a file of the model, and its card says so', async () => {
  const config = configOf(folder)
  const titles = join(folder, 'titles.tsv')
  writeFileSync(titles, 'imdbId\tlanguage\tlocalTitle\ntt0133093\tvi\tMa trận\n')
  config.data.sources.push({ path: titles, format: 'auto' })
  const { folder: built } = await run(config, 'export')
  const { card, files } = Manifest.parse(JSON.parse(readFileSync(join(built, 'model/manifest.json'), 'utf8')))
  expect(card.model.localTitles).toEqual({ languages: ['vi'], movies: 1 })
  expect(files['local-titles.arrow']).toBeDefined()
  const bytes = new Uint8Array(readFileSync(join(built, 'model/local-titles.arrow')))
  expect(openLocalTitles(bytes, 12).shown(1, 'vi')).toBe('Ma trận')
})

test('a model of BPR factors has a fold-in found on validation', async () => {
  const config = configOf(folder)
  const { cf } = config.model
  const bpr = {
    ...config,
    model: { ...config.model, cf: { ...cf, type: 'bpr' as const, bpr: { ...cf.bpr, epochs: 5 } } },
  }
  const { folder: built, report } = await run(bpr, 'export')
  expect(report?.models.map(({ name }) => name)).toContain('bpr')
  const { card } = Manifest.parse(JSON.parse(readFileSync(join(built, 'model/manifest.json'), 'utf8')))
  expect(card.model).toMatchObject({ cf: 'bpr', iterations: 5 })
  expect([1, 0.3, 0.1, 0.03, 0.01]).toContain(card.model.unobservedWeight)
})

test.each([
  ['itemKnn', 'linear', ['marquee', 'als', 'next', 'itemKnn', 'content', 'popularity', 'random']],
  ['none', 'none', ['marquee', 'als', 'content', 'popularity', 'itemKnn', 'random']],
] as const)('neighbours by %s and what comes next by %s are judged alone, where there are any', async (...types) => {
  const config = configOf(folder)
  const { model } = config
  const [type, nextType, names] = types
  const neighbours = { ...model.neighbours, type }
  const next = { ...model.next, type: nextType }
  const { folder: built, report } = await run({ ...config, model: { ...model, next, neighbours } }, 'export')
  expect(report?.models.map(({ name }) => name)).toEqual(names)
  const { card } = Manifest.parse(JSON.parse(readFileSync(join(built, 'model/manifest.json'), 'utf8')))
  expect(card.model.neighbours).toBe(type)
  expect(card.model.next).toHaveLength(nextType === 'none' ? 0 : 2)
})

test('with patience the final model takes as many iterations as the draft found to be enough', async () => {
  const config = configOf(folder)
  const cf = { ...config.model.cf, iterations: 50, patience: 2 }
  const lines: string[] = []
  const log = { ...quiet, info: (line: string) => void lines.push(line) }
  const { folder: built } = await run({ ...config, model: { ...config.model, cf } }, 'export', undefined, { log })
  const { card } = Manifest.parse(JSON.parse(readFileSync(join(built, 'model/manifest.json'), 'utf8')))
  expect(card.model.iterations).toBeLessThan(50)
  expect(lines).toContainEqual(expect.stringMatching(/^als: best on validation after iteration \d+, 0\.\d{4}$/))
})

test('the same inputs, config and seed give the same bytes in every file; another seed is another build', async () => {
  const a = await run(configOf(join(folder, 'a')), 'export')
  const b = await run(configOf(join(folder, 'b')), 'export')
  expect(b.buildId).toBe(a.buildId)
  expect(filesOf(b.folder)).toEqual(filesOf(a.folder))
  const c = await run(configOf(join(folder, 'c'), 7), 'prepare')
  expect(c.buildId).not.toBe(a.buildId)
})

test('stops after the step that was asked for', async () => {
  const { steps, report } = await run(configOf(folder), 'prepare')
  expect(steps.map(({ step }) => step)).toEqual(['ingest', 'prepare'])
  expect(report).toBe(null)
})

test('interrupted in training it leaves nothing that passes for a model, and the next run succeeds', async () => {
  const config = configOf(folder)
  const interrupt = new AbortController()
  const progress = { update: (label: string) => (label.includes('train') ? interrupt.abort() : undefined) }
  await expect(run(config, 'publish', new MemoryStore(), { progress, signal: interrupt.signal })).rejects.toThrow()
  const { steps } = await run(config, 'export')
  expect(steps.every(({ reused }) => !reused)).toBe(true)
})

test('a damaged export is made again', async () => {
  const config = configOf(folder)
  const { folder: buildFolder } = await run(config, 'export')
  rmSync(join(buildFolder, 'model', 'factors.arrow'))
  const { steps } = await run(config, 'export')
  expect(steps.every(({ reused }) => !reused)).toBe(true)
})
