import { availableParallelism } from 'node:os'
import { type RandomSource, randomSource } from '#core/random.ts'
import type { StepHandles } from '../io/handles.ts'
import { memoryPlan, openEngine } from './engine.ts'
import { checkSparseRows, type SparseRows } from './sparse-rows.ts'

/** Enough for 16 threads at two cells each a round, few enough that an item has rivals in its block. */
const MAX_BLOCKS = 32

/** Likes a block of users has at least: smaller data takes fewer blocks, and fewer rounds. */
const LIKES_PER_BLOCK = 256

/** Items a block has at least. */
const ITEMS_PER_BLOCK = 16

export interface BprOptions {
  /** a multiple of 8 */
  factors: number
  epochs: number
  /** of the first epoch; falls in a straight line to a tenth of it in the last */
  learningRate: number
  /** λ */
  regularization: number
  /** where negatives come from: all liked items alike, or as often as they are liked (as implicit draws them) */
  negatives: 'uniform' | 'popularity'
  /** length of a row at the start, about */
  initialScale: number
}

export interface BprResult {
  /** numItems × factors, row-major; zeros for an item without likes */
  itemFactors: Float32Array
  /** numUsers × factors; zeros for a user without likes */
  userFactors: Float32Array
  /** mean −ln σ of the pairs, each before its step, by epoch; ln 2 is a coin's */
  losses: number[]
}

/**
 * Bayesian personalized ranking (Rendle et al. 2009, LearnBPR) with every like once an epoch; kernels/train/bpr.ts says
 * how it is parallel, and what that does to the negatives. Scores are xᵀy, without an item bias.
 * The same input and seed give the same bytes whatever the number of threads. O(likes · f) an epoch.
 * Without likes all factors are zeros and there is no epoch.
 * @param likes users × items
 * @throws {RangeError} on an index or number out of its range, or data beyond 4 GiB
 * @throws {Error} when the loss is not a number; the signal's reason when aborted
 */
export async function trainBpr(
  likes: SparseRows,
  numItems: number,
  options: BprOptions,
  seed: number,
  handles: StepHandles,
  threads: number = availableParallelism(),
): Promise<BprResult> {
  checkSparseRows(likes, numItems)
  checkOptions(options)
  handles.signal.throwIfAborted()
  const { factors, epochs, learningRate } = options
  const numUsers = likes.indptr.length - 1
  if (likes.indices.length === 0) {
    return {
      itemFactors: new Float32Array(numItems * factors),
      userFactors: new Float32Array(numUsers * factors),
      losses: [],
    }
  }

  const bpr = openBpr(likes, numItems, options, seed, handles.signal, threads)
  try {
    const losses: number[] = []
    for (let epoch = 0; epoch < epochs; epoch++) {
      handles.progress.update('train bpr', epoch, epochs)
      const loss = await bpr.epoch(learningRate * (1 - (0.9 * epoch) / Math.max(1, epochs - 1)))
      if (!Number.isFinite(loss))
        throw new Error(`bpr: loss ${loss} after epoch ${epoch + 1}; learningRate ${learningRate} is too large`)
      losses.push(loss)
      handles.track({ 'bpr.loss': loss }, epoch + 1)
      handles.log.debug(`bpr: epoch ${epoch + 1} of ${epochs}, loss ${loss.toFixed(4)} a pair`)
    }
    handles.progress.update('train bpr', epochs, epochs)
    return { ...bpr.factors(), losses }
  } finally {
    await bpr.close()
  }
}

/** A model under way. */
export interface BprSession {
  /** Every like once; gives the mean −ln σ of the pairs. */
  epoch(learningRate: number): Promise<number>
  /** copies */
  factors(): Pick<BprResult, 'itemFactors' | 'userFactors'>
  close(): Promise<void>
}

/** @param likes checked, at least one */
export function openBpr(
  likes: SparseRows,
  numItems: number,
  { factors, regularization, negatives, initialScale }: BprOptions,
  seed: number,
  signal: AbortSignal,
  threads: number,
): BprSession {
  const random = randomSource(seed)
  const numUsers = likes.indptr.length - 1
  const numLikes = likes.indices.length
  const likedItems = Uint32Array.from(new Set(likes.indices)).sort()
  const blocks = Math.max(
    1,
    Math.min(MAX_BLOCKS, Math.floor(numLikes / LIKES_PER_BLOCK), Math.floor(likedItems.length / ITEMS_PER_BLOCK)),
  )
  const userStarts = evenCuts(likes.indptr, blocks)
  const itemStarts = Uint32Array.from({ length: blocks + 1 }, (_, block) =>
    Math.floor((block * likedItems.length) / blocks),
  )

  const plan = memoryPlan()
  const at = {
    indptr: plan.place((numUsers + 1) * 4),
    indices: plan.place(numLikes * 4),
    users: plan.place(numUsers * factors * 4),
    items: plan.place(numItems * factors * 4),
    userStarts: plan.place((blocks + 1) * 4),
    itemStarts: plan.place((blocks + 1) * 4),
    itemOrder: plan.place(likedItems.length * 4),
    blockOfItem: plan.place(numItems * 4),
    placeOfItem: plan.place(numItems * 4),
    cellStarts: plan.place(blocks * (blocks + 2) * 4),
    pairs: plan.place(numLikes * 8),
    trained: plan.place(blocks * 4),
  }
  const engine = openEngine(plan, {
    what: `bpr: ${numUsers} users, ${numItems} items, ${numLikes} likes, ${factors} factors`,
    scratchBytes: Math.ceil((widest(userStarts) * widest(itemStarts)) / 8),
    threads: Math.min(threads, blocks),
    signal,
  })
  const cells = { numRows: blocks, rowsPerChunk: 1 }
  const itemOrder = engine.u32(at.itemOrder, likedItems.length)
  const blockOfItem = engine.u32(at.blockOfItem, numItems)
  const placeOfItem = engine.u32(at.placeOfItem, numItems)
  const trained = engine.u32(at.trained, blocks)

  engine.u32(at.indptr, numUsers + 1).set(likes.indptr)
  engine.i32(at.indices, numLikes).set(likes.indices)
  engine.u32(at.userStarts, blocks + 1).set(userStarts)
  engine.u32(at.itemStarts, blocks + 1).set(itemStarts)
  itemOrder.set(likedItems)
  const scale = initialScale / Math.sqrt(factors)
  const fillRow = (rows: number, row: number) => {
    const values = engine.f32(rows + row * factors * 4, factors)
    for (let k = 0; k < factors; k++) values[k] = scale * random.normal()
  }
  for (let user = 0; user < numUsers; user++) if (likes.indptr[user + 1]! > likes.indptr[user]!) fillRow(at.users, user)
  for (const item of likedItems) fillRow(at.items, item)

  return {
    async epoch(learningRate) {
      shuffle(itemOrder, random)
      for (let block = 0; block < blocks; block++) {
        for (let place = itemStarts[block]!; place < itemStarts[block + 1]!; place++) {
          blockOfItem[itemOrder[place]!] = block
          placeOfItem[itemOrder[place]!] = place
        }
      }
      await engine.run(
        'arrangePairs',
        cells,
        random.uniform() * 2 ** 32,
        blocks,
        at.userStarts,
        at.indptr,
        at.indices,
        at.blockOfItem,
        at.placeOfItem,
        at.cellStarts,
        at.pairs,
      )
      let loss = 0
      let count = 0
      for (let round = 0; round < blocks; round++) {
        const losses = await engine.run(
          'learnPairs',
          cells,
          round,
          random.uniform() * 2 ** 32,
          blocks,
          at.cellStarts,
          at.pairs,
          negatives === 'popularity' ? 1 : 0,
          at.itemOrder,
          at.itemStarts,
          at.userStarts,
          at.users,
          at.items,
          factors,
          learningRate,
          regularization,
          at.trained,
        )
        for (let block = 0; block < blocks; block++) {
          loss += losses[block]!
          count += trained[block]!
        }
      }
      return count === 0 ? 0 : loss / count
    },
    factors: () => ({
      itemFactors: engine.f32(at.items, numItems * factors).slice(),
      userFactors: engine.f32(at.users, numUsers * factors).slice(),
    }),
    close: () => engine.close(),
  }
}

function checkOptions({ factors, epochs, learningRate, regularization, initialScale }: BprOptions): void {
  if (!Number.isInteger(factors) || factors < 8 || factors % 8 !== 0)
    throw new RangeError(`factors is ${factors}, expected a multiple of 8`)
  if (!Number.isInteger(epochs) || epochs < 1)
    throw new RangeError(`epochs is ${epochs}, expected a whole number from 1 up`)
  for (const [name, value] of Object.entries({ learningRate, initialScale })) {
    if (!(value > 0 && Number.isFinite(value))) throw new RangeError(`${name} is ${value}, expected a number above 0`)
  }
  if (!(regularization >= 0 && regularization * learningRate < 1))
    throw new RangeError(`regularization is ${regularization}, expected a number from 0 to below 1 / learningRate`)
}

/** Where to cut the rows into `parts` with about as many entries each. */
function evenCuts(indptr: Uint32Array, parts: number): Uint32Array {
  const numRows = indptr.length - 1
  const cuts = new Uint32Array(parts + 1)
  let row = 0
  for (let part = 1; part < parts; part++) {
    while (row < numRows && indptr[row]! < (part * indptr[numRows]!) / parts) row++
    cuts[part] = row
  }
  cuts[parts] = numRows
  return cuts
}

/** The longest of the parts that these cuts make. */
function widest(cuts: Uint32Array): number {
  return cuts.reduce((most, cut, at) => Math.max(most, at === 0 ? 0 : cut - cuts[at - 1]!), 0)
}

/** Fisher–Yates */
function shuffle(values: Uint32Array, random: RandomSource): void {
  for (let left = values.length; left > 1; left--) {
    const chosen = Math.floor(left * random.uniform())
    const last = values[left - 1]!
    values[left - 1] = values[chosen]!
    values[chosen] = last
  }
}
