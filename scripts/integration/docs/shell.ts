import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'

/** longest that a command of the pages may take: settings of one's own data are searched for in minutes, on a busy machine in many */
const PATIENCE_MS = 1_200_000
/** until a server that was told to end must have ended */
const END_MS = 15_000
const TOLD = 2000

/** groups of their own, which Ctrl-C does not reach */
const running = new Set<ChildProcess>()
process.once('exit', () => {
  for (const child of running) end(child, 'SIGKILL')
})
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(130))

/** Where the commands run, and with which variables. */
export interface Place {
  folder: string
  environment: NodeJS.ProcessEnv
}

/** A command that goes on until it is told to end. */
export interface Server {
  text: string
  stop(): Promise<void>
}

/** @throws {Error} with the end of what the command wrote, when it fails or does not end */
export async function run(text: string, place: Place): Promise<void> {
  const { child, said } = start(text, place)
  const timer = setTimeout(() => end(child, 'SIGKILL'), PATIENCE_MS)
  const [code, signal] = (await once(child, 'close')) as [number | null, string | null]
  clearTimeout(timer)
  if (code !== 0) throw new Error(`ended with ${code ?? signal}:\n${said()}`)
}

/**
 * Start what serves, and wait until it says that it is ready.
 * @throws {Error} with the end of what it wrote, when it ends before that
 */
export async function serve(text: string, place: Place, url: string): Promise<Server> {
  const { child, said } = start(text, place)
  const deadline = Date.now() + PATIENCE_MS
  while (!(await isReady(url))) {
    if (child.exitCode !== null || child.signalCode !== null) throw new Error(`ended before it served:\n${said()}`)
    if (Date.now() > deadline) {
      end(child, 'SIGKILL')
      throw new Error(`${url}: found no answer, expected one:\n${said()}`)
    }
    await sleep(250)
  }
  return {
    text,
    async stop() {
      // as Ctrl-C does: all of them
      end(child, 'SIGINT')
      const ended = child.exitCode !== null || child.signalCode !== null || once(child, 'exit').then(() => true)
      if (!(await Promise.race([ended, sleep(END_MS, false)]))) {
        end(child, 'SIGKILL')
        throw new Error(`found it running ${END_MS / 1000} s after Ctrl-C:\n${said()}`)
      }
    },
  }
}

function start(text: string, { folder, environment }: Place): { child: ChildProcess; said(): string } {
  // a group of its own, to be ended as a whole
  const child = spawn('bash', ['-euo', 'pipefail', '-c', text], {
    ...{ cwd: folder, env: environment, detached: true },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  running.add(child)
  child.once('exit', () => running.delete(child))
  let told = ''
  for (const stream of [child.stdout!, child.stderr!])
    stream.setEncoding('utf8').on('data', (piece: string) => {
      told = (told + piece).slice(-TOLD)
    })
  return { child, said: () => told.trim() }
}

function end({ pid }: ChildProcess, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid!, signal)
  } catch {
    // all of the group have ended
  }
}

async function isReady(url: string): Promise<boolean> {
  return fetch(new URL('/readyz', url)).then(
    ({ ok }) => ok,
    () => false,
  )
}
