import { createHash } from 'node:crypto'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { importLlama } from '../../../scripts/llm/llama.ts'
import { downloadModel, findModel } from '../../../scripts/llm/model-file.ts'
import { randomModel } from '../../../scripts/llm/random-model.ts'
import { type FileServer, file, startFileServer } from '../../helpers/file-server.ts'

const NAME = 'Qwen3-1.7B-Q8_0.gguf'
const RAW = `/Qwen/Qwen3-1.7B-GGUF/raw/main/${NAME}`
const RESOLVE = `/Qwen/Qwen3-1.7B-GGUF/resolve/main/${NAME}`

let server: FileServer
let folder: string
beforeAll(async () => {
  server = await startFileServer()
})
afterAll(() => server.close())
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'llm-'))
  server.clear()
})
afterEach(() => rmSync(folder, { recursive: true }))

const HANDLES = {
  log: { error() {}, warn() {}, info() {}, debug() {} },
  progress: { update() {} },
  track() {},
  signal: new AbortController().signal,
}
const pointer = (bytes: Buffer) =>
  file(
    Buffer.from(
      `version https://git-lfs.github.com/spec/v1\noid sha256:${createHash('sha256').update(bytes).digest('hex')}\nsize ${bytes.length}\n`,
    ),
    { headers: { 'content-type': 'text/plain' } },
  )

describe('the model is downloaded', () => {
  const MODEL = Buffer.from(randomModel())

  test('held to its SHA-256, and found', async () => {
    server.on(RAW, pointer(MODEL))
    server.on(RESOLVE, file(MODEL))
    const path = await downloadModel(HANDLES, server.url, folder)
    expect(readFileSync(path).equals(MODEL)).toBe(true)
    expect(readdirSync(folder)).toEqual([NAME])
    expect(findModel(undefined, folder)).toBe(path)
  })

  test('and not kept when it is another', async () => {
    server.on(RAW, pointer(Buffer.from('what it should be')))
    server.on(RESOLVE, file(MODEL))
    await expect(downloadModel(HANDLES, server.url, folder)).rejects.toThrow(/found SHA256 [0-9a-f]{64}, expected/)
    expect(readdirSync(folder)).toEqual([])
  })

  test('going on with what is there', async () => {
    server.on(RAW, pointer(MODEL))
    const arrived = () => statSync(join(folder, `${NAME}.partial`), { throwIfNoEntry: false })?.size ?? 0
    server.on(RESOLVE, file(MODEL, { breakAfter: 100_000, arrived }), file(MODEL))
    await downloadModel(HANDLES, server.url, folder)
    expect(server.requests.filter(({ path }) => path === RESOLVE).at(-1)!.headers.range).toMatch(/^bytes=\d+-$/)
  }, 10_000)

  test('not from a place that does not say what it is', async () => {
    server.on(RAW, file(Buffer.from('hello'), { headers: { 'content-type': 'text/plain' } }))
    await expect(downloadModel(HANDLES, server.url, folder)).rejects.toThrow('expected a Git LFS pointer')
    expect(existsSync(join(folder, NAME))).toBe(false)
  })
})

describe('a model is found', () => {
  test('not where there is none, or several, or not the one named', () => {
    expect(() => findModel(undefined, folder)).toThrow(/found no \.gguf; --download fetches Qwen3-1\.7B/)
    for (const name of ['a.gguf', 'b.gguf']) writeFileSync(join(folder, name), '')
    expect(() => findModel(undefined, folder)).toThrow('found a.gguf, b.gguf; --model says which')
    expect(() => findModel(join(folder, 'c.gguf'), folder)).toThrow('c.gguf: no such file')
    expect(findModel(join(folder, 'a.gguf'), folder)).toBe(join(folder, 'a.gguf'))
  })

  test('the package is looked for in the folder named', async () => {
    writeFileSync(join(folder, 'package.json'), '{}')
    await expect(importLlama([folder])).rejects.toThrow(/^node-llama-cpp is not installed/)
  })
})

test('a random model is the same for the same seed, and a quarter of a megabyte', () => {
  const model = randomModel(1)
  expect(Buffer.from(model.subarray(0, 4)).toString()).toBe('GGUF')
  expect(model.length).toBeLessThan(300_000)
  expect(Buffer.from(randomModel(1)).equals(model)).toBe(true)
  expect(Buffer.from(randomModel(2)).equals(model)).toBe(false)
})
