import { createHash } from 'node:crypto'
import { PublishError } from './published-model.ts'
import type { S3Client } from './s3-client.ts'
import { elements, escaped, text } from './s3-xml.ts'

/** Parts of one object in flight at once. */
const PARALLEL_PARTS = 4

interface Part {
  number: number
  bytes: Uint8Array
  /** in quotes, as most stores name a part by its ETag; those that encrypt have ETags of their own */
  md5: string
}

/**
 * Put a large object in parts. One that was begun for this key before, and broke off, goes on: parts that the store has
 * with the same MD5 are not sent again. One with other parts is ended first.
 */
export async function putInParts(
  client: S3Client,
  key: string,
  bytes: Uint8Array,
  headers: Record<string, string>,
  partBytes: number,
): Promise<void> {
  const parts = partsOf(bytes, partBytes)
  for (let attempt = 1; ; attempt++) {
    const { uploadId, stored } = (await unfinished(client, key, parts)) ?? (await begin(client, key, headers))
    const missing = parts.filter(({ number }) => !stored.has(number))
    const sent = await sendParts(client, key, uploadId, missing)
    if (sent !== null && (await complete(client, key, uploadId, new Map([...stored, ...sent])))) return
    // ended by another process meanwhile: done by it, or to be begun anew
    if (attempt === 3)
      throw new PublishError(`${client.name}/${key}: another process ended the upload ${attempt} times`)
  }
}

function partsOf(bytes: Uint8Array, partBytes: number): Part[] {
  return Array.from({ length: Math.ceil(bytes.length / partBytes) }, (_, index) => {
    const part = bytes.subarray(index * partBytes, (index + 1) * partBytes)
    return { number: index + 1, bytes: part, md5: `"${createHash('md5').update(part).digest('hex')}"` }
  })
}

/** By the number of the part. */
type ETags = Map<number, string>

interface Upload {
  uploadId: string
  /** parts that are there */
  stored: ETags
}

async function begin(client: S3Client, key: string, headers: Record<string, string>): Promise<Upload> {
  const { bytes } = await client.send({ method: 'POST', key, query: { uploads: '' }, headers })
  return { uploadId: text(new TextDecoder().decode(bytes), 'UploadId'), stored: new Map() }
}

/** An upload of this key that these parts fit; others of the key are ended. A store that cannot list them has none. */
async function unfinished(client: S3Client, key: string, parts: Part[]): Promise<Upload | null> {
  const { bytes } = await client.send({ method: 'GET', query: { uploads: '', prefix: key } }, 501)
  for (const upload of elements(new TextDecoder().decode(bytes), 'Upload')) {
    if (text(upload, 'Key') !== key) continue
    const uploadId = text(upload, 'UploadId')
    const listed = await storedParts(client, key, uploadId)
    if (listed === null) continue
    const isOurs = [...listed].every(([number, etag]) => parts[number - 1]?.md5 === etag)
    if (isOurs) return { uploadId, stored: listed }
    await client.send({ method: 'DELETE', key, query: { uploadId } }, 404)
  }
  return null
}

/** @returns null when the upload is no more */
async function storedParts(client: S3Client, key: string, uploadId: string): Promise<ETags | null> {
  const etags: ETags = new Map()
  let marker = ''
  do {
    const query = { uploadId, ...(marker !== '' && { 'part-number-marker': marker }) }
    const { status, bytes } = await client.send({ method: 'GET', key, query }, 404)
    if (status === 404) return null
    const xml = new TextDecoder().decode(bytes)
    for (const part of elements(xml, 'Part'))
      etags.set(Number(text(part, 'PartNumber')), `"${text(part, 'ETag').replaceAll('"', '')}"`)
    marker = text(xml, 'IsTruncated') === 'true' ? text(xml, 'NextPartNumberMarker') : ''
  } while (marker !== '')
  return etags
}

/** Several at once. @returns null when the upload is no more */
async function sendParts(client: S3Client, key: string, uploadId: string, parts: Part[]): Promise<ETags | null> {
  const queue = [...parts]
  const etags: ETags = new Map()
  const lane = async () => {
    for (let part = queue.shift(); part !== undefined; part = queue.shift()) {
      const query = { partNumber: String(part.number), uploadId }
      const { status, headers } = await client
        .send({ method: 'PUT', key, query, body: part.bytes }, 404)
        .catch((error) => {
          queue.length = 0
          throw error
        })
      if (status === 404) queue.length = 0
      else etags.set(part.number, headers.get('etag') ?? part.md5)
    }
  }
  const lanes = await Promise.allSettled(Array.from({ length: Math.min(PARALLEL_PARTS, parts.length) }, lane))
  const failed = lanes.find((lane) => lane.status === 'rejected')
  if (failed) throw failed.reason
  return etags.size === parts.length ? etags : null
}

/** @returns false when the upload is no more @throws {PublishError} also for an error that comes with 200, as S3 may */
async function complete(client: S3Client, key: string, uploadId: string, etags: ETags): Promise<boolean> {
  const listed = [...etags]
    .sort(([a], [b]) => a - b)
    .map(([number, etag]) => `<Part><PartNumber>${number}</PartNumber><ETag>${escaped(etag)}</ETag></Part>`)
  const body = new TextEncoder().encode(`<CompleteMultipartUpload>${listed.join('')}</CompleteMultipartUpload>`)
  const { status, bytes } = await client.send({ method: 'POST', key, query: { uploadId }, body }, 404)
  const xml = new TextDecoder().decode(bytes)
  if (status !== 404 && elements(xml, 'Error').length > 0)
    throw new PublishError(
      `${client.name}/${key}: its parts were not joined (${text(xml, 'Code')} ${text(xml, 'Message')})`,
    )
  return status !== 404
}
