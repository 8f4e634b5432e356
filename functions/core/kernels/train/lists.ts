/**
 * Scores of a few movies for one user at a time, by the movies' own rows: what top lists of everybody are made of. Of each
 * row `bounds` (uint32, 2 × rows) has where its `entries` begin and end; they are 32-bit numbers: the column and, in the low 8
 * bits, the weight, which is worth `scales` (f32) of its row. Every argument that is not a count is an address.
 */
export interface ListKernels {
  /** out[column] += strength · scale · weight (int8) of all entries of some rows; `strengths` are f32, one a row */
  addEntries(
    rows: number,
    strengths: number,
    count: number,
    bounds: number,
    entries: number,
    scales: number,
    out: number,
  ): void
  /**
   * `profileOf` of scoring/content-scores.ts in f32, at unit length; weights are uint8.
   * @param sums zeros, an f32 a column; then the weights of the profile
   * @param traits of each column its worth (f32) and how many rows have it (uint32)
   * @param terms uint32, one more than there are columns; then those with a weight
   * @param worths f32, as many; @param postings uint32, steps + 1
   * @param allowed rows that the terms of several rows may have together
   * @returns how many have a weight
   */
  openProfile(
    rows: number,
    count: number,
    bounds: number,
    entries: number,
    scales: number,
    sums: number,
    traits: number,
    terms: number,
    worths: number,
    postings: number,
    steps: number,
    allowed: number,
  ): number
  /** Zeros again where `openProfile` left weights. */
  closeProfile(terms: number, count: number, sums: number): void
  /** out[place] = scale · Σ weight (uint8) · sums[column] of each row */
  profileProducts(
    rows: number,
    count: number,
    bounds: number,
    entries: number,
    scales: number,
    sums: number,
    out: number,
  ): void
  /** out[place] = scale · row · x of int8 rows (rows × factors); @param factors a multiple of 8 */
  factorProducts(
    rows: number,
    count: number,
    quantized: number,
    scales: number,
    factors: number,
    x: number,
    out: number,
  ): void
  /** As the Worker's, of kernels/serve.ts: `farthest` is an f32 a row. @param numItems a multiple of 16, of both */
  farthestFromZero(rows: number, count: number, blocked: number, numItems: number, farthest: number): void
  /** @returns how many items there are, as a heap with the worst on top */
  blendBest(
    rows: number,
    scales: number,
    count: number,
    blocked: number,
    numItems: number,
    k: number,
    margin: number,
    heapScores: number,
    heapItems: number,
  ): number
}
