/** Bindings of this service in scripts/serve/workerd-config.ts. */
interface Env {
  /** the folder, as workerd shows it over HTTP */
  FOLDER: Fetcher
}

/** What an R2 binding asks of the service behind it; of its methods only those that the Worker calls. */
interface BucketRequest {
  method: string
  object?: string
  /** whole numbers, written as text */
  range?: { offset?: string; length?: string }
}

/** A part as small as a segment is quicker answered whole than as a stream. */
const SMALL_BYTES = 1 << 17

/** R2's codes for what can go wrong here. */
const NO_SUCH_KEY = 10007
const INVALID_RANGE = 10039
const NOT_IMPLEMENTED = 10058

/**
 * R2 for plain workerd: objects are the files of a folder, read only. A binding sends its call in a header and takes
 * the object's description before its bytes (github.com/cloudflare/workerd, src/workerd/api/r2-rpc.c++).
 */
export default {
  async fetch(request, { FOLDER }) {
    const {
      method,
      object: key = '',
      range,
    } = JSON.parse(request.headers.get('cf-r2-request') ?? '{}') as BucketRequest
    if (method !== 'get' && method !== 'head') return refused(501, NOT_IMPLEMENTED, `${method} is not offered here`)
    const offset = Number(range?.offset ?? 0)
    const last = range?.length === undefined ? '' : offset + Number(range.length) - 1
    const headers = range ? { Range: `bytes=${offset}-${last}` } : {}
    const file = await FOLDER.fetch(`http://folder/${key}`, { method: method.toUpperCase(), headers })
    if (file.status === 416) return refused(416, INVALID_RANGE, `${key}: the range lies outside of it`)
    if (!file.ok) return refused(404, NO_SUCH_KEY, `${key}: not in the folder`)

    const partSize = Number(file.headers.get('Content-Length') ?? 0)
    const size = Number(/\/(\d+)$/.exec(file.headers.get('Content-Range') ?? '')?.[1] ?? partSize)
    const description = new TextEncoder().encode(
      JSON.stringify({
        name: key,
        version: '1',
        size,
        etag: '0'.repeat(32),
        uploaded: Date.parse(file.headers.get('Last-Modified') ?? '') || 0,
        httpFields: {},
        customFields: [],
        checksums: {},
        ...(range && { range: { offset, length: partSize } }),
      }),
    )
    const answer = { 'cf-r2-metadata-size': String(description.length) }
    if (method === 'head') return new Response(description, { headers: answer })
    if (partSize <= SMALL_BYTES) return new Response(joined(description, await file.bytes()), { headers: answer })
    const { readable, writable } = new FixedLengthStream(description.length + partSize)
    void send(writable, description, file.body!)
    return new Response(readable, { headers: answer })
  },
} satisfies ExportedHandler<Env>

function joined(a: Uint8Array, b: Uint8Array): Uint8Array<ArrayBuffer> {
  const both = new Uint8Array(a.length + b.length)
  both.set(a)
  both.set(b, a.length)
  return both
}

async function send(to: WritableStream, head: Uint8Array, body: ReadableStream): Promise<void> {
  const writer = to.getWriter()
  await writer.write(head)
  writer.releaseLock()
  await body.pipeTo(to)
}

function refused(status: number, v4code: number, message: string): Response {
  return new Response(null, { status, headers: { 'cf-r2-error': JSON.stringify({ version: 1, v4code, message }) } })
}
