import { type ChildProcess, fork } from 'node:child_process'

/** What came of a task: a process that dies takes only its own task with it. */
export type Outcome<Reply> = { ok: true; reply: Reply } | { ok: false; reason: string }

/** Processes of one module, which do a task each at a time. */
export interface Processes<Task, Reply> {
  /** On the first that is free; rejects only when aborted. */
  run(task: Task): Promise<Outcome<Reply>>
  /** Ends them, in mid-task if need be. */
  close(): Promise<void>
}

/** Of what a process wrote to stderr, as much as says why it died. */
const LAST_WORDS = 2000

/**
 * Where worker threads share the memory of the process and its end, these have their own: one that runs out of it can
 * be told from a failure of all. The module at `url` calls `serveTasks`; one that died is started again for the next task.
 * @param setup sent to each before its first task
 */
export function startProcesses<Setup, Task, Reply>(
  url: URL,
  setup: Setup,
  count: number,
  signal: AbortSignal,
): Processes<Task, Reply> {
  const free: (ChildProcess | null)[] = new Array(count).fill(null)
  const waiting: ((process: ChildProcess | null) => void)[] = []
  const alive = new Set<ChildProcess>()

  const start = () => {
    const child = fork(url, { serialization: 'advanced', execArgv: [], stdio: ['ignore', 'ignore', 'pipe', 'ipc'] })
    alive.add(child)
    child.once('exit', () => alive.delete(child))
    child.send({ setup })
    return child
  }
  const release = (child: ChildProcess | null) => {
    const next = waiting.shift()
    if (next) next(child)
    else free.push(child)
  }
  return {
    async run(task) {
      signal.throwIfAborted()
      const idle =
        free.length > 0 ? free.pop()! : await new Promise<ChildProcess | null>((resolve) => waiting.push(resolve))
      const child = idle && alive.has(idle) ? idle : start()
      try {
        return await performBy<Task, Reply>(child, task, signal)
      } finally {
        release(child)
      }
    },
    async close() {
      await Promise.all(
        [...alive].map((child) => {
          const ended = new Promise((resolve) => child.once('exit', resolve))
          child.kill('SIGKILL')
          return ended
        }),
      )
    },
  }
}

function performBy<Task, Reply>(child: ChildProcess, task: Task, signal: AbortSignal): Promise<Outcome<Reply>> {
  const { promise, resolve, reject } = Promise.withResolvers<Outcome<Reply>>()
  let lastWords = ''
  const onWords = (words: Buffer) => {
    lastWords = (lastWords + words).slice(-LAST_WORDS)
  }
  const onReply = (reply: unknown) => resolve(reply as Outcome<Reply>)
  // after its output has come through
  const onClose = (code: number | null, by: string | null) =>
    resolve({ ok: false, reason: whyEnded(code, by, lastWords) })
  const onAbort = () => reject(signal.reason)
  child.stderr?.on('data', onWords)
  child.once('message', onReply)
  child.once('close', onClose)
  signal.addEventListener('abort', onAbort)
  if (signal.aborted) onAbort()
  // one that died since its last task says so by its end
  child.send({ task }, () => {})
  return promise.finally(() => {
    child.stderr?.off('data', onWords)
    child.off('message', onReply)
    child.off('close', onClose)
    signal.removeEventListener('abort', onAbort)
  })
}

function whyEnded(code: number | null, by: string | null, lastWords: string): string {
  const ended = by === null ? `its process ended with exit code ${code}` : `its process was ended by ${by}`
  const fatal = /^FATAL ERROR: .*$/m.exec(lastWords)?.[0]
  if (fatal) return `${ended}: ${fatal}`
  if (by === 'SIGKILL') return `${ended}, as happens when memory runs out`
  const error = /^\w*Error\b.*$/m.exec(lastWords)?.[0]
  return error ? `${ended}: ${error}` : ended
}

/**
 * The process's end: performs each task that comes and replies with what came of it. It ends with the process that
 * started it; Ctrl-C is left to that one.
 */
export function serveTasks<Setup, Task, Reply>(open: (setup: Setup) => (task: Task) => Promise<Reply>): void {
  let perform: ((task: Task) => Promise<Reply>) | null = null
  process.on('SIGINT', () => {})
  process.on('disconnect', () => process.exit())
  process.on('message', async (message: { setup: Setup } | { task: Task }) => {
    if ('setup' in message) {
      perform = open(message.setup)
      return
    }
    const reply: Outcome<Reply> = await perform!(message.task).then(
      (reply) => ({ ok: true, reply }),
      (error) => ({ ok: false, reason: error instanceof Error ? error.message : String(error) }),
    )
    process.send!(reply)
  })
}
