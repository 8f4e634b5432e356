import { createHash } from 'node:crypto'
import { join, resolve } from 'node:path'
import { DEFAULT_STATE_DIR, readWranglerConfig, WRANGLER_FILE } from '../io/wrangler-config.ts'
import { ConflictError, type ObjectStore, type OpenObjectStore, type StoredObject } from './object-store.ts'

/** The R2 binding of wrangler.toml that models are served from. */
const BINDING = 'MODELS'

export interface LocalR2Options {
  /** as `wrangler dev --persist-to` takes it; .wrangler/state when left out */
  stateDir?: string
  /** another wrangler.toml than the repository's */
  wranglerFile?: string
}

/**
 * The bucket that `wrangler dev` and `npm start` serve models from, on this disk. Safe while a server runs on
 * the same folder: both go through SQLite, so a put is seen whole by the other process, or not yet.
 * Starts a workerd process (about 0.6 s), which `close` ends.
 * @throws {Error} when wrangler.toml has no R2 bucket bound as MODELS
 */
export async function openLocalR2(options: LocalR2Options = {}): Promise<OpenObjectStore> {
  const stateDir = resolve(options.stateDir ?? DEFAULT_STATE_DIR)
  const bucketName = await readBucketName(options.wranglerFile ?? WRANGLER_FILE)
  const { Miniflare, convertV4MiniflareOptions } = await import('miniflare')
  const runtime = new Miniflare(
    convertV4MiniflareOptions({
      modules: true,
      script: '',
      r2Buckets: { [BINDING]: { id: bucketName } },
      resourcePersistencePath: join(stateDir, 'v3'),
      cf: false,
      telemetry: { enabled: false },
    }),
  )
  return { ...storeOf(await runtime.getR2Bucket(BINDING)), close: () => runtime.dispose() }
}

/** What is used of an R2 bucket's binding; Miniflare's types of it depend on the Workers' own. */
export interface Bucket {
  /** null where `onlyIf` does not hold */
  put(
    key: string,
    bytes: Uint8Array,
    options: {
      httpMetadata?: { contentType?: string }
      onlyIf?: { etagMatches: string } | { etagDoesNotMatch: string }
    },
  ): Promise<unknown>
  get(key: string): Promise<{ arrayBuffer(): Promise<ArrayBuffer> } | null>
  list(options: { prefix: string; cursor?: string }): Promise<BucketPage>
  delete(key: string): Promise<void>
}

type BucketPage = { objects: { key: string; size: number; etag: string; uploaded: Date }[] } & (
  | { truncated: true; cursor: string }
  | { truncated: false }
)

/** An R2 bucket as the store that `publish` writes to. */
export function storeOf(bucket: Bucket): ObjectStore {
  return {
    async put(key, bytes, { contentType, replaces } = {}) {
      const put = await bucket.put(key, bytes, {
        ...(contentType !== undefined && { httpMetadata: { contentType } }),
        ...(replaces !== undefined && { onlyIf: condition(replaces) }),
      })
      if (put === null) throw new ConflictError(key)
    },
    async get(key) {
      const object = await bucket.get(key)
      return object === null ? null : new Uint8Array(await object.arrayBuffer())
    },
    async list(prefix) {
      const found: StoredObject[] = []
      let cursor: string | undefined
      do {
        const page: BucketPage = await bucket.list({ prefix, ...(cursor !== undefined && { cursor }) })
        for (const { key, size, uploaded } of page.objects)
          found.push({ key, sizeBytes: size, uploadedAt: uploaded.toISOString() })
        cursor = page.truncated ? page.cursor : undefined
      } while (cursor !== undefined)
      return found.sort((a, b) => (a.key < b.key ? -1 : 1))
    },
    delete: (key) => bucket.delete(key),
  }
}

function condition(replaces: Uint8Array | null): { etagMatches: string } | { etagDoesNotMatch: string } {
  if (replaces === null) return { etagDoesNotMatch: '*' }
  return { etagMatches: createHash('md5').update(replaces).digest('hex') }
}

async function readBucketName(wranglerFile: string): Promise<string> {
  const config = await readWranglerConfig(wranglerFile)
  const bucket = config.r2_buckets.find(({ binding }) => binding === BINDING)
  if (bucket?.bucket_name === undefined)
    throw new Error(`${wranglerFile}: no R2 bucket is bound as ${BINDING}; expected [[r2_buckets]] with a bucket_name`)
  return bucket.bucket_name
}
