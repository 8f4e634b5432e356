/// <reference types="@webgpu/types" />

export interface FoundAdapter {
  adapter: GPUAdapter
  /** Dawn itself: collected while a device still works, it takes the process down */
  instance: GPU
}

/**
 * The strongest adapter of this machine, a discrete one before an integrated one before software; null without any.
 * @throws {Error} when the optional package `webgpu` is not installed, or has no library for this platform
 */
export async function requestAdapter(): Promise<FoundAdapter | null> {
  const { create } = await import('webgpu')
  const instance = create([])
  const adapter = await instance.requestAdapter({ powerPreference: 'high-performance' })
  return adapter && { adapter, instance }
}
