import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { type FoundAdapter, requestAdapter } from './adapter.ts'

/** Longer than any driver takes to start; a broken one may hang. */
const PROBE_TIMEOUT_MS = 20_000

/** An opened GPU: the device, and what kernels have to know of it. */
export interface GpuHandle {
  device: GPUDevice
  /** kept as long as the device */
  instance: GPU
  /** as the driver calls it */
  name: string
  /** computed by the processor: right, and slow */
  isSoftware: boolean
  /** fewest lanes that exchange registers, whatever the kernel; 0 where subgroups are not offered */
  subgroupLanes: number
  /** most bytes that a kernel sees of one buffer, and most that a buffer has */
  maxBindingBytes: number
  maxStorageBuffers: number
  maxWorkgroupLanes: number
  maxWorkgroupBytes: number
  /** rejects when the device is lost, out of memory, or refuses a command */
  failure: Promise<never>
  close(): void
}

export type OpenedGpu = { ok: true; gpu: GpuHandle } | { ok: false; reason: string }

/**
 * Opens the strongest GPU through WebGPU (Vulkan, Metal or Direct3D 12), with the limits that it offers. A process of
 * its own tries the driver first, so that neither its warnings nor its crash reach this one.
 */
export async function openGpu(): Promise<OpenedGpu> {
  const missing = await missingPackage()
  if (missing) return { ok: false, reason: missing }
  const reason = probe()
  if (reason) return { ok: false, reason }
  const found = await requestAdapter()
  if (!found) return { ok: false, reason: 'the GPU was there a moment ago and is no more' }
  const { adapter } = found
  try {
    return { ok: true, gpu: await openDevice(found) }
  } catch (cause) {
    return { ok: false, reason: `${adapter.info.description || adapter.info.vendor}: ${(cause as Error).message}` }
  }
}

/** One line for the log: which GPU, and whether it is worth it. */
export function describeGpu({ name, isSoftware, subgroupLanes, maxBindingBytes }: GpuHandle): string {
  const kind = isSoftware ? 'software, slower than the CPU kernels' : 'hardware'
  const lanes = subgroupLanes > 0 ? `subgroups of ${subgroupLanes}` : 'no subgroups'
  return `${name} (${kind}; ${lanes}, bindings of ${Math.floor(maxBindingBytes / 2 ** 20)} MiB)`
}

async function missingPackage(): Promise<string | null> {
  try {
    await import('webgpu')
    return null
  } catch (cause) {
    const [line] = (cause as Error).message.split('\n')
    return `the optional package webgpu does not load (${line}); install it: npm install webgpu`
  }
}

function probe(): string | null {
  const script = fileURLToPath(new URL('./probe-gpu.ts', import.meta.url))
  const { status, signal, stderr } = spawnSync(process.execPath, [script], {
    encoding: 'utf8',
    timeout: PROBE_TIMEOUT_MS,
  })
  if (status === 0) return null
  const said = firstWarning(stderr)
  if (status === 1) {
    const driver =
      process.platform === 'linux'
        ? 'install the Vulkan driver of the GPU (it puts a .json file into /usr/share/vulkan/icd.d or /etc/vulkan/icd.d) ' +
          'and the loader (Debian: apt-get install libvulkan1), or name the file in VK_DRIVER_FILES'
        : 'install the driver of the GPU'
    return `no GPU was found${said}; ${driver}`
  }
  return `the GPU driver ended its process (${signal ?? `exit code ${status}`})${said}`
}

/** What Dawn or Vulkan said first, as an aside. */
function firstWarning(stderr: string): string {
  const [, text] = /^(?:Warning|Error): (.+)$/m.exec(stderr) ?? []
  return text ? ` (${text})` : ''
}

async function openDevice({ adapter, instance }: FoundAdapter): Promise<GpuHandle> {
  const { limits, info } = adapter
  const hasSubgroups = adapter.features.has('subgroups')
  const device = await adapter.requestDevice({
    requiredFeatures: hasSubgroups ? ['subgroups'] : [],
    requiredLimits: {
      maxBufferSize: limits.maxBufferSize,
      maxStorageBufferBindingSize: limits.maxStorageBufferBindingSize,
      maxStorageBuffersPerShaderStage: limits.maxStorageBuffersPerShaderStage,
      maxComputeWorkgroupStorageSize: limits.maxComputeWorkgroupStorageSize,
      maxComputeInvocationsPerWorkgroup: limits.maxComputeInvocationsPerWorkgroup,
      maxComputeWorkgroupSizeX: limits.maxComputeWorkgroupSizeX,
    },
  })
  const name = info.description || [info.vendor, info.architecture].filter(Boolean).join(' ') || 'a GPU without a name'
  return {
    device,
    instance,
    name,
    isSoftware: info.isFallbackAdapter,
    subgroupLanes: hasSubgroups ? (info.subgroupMinSize ?? 0) : 0,
    maxBindingBytes: Math.min(limits.maxStorageBufferBindingSize, limits.maxBufferSize),
    maxStorageBuffers: limits.maxStorageBuffersPerShaderStage,
    maxWorkgroupLanes: Math.min(limits.maxComputeInvocationsPerWorkgroup, limits.maxComputeWorkgroupSizeX),
    maxWorkgroupBytes: limits.maxComputeWorkgroupStorageSize,
    failure: failureOf(device, name),
    close: () => device.destroy(),
  }
}

function failureOf(device: GPUDevice, name: string): Promise<never> {
  const { promise, reject } = Promise.withResolvers<never>()
  promise.catch(() => {}) // nobody may be waiting
  device.lost.then(({ message }) => reject(new Error(`${name} was lost: ${message}`)))
  device.addEventListener('uncapturederror', (event) => {
    event.preventDefault()
    reject(new Error(`${name}: ${event.error.message}`))
  })
  return promise
}
