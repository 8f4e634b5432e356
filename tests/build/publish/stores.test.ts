import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import type { Pointer } from '#core/schemas/manifest.ts'
import { ownIdentity } from '../../../build/io/process-identity.ts'
import { folderStore } from '../../../build/publish/folder-store.ts'
import { publish } from '../../../build/publish/index.ts'
import { ConflictError, type ObjectStore } from '../../../build/publish/object-store.ts'
import { openObjectStore } from '../../../build/publish/open-store.ts'
import { readPointer } from '../../../build/publish/pointer.ts'
import { openS3 } from '../../../build/publish/s3-store.ts'
import { exportModel } from '../../helpers/exported-model.ts'
import { MemoryStore } from '../../helpers/memory-store.ts'
import { startS3Server } from '../../helpers/s3-server.ts'
import { stepHandles } from '../../helpers/step-handles.ts'

const folder = mkdtempSync(join(tmpdir(), 'marquee-stores-'))
mkdirSync(join(folder, 'served'))
const s3 = await startS3Server()
afterAll(async () => {
  await s3.close()
  rmSync(folder, { recursive: true })
})

const STORES: [name: string, open: () => Promise<ObjectStore & { close?(): Promise<void> }>][] = [
  ['memory, as the tests have it', async () => new MemoryStore()],
  ['the folder of npm run serve', async () => openObjectStore({ target: join(folder, 'served') })],
  ['the local R2', async () => openObjectStore({ target: 'local', stateDir: join(folder, 'state') })],
  ['R2 by the S3 API', async () => openS3({ env: s3.env, pauseMs: 1 })],
]
const bytes = (text: string) => new TextEncoder().encode(text)

describe.each(STORES)('%s', (_, open) => {
  test('puts on condition of what it holds', async () => {
    const store = await open()
    await expect(store.put('a/b', bytes('x'), { replaces: bytes('nothing') })).rejects.toThrow(ConflictError)
    await store.put('a/b', bytes('one'), { replaces: null })
    await expect(store.put('a/b', bytes('two'), { replaces: null })).rejects.toThrow(ConflictError)
    await store.put('a/b', bytes('two'), { replaces: bytes('one') })
    await expect(store.put('a/b', bytes('three'), { replaces: bytes('one') })).rejects.toThrow(ConflictError)
    expect(Buffer.from((await store.get('a/b'))!).toString()).toBe('two')
    expect(await store.list('a/')).toEqual([{ key: 'a/b', sizeBytes: 3, uploadedAt: expect.any(String) }])
    await store.close?.()
  })

  test('loses no move of two that publish at once', async () => {
    const store = await open()
    const ids = ['a', 'b', 'c'].map((digit) => digit.repeat(16))
    await Promise.all(ids.map((id) => publish(exportModel(folder, id), store, stepHandles())))
    const { buildId, previous } = (await readPointer(store)).pointer as Pointer
    expect([buildId, ...previous].sort()).toEqual(ids)
    await store.close?.()
  })
})

test('a lock that a killed process left in a folder is taken over, one of another container is named', async () => {
  const store = folderStore(join(folder, 'locked'))
  await store.put('a', bytes('one'))
  const lock = join(folder, 'locked/a.lock')
  writeFileSync(lock, JSON.stringify({ ...ownIdentity(), pid: 2 ** 22 + 1 }))
  await store.put('a', bytes('two'), { replaces: bytes('one') })
  writeFileSync(lock, JSON.stringify({ ...ownIdentity(), machine: 'another' }))
  await expect(store.put('a', bytes('three'), { replaces: bytes('two') })).rejects.toThrow(
    /a\.lock: process \d+ is writing; when it is gone, remove this file/,
  )
  expect((await store.list('')).map(({ key }) => key)).toEqual(['a'])
})

test('a folder that is not there is no empty bucket', async () => {
  await expect(openObjectStore({ target: join(folder, 'severd') })).rejects.toThrow(
    /severd: no such folder; expected local, remote, or the folder that "npm run serve" made/,
  )
})
