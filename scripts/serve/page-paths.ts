import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { extname, join, relative, sep } from 'node:path'

/** A file of the built page, and what an answer with it says beside. */
export interface PagePath {
  file: string
  headers: Record<string, string>
}

const CONTENT_TYPES: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '': 'text/plain; charset=utf-8',
}

/**
 * Every address of the built page: `/` and `/docs` without their endings, as Cloudflare has them, with the headers that
 * its file `_headers` gives: a line each under the addresses that they are for, `*` for any rest, `! Name` takes one back.
 * @throws {Error} when the page is not built
 */
export function pagePaths(webDir: string): Record<string, PagePath> {
  if (!existsSync(join(webDir, 'index.html')))
    throw new Error(`${webDir}: found no index.html; "npm run build:web" builds the page`)
  const rules = headerRules(readFileSync(join(webDir, '_headers'), 'utf8'))
  const files = readdirSync(webDir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name !== '_headers')
    .map((entry) => relative(webDir, join(entry.parentPath, entry.name)).split(sep).join('/'))
  return Object.fromEntries(
    files.sort().map((file) => {
      const path = `/${file === 'index.html' ? '' : file.replace(/\.html$/, '')}`
      const headers = new Headers({ 'Content-Type': CONTENT_TYPES[extname(file)] ?? 'application/octet-stream' })
      for (const { pattern, name, value } of rules)
        if (pattern.test(path)) value === null ? headers.delete(name) : headers.set(name, value)
      return [path, { file, headers: Object.fromEntries(headers) }]
    }),
  )
}

interface HeaderRule {
  pattern: RegExp
  name: string
  /** null: none */
  value: string | null
}

function headerRules(text: string): HeaderRule[] {
  const rules: HeaderRule[] = []
  let pattern = /$^/
  for (const line of text.split('\n').filter((each) => each.trim() !== '' && !each.startsWith('#'))) {
    if (!/^\s/.test(line)) {
      const parts = line
        .trim()
        .split('*')
        .map((part) => part.replace(/[\\^$.|?*+()[\]{}/-]/g, '\\$&'))
      pattern = new RegExp(`^${parts.join('.*')}$`)
      continue
    }
    const [, removed, name, value] = /^\s+(?:!\s*(\S+)|([^:\s]+):\s*(.*\S))\s*$/.exec(line) ?? []
    if (removed !== undefined) rules.push({ pattern, name: removed, value: null })
    else if (name !== undefined) rules.push({ pattern, name, value: value! })
    else throw new Error(`_headers: found "${line.trim()}", expected "Name: value" or "! Name"`)
  }
  return rules
}
