import { execFile } from 'node:child_process'
import { copyFile, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs, promisify } from 'node:util'
import { gzipSync } from 'node:zlib'
import { build } from 'esbuild'
import { clientTypes } from './client/types.ts'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const SOURCES = join(ROOT, 'functions/client')
export const TYPES_FILE = join(SOURCES, 'types.ts')

const run = promisify(execFile)
const tool = (name: string) => join(ROOT, 'node_modules/.bin', name)

export interface ClientBuild {
  outDir: string
  /** of its one script, unminified */
  gzipBytes: number
}

/** functions/client/types.ts as it is to be, formatted as everything here. */
export async function formattedTypes(): Promise<string> {
  const formatted = run(tool('biome'), ['format', `--stdin-file-path=${TYPES_FILE}`], { cwd: ROOT, maxBuffer: 1e8 })
  formatted.child.stdin!.end(clientTypes())
  return (await formatted).stdout
}

/**
 * Write marquee-client as a folder to publish: one module for every platform, its declarations, package.json, README.
 * @param outDir emptied first
 */
export async function buildClient(outDir = join(SOURCES, 'dist')): Promise<ClientBuild> {
  await rm(outDir, { recursive: true, force: true })
  await mkdir(outDir, { recursive: true })
  const { outputFiles } = await build({
    entryPoints: [join(SOURCES, 'index.ts')],
    outfile: join(outDir, 'index.js'),
    bundle: true,
    write: false,
    format: 'esm',
    // React Native's Hermes knows this much
    target: 'es2020',
    platform: 'neutral',
    tsconfigRaw: {},
    logLevel: 'warning',
  })
  const { contents } = outputFiles[0]!
  await writeFile(join(outDir, 'index.js'), contents)
  await writeDeclarations(outDir)
  for (const file of ['package.json', 'README.md']) await copyFile(join(SOURCES, file), join(outDir, file))
  return { outDir, gzipBytes: gzipSync(contents, { level: 9 }).byteLength }
}

/** Declarations name each other as `./error.js`, which every resolver of TypeScript finds. */
async function writeDeclarations(outDir: string): Promise<void> {
  const info = join(outDir, '.tsbuildinfo')
  await run(tool('tsc'), ['--project', SOURCES, '--outDir', outDir, '--tsBuildInfoFile', info])
  await rm(info, { force: true })
  for (const name of await readdir(outDir)) {
    if (!name.endsWith('.d.ts')) continue
    const path = join(outDir, name)
    await writeFile(path, (await readFile(path, 'utf8')).replace(/(from '\.\/[^']+)\.ts'/g, "$1.js'"))
  }
}

if (import.meta.main) {
  const { values } = parseArgs({ options: { output: { type: 'string' } } })
  await writeFile(TYPES_FILE, await formattedTypes())
  const { outDir, gzipBytes } = await buildClient(values.output)
  console.log(`marquee-client written to ${outDir}: ${(gzipBytes / 1024).toFixed(1)} KB gzipped. To publish it:`)
  console.log(`  npm publish ${outDir}`)
}
