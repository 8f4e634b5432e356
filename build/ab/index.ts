import type { Experiment } from '#core/schemas/experiment.ts'
import { type Outcome, type Rows, readArms, readOutcomes } from './outcomes.ts'
import {
  balanceOf,
  countDifference,
  countOf,
  detectableDifference,
  type Interval,
  rateDifference,
  rateOf,
  type Tally,
} from './statistics.ts'

export type { Interval } from './statistics.ts'

/** Draws as uneven as this come by chance once in a thousand experiments. */
const UNBALANCED = 0.001
/** Below so many viewers an arm, or acts of both together, nothing is said of a difference. */
const FEWEST = { viewers: 100, acted: 10 }
const NONE: Tally = { units: 0, acted: 0, total: 0, squares: 0 }

/** An arm beside the first one. */
export interface Comparison {
  arm: string
  /** share of the viewers, minus that of the first arm */
  rate: Interval
  /** times a viewer, minus those of the first arm */
  perViewer: Interval
  /** smallest difference of shares that would probably have shown; null without viewers */
  detectable: number | null
  /** unclear: the interval of the rate holds 0; tooFew: nothing can be said yet */
  verdict: 'more' | 'fewer' | 'unclear' | 'tooFew'
}

export interface OutcomeReport extends Outcome {
  arms: { arm: string; viewers: number; acted: number; rate: Interval; perViewer: Interval }[]
  comparisons: Comparison[]
}

export interface AbReport {
  experiment: Experiment
  /** ISO time until which it was looked at */
  until: string
  arms: { arm: string; share: number; viewers: number; users: number }[]
  /** viewers that several arms have answered; left out */
  moved: number
  /** whether the viewers came as the shares say */
  balance: { probability: number; isBalanced: boolean }
  outcomes: OutcomeReport[]
  /** what to make of it, a sentence each */
  conclusions: string[]
}

/**
 * An experiment's report: who was answered by which arm, what they did from then on, and how sure one can be.
 * @param likedFrom stars of a like
 */
export async function report(experiment: Experiment, rows: Rows, likedFrom: number, now: Date): Promise<AbReport> {
  const until = experiment.endedAt ?? now.toISOString()
  const untilSeconds = Math.floor(Date.parse(until) / 1000)
  const counted = await readArms(rows, experiment, untilSeconds)
  const outcomes = await readOutcomes(rows, experiment, untilSeconds, likedFrom)
  const arms = experiment.arms.map(({ name: arm, share }) => {
    const { viewers = 0, users = 0 } = counted.arms.find((one) => one.arm === arm) ?? {}
    return { arm, share, viewers, users }
  })
  const probability = balanceOf(
    arms.map(({ viewers }) => viewers),
    arms.map(({ share }) => share),
  )
  const told = {
    experiment,
    until,
    arms,
    moved: counted.moved,
    balance: { probability, isBalanced: probability >= UNBALANCED },
    outcomes: outcomes.map(({ outcome, tallies }) =>
      outcomeReport(
        outcome,
        arms.map(({ arm }) => ({ arm, tally: tallies.get(arm) ?? NONE })),
      ),
    ),
  }
  return { ...told, conclusions: conclusionsOf(told) }
}

function outcomeReport(outcome: Outcome, arms: { arm: string; tally: Tally }[]): OutcomeReport {
  const [first, ...others] = arms
  return {
    ...outcome,
    arms: arms.map(({ arm, tally }) => ({
      arm,
      viewers: tally.units,
      acted: tally.acted,
      rate: rateOf(tally),
      perViewer: countOf(tally),
    })),
    comparisons: others.map(({ arm, tally }) => {
      const rate = rateDifference(tally, first!.tally)
      return {
        arm,
        rate,
        perViewer: countDifference(tally, first!.tally),
        detectable: detectableDifference(tally, first!.tally),
        verdict: verdictOf(rate, tally, first!.tally),
      }
    }),
  }
}

function verdictOf({ low, high }: Interval, a: Tally, b: Tally): Comparison['verdict'] {
  if (Math.min(a.units, b.units) < FEWEST.viewers || a.acted + b.acted < FEWEST.acted) return 'tooFew'
  return low > 0 ? 'more' : high < 0 ? 'fewer' : 'unclear'
}

function conclusionsOf({ arms, moved, balance, outcomes }: Omit<AbReport, 'conclusions'>): string[] {
  const sentences: string[] = []
  if (arms.every(({ viewers }) => viewers === 0)) return ['Nobody has been answered by an arm yet.']
  if (!balance.isBalanced)
    sentences.push(
      `The viewers did not come as the shares say (probability ${balance.probability.toExponential(1)}): something but the draw decided who was counted. Do not believe the differences before you know what.`,
    )
  if (moved > 0)
    sentences.push(
      `${moved} ${moved === 1 ? 'viewer was' : 'viewers were'} answered by several arms, as a change of shares brings about; left out.`,
    )
  const compared = outcomes.flatMap(({ name, comparisons }) => comparisons.map((one) => ({ name, ...one })))
  for (const { name, arm, rate, verdict } of compared)
    if (verdict === 'more' || verdict === 'fewer')
      sentences.push(
        `${name}: ${verdict} of ${arm} than of ${arms[0]!.arm}, by ${points(Math.abs(rate.mean))} (95 %: ${points(rate.low)} to ${points(rate.high)}).`,
      )
  const unclear = compared.filter(({ verdict }) => verdict === 'unclear')
  if (unclear.length > 0)
    sentences.push(
      `No difference is shown in ${unclear.map(({ name, arm, detectable }) => `${name} of ${arm} (one under ${points(detectable!)} would probably not show)`).join(', ')}: that is not the same as there being none.`,
    )
  const tooFew = compared.filter(({ verdict }) => verdict === 'tooFew')
  if (tooFew.length > 0)
    sentences.push(
      `Too little yet to say anything of ${tooFew.map(({ name, arm }) => `${name} of ${arm}`).join(', ')}: it takes ${FEWEST.viewers} viewers an arm, and ${FEWEST.acted} who did it.`,
    )
  if (compared.length > tooFew.length)
    sentences.push(
      `These are ${compared.length} comparisons at 95 % each: one in twenty shows a difference where there is none, and looking every day until one does makes it more. Choose the outcome and the end before you look.`,
    )
  return sentences
}

/** Percentage points. */
function points(difference: number): string {
  return `${(100 * difference).toFixed(2)} points`
}
