import type { Settings } from './space.ts'

export const STRATEGIES = ['random', 'halving'] as const
export type StrategyName = (typeof STRATEGIES)[number]

/** What a trial is to try. */
export interface Ask {
  settings: Settings
  /** share of the configured iterations that the factors are learned with, above 0 up to 1 */
  budget: number
}

/** Asks in rounds, and is told after each what came of it, in its order: the objective, null where a trial failed. */
export type Strategy = Generator<Ask[], void, (number | null)[]>

/** Every draw is judged at once (Bergstra & Bengio 2012). */
export function* randomSearch(draws: Settings[]): Strategy {
  yield draws.map((settings) => ({ settings, budget: 1 }))
}

/** Budgets of successive halving, in its order. */
const RUNGS = [0.25, 0.5, 1]

/**
 * Successive halving (Jamieson & Talwalkar 2016): all draws with a quarter of the iterations, the better half of them
 * with half, the better half of these with all: three quarters of the iterations of random search. A trial that fails
 * is out.
 */
export function* successiveHalving(draws: Settings[]): Strategy {
  let left = draws
  for (const [rung, budget] of RUNGS.entries()) {
    const values = yield left.map((settings) => ({ settings, budget }))
    left = left
      .map((settings, at) => ({ settings, value: values[at] ?? null }))
      .filter(({ value }) => value !== null)
      // the sort is stable: of equal ones the earlier draw goes on
      .sort((a, b) => b.value! - a.value!)
      .slice(0, sizeOfRung(draws.length, rung + 1))
      .map(({ settings }) => settings)
  }
}

/** Trials that successive halving takes, when none fails. */
export function halvingTrials(draws: number): number {
  return RUNGS.reduce((sum, _, rung) => sum + sizeOfRung(draws, rung), 0)
}

function sizeOfRung(draws: number, rung: number): number {
  return Math.max(1, Math.floor(draws / 2 ** rung))
}
