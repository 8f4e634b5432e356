import { describe, expect, test } from 'vitest'
import type { Model } from '#core/model.ts'
import { smokeChecks } from '../../../build/evaluate/index.ts'
import { openArtifacts } from '../../../build/evaluate/open-artifacts.ts'
import { compareLists, rankCorrelation } from '../../../build/evaluate/published/compare-lists.ts'
import { withoutKnown } from '../../../build/evaluate/published/known-to-served.ts'
import { PART, type PreparedRatings } from '../../../build/nouns.ts'
import { tinyFiles, tinyManifest } from '../../helpers/tiny-model.ts'

function tiny(change: (files: ReturnType<typeof tinyFiles>) => void = () => {}): Model {
  const files = tinyFiles()
  const manifest = tinyManifest('0'.repeat(16), files)
  change(files)
  return openArtifacts(files, manifest.card.model)
}

describe('what changes from one model to another', () => {
  test('is nothing where they are the same', async () => {
    const model = tiny()
    const lists = await compareLists(model, model, 10, 1)
    expect(lists.users).toBe(model.userIds.length)
    expect(lists).toMatchObject({
      'rankCorrelation@100': { mean: 1, low: 1, high: 1 },
      unchanged: lists.users,
      entered: [],
      left: [],
      movies: { added: 0, removed: 0 },
    })
  })

  test('is told by the order of what both lists have: Spearman’s ρ', () => {
    expect(rankCorrelation([1, 2, 3], [1, 2, 3])).toBe(1)
    expect(rankCorrelation([1, 2, 3], [3, 2, 1])).toBe(-1)
    // shared: 1, 2, 3; ranks 0 1 2 and 1 0 2: 1 − 6·2 / (27 − 3) = 0.5
    expect(rankCorrelation([1, 9, 2, 3], [2, 1, 8, 3])).toBe(0.5)
    expect(rankCorrelation([1, 2], [3, 4])).toBe(0)
  })
})

describe('the test part that a served model is judged on', () => {
  test('is without what was rated again: the served model may have learned from the first time', async () => {
    const model = tiny()
    const userId = model.userIds[0]!
    const { table, row } = await model.histories.row(0)
    const items = table.list<Int32Array>('itemIndices')
    const timestamps = table.list<Uint32Array>('timestamps').values
    const [first, second] = [items.offsets[row]!, items.offsets[row]! + 1]
    const known = [items.values[first]!, items.values[second]!]
    const fresh = [...model.catalog.movieIds.keys()].find((item) => ![...items.values].includes(item)) ?? -1
    const catalog = { movieIds: model.catalog.movieIds } as PreparedRatings['catalog']
    const interactions = {
      userIds: Int32Array.of(userId),
      indptr: Uint32Array.of(0, 3),
      itemIndices: Int32Array.of(known[0]!, known[1]!, fresh),
      ratings: Float32Array.of(5, 5, 5),
      // the second movie was rated again
      timestamps: Uint32Array.of(timestamps[first]!, timestamps[second]! + 1, 4_000_000_000),
      parts: Uint8Array.of(PART.test, PART.test, PART.test),
    }
    const left = await withoutKnown({ interactions, catalog }, model)
    expect([...left.interactions.parts]).toEqual([PART.test, PART.historyOnly, PART.test])
    expect(left.ratedAgain).toBe(1)
    expect([...interactions.parts]).toEqual([PART.test, PART.test, PART.test])
  })
})

describe('questions to a model', () => {
  test('are answered by a good one', async () => {
    const model = tiny()
    const checks = await smokeChecks(model, [])
    expect(checks.filter(({ ok }) => !ok)).toEqual([])
    expect(checks.length).toBeGreaterThan(5)
  })

  test('are not answered by one whose histories are damaged', async () => {
    const model = tiny((files) => files.set('histories.arrow', new Uint8Array(files.get('histories.arrow')!.length)))
    const [first] = await smokeChecks(model, [])
    expect(first).toMatchObject({
      ok: false,
      found: expect.stringMatching(/^ArtifactError: histories\.arrow: segment 0/),
    })
  })

  test('to a user whom the model does not know give a list for somebody new', async () => {
    const [first] = await smokeChecks(tiny(), [123_456])
    expect(first).toMatchObject({ ok: true })
  })
})
