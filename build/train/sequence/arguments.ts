import type { Engine, MemoryPlan } from '../engine.ts'
import type { SparseRows } from '../sparse-rows.ts'
import { type Features, type NextScale, type Places, scaleTables } from './features.ts'

/** What the regression is about. */
export interface NextProblem {
  histories: SparseRows
  byItem: Places
  features: Features
  /** itemIndex of each recommended item, ascending */
  targets: Int32Array
  scales: readonly NextScale[]
}

/** What `nextItemRows` reads, in the order of its arguments: addresses now, their numbers once there is an engine. */
export function placeArguments(plan: MemoryPlan, { histories, byItem, features, targets, scales }: NextProblem) {
  const numItems = byItem.indptr.length - 1
  const { reach, powers, sums } = scaleTables(scales)
  const columns = new Int32Array(numItems).fill(-1)
  for (const [number, item] of targets.entries()) columns[item] = number

  const placed: { address: number; array: Int32Array | Uint32Array | Float64Array }[] = []
  const put = (array: Int32Array | Uint32Array | Float64Array): number => {
    const address = plan.place(array.byteLength)
    placed.push({ address, array })
    return address
  }
  return {
    arguments: [
      put(histories.indptr),
      put(histories.indices),
      put(byItem.indptr),
      put(byItem.indices),
      put(byItem.users),
      put(features.items),
      put(features.tileScales),
      put(features.columns),
      put(columns),
      numItems,
      scales.length,
      put(Int32Array.from(scales, ({ length }) => length)),
      put(Float64Array.from(scales, ({ regularization }) => regularization)),
      put(powers),
      put(sums),
      reach,
    ] as const,
    fill(engine: Engine): void {
      for (const { address, array } of placed) {
        if (array instanceof Float64Array) engine.f64(address, array.length).set(array)
        else engine.i32(address, array.length).set(array)
      }
    },
  }
}
