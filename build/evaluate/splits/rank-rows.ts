import type { StepHandles } from '../../io/handles.ts'
import { startWorkers } from '../../io/workers.ts'
import type { JudgedUser } from '../judged-users.ts'
import type { Contest, ListTask, ListWorkerData } from './list-worker.ts'

/** Users that a worker is worth starting for. */
const USERS_PER_WORKER = 100
/** Times that a row's progress is told. */
const PARTS = 20

/**
 * Every user's list by each of these rankers, the users shared out among worker threads, each with the model open. The lists do
 * not depend on their number.
 * @param names rows of `rankers` that draw nothing by chance
 * @returns by name; a list a user, in their order
 */
export async function rankRows(
  contest: Contest,
  users: JudgedUser[],
  names: readonly string[],
  k: number,
  { progress, signal }: StepHandles,
  threads: number,
): Promise<Map<string, Int32Array[]>> {
  const numWorkers = Math.max(1, Math.min(threads, Math.ceil(users.length / USERS_PER_WORKER)))
  const shares = Array.from({ length: numWorkers }, (_, worker) =>
    users.slice(
      Math.floor((worker * users.length) / numWorkers),
      Math.floor(((worker + 1) * users.length) / numWorkers),
    ),
  )
  const data = shares.map((own): ListWorkerData => ({ contest, users: own }))
  const workers = startWorkers<ListTask, Int32Array[]>(new URL('./list-worker.ts', import.meta.url), data, signal)
  try {
    const lists = new Map<string, Int32Array[]>()
    for (const [row, name] of names.entries()) {
      const ofWorkers = shares.map((): Int32Array[] => [])
      for (let part = 0; part < PARTS; part++) {
        progress.update('evaluate', row * PARTS + part, names.length * PARTS, name)
        const replies = await workers.run({ name, k, parts: PARTS, part })
        for (const [worker, reply] of replies.entries()) ofWorkers[worker]!.push(...reply)
      }
      lists.set(name, ofWorkers.flat())
    }
    progress.update('evaluate', names.length * PARTS, names.length * PARTS)
    return lists
  } finally {
    await workers.close()
  }
}
