/**
 * What a history's items say about the next one, as assembly/sequence.ts sums and solves it. A feature is an item at a
 * scale; features stand by scale, each scale in whole tiles of train/inverse.ts.
 */
export interface ParallelSequenceKernels {
  /**
   * Rows of XᵀX + diag(ridges) into f32 tiles, and of XᵀY into `answers`, numTiles × numTargetTiles tiles of strips of
   * eight. Scratch: (numTiles + numTargetTiles) · TILE f64.
   * @param userItems all histories, one behind another, in the order of time
   * @param places positions in userItems by the item there; @param placeUsers whose
   * @param featureItems −1 for none; @param tileScales the scale of a tile's features
   * @param columns scales × items: the feature of an item, or −1; @param targets the column of an item in Y, or −1
   * @param lengths i32 a scale; @param ridges f64 a scale
   * @param powers f64, scales × (reach + 1), of lags 1, 2, …; @param sums f64, scales × scales × (reach + 1): of
   * products of the first n powers
   * @param reach the longest length
   */
  nextItemRows(
    begin: number,
    end: number,
    scratch: number,
    userIndptr: number,
    userItems: number,
    placeIndptr: number,
    places: number,
    placeUsers: number,
    featureItems: number,
    tileScales: number,
    columns: number,
    targets: number,
    numItems: number,
    numScales: number,
    lengths: number,
    ridges: number,
    powers: number,
    sums: number,
    reach: number,
    tiles: number,
    numTiles: number,
    answers: number,
    numTargetTiles: number,
  ): undefined
  /**
   * Of each feature of a row of tiles the `most` weights of P·XᵀY farthest from 0, where the tiles hold −P.
   * Scratch: numTiles + numTargetTiles tiles and numTargets + most f32.
   * @param outIndices, outWeights a feature's start at feature · most, by column of Y; @param outCounts how many
   */
  nextItemWeights(
    begin: number,
    end: number,
    scratch: number,
    tiles: number,
    numTiles: number,
    answers: number,
    numTargetTiles: number,
    numTargets: number,
    most: number,
    outIndices: number,
    outWeights: number,
    outCounts: number,
  ): undefined
  /**
   * Of each item the `most` features f, item f % numItems at scale f / numItems, that go before it most,
   * by |Xᵀy| · norm, and the ridge regression of its places on these alone. Scratch, with n = numScales · numItems:
   * 4 · (3n + n / 32 + 1 + most + numUsers + width · (width + 1)) + 16 bytes, width being `most` up to a multiple of 8, and 12 bytes a place of the `most`
   * features with most of them.
   * @param histories NEXT_FIELDS, each an i32
   * @param outFeatures, outWeights an item's start at item · most, by feature; @param outCounts how many
   * @returns how many items' systems are not positive definite in f32: their weights are 0
   */
  nearestNextRows(
    begin: number,
    end: number,
    scratch: number,
    histories: number,
    most: number,
    outFeatures: number,
    outWeights: number,
    outCounts: number,
  ): number
}

/** What `nearestNextRows` reads: numbers, and addresses of what `nextItemRows` reads by the same names. */
export const NEXT_FIELDS = [
  'userIndptr',
  'userItems',
  'placeIndptr',
  'places',
  'placeUsers',
  /** f32, scales × items: what Xᵀy of a feature is multiplied with before features are compared */
  'norms',
  'numUsers',
  'numItems',
  'numScales',
  'lengths',
  'ridges',
  'powers',
  'sums',
  'reach',
] as const
