/// <reference types="@webgpu/types" />
import type { Ranked, Ranker, RankShape } from '../rank/rank.ts'
import { checkSparseRows, type SparseRows } from '../sparse-rows.ts'
import { compile, type GpuMemory, MAX_GROUPS, openMemory, readBack, readShader, submit } from './compute.ts'
import type { GpuHandle } from './open-gpu.ts'
import { withColumns } from './padded.ts'

/** What a workgroup sorts in its memory. */
const MOST_K = 1024
/** Users at a time: more than a GPU does at once, and few enough to keep their scores small. */
const MOST_USERS = 4096

/**
 * Full ranking on the GPU: scores by blocks of users as one product, then a radix selection a user. It ranks as the CPU's
 * does; scores are f32 sums in an order of their own, so that two items closer than rounding may change places.
 * @param gpu stays open
 * @throws {RangeError} on a k beyond 1 to 1024, a catalogue of which the device does not bind one user's scores, or too
 * little memory
 */
export async function openGpuRanker(
  { numUsers, numItems, factors, k }: RankShape & { factors: number },
  gpu: GpuHandle,
  signal: AbortSignal,
): Promise<Ranker> {
  if (!(Number.isInteger(k) && k >= 1 && k <= MOST_K))
    throw new RangeError(`k is ${k}, expected a whole number from 1 to ${MOST_K} on a GPU`)
  const what = `ranking: ${numUsers} users, ${numItems} items, ${factors} factors`
  const quads = Math.ceil(factors / 4)
  const itemQuads = Math.ceil(numItems / 4)
  const mostUsers = Math.floor(gpu.maxBindingBytes / (16 * Math.max(quads, itemQuads, k / 4)))
  if (mostUsers < 1) throw new RangeError(`${what}: the scores of one user are beyond what ${gpu.name} binds`)
  const usersAtOnce = Math.max(1, Math.min(MOST_USERS, mostUsers, numUsers))

  const product = await compile(gpu, readShader('product.wgsl', { ORDERED: true }), 'multiply')
  const sorted = 2 ** Math.ceil(Math.log2(Math.max(2, k)))
  const ranking = await compile(gpu, readShader('rank.wgsl', { SIZE: sorted }), 'rank')
  const memory = openMemory(gpu)
  const users = memory.place(usersAtOnce * quads * 16)
  const keys = memory.place(usersAtOnce * itemQuads * 16)
  const lists = { items: memory.place(usersAtOnce * k * 4), scores: memory.place(usersAtOnce * k * 4) }

  return {
    async rank(userFactors, itemFactors, seen, { unranked } = {}) {
      checkLengths(userFactors, itemFactors, seen)
      const items = new Int32Array(numUsers * k)
      const scores = new Float32Array(numUsers * k)
      const own = openMemory(gpu)
      try {
        const blocks = placeItems(own, itemFactors, factors, gpu.maxBindingBytes)
        const hidden = Uint32Array.from({ length: numItems }, (_, item) => item).filter((item) => unranked?.[item])
        const shape = own.uniform(Uint32Array.of(numItems, itemQuads * 4, k, hidden.length))
        const hiddenItems = own.holding(hidden)
        for (let begin = 0; begin < numUsers; begin += usersAtOnce) {
          const end = Math.min(begin + usersAtOnce, numUsers)
          const block = await rankBlock(userFactors, seen, begin, end, { blocks, shape, hiddenItems })
          items.set(block.items, begin * k)
          scores.set(block.scores, begin * k)
        }
      } finally {
        own.destroy()
      }
      return { k, items, scores }
    },
    close: async () => memory.destroy(),
  }

  function checkLengths(userFactors: Float32Array, itemFactors: Float32Array, seen: SparseRows): void {
    for (const [name, found, expected] of [
      ['userFactors', userFactors.length, numUsers * factors],
      ['itemFactors', itemFactors.length, numItems * factors],
      ['indptr of seen', seen.indptr.length, numUsers + 1],
    ] as const) {
      if (found !== expected) throw new RangeError(`${name} has ${found} numbers, expected ${expected}`)
    }
    checkSparseRows(seen, numItems)
  }

  async function rankBlock(
    userFactors: Float32Array,
    { indptr, indices }: SparseRows,
    begin: number,
    end: number,
    { blocks, shape, hiddenItems }: { blocks: ItemBlock[]; shape: GPUBuffer; hiddenItems: GPUBuffer },
  ): Promise<Omit<Ranked, 'k'>> {
    const own = openMemory(gpu)
    try {
      const count = end - begin
      memory.write(users, withColumns(userFactors.subarray(begin * factors, end * factors), factors, quads * 4))
      const starts = own.holding(indptr.subarray(begin, end + 1).map((start) => start - indptr[begin]!))
      const seen = own.holding(indices.subarray(indptr[begin]!, indptr[end]!))
      const dispatches = blocks.map(({ flipped, firstQuad, numQuads }) => {
        const sizes = own.uniform(Uint32Array.of(count, quads, numQuads, itemQuads, firstQuad))
        return product.dispatch([sizes, users, flipped, keys], Math.ceil(count / 64), Math.ceil(numQuads / 16))
      })
      const buffers = [shape, keys, starts, seen, hiddenItems, lists.items, lists.scores]
      dispatches.push(ranking.dispatch(buffers, count))
      await Promise.all([memory.check(what), own.check(what)])
      submit(gpu, dispatches)
      const [items, scores] = await readBack(gpu, signal, [lists.items, lists.scores])
      return { items: new Int32Array(items!, 0, count * k), scores: new Float32Array(scores!, 0, count * k) }
    } finally {
      own.destroy()
    }
  }
}

/** Yᵀ of some items (padded factors × items). */
interface ItemBlock {
  flipped: GPUBuffer
  /** where the items begin in a row of scores, and how many they are, by fours */
  firstQuad: number
  numQuads: number
}

/** In blocks below what the device binds; 64 items are a tile of the product. */
function placeItems(memory: GpuMemory, itemFactors: Float32Array, factors: number, maxBytes: number): ItemBlock[] {
  const numItems = itemFactors.length / factors
  const columns = Math.ceil(factors / 4) * 4
  const tiles = Math.floor(maxBytes / (columns * 4 * 64))
  const itemsPerBlock = 64 * Math.max(1, Math.min(MAX_GROUPS, tiles))
  const blocks: ItemBlock[] = []
  for (let begin = 0; begin < numItems; begin += itemsPerBlock) {
    const end = Math.min(begin + itemsPerBlock, numItems)
    const numQuads = Math.ceil((end - begin) / 4)
    const flipped = new Float32Array(columns * numQuads * 4)
    for (let item = begin; item < end; item++) {
      for (let k = 0; k < factors; k++) flipped[k * numQuads * 4 + item - begin] = itemFactors[item * factors + k]!
    }
    blocks.push({ flipped: memory.holding(flipped), firstQuad: begin / 4, numQuads })
  }
  return blocks
}
