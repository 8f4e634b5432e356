import { afterEach, expect, test } from 'vitest'
import { type Processes, startProcesses } from '../../../build/io/processes.ts'
import type { Told } from '../../helpers/task-process.ts'

type Pool = Processes<Told, { said: string; by: number }>
const url = new URL('../../helpers/task-process.ts', import.meta.url)
let pool: Pool
afterEach(() => pool.close())

function start(count: number, signal = new AbortController().signal): Pool {
  pool = startProcesses(url, 'hello', count, signal)
  return pool
}

test('every task is done by a process that knows the setup, one at a time each', async () => {
  const { run } = start(1)
  const outcomes = await Promise.all(['a', 'b', 'c'].map((say) => run({ say })))
  expect(outcomes.map((outcome) => outcome.ok && outcome.reply.said)).toEqual(['hello a', 'hello b', 'hello c'])
  expect(new Set(outcomes.map((outcome) => outcome.ok && outcome.reply.by)).size).toBe(1)
})

test('an error is an outcome, and the process goes on', async () => {
  const { run } = start(1)
  expect(await run({ fail: 'diverged' })).toEqual({ ok: false, reason: 'diverged' })
  expect(await run({ say: 'again' })).toMatchObject({ ok: true })
})

test.each([
  [{ exitWith: 3 }, 'its process ended with exit code 3: FATAL ERROR: out of everything'],
  [{ killedBy: 'SIGKILL' }, 'its process was ended by SIGKILL, as happens when memory runs out'],
] satisfies [Told, string][])('after %j another process takes the next task', async (told, reason) => {
  const { run } = start(1)
  expect(await run(told)).toEqual({ ok: false, reason })
  expect(await run({ say: 'again' })).toMatchObject({ ok: true, reply: { said: 'hello again' } })
})

test('an abort rejects with its reason', async () => {
  const stop = new AbortController()
  const { run } = start(1, stop.signal)
  const hanging = run({ hang: true })
  stop.abort(new Error('enough'))
  await expect(hanging).rejects.toThrow('enough')
  await expect(run({ say: 'more' })).rejects.toThrow('enough')
})
