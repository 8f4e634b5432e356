/** train.wasm: what every learner computes with. A file an idea; its typed interface has the same name in kernels/train/. */
export { extrapolateRows, gramianOfRows, solveByGradients, solveExactly, sumGramians, whitening, whitenRows } from './als'
export { arrangePairs, learnPairs } from './bpr'
export { sweepCorner, sweepPanel, sweepTiles } from './inverse'
export { gramRows, regressionRows, similarityRows } from './item-item'
export { packItems, rankItems, rankScores, rowNorms } from './rank'
export { solveRatings, sumRows } from './ratings'
export { nextItemRows, nextItemWeights } from './sequence'
