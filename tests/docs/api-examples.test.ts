import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { tinyFiles } from '../helpers/tiny-model.ts'
import { tinyPlacement } from '../helpers/tiny-placement.ts'
import { startTinyWorker, type TinyWorker } from '../helpers/tiny-worker.ts'

const runFile = promisify(execFile)
const page = readFileSync(join(import.meta.dirname, '../../docs/api.md'), 'utf8')

let worker: TinyWorker
beforeAll(async () => {
  worker = await startTinyWorker({ vars: { TASTE_SECRET: 'only-for-tests-0123456789abcdef-0123' } })
  await worker.publish('0000000000000001', undefined, tinyFiles(tinyPlacement()))
}, 60_000)
afterAll(() => worker.stop())

/** The page's blocks of one language, addressed to the Worker under test. */
function blocks(language: string): string[] {
  const found = [...page.matchAll(new RegExp(`^\`\`\`${language}\n(.*?)^\`\`\``, 'gms'))]
  return found.map(([, text]) => text!)
}
const here = (text: string) => text.replaceAll('http://localhost:8787', worker.url.origin)

describe('docs/api.md', () => {
  test.each(blocks('sh'))('answers %s', { timeout: 20_000 }, async (text) => {
    // each curl fails on a status of 400 or above, and a failed one ends the block
    const strict = here(text).replaceAll(/^curl /gm, 'curl --silent --show-error --fail-with-body --write-out "\\n" ')
    const { stdout } = await runFile('bash', ['-euc', strict])
    for (const line of stdout.trim().split('\n')) expect(() => JSON.parse(line)).not.toThrow()
  })

  test.each(blocks('js'))('runs %s', { timeout: 20_000 }, async (text) => {
    const { stdout } = await runFile(process.execPath, ['--input-type=module', '--eval', here(text)])
    expect(stdout.trim()).not.toBe('')
  })

  test('names every route', async () => {
    const { json } = await worker.call('/openapi.json')
    const told = page.replaceAll('http://localhost:8787', '').replaceAll('/v1/', '/')
    for (const path of Object.keys(json.paths)) {
      const pattern = new RegExp(path.replaceAll(/\{\w+\}/g, '(?:\\{\\w+\\}|\\d+)').replaceAll('/', '\\/'))
      expect(told, path).toMatch(pattern)
    }
  })

  test('its examples of requests in openapi.json are answered', { timeout: 20_000 }, async () => {
    const { json: description } = await worker.call('/openapi.json')
    for (const [path, operations] of Object.entries<Record<string, never>>(description.paths)) {
      const { requestBody } = (operations as { post?: { requestBody?: never } }).post ?? {}
      const reference = (requestBody as { content?: never } | undefined)?.content?.['application/json'] as
        | { schema: { $ref: string } }
        | undefined
      const schema = description.components.schemas[reference?.schema.$ref.split('/').at(-1) ?? '']
      for (const body of schema?.examples ?? []) {
        const { status, json } = await worker.call(path.replaceAll(/\{\w+\}/g, '1'), { body })
        expect({ path, status, error: json.error }).toEqual({ path, status: 200, error: undefined })
      }
    }
  })
})
