import { afterEach, describe, expect, test, vi } from 'vitest'
import { openMemory, readBack } from '../../../../build/train/gpu/compute.ts'
import { describeGpu, type GpuHandle, openGpu } from '../../../../build/train/gpu/open-gpu.ts'

afterEach(() => {
  vi.unstubAllEnvs()
  vi.doUnmock('webgpu')
  vi.resetModules()
})

describe('openGpu', () => {
  test.runIf(process.platform === 'linux')(
    'without a driver: says what to install, and nothing is printed',
    async () => {
      for (const name of ['VK_DRIVER_FILES', 'VK_ICD_FILENAMES']) vi.stubEnv(name, '/no/driver.json')
      const written = vi.spyOn(process.stderr, 'write')
      expect(await openGpu()).toEqual({
        ok: false,
        reason: expect.stringMatching(
          /^no GPU was found \(.+\); install the Vulkan driver .+apt-get install libvulkan1.+ VK_DRIVER_FILES$/,
        ),
      })
      expect(written).not.toHaveBeenCalled()
      written.mockRestore()
    },
  )

  test('without the package: says which one to install', async () => {
    vi.doMock('webgpu', () => {
      throw new Error('Cannot find package')
    })
    const { openGpu } = await import('../../../../build/train/gpu/open-gpu.ts')
    expect(await openGpu()).toEqual({
      ok: false,
      reason: expect.stringMatching(
        /^the optional package webgpu does not load \(.+\); install it: npm install webgpu$/,
      ),
    })
  })
})

describe('describeGpu', () => {
  const handle = { name: 'NVIDIA H100', isSoftware: false, subgroupLanes: 32, maxBindingBytes: 2 ** 31 } as GpuHandle

  test('names the GPU and what it offers', () => {
    expect(describeGpu(handle)).toBe('NVIDIA H100 (hardware; subgroups of 32, bindings of 2048 MiB)')
  })

  test('warns of one that the processor computes', () => {
    expect(describeGpu({ ...handle, isSoftware: true, subgroupLanes: 0 })).toBe(
      'NVIDIA H100 (software, slower than the CPU kernels; no subgroups, bindings of 2048 MiB)',
    )
  })
})

const opened = await openGpu()

describe.skipIf(!opened.ok)('a GPU that fails', () => {
  const reopen = async () => {
    const again = await openGpu()
    if (!again.ok) throw new Error(again.reason)
    return again.gpu
  }

  test('a lost device is told to who waits, and to who comes later', async () => {
    const gpu = await reopen()
    const buffer = openMemory(gpu).place(64)
    const waiting = readBack(gpu, new AbortController().signal, [buffer])
    gpu.close()
    await expect(waiting).rejects.toThrow('was lost: device was destroyed')
    await expect(readBack(gpu, new AbortController().signal, [buffer])).rejects.toThrow(
      'was lost: device was destroyed',
    )
  })

  test('a command that the device refuses is told too', async () => {
    const gpu = await reopen()
    openMemory(gpu).place(2 ** 50)
    await expect(gpu.failure).rejects.toThrow(/exceeds the max buffer size/)
    gpu.close()
  })
})
if (opened.ok) opened.gpu.close()
