import { createHash } from 'node:crypto'
import { AwsClient } from 'aws4fetch'
import { readWranglerConfig } from '../io/wrangler-config.ts'
import { type Answer, patiently } from './patient-request.ts'
import type { Place } from './place.ts'
import { PublishError } from './published-model.ts'
import { text } from './s3-xml.ts'

/** The R2 binding of wrangler.toml whose bucket it is by default. */
const BINDING = 'MODELS'

export interface S3Request {
  method: 'GET' | 'PUT' | 'POST' | 'DELETE'
  /** none: the bucket itself */
  key?: string
  query?: Record<string, string>
  headers?: Record<string, string>
  body?: Uint8Array
}

export interface S3Client {
  /** host and bucket, for messages */
  name: string
  /** an answer of 2xx, or of one of the other statuses that the caller knows what to do with @throws {PublishError} */
  send(request: S3Request, ...otherStatuses: number[]): Promise<Answer>
}

/**
 * A bucket by the S3 API, signed with AWS Signature Version 4 over the bytes, so that what arrives damaged is refused.
 * @param place env: AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY (AWS_SESSION_TOKEN), which R2 gives with an API token;
 * CLOUDFLARE_ACCOUNT_ID for R2's address, or S3_ENDPOINT for another; S3_BUCKET, by default that of wrangler.toml;
 * S3_REGION, by default R2's `auto`
 * @throws {PublishError} naming the variable that is missing
 */
export async function openS3Client(place: Place = {}): Promise<S3Client> {
  const env = place.env ?? process.env
  const aws = new AwsClient({
    accessKeyId: needed(env, 'AWS_ACCESS_KEY_ID'),
    secretAccessKey: needed(env, 'AWS_SECRET_ACCESS_KEY'),
    ...(env.AWS_SESSION_TOKEN && { sessionToken: env.AWS_SESSION_TOKEN }),
    service: 's3',
    region: env.S3_REGION || 'auto',
    // what is tried again is for `patiently` to say
    retries: 0,
  })
  const endpoint =
    env.S3_ENDPOINT?.replace(/\/+$/, '') ||
    `https://${needed(env, 'CLOUDFLARE_ACCOUNT_ID', 'S3_ENDPOINT')}.r2.cloudflarestorage.com`
  const bucket = env.S3_BUCKET || (await bucketOfWrangler())
  const name = `${new URL(endpoint).host}/${bucket}`

  return {
    name,
    async send({ method, key, query = {}, headers = {}, body }, ...otherStatuses) {
      const url = new URL(
        `${endpoint}/${bucket}${key === undefined ? '' : `/${key.split('/').map(encoded).join('/')}`}`,
      )
      for (const [parameter, value] of Object.entries(query)) url.searchParams.set(parameter, value)
      const init = {
        method,
        headers: { ...headers, 'X-Amz-Content-Sha256': sha256(body) },
        ...(body && { body: body as Uint8Array<ArrayBuffer> }),
      }
      const what = `${method} ${name}${key === undefined ? '' : `/${key}`}`
      const answer = await patiently(what, async (signal) => fetch(await aws.sign(url, init), { signal }), place)
      if ((answer.status >= 200 && answer.status < 300) || otherStatuses.includes(answer.status)) return answer
      throw refusal(what, bucket, answer)
    },
  }
}

/** As it is signed: servers that sign the path as it came, and those that write it anew, then agree. */
function encoded(part: string): string {
  return encodeURIComponent(part).replace(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`)
}

/** What the store's error means for who publishes. */
function refusal(what: string, bucket: string, { status, bytes }: Answer): PublishError {
  const xml = new TextDecoder().decode(bytes)
  const code = text(xml, 'Code')
  const said = [status, code, text(xml, 'Message')].filter((part) => part !== '').join(' ')
  const advice =
    code === 'NoSuchBucket'
      ? `; expected a bucket ${bucket}: "wrangler r2 bucket create ${bucket}" makes it, S3_BUCKET names another`
      : status === 401 || status === 403
        ? '; expected AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY of a token that may read and write objects of this bucket'
        : ''
  return new PublishError(`${what}: refused with ${said}${advice}`)
}

function sha256(body: Uint8Array | undefined): string {
  return createHash('sha256')
    .update(body ?? '')
    .digest('hex')
}

async function bucketOfWrangler(): Promise<string> {
  const { r2_buckets } = await readWranglerConfig()
  const name = r2_buckets.find(({ binding }) => binding === BINDING)?.bucket_name
  if (name === undefined)
    throw new PublishError(`wrangler.toml: no R2 bucket is bound as ${BINDING}; S3_BUCKET may name one`)
  return name
}

function needed(env: Record<string, string | undefined>, name: string, or?: string): string {
  const value = env[name]
  if (value === undefined || value === '')
    throw new PublishError(
      `${name}${or === undefined ? '' : ` (or ${or})`}: found nothing in the environment, expected it for the bucket's S3 API`,
    )
  return value
}
