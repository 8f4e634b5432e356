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
  /** @throws {Error} when a GPU was asked for and there is none, with the reason */
  openAls(problem: AlsProblem, signal: AbortSignal): Promise<AlsSession>
  close(): void
}

/** A GPU is opened with the first problem that wants one, and kept; the log says what is computed where, and why. */
export function openDevice(device: Device, threads: number, log: Log): TrainDevice {
  let gpu: GpuHandle | null | undefined
  const find = async (): Promise<GpuHandle | null> => {
    const opened = await openGpu()
    if (!opened.ok && device === 'gpu') throw new Error(`--device gpu: ${opened.reason}`)
    if (!opened.ok) {
      log.info(`train: on the CPU: ${opened.reason}`)
      return null
    }
    if (opened.gpu.isSoftware && device === 'auto') {
      log.info(`train: on the CPU, which is faster than ${describeGpu(opened.gpu)}`)
      opened.gpu.close()
      return null
    }
    log.info(`train: on ${describeGpu(opened.gpu)}`)
    return opened.gpu
  }
  return {
    threads,
    async openAls(problem, signal) {
      const isWorthIt = problem.likes.indices.length * problem.factors >= GPU_PAYS_FROM
      if (device === 'gpu' || (device === 'auto' && isWorthIt)) gpu ??= await find()
      return gpu ? openGpuAls(problem, gpu, signal) : openCpuAls(problem, signal, threads)
    },
    close: () => gpu?.close(),
  }
}
