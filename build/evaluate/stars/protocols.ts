/** How a published evaluation of predicted stars divides the ratings: every fold is predicted once. */
export interface StarProtocol {
  /** in words, for the report */
  words: string
  folds: number
  /** names of the files that give a fold, from 1 on; null: drawn by seed */
  files: ((fold: number) => { train: string; test: string }) | null
}

export const STAR_PROTOCOLS = {
  'ml-100k-u1-u5': {
    words: 'the folds that MovieLens 100K comes with: u1.test to u5.test are predicted, each learned from its .base',
    folds: 5,
    files: (fold: number) => ({ train: `u${fold}.base`, test: `u${fold}.test` }),
  },
  'ml-1m-5-fold': {
    words: 'five folds of the ratings drawn by seed, each predicted by what is learned from the other four',
    folds: 5,
    files: null,
  },
} as const satisfies Record<string, StarProtocol>

export type StarProtocolName = keyof typeof STAR_PROTOCOLS
