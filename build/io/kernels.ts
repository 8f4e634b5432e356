/// <reference path="../../functions/core/kernels/webassembly.d.ts" preserve="true" />
import { readFileSync } from 'node:fs'

/** Compiles a committed kernel: `train` for ALS, `serve` for what the Worker runs. */
export function compileKernel(name: 'train' | 'serve'): WebAssembly.Module {
  const file = new URL(`../../functions/core/kernels/${name}.wasm`, import.meta.url)
  return new WebAssembly.Module(readFileSync(file))
}
