/// <reference path="../../functions/core/kernels/webassembly.d.ts" preserve="true" />
import { readFileSync } from 'node:fs'
import { setFlagsFromString } from 'node:v8'

type Kernel = 'train' | 'train-relaxed' | 'serve' | 'serve-relaxed'

/** Compiles a committed kernel. The one that the Worker runs too is plain SIMD: its answers are the same everywhere. */
export function compileKernel(name: Kernel): WebAssembly.Module {
  return new WebAssembly.Module(kernelBytes(name))
}

/**
 * Kernels with fused multiply-adds where the engine has relaxed SIMD, else without: the same source, and last bits that
 * differ from machine to machine.
 */
export function compileRelaxed(name: 'train' | 'serve'): WebAssembly.Module {
  if (joinsLanes()) setFlagsFromString('--experimental-wasm-revectorize')
  const bytes = kernelBytes(`${name}-relaxed`)
  return WebAssembly.validate(bytes) ? new WebAssembly.Module(bytes) : compileKernel(name)
}

export function compileTrainKernels(): WebAssembly.Module {
  return compileRelaxed('train')
}

/**
 * Whether this V8 can join two neighbouring operations on four numbers into one on eight, where the machine has AVX2: the
 * same bits, products of matrices 1.3 times as fast (tests/build/io/kernels.test.ts, scripts/bench/train.ts). V8 calls it
 * experimental, and other engines know no such flag.
 */
function joinsLanes(): boolean {
  const { v8_enable_wasm_simd256_revec } = process.config.variables as { v8_enable_wasm_simd256_revec?: unknown }
  return v8_enable_wasm_simd256_revec === 1
}

function kernelBytes(name: Kernel): Buffer {
  return readFileSync(new URL(`../../functions/core/kernels/${name}.wasm`, import.meta.url))
}
