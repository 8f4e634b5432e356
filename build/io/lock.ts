import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { ownIdentity, type ProcessIdentity, stateOfProcess } from './process-identity.ts'

/** What one process at a time may have. */
export type Lock = { taken: true; release(): void } | { taken: false; by: ProcessIdentity }

/**
 * A file that says which process has the lock. One left by a process that is gone is taken over; one of another machine
 * is not, as it cannot be seen from here.
 * @param file in a folder that is there
 * @throws what writing there throws
 */
export function takeLock(file: string): Lock {
  const own = `${file}.${process.pid}`
  writeFileSync(own, JSON.stringify(ownIdentity()))
  try {
    for (;;) {
      // a link is made whole or not at all: nobody reads a lock that is half written
      if (linked(own, file)) return { taken: true, release: () => rmSync(file, { force: true }) }
      const holder = readHolder(file)
      if (holder === null) continue
      if (stateOfProcess(holder) !== 'gone') return { taken: false, by: holder }
      takeAway(file, holder)
    }
  } finally {
    rmSync(own, { force: true })
  }
}

function linked(from: string, to: string): boolean {
  try {
    linkSync(from, to)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  }
}

/** null when it was released in between */
function readHolder(file: string): ProcessIdentity | null {
  try {
    const { pid, startedTicks, machine } = JSON.parse(readFileSync(file, 'utf8')) as ProcessIdentity
    return { pid, startedTicks, machine }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw new Error(`${file}: found no lock of this program in it; remove it when nothing runs`, { cause: error })
  }
}

/** Of two that find a stale lock, one takes it away; what the other one has put there since is put back. */
function takeAway(file: string, stale: ProcessIdentity): void {
  const aside = `${file}.stale.${process.pid}`
  try {
    renameSync(file, aside)
  } catch {
    return
  }
  const taken = readHolder(aside)
  if (taken && JSON.stringify(taken) !== JSON.stringify(stale)) linked(aside, file)
  rmSync(aside, { force: true })
}
