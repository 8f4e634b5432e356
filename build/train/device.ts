import type { Log } from '../io/handles.ts'
import type { AlsProblem, AlsSession } from './als/als-problem.ts'
import { openCpuAls } from './als/als-session.ts'
import { openGpuAls } from './gpu/als.ts'
import { describeGpu, type GpuHandle, openGpu } from './gpu/open-gpu.ts'

/** auto: a GPU where there is one and the data is worth it */
export type Device = 'auto' | 'cpu' | 'gpu'

/** Likes × factors from which `auto` looks for a GPU: below it, the CPU is through while a driver still starts. */
const GPU_PAYS_FROM = 2e8

/** What a build trains on. */
export interface TrainDevice {
  threads: number
  openAls(problem: AlsProblem, signal: AbortSignal): Promise<AlsSession>
  close(): void
}

/**
 * With `gpu` it is opened at once, so that one which is not there is told before all work; with `auto` when the first
 * problem is worth one. The log says what is computed where, and why.
 * @throws {Error} when a GPU was asked for and there is none, with the reason
 */
export async function openDevice(device: Device, threads: number, log: Log): Promise<TrainDevice> {
  let gpu: GpuHandle | null | undefined = device === 'gpu' ? await openNamed(log) : undefined
  return {
    threads,
    async openAls(problem, signal) {
      const isWorthIt = problem.likes.indices.length * problem.factors >= GPU_PAYS_FROM
      if (device === 'auto' && isWorthIt && gpu === undefined) gpu = await openIfFaster(log)
      return gpu ? openGpuAls(problem, gpu, signal) : openCpuAls(problem, signal, threads)
    },
    close: () => gpu?.close(),
  }
}

async function openNamed(log: Log): Promise<GpuHandle> {
  const opened = await openGpu()
  if (!opened.ok) throw new Error(`--device gpu: ${opened.reason}`)
  log.info(`train: on ${describeGpu(opened.gpu)}`)
  return opened.gpu
}

async function openIfFaster(log: Log): Promise<GpuHandle | null> {
  const opened = await openGpu()
  if (!opened.ok) {
    log.info(`train: on the CPU: ${opened.reason}`)
    return null
  }
  const { gpu } = opened
  if (gpu.isSoftware) {
    log.info(`train: on the CPU, which is faster than ${describeGpu(gpu)}`)
    gpu.close()
    return null
  }
  log.info(`train: on ${describeGpu(gpu)}`)
  return gpu
}
