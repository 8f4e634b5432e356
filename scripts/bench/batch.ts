import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import type { History } from '#core/history.ts'
import { ndcgAtK } from '#core/metrics.ts'
import { rank } from '#recommend/index.ts'
import { openFactorRanker, openFactors, planFactorLists } from '../../build/batch/factor-lists.ts'
import { batchLists } from '../../build/batch/index.ts'
import { factorListLength, type ListMaker, openListMaker } from '../../build/batch/make-lists.ts'
import { openFolder, publishedHistory } from '../../build/batch/open-folder.ts'
import type { StepHandles } from '../../build/io/handles.ts'
import { compileTrainKernels } from '../../build/io/kernels.ts'
import { createProgress } from '../../build/io/progress.ts'
import { table } from '../../build/io/table.ts'
import { currentModelFolder, EDGE_SHAPES, type EdgeShape, publishedModel } from './edge/published.ts'

const USAGE = `Lists of all users beforehand: how fast, and how near to what the Worker answers.

  npm run bench:batch -- [options]
    --shape sample|ml-32m   one of the two: the bundled data, trained; or the sizes of ML-32M, its numbers drawn
    --model DIR             the files of another model instead
    --k 50                  movies in a list
    --threads N             default: one a core
    --compared 500          users whose served list is made, too; of these, that are judged, the last like is hidden
    --no-speed              only compare
    --json FILE             also write the rows there`

const { values: options } = parseArgs({
  options: {
    help: { type: 'boolean', short: 'h', default: false },
    shape: { type: 'string' },
    model: { type: 'string' },
    k: { type: 'string', default: '50' },
    threads: { type: 'string', default: String(availableParallelism()) },
    compared: { type: 'string', default: '500' },
    speed: { type: 'boolean', default: true },
    json: { type: 'string' },
  },
  allowNegative: true,
})
const CUTOFF = 10
const LEARNED_FROM = 128
const BLOCK = 32

interface BatchRow {
  what: string
  users: number
  movies: number
  /** null where only the lists are compared */
  seconds: number | null
  cpuSeconds: number | null
  peakMiB: number
  /** share of the served list's movies that are in the other, and of its first ten */
  overlap: number
  overlapAt10: number
  /** NDCG@10 of the last like where the history is told without it */
  servedNdcg: number
  ndcg: number
  servedMs: number
}

if (options.help) {
  console.log(USAGE)
  process.exit(0)
}
const k = Number(options.k)
const shapes = EDGE_SHAPES.filter((shape) => options.shape === undefined || shape === options.shape)
const models =
  options.model === undefined
    ? shapes.map((shape) => ({ what: shape as string, folder: () => folderOf(shape) }))
    : [{ what: options.model, folder: async () => options.model! }]
const rows: BatchRow[] = []
for (const { what, folder } of models) rows.push(await bench(what, await folder()))
console.log(printed(rows))
if (options.json) writeFileSync(options.json, `${JSON.stringify(rows, null, 2)}\n`)

async function folderOf(shape: EdgeShape): Promise<string> {
  return currentModelFolder(await publishedModel(shape))
}

async function bench(what: string, folder: string): Promise<BatchRow> {
  const speed = options.speed ? await timed(folder) : { seconds: null, cpuSeconds: null }
  const { model, read } = openFolder(folder)
  const users = model.userIds.length
  const evenly = (count: number) =>
    Array.from({ length: Math.min(count, users) }, (_, at) => Math.floor((at * users) / Math.min(count, users)))
  const historiesOf = (places: number[]) => Promise.all(places.map((user) => publishedHistory(model, user)))
  const others = await historiesOf(evenly(LEARNED_FROM))
  const factors = openFactors(read('factors.arrow'))
  const plan = planFactorLists(factors, factorListLength(k, model), 1, model, others)
  const kernels = compileTrainKernels()
  const maker = openListMaker(kernels, model, factors, openFactorRanker(kernels, plan, 0), k, others)

  const histories = await historiesOf(evenly(Number(options.compared)))
  const startedAt = performance.now()
  const served = histories.map((history) => listed(history))
  const servedMs = (performance.now() - startedAt) / histories.length
  const lists = listsOf(maker, histories)
  const shared = (list: number[], other: ArrayLike<number>, length: number) => {
    const first = new Set(Array.from(other).slice(0, length))
    const wanted = list.slice(0, length)
    return wanted.filter((item) => first.has(item)).length / Math.max(1, wanted.length)
  }
  const hidden = histories.flatMap((history) => {
    const last = history.ratings.findLastIndex((stars) => stars >= model.likedFrom)
    return last < 1 ? [] : [{ told: without(history, last), relevant: new Set([history.itemIndices[last]!]) }]
  })
  const found = listsOf(
    maker,
    hidden.map(({ told }) => told),
  )
  return {
    what,
    users,
    movies: model.catalog.numItems,
    ...speed,
    peakMiB: process.resourceUsage().maxRSS / 1024,
    overlap: mean(served.map((list, user) => shared(list, lists[user]!, k))),
    overlapAt10: mean(served.map((list, user) => shared(list, lists[user]!, CUTOFF))),
    servedNdcg: mean(hidden.map(({ told, relevant }) => ndcgAtK(listed(told), relevant, CUTOFF))),
    ndcg: mean(hidden.map(({ relevant }, user) => ndcgAtK(found[user]!, relevant, CUTOFF))),
    servedMs,
  }

  function listed(history: History): number[] {
    return rank(history, {}, k, model).blended.map(({ itemIndex }) => itemIndex)
  }
}

async function timed(folder: string): Promise<{ seconds: number; cpuSeconds: number }> {
  const workFolder = mkdtempSync(join(tmpdir(), 'bench-batch-'))
  const progress = createProgress(process.stderr)
  const log = { error: console.error, warn: console.error, info() {}, debug() {} }
  const handles: StepHandles = { log, progress, track() {}, signal: new AbortController().signal }
  const before = process.cpuUsage()
  try {
    const { seconds } = await batchLists({ folder, workFolder, k, threads: Number(options.threads), handles })
    const { user, system } = process.cpuUsage(before)
    return { seconds, cpuSeconds: (user + system) / 1e6 }
  } finally {
    progress.clear()
    rmSync(workFolder, { recursive: true, force: true })
  }
}

function listsOf(maker: ListMaker, histories: History[]): Int32Array[] {
  const lists: Int32Array[] = []
  for (let from = 0; from < histories.length; from += BLOCK)
    lists.push(...maker.lists(histories.slice(from, from + BLOCK)))
  return lists
}

/** A history up to one of its entries. */
function without({ itemIndices, ratings, timestamps }: History, end: number): History {
  return {
    itemIndices: itemIndices.slice(0, end),
    ratings: ratings.slice(0, end),
    timestamps: timestamps.slice(0, end),
  }
}

function mean(values: number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length)
}

function printed(found: BatchRow[]): string {
  const number = (value: number | null, digits: number) => (value === null ? '–' : value.toFixed(digits))
  return table(
    [
      'model',
      'users',
      'movies',
      's',
      'CPU s',
      'users/s',
      'peak MiB',
      `in both@${k}`,
      '@10',
      'NDCG@10',
      'served',
      'served ms',
    ],
    found.map((row) => [
      row.what,
      String(row.users),
      String(row.movies),
      number(row.seconds, 1),
      number(row.cpuSeconds, 1),
      number(row.seconds === null ? null : row.users / row.seconds, 0),
      number(row.peakMiB, 0),
      number(row.overlap, 4),
      number(row.overlapAt10, 4),
      number(row.ndcg, 4),
      number(row.servedNdcg, 4),
      number(row.servedMs, 2),
    ]),
  )
}
