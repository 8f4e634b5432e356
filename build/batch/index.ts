import { join } from 'node:path'
import type { StepHandles } from '../io/handles.ts'
import { startWorkers } from '../io/workers.ts'
import type { BatchTask, BatchWorkerData } from './batch-worker.ts'
import { openFactors, planFactorLists } from './factor-lists.ts'
import { factorListLength } from './make-lists.ts'
import { openFolder, publishedHistory } from './open-folder.ts'
import { numPartsOf, openParts, readPart, usersOf } from './parts.ts'

export { exportLists, LIST_FORMATS } from './export-lists.ts'
export { openFolder } from './open-folder.ts'
export { type ListDatabase, type StoredLists, storeLists } from './store-lists.ts'

/** Users that the list makers learn from. */
const OTHERS = 128
const PROGRESS_MS = 250

export interface BatchOptions {
  /** a published model's files, the manifest among them */
  folder: string
  /** for what is done; what a run before left there of the same model and k is taken over */
  workFolder: string
  /** length of the lists */
  k: number
  threads: number
  handles: StepHandles
}

/** Some users and their lists. */
export interface UserLists {
  /** ascending */
  userIds: Int32Array
  /** users × k, best first; 0 behind the last of a shorter list */
  movieIds: Int32Array
}

export interface BatchLists {
  modelId: string
  k: number
  users: number
  /** of these, those whose lists a run before had made */
  reused: number
  seconds: number
  /** all lists, some thousand users at a time, in the order of userId */
  read(): Generator<UserLists>
}

/**
 * Top k of every user of a model, by the served sources, blend and learned order over its exported bytes, of the published
 * history alone. Memory does not grow with the users. The same lists come whatever the number of threads and wherever a run
 * was stopped; another kind of processor may differ in last bits, and so in ties.
 * @throws the signal's reason when it aborts: what is done stays
 */
export async function batchLists({ folder, workFolder, k, threads, handles }: BatchOptions): Promise<BatchLists> {
  const startedAt = performance.now()
  const { manifest, model, read } = openFolder(folder)
  const modelId = manifest.buildId
  const { userIds } = model
  const users = userIds.length
  const partsFolder = join(workFolder, 'parts')
  const done = openParts(partsFolder, { modelId, k })
  const parts = Array.from({ length: numPartsOf(users) }, (_, part) => part).filter((part) => !done.has(part))
  const sizeOf = (part: number) => usersOf(part, users)[1] - usersOf(part, users)[0]
  const wanted = parts.reduce((sum, part) => sum + sizeOf(part), 0)
  if (wanted < users)
    handles.log.info(`batch: ${users - wanted} of ${users} users are done already, by a run that was stopped`)

  if (parts.length > 0) {
    const used = Math.min(threads, parts.length)
    const others = evenly(users, OTHERS)
    const histories = await Promise.all(others.map((user) => publishedHistory(model, user)))
    const length = factorListLength(k, model)
    const plan = planFactorLists(openFactors(read('factors.arrow')), length, used, model, histories)
    handles.log.debug(`batch: ${plan.numRanked} of ${plan.numItems} movies are ranked by factors`)
    const counters = new SharedArrayBuffer(8)
    const workers = startWorkers<BatchTask, null>(
      new URL('./batch-worker.ts', import.meta.url),
      Array.from({ length: used }, (_, thread): BatchWorkerData => {
        return { folder, partsFolder, k, plan, thread, counters }
      }),
      handles.signal,
    )
    const counts = new Int32Array(counters)
    const tell = () => handles.progress.update('batch', users - wanted + Atomics.load(counts, 1), users)
    const timer = setInterval(tell, PROGRESS_MS)
    try {
      await workers.run({ parts, others })
      tell()
    } finally {
      clearInterval(timer)
      await workers.close()
    }
  }
  return {
    modelId,
    k,
    users,
    reused: users - wanted,
    seconds: (performance.now() - startedAt) / 1000,
    *read() {
      for (let part = 0; part < numPartsOf(users); part++) {
        const [from, to] = usersOf(part, users)
        yield { userIds: userIds.subarray(from, to), movieIds: readPart(partsFolder, part, to - from, k) }
      }
    },
  }
}

/** Users from first to last, as far apart as there are enough. */
function evenly(users: number, count: number): number[] {
  const step = Math.max(1, users / count)
  return Array.from({ length: Math.min(users, count) }, (_, at) => Math.floor(at * step))
}
