import { createHash } from 'node:crypto'
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { dirname, join, relative, sep } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
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
      const lock = `${file}.lock`
      await takeLock(lock)
      try {
        const found = await readFile(file).catch(nullWhereMissing)
        if (found === null ? replaces !== null : replaces === null || found.compare(replaces) !== 0)
          throw new ConflictError(key)
        await putWhole(file, bytes)
      } finally {
        await rm(lock, { force: true })
      }
    },
    get: (key) => readFile(join(folder, key)).catch(nullWhereMissing),
    async list(prefix) {
      const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(nullWhereMissing)
      const keys = (entries ?? [])
        .filter((entry) => entry.isFile())
        .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join('/'))
        .filter((key) => key.startsWith(prefix) && !/\.(partial|lock)$/.test(key))
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

/** @throws {PublishError} when it lies there for longer than a put takes: a process that was killed left it */
async function takeLock(lock: string): Promise<void> {
  for (let waitedMs = 0; ; waitedMs += LOOK_MS) {
    try {
      return await writeFile(lock, `${process.pid}\n`, { flag: 'wx' })
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code !== 'EEXIST') throw cause
      if (waitedMs >= LOCK_MS)
        throw new PublishError(`${lock}: another process is writing; when none is, remove this file`, { cause })
      await sleep(LOOK_MS)
    }
  }
}

async function describe(folder: string, key: string): Promise<StoredObject> {
  const [bytes, { mtime }] = await Promise.all([readFile(join(folder, key)), stat(join(folder, key))])
  const md5 = createHash('md5').update(bytes).digest('hex')
  return { key, sizeBytes: bytes.length, md5, uploadedAt: mtime.toISOString() }
}

function nullWhereMissing(error: NodeJS.ErrnoException): null {
  if (error.code === 'ENOENT') return null
  throw error
}
