import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { Config } from '#core/schemas/config.ts'
import { Manifest } from '#core/schemas/manifest.ts'
import { build, type Step } from '../../build/index.ts'
import { MemoryStore } from '../helpers/memory-store.ts'

const FIXTURES = join(import.meta.dirname, '../fixtures')
const SPARK = { path: join(FIXTURES, 'factors/spark') }
const IMPLICIT = {
  path: join(FIXTURES, 'factors/implicit.npz'),
  itemIds: join(FIXTURES, 'factors/implicit.ids.txt'),
}
const folder = mkdtempSync(join(tmpdir(), 'marquee-import-build-'))
afterAll(() => rmSync(folder, { recursive: true }))

/** A build of ml-tiny with imported factors; its warnings are noted. */
async function run(imported: { path: string; itemIds?: string }, until: Step = 'export') {
  const warnings: string[] = []
  const config = Config.parse({
    project: { artifacts: folder },
    data: {
      sources: [{ path: join(FIXTURES, 'ml-tiny') }],
      minRatingsPerUser: 1,
      minRatingsPerMovie: 1,
      minTags: 1,
    },
    model: { cf: { type: 'imported', imported }, content: { minDocumentFrequency: 1 } },
    evaluation: { bootstrapSamples: 100 },
  })
  const log = { error() {}, warn: (line: string) => warnings.push(line), info() {}, debug() {} }
  const result = await build({
    config,
    until,
    handles: { log, progress: { update() {} }, track() {}, signal: new AbortController().signal },
    openStore: async () => Object.assign(new MemoryStore(), { close: async () => {} }),
  })
  return { ...result, warnings }
}

describe('imported factors become a model like one of our own', () => {
  test.each([
    ['spark', SPARK],
    ['implicit', IMPLICIT],
  ])('from %s: judged, exported and published', async (engine, source) => {
    const { report, folder: built, steps, warnings } = await run(source, 'publish')
    expect(steps.map(({ step }) => step)).toEqual(['ingest', 'prepare', 'train', 'evaluate', 'export', 'publish'])
    expect(report?.models.map(({ name }) => name)).toEqual([
      'marquee',
      'imported',
      'next',
      'ease',
      'content',
      'popularity',
      'itemKnn',
      'random',
    ])
    expect(report?.protocol).toContain(
      'imported from another engine, which must have learned from the train part alone',
    )
    expect(warnings).toEqual([
      expect.stringContaining('the metrics are honest only if that engine learned from the train'),
    ])

    // four factors and four columns of zeros; a fold-in chosen here, as neither engine tells one
    const { model } = Manifest.parse(JSON.parse(readFileSync(join(built, 'model/manifest.json'), 'utf8'))).card
    expect(model).toMatchObject({ cf: 'imported', factors: 8, iterations: 0 })
    expect(model.regularization).toBeGreaterThan(0)
    expect(model.unobservedWeight).toBeGreaterThan(0)
    expect(JSON.parse(readFileSync(join(built, 'report.json'), 'utf8')).imported).toEqual({
      ...{ engine, ownFactors: 4 },
      ...{ matched: 7, withoutFactors: 5, unknownIds: 0, unseenInTrain: 0 },
    })
  })

  test('the build id follows what is in the files, not where they are', async () => {
    const here = await run(SPARK, 'ingest')
    const copy = join(folder, 'copy')
    cpSync(SPARK.path, copy, { recursive: true })
    expect((await run({ path: copy }, 'ingest')).buildId).toBe(here.buildId)

    const ids = join(folder, 'implicit.ids.txt')
    writeFileSync(ids, readFileSync(IMPLICIT.itemIds, 'utf8').replace('10', '11'))
    const implicit = await run(IMPLICIT, 'ingest')
    expect(implicit.buildId).not.toBe(here.buildId)
    expect((await run({ ...IMPLICIT, itemIds: ids }, 'ingest')).buildId).not.toBe(implicit.buildId)
  })

  test('factors that cannot be used are refused before any rating is read', async () => {
    await expect(run({ path: IMPLICIT.path })).rejects.toThrow('found no item ids, expected --item-ids')
    await expect(run({ path: join(folder, 'none') })).rejects.toThrow('none: no such file or folder')
  })
})
