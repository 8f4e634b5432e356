import { createHash } from 'node:crypto'
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { dirname, join, relative, sep } from 'node:path'
import type { ObjectStore, StoredObject } from '../../build/publish/object-store.ts'

/** A folder as the bucket that plain workerd serves models from: an object is the file at its key. */
export function folderStore(folder: string): ObjectStore {
  return {
    async put(key, bytes) {
      const file = join(folder, key)
      await mkdir(dirname(file), { recursive: true })
      // whole or not at all, also for a reader at this moment
      await writeFile(`${file}.partial`, bytes)
      await rename(`${file}.partial`, file)
    },
    get: (key) => readFile(join(folder, key)).catch(nullWhereMissing),
    async list(prefix) {
      const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(nullWhereMissing)
      const keys = (entries ?? [])
        .filter((entry) => entry.isFile())
        .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join('/'))
        .filter((key) => key.startsWith(prefix) && !key.endsWith('.partial'))
      return Promise.all(keys.sort().map((key) => describe(folder, key)))
    },
    delete: (key) => rm(join(folder, key), { force: true }),
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
