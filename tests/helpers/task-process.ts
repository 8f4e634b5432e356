import { serveTasks } from '../../build/io/processes.ts'

/** Does what it is told, for tests of the processes that are told so. */
export type Told =
  | { say: string }
  | { fail: string }
  | { exitWith: number }
  | { killedBy: NodeJS.Signals }
  | { hang: true }

serveTasks<string, Told, { said: string; by: number }>((setup) => async (told) => {
  if ('fail' in told) throw new Error(told.fail)
  if ('exitWith' in told) {
    process.stderr.write('FATAL ERROR: out of everything\n', () => process.exit(told.exitWith))
    return new Promise(() => {})
  }
  if ('killedBy' in told) process.kill(process.pid, told.killedBy)
  if ('hang' in told || 'killedBy' in told) return new Promise(() => {})
  return { said: `${setup} ${told.say}`, by: process.pid }
})
