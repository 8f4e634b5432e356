import { randomBytes } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { Manifest } from '#core/schemas/manifest.ts'
import { loadConfig } from '../../build/config/load-config.ts'
import { build } from '../../build/index.ts'
import type { StepHandles } from '../../build/io/handles.ts'
import type { ExportedModel } from '../../build/nouns.ts'
import { publish, rollback } from '../../build/publish/index.ts'
import { listModels } from '../../build/publish/list-models.ts'
import { ConflictError, type OpenObjectStore } from '../../build/publish/object-store.ts'
import { openObjectStore } from '../../build/publish/open-store.ts'
import { readPointer } from '../../build/publish/pointer.ts'
import { prune } from '../../build/publish/prune.ts'
import { openS3Client } from '../../build/publish/s3-client.ts'
import { startLocalCloudflare } from './servers/local-cloudflare.ts'
import { startMoto } from './servers/moto.ts'
import type { ObjectServer } from './servers/object-server.ts'
import { startVersitygw } from './servers/versitygw.ts'

/**
 * Publishing by the S3 API against servers that are not ours: `r2`, the one of Miniflare, by Cloudflare; `versitygw`, a
 * gateway (Go); and `moto` (PyPI). The first two check every signature.
 *   node scripts/integration/s3.ts [--only r2,versitygw,moto] [--tools DIR] [--own]
 * --tools keeps what is made for it, a program by Go and a Python environment of about 150 MB; without it, they are made in
 * the system's temporary folder and removed. --own takes the bucket that the environment names (docs/operations.md)
 * instead, such as an R2 bucket for trials: it must be empty, and is left so.
 */
const SERVERS = {
  r2: (_: string) => startLocalCloudflare(join(scratch, 'state')),
  versitygw: startVersitygw,
  moto: (tools: string) => startMoto(join(tools, 'moto')),
}
/** what a URL, a signature and XML each write in their own way */
const KEYS = ['trial/plain.txt', 'trial/ü &+.txt', "trial/it's (1)*!~,;=$:@.txt", 'trial/100 %25 <b> "q".txt']
const LARGE_BYTES = 20_000_000
const PART_BYTES = 8 << 20

const QUIET: StepHandles = {
  log: { error() {}, warn() {}, info() {}, debug() {} },
  progress: { update() {} },
  track() {},
  signal: new AbortController().signal,
}

const { values: options } = parseArgs({
  options: { only: { type: 'string' }, tools: { type: 'string' }, own: { type: 'boolean' } },
})
const scratch = mkdtempSync(join(tmpdir(), 'integration-s3-'))
let [passed, failed] = [0, 0]
let models: ExportedModel[] | undefined
try {
  if (options.own) {
    await checkStore(process.env)
    await checkRefusals(process.env)
  } else {
    const chosen = options.only?.split(',') ?? Object.keys(SERVERS)
    for (const [name, start] of Object.entries(SERVERS)) if (chosen.includes(name)) await checkServer(name, start)
  }
} finally {
  rmSync(scratch, { recursive: true, force: true })
}
console.log(`${passed} checks passed, ${failed} failed`)
process.exitCode = failed > 0 ? 1 : 0

async function checkServer(name: string, start: (tools: string) => Promise<ObjectServer>): Promise<void> {
  console.log(`${name}:`)
  const server = await start(resolve(options.tools ?? join(scratch, 'tools')))
  try {
    await checkStore(server.env)
    await server.checkSignatures?.()
    await checkRefusals(server.env)
  } finally {
    await server.stop()
  }
}

async function checkStore(env: NodeJS.ProcessEnv): Promise<void> {
  const store = await openObjectStore({ target: 'remote', env })
  const text = (value: string) => new TextEncoder().encode(value)
  await check('an object comes back as it was put, is listed, and goes', async () => {
    for (const key of KEYS) {
      await store.put(key, text('one'), { contentType: 'text/plain' })
      is(Buffer.from((await store.get(key))!).toString(), 'one')
      is((await store.list('trial/')).map((object) => `${object.key} ${object.sizeBytes}`).join(), `${key} 3`)
      await store.delete(key)
      is(await store.get(key), null)
    }
  })
  await check('a put holds to its condition', async () => {
    await store.put('trial/pointer', text('one'), { replaces: null })
    await conflict(store.put('trial/pointer', text('two'), { replaces: null }))
    await store.put('trial/pointer', text('two'), { replaces: text('one') })
    await conflict(store.put('trial/pointer', text('three'), { replaces: text('one') }))
    is(Buffer.from((await store.get('trial/pointer'))!).toString(), 'two')
    await store.delete('trial/pointer')
  })
  await check('of eight who put at once on one condition, one does', async () => {
    const puts = Array.from({ length: 8 }, (_, n) => store.put('trial/pointer', text(`${n}`), { replaces: null }))
    const done = await Promise.allSettled(puts)
    const refused = done.flatMap((put) => (put.status === 'rejected' ? [put.reason] : []))
    is(refused.length, 7)
    is(refused.every((reason) => reason instanceof ConflictError) || refused.join(), true)
    await store.delete('trial/pointer')
  })
  const large = randomBytes(LARGE_BYTES)
  await check('20 MB go in parts and come back', async () => {
    is((await partsSent(() => store.put('trial/large', large))).length, 3)
    is(Buffer.compare((await store.get('trial/large'))!, large), 0)
    await store.delete('trial/large')
  })
  if (await listsUploads(env)) await checkUploads(store, large, env)
  await check(
    'models are published at once without a lost move, rolled back, and kept while they are in use',
    async () => {
      models ??= [await exportSample(1), await exportSample(2)]
      await Promise.all(models.map((model) => publish(model, store, QUIET)))
      const { pointer } = await readPointer(store)
      is(
        [pointer!.buildId, ...pointer!.previous].sort().join(),
        models
          .map(({ buildId }) => buildId)
          .sort()
          .join(),
      )
      is((await rollback(store)).buildId, pointer!.previous[0])
      is((await listModels(store)).length, 2)
      is((await prune(store, { keep: 1, force: true })).removed.length, 0)
      for (const { key } of await store.list('models/')) await store.delete(key)
    },
  )
}

async function checkUploads(store: OpenObjectStore, large: Uint8Array, env: NodeJS.ProcessEnv): Promise<void> {
  await check('an upload that broke off goes on with the parts that are there', async () => {
    const uploadId = await begin('trial/large', large, env)
    const sent = await partsSent(() => store.put('trial/large', large))
    is(sent.join(), `2 ${uploadId},3 ${uploadId}`)
    is(Buffer.compare((await store.get('trial/large'))!, large), 0)
    await store.delete('trial/large')
  })
  await check('unfinished uploads are ended', async () => {
    await begin('trial/large', large, env)
    is((await store.abandonUploads!('trial/', new Date(Date.now() + 60_000))).join(), 'trial/large')
    is((await store.abandonUploads!('trial/', new Date(Date.now() + 60_000))).length, 0)
  })
}

async function checkRefusals(env: NodeJS.ProcessEnv): Promise<void> {
  await check('the right secret is taken, a wrong one refused, and said so', async () => {
    const store = await openObjectStore({ target: 'remote', env })
    await store.put('trial-signed', new Uint8Array(1000))
    is((await store.get('trial-signed'))!.length, 1000)
    await store.delete('trial-signed')
    const wrong = await openObjectStore({ target: 'remote', env: { ...env, AWS_SECRET_ACCESS_KEY: 'wrong' } })
    await message(wrong.get('trial-signed'), /refused with 403 .*expected AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY/)
  })
  await check('a bucket that is not there is named', async () => {
    const elsewhere = await openObjectStore({ target: 'remote', env: { ...env, S3_BUCKET: 'marquee-nowhere-0' } })
    await message(elsewhere.get('a'), /marquee-nowhere-0/)
  })
}

/** A model of the sample's most active users. */
async function exportSample(seed: number): Promise<ExportedModel> {
  const config = loadConfig({ preset: 'small', overrides: { seed } })
  const { buildId, folder } = await build({
    config: { ...config, project: { ...config.project, artifacts: join(scratch, 'artifacts') } },
    until: 'export',
    handles: QUIET,
    openStore: () => Promise.reject(new Error('it is published by the check')),
  })
  const model = join(folder, 'model')
  const manifest = Manifest.parse(JSON.parse(readFileSync(join(model, 'manifest.json'), 'utf8')))
  return { buildId, folder: model, manifest }
}

async function check(name: string, work: () => Promise<void>): Promise<void> {
  try {
    await work()
    passed++
    console.log(`✓ ${name}`)
  } catch (error) {
    failed++
    console.log(`✗ ${name}: ${error}`)
  }
}

function is(found: unknown, expected: unknown): void {
  if (found !== expected) throw new Error(`found ${found}, expected ${expected}`)
}

async function conflict(put: Promise<void>): Promise<void> {
  const error = await put.catch((error: unknown) => error)
  if (!(error instanceof ConflictError)) throw new Error(`found ${error}, expected a ConflictError`)
}

async function message(work: Promise<unknown>, expected: RegExp): Promise<void> {
  const error = await work.catch((error: unknown) => error)
  if (!expected.test(String(error))) throw new Error(`found ${error}, expected ${expected}`)
}

/** `number uploadId` of each part that was sent meanwhile. */
async function partsSent(work: () => Promise<void>): Promise<string[]> {
  const { fetch } = globalThis
  const sent: string[] = []
  globalThis.fetch = (input, init) => {
    const { searchParams } = new URL(input instanceof Request ? input.url : input)
    const number = searchParams.get('partNumber')
    if (number !== null) sent.push(`${number} ${searchParams.get('uploadId')}`)
    return fetch(input, init)
  }
  try {
    await work()
  } finally {
    globalThis.fetch = fetch
  }
  return sent.sort()
}

/** Miniflare's server cannot, R2 itself can. */
async function listsUploads(env: NodeJS.ProcessEnv): Promise<boolean> {
  const { status } = await (await openS3Client({ env })).send({ method: 'GET', query: { uploads: '' } }, 501)
  return status !== 501
}

/** An upload with its first part, as a process that was killed leaves it. */
async function begin(key: string, bytes: Uint8Array, env: NodeJS.ProcessEnv): Promise<string> {
  const client = await openS3Client({ env })
  const begun = await client.send({ method: 'POST', key, query: { uploads: '' } })
  const [, uploadId = ''] = /<UploadId>(.*?)<\/UploadId>/.exec(new TextDecoder().decode(begun.bytes)) ?? []
  await client.send({ method: 'PUT', key, query: { partNumber: '1', uploadId }, body: bytes.subarray(0, PART_BYTES) })
  return uploadId
}
