import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { pagePaths } from '../../../scripts/serve/page-paths.ts'

const folder = mkdtempSync(join(tmpdir(), 'marquee-page-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

function page(headers: string): ReturnType<typeof pagePaths> {
  mkdirSync(join(folder, 'assets'), { recursive: true })
  for (const name of ['index.html', 'docs.html', 'assets/a.js']) writeFileSync(join(folder, name), '')
  writeFileSync(join(folder, '_headers'), headers)
  return pagePaths(folder)
}

test('pages have no endings, files have, and _headers is nobody’s to ask for', () => {
  const paths = page('')
  expect(Object.keys(paths).sort()).toEqual(['/', '/assets/a.js', '/docs'])
  expect(paths['/docs']).toEqual({ file: 'docs.html', headers: { 'content-type': 'text/html; charset=utf-8' } })
})

test('headers stand under the addresses that they are for, and may be taken back', () => {
  const paths = page('/*\n  X-A: one\n# a comment\n/assets/*\n  X-B: two: three\n\n/docs\n  ! X-A\n')
  const own = (path: string) => ({ a: paths[path]!.headers['x-a'], b: paths[path]!.headers['x-b'] })
  expect([own('/'), own('/assets/a.js'), own('/docs')]).toEqual([
    { a: 'one', b: undefined },
    { a: 'one', b: 'two: three' },
    { a: undefined, b: undefined },
  ])
})

test('what is no rule is refused, as is a page that is not built', () => {
  expect(() => page('/*\n  nonsense\n')).toThrow('_headers: found "nonsense", expected "Name: value" or "! Name"')
  expect(() => pagePaths(join(folder, 'none'))).toThrow('found no index.html; "npm run build:web" builds the page')
})
