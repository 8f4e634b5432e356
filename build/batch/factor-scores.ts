/// <reference path="../../functions/core/kernels/webassembly.d.ts" />
import { openTrainKernels } from '#core/kernels/train.ts'
import type { ServedFactors } from './factor-lists.ts'
import { layOut } from './rooms.ts'

/** Scores by the factors of a few movies. */
export interface FactorScores {
  /** Products of a folded-in user with the served rows of items. O(items · factors). */
  scores(items: Int32Array, vector: Float32Array, out: Float32Array): void
}

/** @param module compiled train kernels */
export function openFactorScores(module: WebAssembly.Module, served: ServedFactors): FactorScores {
  const { numItems, factors } = served
  const { place, makeMemory } = layOut()
  const at = {
    quantized: place(numItems * factors),
    scales: place(4 * numItems),
    vector: place(4 * factors),
    items: place(4 * numItems),
    products: place(4 * numItems),
  }
  const memory = makeMemory()
  const { buffer } = memory
  const kernels = openTrainKernels(module, memory)
  new Int8Array(buffer, at.quantized, numItems * factors).set(served.quantized)
  new Float32Array(buffer, at.scales, numItems).set(served.scales)
  const x = new Float32Array(buffer, at.vector, factors)
  const items = new Int32Array(buffer, at.items, numItems)
  const products = new Float32Array(buffer, at.products, numItems)
  return {
    scores(wanted, vector, out) {
      items.set(wanted)
      x.set(vector)
      kernels.factorProducts(at.items, wanted.length, at.quantized, at.scales, factors, at.vector, at.products)
      for (let row = 0; row < wanted.length; row++) out[row] = products[row]!
    },
  }
}
