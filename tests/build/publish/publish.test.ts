import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { USERS } from '#core/format/tables.ts'
import type { Pointer } from '#core/schemas/manifest.ts'
import { encodeTable } from '../../../build/export/encode-table.ts'
import type { StepHandles } from '../../../build/io/handles.ts'
import { publish, rollback } from '../../../build/publish/index.ts'
import { listModels } from '../../../build/publish/list-models.ts'
import { POINTER_KEY } from '../../../build/publish/pointer.ts'
import { problemsOf, sha256 } from '../../../build/publish/published-model.ts'
import { exportModel } from '../../helpers/exported-model.ts'
import { MemoryStore } from '../../helpers/memory-store.ts'

const [A, B, C] = ['a'.repeat(16), 'b'.repeat(16), 'c'.repeat(16)]
const folder = mkdtempSync(join(tmpdir(), 'marquee-publish-'))
afterAll(() => rmSync(folder, { recursive: true }))
const [modelA, modelB, modelC] = [exportModel(folder, A), exportModel(folder, B), exportModel(folder, C)]

const now = () => new Date('2026-01-02T03:04:05Z')

function quiet(signal = new AbortController().signal): StepHandles & { warnings: string[] } {
  const warnings: string[] = []
  const log = { error() {}, warn: (message: string) => warnings.push(message), info() {}, debug() {} }
  return { log, progress: { update() {} }, track() {}, signal, warnings }
}

function pointerIn(store: MemoryStore): Pointer | null {
  const bytes = store.objects.get(POINTER_KEY)
  return bytes ? JSON.parse(new TextDecoder().decode(bytes)) : null
}

async function storeWith(...models: (typeof modelA)[]): Promise<MemoryStore> {
  const store = new MemoryStore()
  for (const model of models) await publish(model, store, quiet(), now)
  store.puts = []
  return store
}

describe('publish', () => {
  test('stores every file of the manifest, then the manifest, then moves the pointer', async () => {
    const store = new MemoryStore()
    await publish(modelA, store, quiet(), now)
    const files = store.puts.slice(0, 2).sort()
    expect([...files, ...store.puts.slice(2)]).toEqual([
      `models/${A}/catalog.arrow`,
      `models/${A}/factors.arrow`,
      `models/${A}/manifest.json`,
      'models/current.json',
    ])
    expect(pointerIn(store)).toEqual({ buildId: A, publishedAt: '2026-01-02T03:04:05.000Z', previous: [] })
    expect(await problemsOf(store, A)).toEqual([])
  })

  test('of the current model again puts nothing', async () => {
    const store = await storeWith(modelA)
    await publish(modelA, store, quiet(), () => new Date())
    expect(store.puts).toEqual([])
    expect(pointerIn(store)?.publishedAt).toBe('2026-01-02T03:04:05.000Z')
  })

  test('of a model that was current before moves the pointer only', async () => {
    const store = await storeWith(modelA, modelB)
    await publish(modelA, store, quiet(), now)
    expect(store.puts).toEqual([POINTER_KEY])
    expect(pointerIn(store)).toMatchObject({ buildId: A, previous: [B] })
  })

  test('repairs a file that was damaged in the store', async () => {
    const store = await storeWith(modelA)
    const key = `models/${A}/factors.arrow`
    store.objects.set(key, new Uint8Array(store.objects.get(key)!.length))
    await publish(modelA, store, quiet(), now)
    expect(store.puts).toEqual([key])
    expect(await problemsOf(store, A)).toEqual([])
  })

  // 2 files + manifest + pointer
  test.each([1, 2, 3, 4])('killed at put %i leaves the old pointer, and goes through the next time', async (put) => {
    const store = await storeWith(modelA)
    store.failAtPut = put
    await expect(publish(modelB, store, quiet(), now)).rejects.toThrow(/^put \d failed$/)
    expect(pointerIn(store)?.buildId).toBe(A)
    expect(await problemsOf(store, A)).toEqual([])

    store.failAtPut = Number.POSITIVE_INFINITY
    await publish(modelB, store, quiet(), now)
    expect(pointerIn(store)).toMatchObject({ buildId: B, previous: [A] })
    expect(await problemsOf(store, B)).toEqual([])
  })

  test('leaves another model that is whole under the same id as it is', async () => {
    const store = await storeWith(modelA)
    const elsewhere = exportModel(join(folder, 'elsewhere'), A, ' by another machine')
    await expect(publish(elsewhere, store, quiet())).rejects.toThrow(
      `models/${A}/ is published already, with other bytes: it was built on another kind of processor.`,
    )
    expect(store.puts).toEqual([])
    expect(await problemsOf(store, A)).toEqual([])
  })

  test('refuses a store that gives back other bytes, and leaves the pointer', async () => {
    const store = await storeWith(modelA)
    const get = store.get.bind(store)
    store.get = async (key) => (key === `models/${B}/factors.arrow` ? new Uint8Array(3) : get(key))
    await expect(publish(modelB, store, quiet(), now)).rejects.toThrow(
      `models/${B}/factors.arrow has 3 bytes, expected 33 when read back; models/current.json is left as it was`,
    )
    expect(pointerIn(store)?.buildId).toBe(A)
  })

  test('stops when asked to, before the pointer', async () => {
    const store = await storeWith(modelA)
    await expect(publish(modelB, store, quiet(AbortSignal.abort()), now)).rejects.toThrow(/abort/i)
    expect(pointerIn(store)?.buildId).toBe(A)
  })

  test('refuses a folder with an altered or a missing file, or of another build', async () => {
    const altered = exportModel(join(folder, 'altered'), A)
    writeFileSync(join(altered.folder, 'factors.arrow'), 'factors.arrow of aaaaaaaaaaaaaaab')
    const store = new MemoryStore()
    await expect(publish(altered, store, quiet())).rejects.toThrow(
      /factors\.arrow has SHA-256 .*; export the model again/,
    )
    rmSync(join(altered.folder, 'factors.arrow'))
    await expect(publish(altered, store, quiet())).rejects.toThrow(
      /factors\.arrow cannot be read; export the model again/,
    )
    await expect(publish({ ...modelB, buildId: C }, store, quiet())).rejects.toThrow(
      `found build ${B}, expected build ${C}`,
    )
    expect(pointerIn(store)).toBeNull()
  })

  test('writes a damaged pointer anew, with a warning', async () => {
    const store = await storeWith(modelA)
    store.objects.set(POINTER_KEY, new TextEncoder().encode('{"buildId":'))
    const handles = quiet()
    await publish(modelB, store, handles, now)
    expect(handles.warnings[0]).toMatch(/models\/current\.json is damaged: found 11 bytes/)
    expect(pointerIn(store)).toMatchObject({ buildId: B, previous: [] })
  })

  test('remembers 20 models before the current one, newest first', async () => {
    const store = new MemoryStore()
    const ids = Array.from({ length: 23 }, (_, n) => n.toString(16).padStart(16, '0'))
    for (const id of ids) await publish(exportModel(folder, id), store, quiet(), now)
    expect(pointerIn(store)?.previous).toEqual(ids.slice(2, 22).reverse())
  })
})

describe('rollback', () => {
  test('goes to the model before, and the next one comes back', async () => {
    const store = await storeWith(modelA, modelB, modelC)
    expect(await rollback(store, undefined, now)).toMatchObject({ buildId: B, previous: [C, A] })
    expect(await rollback(store, undefined, now)).toMatchObject({ buildId: C, previous: [B, A] })
  })

  test('goes to a given model; to the current one it changes nothing', async () => {
    const store = await storeWith(modelA, modelB, modelC)
    expect(await rollback(store, A, now)).toMatchObject({ buildId: A, previous: [C, B] })
    store.puts = []
    await rollback(store, A, () => new Date())
    expect(store.puts).toEqual([])
  })

  test('refuses a model that is missing or incomplete, naming what', async () => {
    const store = await storeWith(modelA, modelB)
    await expect(rollback(store, C)).rejects.toThrow(`cannot go to ${C}: models/${C}/manifest.json is missing`)
    store.objects.delete(`models/${A}/catalog.arrow`)
    store.objects.set(`models/${A}/factors.arrow`, new Uint8Array(2))
    await expect(rollback(store)).rejects.toThrow(
      `cannot go to ${A}: models/${A}/catalog.arrow is missing; models/${A}/factors.arrow has 2 bytes, expected 33. The current model stays.`,
    )
    expect(pointerIn(store)?.buildId).toBe(B)
  })

  test('refuses a model that the code of today cannot read, though it is whole', async () => {
    const store = await storeWith(modelA, modelB)
    const key = `models/${A}/manifest.json`
    const manifest = JSON.parse(new TextDecoder().decode(store.objects.get(key)))
    const users = (version: number) => encodeTable({ ...USERS, version }, 1, { userId: Int32Array.of(1) })
    for (const [version, message] of [
      [USERS.version - 1, 'the model is older, "marquee build" makes it anew'],
      [USERS.version + 1, 'the model was made by newer code'],
    ] as const) {
      const bytes = users(version)
      store.objects.set(`models/${A}/users.arrow`, bytes)
      manifest.files['users.arrow'] = { sizeBytes: bytes.length, sha256: sha256(bytes) }
      store.objects.set(key, new TextEncoder().encode(JSON.stringify(manifest)))
      await expect(rollback(store)).rejects.toThrow(
        `cannot go to ${A}: models/${A}/users.arrow is of version ${version}, this code reads ${USERS.version}: ${message}. The current model stays.`,
      )
    }
    expect(pointerIn(store)?.buildId).toBe(B)
  })

  test('refuses what is no build id, and says when there is nothing to go back to', async () => {
    await expect(rollback(await storeWith(modelA), '../x')).rejects.toThrow(
      'build id "../x": expected 16 hexadecimal digits',
    )
    await expect(rollback(await storeWith(modelA))).rejects.toThrow(`no model was current before ${A}`)
    await expect(rollback(new MemoryStore())).rejects.toThrow('no model is published yet')
  })
})

test('the list has every model with its size, the current one marked, an upload that was cut off without a date', async () => {
  const store = await storeWith(modelA, modelB)
  store.objects.set(`models/${C}/catalog.arrow`, new Uint8Array(5))
  const list = await listModels(store)
  expect(list.map(({ buildId, current, publishedAt }) => [buildId, current, publishedAt !== null])).toEqual([
    [A, false, true],
    [B, true, true],
    [C, false, false],
  ])
  expect(list[2]?.sizeBytes).toBe(5)
})
