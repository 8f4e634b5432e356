import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** `node scripts/build-kernels.ts`: functions/core/kernels/assembly → train.wasm and serve.wasm, which are committed. */

const KERNELS = fileURLToPath(new URL('../functions/core/kernels', import.meta.url))
const COMPILER = fileURLToPath(new URL('../node_modules/assemblyscript/bin/asc.js', import.meta.url))

// no relaxed SIMD: its results may differ from machine to machine
const COMMON = ['-O3', '--noAssert', '--runtime', 'stub', '--enable', 'simd', '--importMemory', '--initialMemory', '1']
const SHARED = ['--enable', 'threads', '--sharedMemory', '--maximumMemory', '65536']

/** @throws {Error} with the compiler's words */
export function buildKernels(folder: string = KERNELS): void {
  for (const [name, options] of [
    ['train', [...COMMON, ...SHARED]],
    ['serve', COMMON],
  ] as const) {
    const source = join(KERNELS, 'assembly', `${name}.ts`)
    const compiled = spawnSync(
      process.execPath,
      [COMPILER, source, '-o', join(folder, `${name}.wasm`), '--disableWarning', ...options],
      { encoding: 'utf8', cwd: KERNELS },
    )
    if (compiled.status !== 0) throw new Error(`asc ${name}.ts: ${compiled.stderr || compiled.error}`)
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) buildKernels()
