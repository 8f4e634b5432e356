import { workerData } from 'node:worker_threads'
import { compileTrainKernels } from '../io/kernels.ts'
import { performTasks } from '../io/workers.ts'
import { CHUNK_USERS, type FactorPlan, openFactorRanker, openFactors } from './factor-lists.ts'
import { openListMaker } from './make-lists.ts'
import { openFolder, publishedHistory } from './open-folder.ts'
import { usersOf, writePart } from './parts.ts'

export interface BatchWorkerData {
  /** of the model's files */
  folder: string
  partsFolder: string
  k: number
  plan: FactorPlan
  thread: number
  /** int32: the next of `parts` to claim, and users done so far */
  counters: SharedArrayBuffer
}

/** Makes these parts, each by whoever claims it. */
export interface BatchTask {
  parts: number[]
  /** user indices that the list maker learns from */
  others: number[]
}

const { folder, partsFolder, k, plan, thread, counters } = workerData as BatchWorkerData
const [NEXT, DONE] = [0, 1]
const counts = new Int32Array(counters)
const { model, read } = openFolder(folder)
const { movieIds } = model.catalog
const kernels = compileTrainKernels()
const byFactors = openFactorRanker(kernels, plan, thread)

performTasks<BatchTask, null>(async ({ parts, others }) => {
  const historiesOf = (users: number[]) => Promise.all(users.map((user) => publishedHistory(model, user)))
  const maker = openListMaker(
    kernels,
    model,
    openFactors(read('factors.arrow')),
    byFactors,
    k,
    await historiesOf(others),
  )
  for (let turn = Atomics.add(counts, NEXT, 1); turn < parts.length; turn = Atomics.add(counts, NEXT, 1)) {
    const [from, to] = usersOf(parts[turn]!, model.userIds.length)
    const lists = new Int32Array((to - from) * k)
    for (let first = from; first < to; first += CHUNK_USERS) {
      const users = Array.from({ length: Math.min(CHUNK_USERS, to - first) }, (_, at) => first + at)
      for (const [at, items] of maker.lists(await historiesOf(users)).entries())
        lists.set(
          items.map((item) => movieIds[item]!),
          (first - from + at) * k,
        )
      Atomics.add(counts, DONE, users.length)
    }
    writePart(partsFolder, parts[turn]!, lists)
  }
  return null
})
