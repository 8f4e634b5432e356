import { ArtifactError } from '#core/format/open-table.ts'
import type { Source } from '#core/format/segments.ts'
import { segmentReadsTotal } from './metrics/counts.ts'
import { within } from './within.ts'

/** Longest wait for a segment: an answer without it is better than none. */
const RANGE_MS = 1000
/** Longest wait until a copy is kept. A later one may be lost with the end of the request, which costs another read. */
const KEEP_MS = 100
/** An object of a model never changes: a copy is good for as long as a cache keeps it. */
const IMMUTABLE = 'public, max-age=31536000, immutable'

/**
 * An object of the bucket by range, with the Cache API in front. A copy is found by the object's key, which names the
 * build, and the range; none is shared with another origin, since the cache is one of this Worker's own.
 */
export function cachedRanges(bucket: R2Bucket, key: string): Source {
  const read = async (start: number, end: number) => {
    const object = await bucket.get(key, { range: { offset: start, length: end - start } })
    if (!object) throw new ArtifactError(`${key}: not in the bucket`)
    return new Uint8Array(await object.arrayBuffer())
  }
  const readAndKeep = async (start: number, end: number) => {
    const bytes = await within(RANGE_MS, read(start, end))
    segmentReadsTotal.add({ source: 'bucket' })
    await keep(addressOf(key, start, end), bytes)
    return bytes
  }
  return {
    slice: async (start, end) => (await keptCopy(addressOf(key, start, end))) ?? readAndKeep(start, end),
    sliceAnew: readAndKeep,
  }
}

/** Nobody can ask for it: `.invalid` is no domain (RFC 2606). */
function addressOf(key: string, start: number, end: number): string {
  return `https://models.invalid/${key}?bytes=${start}-${end}`
}

/** What workerd says where it runs without one. */
const NO_CACHE = /No Cache was configured/
let hasCache = true

/** A cache that fails is as an empty one, and one that is not there is not asked again. */
async function keptCopy(address: string): Promise<Uint8Array | null> {
  if (!hasCache) return null
  try {
    const copy = await (await openCache()).match(address)
    if (!copy) return null
    const bytes = new Uint8Array(await copy.arrayBuffer())
    segmentReadsTotal.add({ source: 'cache' })
    return bytes
  } catch (error) {
    hasCache = !NO_CACHE.test(String(error))
    return null
  }
}

async function keep(address: string, bytes: Uint8Array): Promise<void> {
  if (!hasCache) return
  const copy = new Response(bytes as Uint8Array<ArrayBuffer>, { headers: { 'Cache-Control': IMMUTABLE } })
  const put = openCache().then((cache) => cache.put(address, copy))
  await within(KEEP_MS, put).catch(() => {})
}

function openCache(): Promise<Cache> {
  return caches.open('marquee-models')
}
