import { readFileSync } from 'node:fs'

/** CPU time of a process and its threads so far, in milliseconds, as Linux tells it. */
export function processCpuMs(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  // after the name, which may hold spaces: state is field 3, utime 14, stime 15, in hundredths of a second
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return 10 * (Number(fields[11]) + Number(fields[12]))
}
