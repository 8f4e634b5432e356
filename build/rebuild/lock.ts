import { mkdirSync, rmSync, statSync, utimesSync } from 'node:fs'
import { join } from 'node:path'
import { takeLock } from '../io/lock.ts'
import { stateOfProcess } from '../io/process-identity.ts'

const BEAT_MS = 60_000
/**
 * A lock of another machine or container that nobody has touched for so long was left by one that is gone. A step may keep
 * a process from touching it for minutes.
 */
const DEAD_MS = 3_600_000

/** Another rebuild runs on the same folder. */
export class RebuildBusyError extends Error {
  override name = 'RebuildBusyError'
}

/**
 * One rebuild at a time on a folder of artifacts. Rebuilds that share no disk are told apart by the pointer, which moves
 * only from where it was read.
 * @throws {RebuildBusyError} saying which process has it
 */
export function lockRebuild(artifacts: string): { release(): void } {
  mkdirSync(artifacts, { recursive: true })
  const file = join(artifacts, 'rebuild.lock')
  let lock = takeLock(file)
  if (!lock.taken && stateOfProcess(lock.by) === 'elsewhere' && isUntouched(file)) {
    rmSync(file, { force: true })
    lock = takeLock(file)
  }
  if (!lock.taken)
    throw new RebuildBusyError(
      `another rebuild runs: process ${lock.by.pid} holds ${file}. This one stops; nothing was changed`,
    )
  const { release } = lock
  const beat = setInterval(() => touch(file), BEAT_MS)
  beat.unref()
  return {
    release() {
      clearInterval(beat)
      release()
    },
  }
}

function isUntouched(file: string): boolean {
  try {
    return Date.now() - statSync(file).mtimeMs > DEAD_MS
  } catch {
    return false
  }
}

function touch(file: string): void {
  const now = new Date()
  try {
    utimesSync(file, now, now)
  } catch {
    // removed by hand: the lock is not worth more than the rebuild
  }
}
