import { createHash } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

interface Upload {
  key: string
  parts: Map<number, Buffer>
  begun: Date
}

type Fault = (request: IncomingMessage, response: ServerResponse) => boolean

/** As much of an S3 server as the store asks for, in memory; the protocol's own test is `npm run integration:s3`. */
export interface S3Server {
  /** the store's environment */
  env: Record<string, string>
  objects: Map<string, { bytes: Buffer; etag: string }>
  uploads: Map<string, Upload>
  /** `METHOD /key?query` of each request */
  requests: string[]
  /** of an object or a part: its MD5, where the bucket does not encrypt */
  etagOf: (bytes: Buffer) => string
  /** asked before each answer; true: it has answered itself */
  fault: Fault
  close(): Promise<void>
}

const BUCKET = 'models-bucket'

export async function startS3Server(): Promise<S3Server> {
  const objects: S3Server['objects'] = new Map()
  const uploads: S3Server['uploads'] = new Map()
  const requests: string[] = []
  let uploadsBegun = 0

  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    const body = Buffer.concat(chunks)
    const url = new URL(request.url!, 'http://s3')
    requests.push(`${request.method} ${decodeURIComponent(url.pathname + url.search)}`)
    if (s3.fault(request, response)) return
    const [, bucket = '', key = ''] = /^\/([^/]+)\/?(.*)$/.exec(decodeURIComponent(url.pathname)) ?? []
    const problem = (status: number, code: string, message = code) =>
      response.writeHead(status).end(`<Error><Code>${code}</Code><Message>${message}</Message></Error>`)
    const xml = (text: string) => response.writeHead(200, { 'content-type': 'application/xml' }).end(text)

    if (bucket !== BUCKET) return problem(404, 'NoSuchBucket')
    if (!/^AWS4-HMAC-SHA256 Credential=id\//.test(request.headers.authorization ?? ''))
      return problem(403, 'InvalidAccessKeyId', 'no such key id')
    if (request.headers['x-amz-content-sha256'] !== createHash('sha256').update(body).digest('hex'))
      return problem(400, 'XAmzContentSHA256Mismatch')

    const query = url.searchParams
    const uploadId = query.get('uploadId')
    const upload = uploads.get(uploadId ?? '')
    if (uploadId !== null && (upload === undefined || upload.key !== key)) return problem(404, 'NoSuchUpload')

    if (request.method === 'GET' && key === '' && query.has('uploads'))
      return xml(
        [...uploads]
          .filter(([, upload]) => upload.key.startsWith(query.get('prefix') ?? ''))
          .map(
            ([id, { key, begun }]) =>
              `<Upload><Key>${key}</Key><UploadId>${id}</UploadId><Initiated>${begun.toISOString()}</Initiated></Upload>`,
          )
          .join(''),
      )
    if (request.method === 'GET' && key === '') {
      // pages of two
      const keys = [...objects.keys()].filter((name) => name.startsWith(query.get('prefix') ?? '')).sort()
      const from = Number(query.get('continuation-token') ?? 0)
      const contents = keys.slice(from, from + 2).map((name) => {
        const { bytes, etag } = objects.get(name)!
        return `<Contents><Key>${name.replaceAll('&', '&amp;')}</Key><LastModified>2026-01-01T00:00:00.000Z</LastModified><ETag>&quot;${etag}&quot;</ETag><Size>${bytes.length}</Size></Contents>`
      })
      const next = from + 2 < keys.length ? `<NextContinuationToken>${from + 2}</NextContinuationToken>` : ''
      return xml(`<ListBucketResult>${contents.join('')}${next}</ListBucketResult>`)
    }
    if (request.method === 'GET' && upload)
      return xml(
        [...upload.parts]
          .map(([n, part]) => `<Part><PartNumber>${n}</PartNumber><ETag>"${s3.etagOf(part)}"</ETag></Part>`)
          .join(''),
      )
    if (request.method === 'GET') {
      const object = objects.get(key)
      return object
        ? response.writeHead(200, { etag: `"${object.etag}"` }).end(object.bytes)
        : problem(404, 'NoSuchKey')
    }
    if (request.method === 'PUT' && upload) {
      upload.parts.set(Number(query.get('partNumber')), body)
      return response.writeHead(200, { etag: `"${s3.etagOf(body)}"` }).end()
    }
    if (request.method === 'PUT') {
      const held = objects.get(key)
      const { 'if-match': match, 'if-none-match': noneMatch } = request.headers
      if (match !== undefined && match !== `"${held?.etag}"`) return problem(held ? 412 : 404, 'PreconditionFailed')
      if (noneMatch === '*' && held) return problem(412, 'PreconditionFailed')
      objects.set(key, { bytes: body, etag: s3.etagOf(body) })
      return response.writeHead(200).end()
    }
    if (request.method === 'POST' && query.has('uploads')) {
      const id = `upload-${++uploadsBegun}`
      uploads.set(id, { key, parts: new Map(), begun: new Date() })
      return xml(`<InitiateMultipartUploadResult><UploadId>${id}</UploadId></InitiateMultipartUploadResult>`)
    }
    if (request.method === 'POST' && upload) {
      const named = [...body.toString().matchAll(/<PartNumber>(\d+)<\/PartNumber><ETag>(.*?)<\/ETag>/g)]
      const parts = named.map(([, number]) => upload.parts.get(Number(number)))
      const fits = parts.every((part, at) => part && `&#34;${s3.etagOf(part)}&#34;` === named[at]![2])
      if (!fits) return problem(400, 'InvalidPart')
      const bytes = Buffer.concat(parts as Buffer[])
      objects.set(key, { bytes, etag: `${md5(bytes)}-${parts.length}` })
      uploads.delete(uploadId!)
      return xml('<CompleteMultipartUploadResult/>')
    }
    if (request.method === 'DELETE') {
      if (upload) uploads.delete(uploadId!)
      else objects.delete(key)
      return response.writeHead(204).end()
    }
    return problem(501, 'NotImplemented')
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const s3: S3Server = {
    env: {
      AWS_ACCESS_KEY_ID: 'id',
      AWS_SECRET_ACCESS_KEY: 'the-secret',
      S3_ENDPOINT: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      S3_BUCKET: BUCKET,
    },
    objects,
    uploads,
    requests,
    etagOf: md5,
    fault: () => false,
    async close() {
      server.closeAllConnections()
      await new Promise((done) => server.close(done))
    },
  }
  return s3
}

function md5(bytes: Buffer): string {
  return createHash('md5').update(bytes).digest('hex')
}
