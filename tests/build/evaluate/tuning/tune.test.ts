import { expect, test } from 'vitest'
import { Config } from '#core/schemas/config.ts'
import { tune } from '../../../../build/evaluate/tuning/tune.ts'
import { type Interactions, PART } from '../../../../build/nouns.ts'
import { stepHandles } from '../../../helpers/step-handles.ts'
import { tinyFiles, tinyItem } from '../../../helpers/tiny-model.ts'

const { train, validation } = PART
const config = Config.parse({
  model: { cf: { type: 'bpr' }, next: { type: 'none' }, neighbours: { type: 'none' } },
})

/** User 1 liked 10 and then 20; user 2 is new in the validation part, with 50. */
const interactions: Interactions = {
  userIds: Int32Array.of(1, 2),
  indptr: Uint32Array.of(0, 2, 3),
  itemIndices: Int32Array.from([10, 20, 50], tinyItem),
  ratings: new Float32Array(3).fill(5),
  timestamps: Uint32Array.of(1, 2, 2),
  parts: Uint8Array.of(train, validation, validation),
}
const learn = async () => tinyFiles()

test('who has no history is asked about popularity alone', async () => {
  const handles = stepHandles()
  await tune(interactions, config, { hasTimes: true, hasOrder: true }, learn, handles)
  expect(handles.lines.filter((line) => line.includes(' users')).map((line) => line.replace(/NDCG.*of/, 'of'))).toEqual(
    ['tune cf: recencyHalfLife: validation of 1 users', 'tune popularity: halfLifeDays: validation of 2 users'],
  )
})

test('where nobody has a history all are asked, and settings stay as they are', async () => {
  const handles = stepHandles()
  const isNew = { ...interactions, parts: Uint8Array.of(validation, validation, validation) }
  const { model, trials } = await tune(isNew, config, { hasTimes: false, hasOrder: true }, learn, handles)
  expect(model).toEqual(config.model)
  expect(new Set(trials.map(({ ndcg }) => ndcg)).size).toBe(1)
})

test('with candidates the lists that settings are chosen by are of these alone', async () => {
  const among = (...movieIds: number[]) => new Set(movieIds.map(tinyItem))
  const ndcgWith = async (ofFirst: ReadonlySet<number>) => {
    const candidates = new Map([
      [0, ofFirst],
      [1, among(50, 100)],
    ])
    const { ndcg } = await tune(
      interactions,
      config,
      { hasTimes: false, hasOrder: true },
      learn,
      stepHandles(),
      candidates,
    )
    return ndcg.cf
  }
  // by the factors 20, on the axis of 10, is before a weepie, and alone it is found anyway
  expect(await ndcgWith(among(20, 60))).toBe(1)
  expect(await ndcgWith(among(20))).toBe(1)
  expect(await ndcgWith(among(60, 70))).toBe(0)
})

test('nobody to ask is refused', async () => {
  const nobody = { ...interactions, parts: Uint8Array.of(train, train, train) }
  await expect(tune(nobody, config, { hasTimes: true, hasOrder: true }, learn, stepHandles())).rejects.toThrow(
    'the validation part has nobody with a relevant item: nothing to tune on',
  )
})
