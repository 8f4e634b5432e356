import { createHash } from 'node:crypto'
import { readFileSync, readlinkSync } from 'node:fs'

/** Which process did something, so that another one can tell whether it still runs. */
export interface ProcessIdentity {
  pid: number
  /** ticks after the machine's start at which it began: a number given again is another process; null where not told */
  startedTicks: number | null
  /** a hash that another start of the machine, or another container, does not share; null where not told */
  machine: string | null
}

/** Of the process that asks. */
export function ownIdentity(): ProcessIdentity {
  return { pid: process.pid, startedTicks: startedTicks(process.pid), machine: machine() }
}

/** @returns elsewhere when the machine or container is another one, where its processes cannot be seen */
export function stateOfProcess({
  pid,
  startedTicks: began,
  machine: home,
}: ProcessIdentity): 'runs' | 'gone' | 'elsewhere' {
  if (home !== machine()) return 'elsewhere'
  try {
    process.kill(pid, 0)
  } catch (error) {
    // EPERM: it is there, and somebody else's
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return 'gone'
  }
  return began === startedTicks(pid) ? 'runs' : 'gone'
}

/** proc_pid_stat(5), field 22; the name in the second one may hold spaces and brackets. */
function startedTicks(pid: number): number | null {
  const stat = read(() => readFileSync(`/proc/${pid}/stat`, 'utf8'))
  if (stat === null) return null
  return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19])
}

let known: string | null | undefined

function machine(): string | null {
  if (known !== undefined) return known
  const boot = read(() => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8'))
  const container = read(() => readlinkSync('/proc/self/ns/pid'))
  known = boot && container ? createHash('sha256').update(`${boot}${container}`).digest('hex').slice(0, 12) : null
  return known
}

/** Linux alone tells; elsewhere a process is known by its number. */
function read(from: () => string): string | null {
  try {
    return from()
  } catch {
    return null
  }
}
