/// <reference types="@webgpu/types" />
import { readFileSync } from 'node:fs'
import type { GpuHandle } from './open-gpu.ts'

/** GPUBufferUsage and GPUMapMode of the WebGPU specification. */
const MAP_READ = 0x01
const COPY_SOURCE = 0x04
const COPY_TARGET = 0x08
const UNIFORM = 0x40
const STORAGE = 0x80

/** Most workgroups along one axis of a dispatch, whatever the device. */
export const MAX_GROUPS = 65_535

type Numbers = Float32Array | Uint32Array | Int32Array

/** Buffers on the device that live and end together. */
export interface GpuMemory {
  /** of zeros */
  place(sizeBytes: number): GPUBuffer
  holding(numbers: Numbers): GPUBuffer
  uniform(numbers: Numbers): GPUBuffer
  write(buffer: GPUBuffer, numbers: Numbers): void
  /** @throws {RangeError} when the device had no room for all that was placed */
  check(what: string): Promise<void>
  destroy(): void
}

export function openMemory({ device, name }: GpuHandle): GpuMemory {
  const buffers: GPUBuffer[] = []
  const errors: Promise<GPUError | null>[] = []
  const create = (sizeBytes: number, usage: number) => {
    device.pushErrorScope('out-of-memory')
    const buffer = device.createBuffer({ size: Math.max(16, sizeBytes), usage })
    errors.push(device.popErrorScope())
    buffers.push(buffer)
    return buffer
  }
  const filled = (numbers: Numbers, usage: number) => {
    const buffer = create(numbers.byteLength, usage | COPY_TARGET)
    device.queue.writeBuffer(buffer, 0, numbers as Float32Array<ArrayBuffer>)
    return buffer
  }
  return {
    place: (sizeBytes) => create(sizeBytes, STORAGE | COPY_SOURCE | COPY_TARGET),
    holding: (numbers) => filled(numbers, STORAGE | COPY_SOURCE),
    uniform: (numbers) => filled(numbers, UNIFORM),
    write(buffer, numbers) {
      device.queue.writeBuffer(buffer, 0, numbers as Float32Array<ArrayBuffer>)
    },
    async check(what) {
      if ((await Promise.all(errors)).every((error) => error === null)) return
      const sizeBytes = buffers.reduce((sum, { size }) => sum + size, 0)
      throw new RangeError(`${what} take ${Math.ceil(sizeBytes / 2 ** 20)} MiB, more than ${name} gives now`)
    },
    destroy() {
      for (const buffer of buffers) buffer.destroy()
    },
  }
}

/** WGSL of this folder, below the constants that it is to be compiled with. */
export function readShader(file: string, constants: Record<string, number | boolean> = {}): string {
  const lines = Object.entries(constants).map(([name, value]) =>
    typeof value === 'boolean' ? `const ${name} = ${value};` : `const ${name} = ${value}u;`,
  )
  return [...lines, readFileSync(new URL(file, import.meta.url), 'utf8')].join('\n')
}

export interface Dispatch {
  pipeline: GPUComputePipeline
  bindings: GPUBindGroup
  groups: readonly [number, number, number]
}

/** A compiled entry point; buffers are bound in the order of their binding numbers. */
export interface Kernel {
  dispatch(buffers: readonly GPUBuffer[], x: number, y?: number, z?: number): Dispatch
}

/** Drivers take a while to compile: a device does each entry point of each text once. */
const compiled = new WeakMap<GPUDevice, Map<string, Promise<Kernel>>>()

export function compile({ device }: GpuHandle, code: string, entryPoint: string): Promise<Kernel> {
  const kernels = compiled.get(device) ?? new Map<string, Promise<Kernel>>()
  compiled.set(device, kernels)
  const key = `${entryPoint}\n${code}`
  const kernel = kernels.get(key) ?? compileAnew(device, code, entryPoint)
  kernels.set(key, kernel)
  return kernel
}

async function compileAnew(device: GPUDevice, code: string, entryPoint: string): Promise<Kernel> {
  device.pushErrorScope('validation')
  const module = device.createShaderModule({ code })
  const error = await device.popErrorScope()
  if (error) throw new Error(`${entryPoint}: ${error.message}`)
  const pipeline = await device.createComputePipelineAsync({ layout: 'auto', compute: { module, entryPoint } })
  const layout = pipeline.getBindGroupLayout(0)
  return {
    dispatch(buffers, x, y = 1, z = 1) {
      const entries = buffers.map((buffer, binding) => ({ binding, resource: { buffer } }))
      return { pipeline, bindings: device.createBindGroup({ layout, entries }), groups: [x, y, z] }
    },
  }
}

/** One after the other: each sees what those before it wrote. */
export function submit({ device }: GpuHandle, dispatches: readonly Dispatch[]): void {
  const encoder = device.createCommandEncoder()
  const pass = encoder.beginComputePass()
  for (const { pipeline, bindings, groups } of dispatches) {
    pass.setPipeline(pipeline)
    pass.setBindGroup(0, bindings)
    pass.dispatchWorkgroups(...groups)
  }
  pass.end()
  device.queue.submit([encoder.finish()])
}

/**
 * Copies of buffers, once all that was submitted is done.
 * @throws {Error} the device's failure, or the signal's reason when aborted
 */
export async function readBack(
  { device, failure }: GpuHandle,
  signal: AbortSignal,
  buffers: readonly GPUBuffer[],
): Promise<ArrayBuffer[]> {
  signal.throwIfAborted()
  const encoder = device.createCommandEncoder()
  const copies = buffers.map((buffer) => {
    const copy = device.createBuffer({ size: buffer.size, usage: MAP_READ | COPY_TARGET })
    encoder.copyBufferToBuffer(buffer, copy)
    return copy
  })
  device.queue.submit([encoder.finish()])
  try {
    await Promise.race([failure, Promise.all(copies.map((copy) => copy.mapAsync(MAP_READ)))])
    signal.throwIfAborted()
    return copies.map((copy) => copy.getMappedRange().slice(0))
  } finally {
    for (const copy of copies) copy.destroy()
  }
}
