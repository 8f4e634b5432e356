import { ConflictError, type ObjectStore, type StoredObject } from './object-store.ts'
import type { Place } from './place.ts'
import { openS3Client, type S3Client } from './s3-client.ts'
import { putInParts } from './s3-parts.ts'
import { elements, text } from './s3-xml.ts'

/** Larger objects go in parts. R2 and S3 want at least 5 MiB a part, and R2 all but the last of one size. */
const PART_BYTES = 8 << 20

export interface S3StoreOptions extends Place {
  /** bytes of a part, for tests */
  partBytes?: number
}

/**
 * R2, or another bucket, by the S3 API. What is large goes in parts, several at once; an upload that was cut off goes on
 * with the parts that the store has already.
 * @throws {PublishError} as openS3Client
 */
export async function openS3(options: S3StoreOptions = {}): Promise<ObjectStore> {
  return s3Store(await openS3Client(options), options.partBytes)
}

export function s3Store(client: S3Client, partBytes: number = PART_BYTES): ObjectStore {
  return {
    async put(key, bytes, { contentType, replaces } = {}) {
      const headers = contentType === undefined ? {} : { 'Content-Type': contentType }
      if (replaces === undefined && bytes.length > partBytes) return putInParts(client, key, bytes, headers, partBytes)
      const { status } = await client.send(
        { method: 'PUT', key, headers: { ...headers, ...(await condition(client, key, replaces)) }, body: bytes },
        // 409: another conditional put was under way; 404: there is none to match
        ...(replaces === undefined ? [] : [404, 409, 412]),
      )
      if (status >= 400 && !(await isStored(client, key, bytes))) throw new ConflictError(key)
    },
    async get(key) {
      const { status, bytes } = await client.send({ method: 'GET', key }, 404)
      if (status !== 404) return bytes
      // a bucket that is not there is no missing object
      if (text(new TextDecoder().decode(bytes), 'Code') === 'NoSuchBucket') await client.send({ method: 'GET', key })
      return null
    },
    async list(prefix) {
      const found: StoredObject[] = []
      let token = ''
      do {
        const query = { 'list-type': '2', prefix, ...(token !== '' && { 'continuation-token': token }) }
        const xml = new TextDecoder().decode((await client.send({ method: 'GET', query })).bytes)
        for (const object of elements(xml, 'Contents'))
          found.push({
            key: text(object, 'Key'),
            sizeBytes: Number(text(object, 'Size')),
            uploadedAt: new Date(text(object, 'LastModified')).toISOString(),
          })
        token = text(xml, 'NextContinuationToken')
      } while (token !== '')
      return found.sort((a, b) => (a.key < b.key ? -1 : 1))
    },
    async delete(key) {
      await client.send({ method: 'DELETE', key }, 404)
    },
    async abandonUploads(prefix, olderThan) {
      const { bytes } = await client.send({ method: 'GET', query: { uploads: '', prefix } }, 501)
      const abandoned = elements(new TextDecoder().decode(bytes), 'Upload')
        .map((upload) => ({ key: text(upload, 'Key'), id: text(upload, 'UploadId'), begun: text(upload, 'Initiated') }))
        .filter(({ begun }) => Date.parse(begun) < olderThan.getTime())
      for (const { key, id } of abandoned) await client.send({ method: 'DELETE', key, query: { uploadId: id } }, 404)
      return abandoned.map(({ key }) => key)
    },
  }
}

/** By the name that the store has for the bytes that are to be replaced: where it encrypts, that is not their MD5. */
async function condition(
  client: S3Client,
  key: string,
  replaces: Uint8Array | null | undefined,
): Promise<Record<string, string>> {
  if (replaces === undefined) return {}
  if (replaces === null) return { 'If-None-Match': '*' }
  const { status, bytes, headers } = await client.send({ method: 'GET', key }, 404)
  const etag = headers.get('etag')
  if (status === 404 || etag === null || Buffer.compare(bytes, replaces) !== 0) throw new ConflictError(key)
  return { 'If-Match': etag }
}

/** A put whose answer was lost is sent again, and then meets its own bytes: that is no conflict. */
async function isStored(client: S3Client, key: string, bytes: Uint8Array): Promise<boolean> {
  const { status, bytes: stored } = await client.send({ method: 'GET', key }, 404)
  return status === 200 && Buffer.compare(stored, bytes) === 0
}
