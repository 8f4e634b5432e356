/// <reference path="../../functions/core/kernels/webassembly.d.ts" preserve="true" />
import { readFileSync } from 'node:fs'

/** Compiles a committed kernel. The one that the Worker runs too is plain SIMD: its answers are the same everywhere. */
export function compileKernel(name: 'train' | 'train-relaxed' | 'serve'): WebAssembly.Module {
  return new WebAssembly.Module(kernelBytes(name))
}

/**
 * The training kernels with fused multiply-adds where the engine has relaxed SIMD, else without: the same source,
 * and last bits that differ.
 */
export function compileTrainKernels(): WebAssembly.Module {
  return compileKernel(WebAssembly.validate(kernelBytes('train-relaxed')) ? 'train-relaxed' : 'train')
}

function kernelBytes(name: string): Buffer {
  return readFileSync(new URL(`../../functions/core/kernels/${name}.wasm`, import.meta.url))
}
