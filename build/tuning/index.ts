export { lockRunFolder, openRunFolder, type RunFacts, type RunFolder, type Trial } from './run-folder.ts'
export { runTrials } from './run-trials.ts'
export { drawDifferent, examplesOf, type Settings, Space } from './space.ts'
export {
  type Ask,
  halvingTrials,
  randomSearch,
  STRATEGIES,
  type Strategy,
  type StrategyName,
  successiveHalving,
} from './strategies.ts'
