import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** `node scripts/build-kernels.ts`: functions/core/kernels/assembly → the .wasm files, which are committed. */

const KERNELS = fileURLToPath(new URL('../functions/core/kernels', import.meta.url))
const COMPILER = fileURLToPath(new URL('../node_modules/assemblyscript/bin/asc.js', import.meta.url))

const COMMON = ['-O3', '--noAssert', '--runtime', 'stub', '--enable', 'simd', '--importMemory', '--initialMemory', '1']
const SHARED = ['--enable', 'threads', '--sharedMemory', '--maximumMemory', '65536']

/** Relaxed SIMD gives last bits that differ from machine to machine: for training and lists beforehand, where it is 1.3–1.7 times as fast. */
const MODULES = {
  train: { source: 'train.ts', options: [...COMMON, ...SHARED] },
  'train-relaxed': { source: 'train.ts', options: [...COMMON, ...SHARED, '--enable', 'relaxed-simd'] },
  serve: { source: 'serve.ts', options: COMMON },
  'serve-relaxed': { source: 'serve.ts', options: [...COMMON, '--enable', 'relaxed-simd'] },
}

/** @throws {Error} with the compiler's words */
export function buildKernels(folder: string = KERNELS): void {
  for (const [name, { source, options }] of Object.entries(MODULES)) {
    const compiled = spawnSync(
      process.execPath,
      [COMPILER, join(KERNELS, 'assembly', source), '-o', join(folder, `${name}.wasm`), '--disableWarning', ...options],
      { encoding: 'utf8', cwd: KERNELS },
    )
    if (compiled.status !== 0) throw new Error(`asc ${source}: ${compiled.stderr || compiled.error}`)
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) buildKernels()
