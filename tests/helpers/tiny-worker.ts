import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Pointer } from '#core/schemas/manifest.ts'
import type { ArtifactFiles } from '../../build/nouns.ts'
import { type RunningWorker, startWorker, type WorkerOptions } from '../../scripts/worker.ts'
import { contractOf } from './contract.ts'
import { tinyFiles, tinyManifest } from './tiny-model.ts'

export interface TinyWorker extends RunningWorker {
  /** where its bindings are kept */
  stateDir: string
  /** GET, or with a body POST, or as `method` says; the status and the parsed JSON, both as openapi.json has them */
  call(path: string, options?: CallOptions): Promise<Answer>
  /** put a model of the tiny catalogue into R2; `change` alters its files after they were hashed */
  publish(buildId: string, change?: (files: ArtifactFiles) => void, files?: ArtifactFiles): Promise<void>
}

export interface CallOptions {
  method?: string
  /** sent as JSON; a text as it is */
  body?: unknown
  headers?: Record<string, string>
}

// biome-ignore lint/suspicious/noExplicitAny: answers are held to their schemas by the tests themselves
type Answer = { status: number; headers: Headers; json: any }

/** The real Worker in workerd with R2 and D1 of its own, which looks at the pointer at every request. */
export async function startTinyWorker(
  options: Pick<WorkerOptions, 'vars' | 'rateLimits' | 'log' | 'main'> = {},
): Promise<TinyWorker> {
  const stateDir = mkdtempSync(join(tmpdir(), 'marquee-tiny-'))
  const worker = await startWorker({
    stateDir,
    webDir: join(stateDir, 'web'),
    ...options,
    vars: { POINTER_CHECK_SECONDS: '0', REQUEST_LOG: 'off', ...options.vars },
  })

  const description = await worker.fetch('http://localhost/openapi.json')
  // a Worker that is set up wrong describes nothing
  const contract = description.ok ? contractOf((await description.json()) as never) : () => {}

  return {
    ...worker,
    stateDir,
    async call(path, { method, body, headers } = {}) {
      const response = await worker.fetch(`http://localhost${path}`, {
        method: method ?? (body === undefined ? 'GET' : 'POST'),
        headers: { ...(body !== undefined && { 'content-type': 'application/json' }), ...headers },
        ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      })
      const text = await response.text()
      const { status } = response
      const json = text === '' ? null : JSON.parse(text)
      contract({ method: method ?? (body === undefined ? 'GET' : 'POST'), path, status, json })
      return { status, headers: response.headers as unknown as Headers, json }
    },
    async publish(buildId, change, files = tinyFiles()) {
      const bucket = await worker.getR2()
      const manifest = tinyManifest(buildId, files)
      change?.(files)
      for (const [name, bytes] of files) await bucket.put(`models/${buildId}/${name}`, bytes)
      await bucket.put(`models/${buildId}/manifest.json`, JSON.stringify(manifest))
      const pointer: Pointer = { buildId, publishedAt: '2026-01-01T00:00:00.000Z', previous: [] }
      await bucket.put('models/current.json', JSON.stringify(pointer))
    },
    async stop() {
      await worker.stop()
      rmSync(stateDir, { recursive: true, force: true })
    },
  }
}
