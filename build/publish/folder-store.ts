import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { dirname, join, relative, sep } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { takeLock } from '../io/lock.ts'
import { ConflictError, type ObjectStore, type StoredObject } from './object-store.ts'
import { PublishError } from './published-model.ts'

/** Longest wait for another conditional put, and between two looks. */
const LOCK_MS = 2000
const LOOK_MS = 20

/** A folder as the bucket that plain workerd serves models from: an object is the file at its key. */
export function folderStore(folder: string): ObjectStore {
  return {
    async put(key, bytes, { replaces } = {}) {
      const file = join(folder, key)
      await mkdir(dirname(file), { recursive: true })
      if (replaces === undefined) return putWhole(file, bytes)
      const release = await waitForLock(`${file}.lock`)
      try {
        const found = await readFile(file).catch(nullWhereMissing)
        if (found === null ? replaces !== null : replaces === null || found.compare(replaces) !== 0)
          throw new ConflictError(key)
        await putWhole(file, bytes)
      } finally {
        release()
      }
    },
    get: (key) => readFile(join(folder, key)).catch(nullWhereMissing),
    async list(prefix) {
      const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(nullWhereMissing)
      const keys = (entries ?? [])
        .filter((entry) => entry.isFile())
        .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join('/'))
        .filter((key) => key.startsWith(prefix) && !/\.(partial$|lock($|\.))/.test(key))
      return Promise.all(keys.sort().map((key) => describe(folder, key)))
    },
    delete: (key) => rm(join(folder, key), { force: true }),
  }
}

/** Whole or not at all, also for a reader at this moment. */
async function putWhole(file: string, bytes: Uint8Array): Promise<void> {
  await writeFile(`${file}.partial`, bytes)
  await rename(`${file}.partial`, file)
}

/**
 * One that a killed process left is taken over. @returns what releases it
 * @throws {PublishError} when another one has it for longer than a put takes, or had it in another container
 */
async function waitForLock(file: string): Promise<() => void> {
  for (let waitedMs = 0; ; waitedMs += LOOK_MS) {
    const lock = takeLock(file)
    if (lock.taken) return lock.release
    if (waitedMs >= LOCK_MS)
      throw new PublishError(`${file}: process ${lock.by.pid} is writing; when it is gone, remove this file`)
    await sleep(LOOK_MS)
  }
}

async function describe(folder: string, key: string): Promise<StoredObject> {
  const { size, mtime } = await stat(join(folder, key))
  return { key, sizeBytes: size, uploadedAt: mtime.toISOString() }
}

function nullWhereMissing(error: NodeJS.ErrnoException): null {
  if (error.code === 'ENOENT') return null
  throw error
}
