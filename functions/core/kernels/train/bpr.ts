/**
 * BPR (Rendle et al. 2009): for a user u, a liked item i and another item j, maximize ln σ(x_uᵀ(y_i − y_j)) by stochastic
 * gradients, with λ(|x_u|² + |y_i|² + |y_j|²)/2 taken off.
 *
 * Users and items are cut into `blocks` blocks each, so that the cells (user block b, item block (b + round) mod blocks)
 * of one round share no row: they run side by side, and the result does not depend on who runs which. A pair's negative
 * is drawn from its own item block. Item blocks are dealt anew each epoch, so over the epochs every item meets every
 * other; within one epoch an item has the other items of its block as rivals. Only liked items are in blocks.
 * Every draw hangs on (seed, cell, place in the cell) alone. Matrices are row-major f32.
 */
export interface ParallelBprKernels {
  /**
   * For user blocks begin ≤ b < end: their likes as pairs (user, place of the item), by item block, shuffled within each.
   * @param userStarts blocks + 1; @param blockOfItem u32, one an item; @param placeOfItem u32, where it stands in itemOrder
   * @param cellStarts out, blocks × (blocks + 2): cell c of block b has the pairs from [b][c] to [b][c + 1]
   * @param pairs out, two u32 a like
   */
  arrangePairs(
    begin: number,
    end: number,
    scratch: number,
    seed: number,
    blocks: number,
    userStarts: number,
    indptr: number,
    indices: number,
    blockOfItem: number,
    placeOfItem: number,
    cellStarts: number,
    pairs: number,
  ): undefined
  /**
   * A gradient step for each pair of the cells (b, (b + round) mod blocks), begin ≤ b < end. A user who likes whatever is
   * drawn for him 16 times has no step. Scratch: a bit for each user and item of the largest cell.
   * @param byPopularity not 0: negatives are the items of random pairs of the cell; else uniform over the item block
   * @param itemOrder liked items by block; @param itemStarts blocks + 1
   * @param trained out, u32, one a user block: how many pairs found a negative
   * @returns Σ −ln σ over these pairs, each before its step
   */
  learnPairs(
    begin: number,
    end: number,
    scratch: number,
    round: number,
    seed: number,
    blocks: number,
    cellStarts: number,
    pairs: number,
    byPopularity: number,
    itemOrder: number,
    itemStarts: number,
    userStarts: number,
    users: number,
    items: number,
    factors: number,
    rate: number,
    regularization: number,
    trained: number,
  ): number
}
