import { describe, expect, test } from 'vitest'
import { startWorkers } from '../../../build/io/workers.ts'

/** A worker that runs `onTask` for every task. */
function workerOf(onTask: string): URL {
  const source = `import { parentPort } from 'node:worker_threads'; parentPort.on('message', (task) => { ${onTask} })`
  return new URL(`data:text/javascript,${encodeURIComponent(source)}`)
}

const never = new AbortController().signal

describe('startWorkers', () => {
  test('a task is done when every worker has replied, and then the next can run', async () => {
    const workers = startWorkers<number, string>(workerOf('parentPort.postMessage("done " + task)'), [1, 2], never)
    expect(await workers.run(1)).toEqual(['done 1', 'done 1'])
    expect(await workers.run(2)).toEqual(['done 2', 'done 2'])
    await workers.close()
  })

  test('an error in a worker rejects the task', async () => {
    const workers = startWorkers<number, unknown>(workerOf('throw new Error("broken at " + task)'), [1], never)
    await expect(workers.run(7)).rejects.toThrow('broken at 7')
    await workers.close()
  })

  test('a worker that ends rejects the task', async () => {
    const workers = startWorkers<number, unknown>(workerOf('process.exit(3)'), [1], never)
    await expect(workers.run(7)).rejects.toThrow(/ended with exit code 3$/)
    await workers.close()
  })

  test('an abort rejects a task that would never end, and close ends its worker', async () => {
    const controller = new AbortController()
    const workers = startWorkers<number, unknown>(workerOf('for (;;) {}'), [1], controller.signal)
    const running = workers.run(7)
    controller.abort(new Error('enough'))
    await expect(running).rejects.toThrow('enough')
    await workers.close()
  })
})
