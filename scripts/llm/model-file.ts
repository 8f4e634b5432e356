import { existsSync, mkdirSync, readdirSync } from 'node:fs'
import { rename } from 'node:fs/promises'
import { join } from 'node:path'
import type { StepHandles } from '../../build/io/handles.ts'
import { freeBytesAt } from '../../build/io/zip.ts'
import { checkSha256 } from '../download/checksum.ts'
import { DownloadError } from '../download/download-error.ts'
import { discard, fetchFile } from '../download/fetch-file.ts'
import { readBody, request } from '../download/request.ts'
import { LLM_FOLDER } from './llama.ts'

/** Qwen3-1.7B as its makers quantized it, 1.8 GB; Apache 2.0. */
const FILE = 'Qwen3-1.7B-Q8_0.gguf'
const REPOSITORY = 'Qwen/Qwen3-1.7B-GGUF'
const HOST = 'https://huggingface.co'
const STALL_MS = 30_000
const RETRY_MS = 1000

/**
 * The GGUF to serve: the one named, or the only one in artifacts/llm.
 * @throws {Error} saying how to get one
 */
export function findModel(named: string | undefined, folder = LLM_FOLDER): string {
  if (named !== undefined) {
    if (!existsSync(named)) throw new Error(`${named}: no such file; expected a GGUF`)
    return named
  }
  const files = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith('.gguf')) : []
  if (files.length === 1) return join(folder, files[0]!)
  if (files.length > 1) throw new Error(`${folder}: found ${files.join(', ')}; --model says which`)
  throw new Error(`${folder}: found no .gguf; --download fetches ${FILE} (1.8 GB), or put another there`)
}

/**
 * Download Qwen3-1.7B, going on with what is there, and hold it to the SHA-256 that its repository gives.
 * @param host of Hugging Face, or a mirror of it
 * @throws {DownloadError} also where there is no network
 */
export async function downloadModel(handles: StepHandles, host = HOST, folder = LLM_FOLDER): Promise<string> {
  const file = join(folder, FILE)
  if (existsSync(file)) return file
  mkdirSync(folder, { recursive: true })
  const partial = `${file}.partial`
  const { sha256, sizeBytes } = await readPointer(`${host}/${REPOSITORY}/raw/main/${FILE}`, handles)
  await fetchFile(
    {
      url: `${host}/${REPOSITORY}/resolve/main/${FILE}`,
      file: partial,
      authorization: null,
      label: FILE,
      expectedBytes: sizeBytes,
      stallMs: STALL_MS,
      retryMs: RETRY_MS,
      async beforeBody(bytesToCome) {
        const free = await freeBytesAt(folder)
        if (free < bytesToCome)
          throw new DownloadError(`${folder}: ${free} bytes are free, the model needs ${bytesToCome} more`)
      },
    },
    handles,
  )
  try {
    await checkSha256(partial, sha256, FILE, handles)
  } catch (error) {
    if (!handles.signal.aborted) await discard(partial)
    throw error
  }
  await rename(partial, file)
  await discard(partial)
  return file
}

/** Where large files are kept outside of git, the file in git says what they are. */
async function readPointer(url: string, { signal }: StepHandles): Promise<{ sha256: string; sizeBytes: number }> {
  let text = ''
  for await (const chunk of readBody(await request(url, { stallMs: STALL_MS, signal }))) text += chunk.toString()
  const [, sha256] = /^oid sha256:([0-9a-f]{64})$/m.exec(text) ?? []
  const [, size] = /^size (\d+)$/m.exec(text) ?? []
  if (sha256 === undefined || size === undefined)
    throw new DownloadError(`${url}: found no SHA-256 of the model; expected a Git LFS pointer`)
  return { sha256, sizeBytes: Number(size) }
}
