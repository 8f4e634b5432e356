import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { publish } from '../../../build/publish/index.ts'
import { listModels } from '../../../build/publish/list-models.ts'
import { POINTER_KEY } from '../../../build/publish/pointer.ts'
import { prune } from '../../../build/publish/prune.ts'
import { problemsOf } from '../../../build/publish/published-model.ts'
import { exportModel } from '../../helpers/exported-model.ts'
import { MemoryStore } from '../../helpers/memory-store.ts'
import { stepHandles } from '../../helpers/step-handles.ts'

const folder = mkdtempSync(join(tmpdir(), 'marquee-prune-'))
afterAll(() => rmSync(folder, { recursive: true }))

const idOf = (day: number) => day.toString(16).padStart(16, '0')
const NOW = new Date('2026-01-10T00:00:00Z')
const now = () => NOW

/** Models 1 to `days`, each uploaded on its day of January; the last one is current. */
async function storeOf(days: number): Promise<MemoryStore> {
  const store = new MemoryStore()
  for (let day = 1; day <= days; day++) await publish(exportModel(folder, idOf(day)), store, stepHandles(), () => NOW)
  const { list } = store
  store.list = async (prefix) =>
    (await list.call(store, prefix)).map((object) => {
      const day = Number.parseInt(object.key.split('/')[1]!, 16)
      return { ...object, uploadedAt: new Date(Date.UTC(2026, 0, day)).toISOString() }
    })
  return store
}
const left = async (store: MemoryStore) => (await listModels(store)).map(({ buildId }) => Number.parseInt(buildId, 16))

test('the latest models stay, the others go with all their files', async () => {
  const store = await storeOf(6)
  const { removed } = await prune(store, { keep: 3, now })
  expect(removed.map(({ buildId }) => buildId)).toEqual([idOf(3), idOf(2), idOf(1)])
  expect(await left(store)).toEqual([6, 5, 4])
  expect([...store.objects.keys()].filter((key) => key.includes(idOf(2)))).toEqual([])
})

test('the current model and the one before it stay whatever their age, those of an experiment too', async () => {
  const store = await storeOf(6)
  // back to a model of before: 1 is current, 2 was
  const pointer = { buildId: idOf(1), publishedAt: NOW.toISOString(), previous: [idOf(2), idOf(6)] }
  store.objects.set(POINTER_KEY, new TextEncoder().encode(JSON.stringify(pointer)))
  store.objects.set('experiments/current.json', new TextEncoder().encode(`{"arms":[{"modelId":"${idOf(3)}"}]}`))
  await prune(store, { keep: 4, now })
  expect(await left(store)).toEqual([6, 3, 2, 1])
})

test('a model of the last day stays, unless it is forced', async () => {
  const store = await storeOf(10)
  const today = { keep: 2, now: () => new Date('2026-01-08T12:00:00Z') }
  await prune(store, today)
  expect(await left(store)).toEqual([10, 9, 8])
  await prune(store, { ...today, force: true })
  expect(await left(store)).toEqual([10, 9])
})

test('what a killed publication left goes once it is a day old', async () => {
  const store = await storeOf(4)
  for (const day of [5, 10]) store.objects.set(`models/${idOf(day)}/factors.arrow`, new Uint8Array(5))
  const { removed } = await prune(store, { keep: 9, now })
  expect(removed).toEqual([{ buildId: idOf(5), sizeBytes: 5 }])
})

test('a dry run removes nothing', async () => {
  const store = await storeOf(4)
  expect((await prune(store, { keep: 2, now, dryRun: true })).removed).toHaveLength(2)
  expect(await left(store)).toHaveLength(4)
})

test('with a damaged pointer nothing goes: nobody knows what is in use', async () => {
  const store = await storeOf(4)
  store.objects.set(POINTER_KEY, new Uint8Array(3))
  await expect(prune(store, { keep: 2, now })).rejects.toThrow(/damaged: .*; nothing is removed until/)
})

test('a removal that is cut off leaves no model that could be gone back to by half', async () => {
  const store = await storeOf(4)
  const remove = store.delete.bind(store)
  let deletes = 0
  store.delete = async (key) => {
    if (++deletes === 2) throw new Error('cut off')
    return remove(key)
  }
  await expect(prune(store, { keep: 2, now })).rejects.toThrow('cut off')
  expect(await problemsOf(store, idOf(2))).toEqual([`models/${idOf(2)}/manifest.json is missing`])
})
