import { readFile } from 'node:fs/promises'
import { basename, extname, join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { build, type Plugin } from 'esbuild'

const ROOT = join(import.meta.dirname, '..')

/** One file of a bundled Worker, as workerd takes it. */
export interface WorkerModule {
  type: 'ESModule' | 'CompiledWasm'
  /** as other modules import it */
  path: string
  contents: Uint8Array<ArrayBuffer>
}

export interface WorkerBundle {
  /** the entry first */
  modules: WorkerModule[]
  /** every source that went in, from `root`, in the order of the path */
  inputs: string[]
  /** names imported and left to the runtime */
  external: string[]
  /** all modules together, each gzipped: what a deployment uploads */
  gzippedBytes: number
}

export interface BundleOptions {
  root?: string
  minify?: boolean
}

/**
 * Bundle a Worker as wrangler does: one ES module for a place that is no Node, with `.wasm` beside it, since
 * workerd compiles WebAssembly at deployment only.
 * @param entry the Worker's main file
 * @throws {Error} listing what esbuild could not resolve, `node:` modules among them
 */
export async function bundleWorker(entry: string, options: BundleOptions = {}): Promise<WorkerBundle> {
  const { root = ROOT, minify = false } = options
  const wasm = new Map<string, string>()
  const result = await build({
    entryPoints: [entry],
    absWorkingDir: root,
    bundle: true,
    write: false,
    metafile: true,
    minify,
    format: 'esm',
    target: 'es2024',
    platform: 'browser',
    conditions: ['workerd', 'worker', 'browser'],
    external: ['cloudflare:*'],
    loader: { '.md': 'text' },
    outdir: '.',
    logLevel: 'silent',
    plugins: [wasmBeside(wasm)],
  })
  const modules: WorkerModule[] = [
    { type: 'ESModule', path: 'index.js', contents: new Uint8Array(result.outputFiles[0]!.contents) },
  ]
  for (const [path, file] of wasm)
    modules.push({ type: 'CompiledWasm', path, contents: new Uint8Array(await readFile(file)) })

  const imports = Object.values(result.metafile.outputs).flatMap((output) => output.imports)
  const external = imports.filter((each) => each.external && !wasm.has(each.path.replace('./', '')))
  return {
    modules,
    inputs: Object.keys(result.metafile.inputs).sort(),
    external: external.map((each) => each.path),
    gzippedBytes: modules.reduce((sum, { contents }) => sum + gzipSync(contents).length, 0),
  }
}

/** Leave `.wasm` imports standing, under names of their own, and note which files they mean. */
function wasmBeside(found: Map<string, string>): Plugin {
  return {
    name: 'wasm-beside',
    setup(building) {
      building.onResolve({ filter: /\.wasm$/ }, async ({ path, resolveDir, kind, pluginData }) => {
        if (pluginData === 'resolving') return undefined
        const resolved = await building.resolve(path, { resolveDir, kind, pluginData: 'resolving' })
        if (resolved.errors.length > 0) return { errors: resolved.errors }
        const stem = basename(resolved.path, extname(resolved.path))
        let name = `${stem}.wasm`
        for (let n = 2; found.has(name) && found.get(name) !== resolved.path; n++) name = `${stem}-${n}.wasm`
        found.set(name, resolved.path)
        return { path: `./${name}`, external: true }
      })
    },
  }
}
