import { expect, test } from 'vitest'
import { openServeKernels } from '#core/kernels/serve.ts'
import { ndcgAtK } from '#core/metrics.ts'
import type { Model } from '#core/model.ts'
import { randomSource } from '#core/random.ts'
import { fitFoldIn } from '../../../build/evaluate/fit-fold-in.ts'
import type { JudgedUser } from '../../../build/evaluate/judged-users.ts'
import type { ItemFactors } from '../../../build/evaluate/open-artifacts.ts'
import { gramianOf, quantizeRows } from '../../../build/export/quantize.ts'
import { compileKernel } from '../../../build/io/kernels.ts'
import type { FoldInWeights } from '../../../build/nouns.ts'

const FACTORS = 8
const NUM_ITEMS = 60
const handles = {
  log: { error() {}, warn() {}, info() {}, debug() {} },
  progress: { update() {} },
  track() {},
  signal: new AbortController().signal,
}

const { uniform, normal } = randomSource(5)
const itemFactors = Float32Array.from({ length: NUM_ITEMS * FACTORS }, normal)
const users: JudgedUser[] = Array.from({ length: 30 }, () => {
  const items = Int32Array.from({ length: 8 }, (_, at) => 7 * at + Math.floor(7 * uniform()))
  return {
    history: {
      itemIndices: items.subarray(0, 5),
      ratings: new Float32Array(5).fill(5),
      timestamps: new Uint32Array(5),
    },
    relevant: new Set(items.subarray(5)),
  }
})

/** As much of a model as knows a history; its kernels are not asked. */
const model = {
  hasFactors: new Uint8Array(NUM_ITEMS).fill(1),
  next: [],
  neighbours: { offsets: new Int32Array(NUM_ITEMS + 1) },
  likedFrom: 3.5,
  recencyHalfLife: null,
  neighbourHalfLife: null,
} as unknown as Model

/** Item factors as they are exported. */
function exported(rows: Float32Array): ItemFactors {
  const { quantized, scales } = quantizeRows(rows, NUM_ITEMS, FACTORS)
  return { numItems: NUM_ITEMS, factors: FACTORS, quantized, scales, gramian: gramianOf(quantized, scales, FACTORS) }
}

test('takes the pair with the best lists on validation, by the served kernels', () => {
  const told: string[] = []
  const log = { ...handles.log, debug: (line: string) => told.push(line) }
  const factors = exported(itemFactors)
  const chosen = fitFoldIn(users, model, factors, 1, { ...handles, log })

  const ndcgOf = (foldIn: FoldInWeights) => {
    const kernels = openServeKernels(compileKernel('serve'), { ...factors, ...foldIn })
    const ndcgs = users.map(({ history: { itemIndices }, relevant }) => {
      const scores = kernels.scan(kernels.foldIn(itemIndices)).slice()
      const unseen = [...scores.keys()].filter((item) => !itemIndices.includes(item))
      return ndcgAtK(unseen.sort((a, b) => scores[b]! - scores[a]! || a - b).slice(0, 10), relevant, 10)
    })
    return ndcgs.reduce((sum, ndcg) => sum + ndcg, 0) / users.length
  }
  const best = told
    .map((line) => Number(line.split(' ').at(-1)))
    .sort()
    .at(-1)
  expect(told).toHaveLength(30)
  expect(ndcgOf(chosen)).toBeCloseTo(best!, 4)
})

test('factors 1024 times as large get λ 1024² times as large, and the same α₀', () => {
  // a power of two: every product is exact, so the lists are the same
  const own = fitFoldIn(users, model, exported(itemFactors), 1, handles)
  const large = fitFoldIn(users, model, exported(itemFactors.map((value) => value * 1024)), 1, handles)
  expect(large).toEqual({ ...own, regularization: own.regularization * 2 ** 20 })
})

test('columns of padding change nothing but the width', () => {
  // the same four factors in 8 columns and in 16
  const inColumns = (width: number) => {
    const rows = new Float32Array(NUM_ITEMS * width)
    for (let item = 0; item < NUM_ITEMS; item++)
      rows.set(itemFactors.subarray(item * FACTORS, item * FACTORS + 4), item * width)
    const { quantized, scales } = quantizeRows(rows, NUM_ITEMS, width)
    return { numItems: NUM_ITEMS, factors: width, quantized, scales, gramian: gramianOf(quantized, scales, width) }
  }
  expect(fitFoldIn(users, model, inColumns(16), 1, handles)).toEqual(fitFoldIn(users, model, inColumns(8), 1, handles))
})
