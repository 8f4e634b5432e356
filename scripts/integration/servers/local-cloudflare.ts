import { once } from 'node:events'
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { convertV4MiniflareOptions, Miniflare } from 'miniflare'
import { readWranglerConfig } from '../../../build/io/wrangler-config.ts'
import { openLocalD1 } from '../../../build/publish/local-d1.ts'
import type { ObjectServer } from './object-server.ts'

const ACCOUNT = 'account-of-nobody'
const TOKEN = 'token-of-nobody'
/** where Miniflare answers, by Cloudflare's own code */
const D1_API = '/cdn-cgi/local/explorer/api/d1/database'
const S3_API = '/cdn-cgi/local/r2/s3'

/**
 * Cloudflare on this machine, as its own Miniflare has it: R2 by the S3 API, signatures checked, and D1 by the HTTP API,
 * whose requests its explorer holds to the schemas that Cloudflare publishes. Ours before it are the path with the account,
 * the token, and 404 for another database.
 * @param stateDir its state, which `--state` reads as well; the database is migrated
 */
export async function startLocalCloudflare(stateDir: string): Promise<ObjectServer> {
  const migrated = await openLocalD1({ stateDir })
  await migrated.close()
  const { d1_databases, r2_buckets } = await readWranglerConfig()
  const database = d1_databases.find(({ binding }) => binding === 'DB')!.database_id!
  const bucket = r2_buckets.find(({ binding }) => binding === 'MODELS')!.bucket_name!
  const credentials = { accessKeyId: 'marquee', secretAccessKey: 'nobody-s-secret' }
  const runtime = new Miniflare(
    convertV4MiniflareOptions({
      ...{ modules: true, script: 'export default { fetch: () => new Response(null, { status: 404 }) }' },
      ...{ host: '127.0.0.1', port: 0, cf: false, telemetry: { enabled: false } },
      d1Databases: { DB: { id: database } },
      r2Buckets: { MODELS: { id: bucket, s3Credentials: credentials } },
      resourcePersistencePath: join(stateDir, 'v3'),
      unsafeLocalExplorer: true,
    }),
  )
  const origin = await runtime.ready
  const front = createServer((asked, answer) => passOn(asked, answer, { origin, database })).listen(0, '127.0.0.1')
  await once(front, 'listening')
  return {
    env: {
      CLOUDFLARE_ACCOUNT_ID: ACCOUNT,
      CLOUDFLARE_API_TOKEN: TOKEN,
      CLOUDFLARE_D1_DATABASE_ID: database,
      CLOUDFLARE_API_BASE_URL: `http://127.0.0.1:${(front.address() as AddressInfo).port}/client/v4`,
      AWS_ACCESS_KEY_ID: credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
      S3_ENDPOINT: new URL(S3_API, origin).href,
      S3_BUCKET: bucket,
    },
    async stop() {
      front.close()
      front.closeAllConnections()
      await runtime.dispose()
    },
  }
}

function passOn(asked: IncomingMessage, answer: ServerResponse, to: { origin: URL; database: string }): void {
  const { authorization, 'content-type': type = '', 'content-length': length = '0' } = asked.headers
  const [, account, database, verb] =
    /^\/client\/v4\/accounts\/(.*?)\/d1\/database\/(.*?)\/(\w+)$/.exec(asked.url!) ?? []
  if (authorization !== `Bearer ${TOKEN}` || account !== ACCOUNT) refuse(answer, 403, 10_000, 'Authentication error')
  else if (database !== to.database) refuse(answer, 404, 7404, 'The database was not found')
  else {
    const headers = { 'content-type': type, 'content-length': length }
    const onward = request(new URL(`${D1_API}/${database}/${verb}`, to.origin), { method: asked.method!, headers })
    onward.on('response', (response) => response.pipe(answer.writeHead(response.statusCode!, response.headers)))
    onward.on('error', () => answer.destroy())
    asked.pipe(onward)
  }
}

function refuse(answer: ServerResponse, status: number, code: number, message: string): void {
  const body = { success: false, errors: [{ code, message }], messages: [], result: null }
  answer.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
}
