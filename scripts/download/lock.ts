import { readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DownloadError } from './download-error.ts'

/** Holds the number of the process that writes into the folder. */
const LOCK = 'lock'

/**
 * Keeps a second run out of a folder. That of a process that is gone does not count.
 * @throws {DownloadError} naming the process that has it
 */
export async function lock(folder: string): Promise<void> {
  const file = join(folder, LOCK)
  const take = () => writeFile(file, String(process.pid), { flag: 'wx' })
  try {
    return await take()
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  }
  const holder = Number(await readFile(file, 'utf8'))
  if (isRunning(holder))
    throw new DownloadError(
      `${folder}: process ${holder} is downloading into it; wait for it, or stop it (or delete ${file}, if that process is another program)`,
    )
  await rm(file, { force: true })
  await take()
}

export async function unlock(folder: string): Promise<void> {
  await rm(join(folder, LOCK), { force: true })
}

function isRunning(processId: number): boolean {
  // 0 would ask for this process' group: what a lock holds that was cut off in the writing
  if (!(processId > 0)) return false
  try {
    process.kill(processId, 0) // sends nothing, only asks
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
