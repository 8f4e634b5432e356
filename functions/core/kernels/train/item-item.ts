/**
 * Items × items from users × items, X: counts, similarities, and the strongest of a row. `indptr`, `indices` are items ×
 * users, `userIndptr`, `userIndices` the same likes by user, ascending within each and none twice.
 */
export interface ParallelItemItemKernels {
  /**
   * Rows of XᵀX + diag(ridge + dropout · likes) into the tiles of train/inverse.ts. Scratch: 4 bytes a padded item.
   * @param indptr goes on to the padded number of items, its rows empty
   */
  gramRows(
    begin: number,
    end: number,
    scratch: number,
    indptr: number,
    indices: number,
    userIndptr: number,
    userIndices: number,
    ridge: number,
    dropout: number,
    tiles: number,
    numTiles: number,
    bytes: number,
  ): undefined
  /**
   * Of each row r the `most` weights −P_rj / P_jj, j ≠ r, farthest from 0, where the tiles hold −P.
   * Scratch: 4 · (numItems + most) bytes.
   * @param diagonal P_jj as f32; @param outIndices, outWeights a row's start at r · most, by index; @param outCounts how many
   */
  regressionRows(
    begin: number,
    end: number,
    scratch: number,
    tiles: number,
    numTiles: number,
    bytes: number,
    numItems: number,
    diagonal: number,
    most: number,
    outIndices: number,
    outWeights: number,
    outCounts: number,
  ): undefined
  /**
   * The same of sum_rj / (own_r · other_j + shrinkage), j ≠ r, where sum_rj is of the weights of the users who like both.
   * Scratch: 4 · (3 · numItems + numItems / 32 + 1 + most) bytes.
   * @param userWeights an f32 a user
   */
  similarityRows(
    begin: number,
    end: number,
    scratch: number,
    indptr: number,
    indices: number,
    userIndptr: number,
    userIndices: number,
    userWeights: number,
    numItems: number,
    own: number,
    other: number,
    shrinkage: number,
    most: number,
    outIndices: number,
    outWeights: number,
    outCounts: number,
  ): undefined
  /**
   * Of each row r the ridge regression of item r on the items that it has in `nearest` alone, by index, in place of what they were
   * chosen by. Scratch: 4 · numUsers + 4 · width · (width + 1) + 16 bytes, width being
   * `most` up to a multiple of 8, and 8 bytes a like of the `most` most liked items.
   * @returns how many rows are not positive definite in f32: their weights are 0
   */
  nearestRows(
    begin: number,
    end: number,
    scratch: number,
    indptr: number,
    indices: number,
    userWeights: number,
    numUsers: number,
    diagonal: number,
    most: number,
    nearest: number,
    weights: number,
    counts: number,
  ): number
}
