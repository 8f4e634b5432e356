import { afterAll } from 'vitest'
import { type GpuHandle, openGpu } from '../../build/train/gpu/open-gpu.ts'

/** The GPU for a file's tests, closed after them; null where there is none, with the reason told once. */
export async function gpuForTests(): Promise<GpuHandle | null> {
  const opened = await openGpu()
  if (!opened.ok) {
    console.warn(`GPU tests are skipped: ${opened.reason}`)
    return null
  }
  afterAll(() => opened.gpu.close())
  return opened.gpu
}
