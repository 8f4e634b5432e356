import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { buildWeb, type WebBuild } from '../../scripts/build-web.ts'

/** what a first visit on a phone may cost; the page measured 35.4 KB when this was written */
const MAX_SCRIPT_BYTES = 45 * 1024

let outDir: string
let built: WebBuild
const text = (path: string) => readFile(join(outDir, path), 'utf8')
const find = (pattern: RegExp) => built.files.find(({ path }) => pattern.test(path))?.path ?? `no file like ${pattern}`

beforeAll(async () => {
  outDir = await mkdtemp(join(tmpdir(), 'marquee-web-'))
  built = await buildWeb(outDir)
})
afterAll(() => rm(outDir, { recursive: true }))

test('the page’s script stays within its budget', () => {
  expect(built.gzipBytes).toBeGreaterThan(0)
  expect(built.gzipBytes).toBeLessThanOrEqual(MAX_SCRIPT_BYTES)
})

test('the page names its script and style sheet by their hashes, and both are there', async () => {
  const html = await text('index.html')
  expect(html).toContain(`src="/${find(/^assets\/main-[A-Z0-9]{8}\.js$/)}"`)
  expect(html).toContain(`href="/${find(/^assets\/page-[A-Z0-9]{8}\.css$/)}"`)
  expect(html).not.toMatch(/"\.\//)
})

test('the script needs neither Node nor eval nor another server', async () => {
  const script = await text(find(/^assets\/main-/))
  expect(script).not.toMatch(/node:|require\(|\beval\(|new Function\(|dangerouslySetInnerHTML=|zod/)
  // pictures, links out and XML names; nothing is fetched from them but pictures
  const hosts = new Set([...script.matchAll(/https?:\/\/([^/"'`]+)/g)].map(([, host]) => host))
  expect([...hosts].sort()).toEqual(['upload.wikimedia.org', 'www.imdb.com', 'www.themoviedb.org', 'www.w3.org'])
})

test('pages hold no inline script or style, which the policy forbids', async () => {
  for (const page of ['index.html', 'docs.html'])
    expect(await text(page)).not.toMatch(/<script(?![^>]*\bsrc=)|<style|\sstyle=|\son\w+=/)
})

test('the policy of the page allows its own files, and pictures from one other place', async () => {
  const headers = await text('_headers')
  const policy = /^\/\*\n {2}Content-Security-Policy: (.*)$/m.exec(headers)?.[1] ?? ''
  expect(policy.split('; ')).toEqual(
    expect.arrayContaining(["default-src 'none'", "script-src 'self'", "img-src 'self' https://upload.wikimedia.org"]),
  )
  expect(policy).not.toMatch(/unsafe|\*/)
  expect(headers).toMatch(/^\/assets\/\*\n {2}Cache-Control: public, max-age=31536000, immutable$/m)
})

test('the documentation is served from here with its licence', async () => {
  const paths = built.files.map(({ path }) => path)
  expect(paths).toEqual(
    expect.arrayContaining(['docs.html', 'docs-assets/swagger-ui-bundle.js', 'docs-assets/LICENSE']),
  )
  expect(await text('docs.html')).not.toMatch(/https?:/)
  expect(await text(find(/^assets\/docs-.*\.js$/))).toContain('validatorUrl:null')
})

test('the same sources give the same names', async () => {
  const again = await buildWeb(outDir)
  expect(again.files).toEqual(built.files)
})
