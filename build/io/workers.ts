import { parentPort, Worker } from 'node:worker_threads'

/** Worker threads that all do the same task at once, each its share of it. */
export interface Workers<Task, Reply> {
  /** Resolves to every worker's reply when all are through with the task; rejects on the first error, exit or abort. */
  run(task: Task): Promise<Reply[]>
  close(): Promise<void>
}

/**
 * One worker for each element of `workerData`, running the module at `url`, which calls `performTasks`.
 * When `signal` aborts, the running task rejects with its reason; `close` then ends workers in mid-task.
 */
export function startWorkers<Task, Reply>(
  url: URL,
  workerData: readonly unknown[],
  signal: AbortSignal,
): Workers<Task, Reply> {
  const failure = Promise.withResolvers<never>()
  failure.promise.catch(() => {}) // nobody may be waiting when a worker fails
  const abort = () => failure.reject(signal.reason)
  signal.addEventListener('abort', abort)
  if (signal.aborted) abort()

  const workers = workerData.map((data) => {
    const worker = new Worker(url, { workerData: data })
    worker.on('error', failure.reject)
    worker.on('exit', (code) => failure.reject(new Error(`a worker of ${url.pathname} ended with exit code ${code}`)))
    return worker
  })

  return {
    async run(task) {
      const replies = workers.map((worker) => {
        const reply = Promise.withResolvers<Reply>()
        worker.once('message', reply.resolve)
        worker.postMessage(task)
        return reply.promise
      })
      return Promise.race([failure.promise, Promise.all(replies)])
    },
    async close() {
      signal.removeEventListener('abort', abort)
      await Promise.all(workers.map((worker) => worker.terminate()))
    },
  }
}

/** The worker's end: performs each task that comes, and replies with what came of it. One that rejects ends the worker. */
export function performTasks<Task, Reply>(perform: (task: Task) => Reply | Promise<Reply>): void {
  const port = parentPort
  if (!port) throw new Error('performTasks runs in a worker thread only')
  port.on('message', async (task: Task) => port.postMessage(await perform(task)))
}
