import { copyFile, mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { basename, dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { build, type Metafile } from 'esbuild'

const SOURCES = fileURLToPath(new URL('../functions/web', import.meta.url))
const DEFAULT_OUTPUT = join(SOURCES, 'dist')

/** what is bundled, by the name under which the pages ask for it */
const ENTRIES = ['main.tsx', 'docs.ts', 'styles/page.css', 'styles/docs.css']
const PAGES = ['index.html', 'docs.html']
const AS_THEY_ARE = ['favicon.svg', '_headers']
/** files of swagger-ui-dist that /docs needs, with the licence they come under */
const SWAGGER_FILES = ['swagger-ui-bundle.js', 'swagger-ui.css', 'LICENSE', 'NOTICE']

export interface WebBuild {
  outDir: string
  /** every file written, by its path under `outDir` */
  files: { path: string; sizeBytes: number }[]
  /** script of the page at `/`, gzipped */
  gzipBytes: number
}

/**
 * Build the static assets: the page at `/`, the API documentation at `/docs`, headers. Scripts and style sheets
 * have a hash of their content in their names, so that browsers may keep them for good.
 * @param outDir emptied first
 */
export async function buildWeb(outDir = DEFAULT_OUTPUT): Promise<WebBuild> {
  await rm(outDir, { recursive: true, force: true })
  await mkdir(join(outDir, 'docs-assets'), { recursive: true })

  const { metafile } = await build({
    entryPoints: ENTRIES.map((entry) => join(SOURCES, entry)),
    outdir: outDir,
    outbase: SOURCES,
    absWorkingDir: SOURCES,
    entryNames: 'assets/[name]-[hash]',
    bundle: true,
    minify: true,
    format: 'esm',
    target: ['es2023', 'chrome120', 'firefox121', 'safari17'],
    jsx: 'automatic',
    jsxImportSource: 'preact',
    // the page imports only types of the project: nothing of the Worker may slip in by a project-wide tsconfig
    tsconfigRaw: {},
    metafile: true,
    logLevel: 'warning',
  })
  const addresses = publicAddresses(metafile, outDir)

  for (const page of PAGES)
    await writeFile(join(outDir, page), withAddresses(page, await readFile(join(SOURCES, page), 'utf8'), addresses))
  for (const file of AS_THEY_ARE) await copyFile(join(SOURCES, file), join(outDir, file))
  const swagger = dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json'))
  for (const file of SWAGGER_FILES) await copyFile(join(swagger, file), join(outDir, 'docs-assets', file))

  const script = await readFile(join(outDir, addresses.get('main.tsx') ?? ''))
  return { outDir, files: await listFiles(outDir), gzipBytes: gzipSync(script, { level: 9 }).byteLength }
}

/** entry → address under which it is served, `main.tsx` → `/assets/main-HASH.js` */
function publicAddresses(metafile: Metafile, outDir: string): Map<string, string> {
  const addresses = new Map<string, string>()
  for (const [output, { entryPoint }] of Object.entries(metafile.outputs)) {
    if (entryPoint === undefined) continue
    const path = resolve(SOURCES, output).slice(resolve(outDir).length)
    addresses.set(entryPoint, path.replaceAll('\\', '/'))
  }
  return addresses
}

/** Pages name their sources as `./SOURCE`. @throws {Error} naming a source that is not among the entries */
function withAddresses(page: string, html: string, addresses: Map<string, string>): string {
  return html.replace(/(src|href)="\.\/([^"]+)"/g, (_, attribute: string, source: string) => {
    const address = addresses.get(source)
    if (address === undefined)
      throw new Error(`${page}: found ${attribute}="./${source}", expected one of ${ENTRIES.join(', ')}`)
    return `${attribute}="${address}"`
  })
}

async function listFiles(folder: string): Promise<WebBuild['files']> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
  const sized = files.map(async (file) => ({
    path: file.slice(folder.length + 1).replaceAll('\\', '/'),
    sizeBytes: (await stat(file)).size,
  }))
  return (await Promise.all(sized)).sort((a, b) => (a.path < b.path ? -1 : 1))
}

if (import.meta.main) {
  const started = performance.now()
  const { outDir, files, gzipBytes } = await buildWeb()
  for (const { path, sizeBytes } of files) console.log(`${String(sizeBytes).padStart(9)}  ${path}`)
  const ms = Math.round(performance.now() - started)
  console.log(`page script ${(gzipBytes / 1024).toFixed(1)} KB gzipped; ${basename(outDir)}/ written in ${ms} ms`)
}
