/** A number with its 95 % interval. */
export interface Interval {
  mean: number
  low: number
  high: number
}

/** What viewers of one arm did, summed. */
export interface Tally {
  /** viewers */
  units: number
  /** those who did it at least once */
  acted: number
  /** how often in all */
  total: number
  /** Σ n² over the viewers */
  squares: number
}

/** Of the standard normal distribution: 95 % lie within ±Z, and 80 % below POWER_Z. */
const Z = 1.959964
const POWER_Z = 0.841621

/** Share of the viewers who did it, by Wilson's score interval (1927), which is honest for few viewers and shares near 0. */
export function rateOf({ acted, units }: Tally): Interval {
  if (units === 0) return { mean: 0, low: 0, high: 1 }
  const rate = acted / units
  const spread = Z ** 2 / units
  const middle = (rate + spread / 2) / (1 + spread)
  const reach = (Z / (1 + spread)) * Math.sqrt((rate * (1 - rate)) / units + spread / (4 * units))
  // at 0 and 1 the bound is that very number; rounding would put it beside
  return {
    mean: rate,
    low: acted === 0 ? 0 : middle - reach,
    high: acted === units ? 1 : middle + reach,
  }
}

/** `of` minus `from`, of the shares: Newcombe's hybrid score interval (1998, method 10). */
export function rateDifference(of: Tally, from: Tally): Interval {
  const [a, b] = [rateOf(of), rateOf(from)]
  const mean = a.mean - b.mean
  return {
    mean,
    low: mean - Math.hypot(a.mean - a.low, b.high - b.mean),
    high: mean + Math.hypot(a.high - a.mean, b.mean - b.low),
  }
}

/** How often a viewer did it on average, by the normal approximation. */
export function countOf(tally: Tally): Interval {
  return around(meanOf(tally), standardError(tally))
}

/** `of` minus `from`, of the averages, whose spreads may differ (Welch). */
export function countDifference(of: Tally, from: Tally): Interval {
  return around(meanOf(of) - meanOf(from), Math.hypot(standardError(of), standardError(from)))
}

/**
 * The difference of shares that these numbers of viewers would show in four of five such experiments, were it there
 * (power 80 % at the 95 % interval), by the share of both together; null without viewers.
 */
export function detectableDifference(a: Tally, b: Tally): number | null {
  if (a.units === 0 || b.units === 0) return null
  const rate = (a.acted + b.acted) / (a.units + b.units)
  return (Z + POWER_Z) * Math.sqrt(rate * (1 - rate) * (1 / a.units + 1 / b.units))
}

/**
 * How likely numbers of viewers as uneven as these are, were they drawn by the shares: Pearson's χ² test. A small one
 * means that something else than the draw decided who was counted, and then no comparison holds.
 */
export function balanceOf(units: readonly number[], shares: readonly number[]): number {
  const total = units.reduce((sum, one) => sum + one, 0)
  if (total === 0) return 1
  const chiSquare = units.reduce((sum, one, arm) => sum + (one - total * shares[arm]!) ** 2 / (total * shares[arm]!), 0)
  return chiSquareTail(chiSquare, units.length - 1)
}

/** P(χ² ≥ x): in closed form for 1 and 2 degrees of freedom, from there up by two (Abramowitz & Stegun 26.4.8). */
export function chiSquareTail(x: number, degrees: number): number {
  if (x <= 0) return 1
  const half = x / 2
  let tail = degrees % 2 === 1 ? erfc(Math.sqrt(half)) : Math.exp(-half)
  // (x / 2)^(d / 2) · e^(−x / 2) / Γ(d / 2 + 1) of d = 1 or 2, and of d + 2 by the next factor
  let term = degrees % 2 === 1 ? 2 * Math.sqrt(half / Math.PI) * Math.exp(-half) : half * Math.exp(-half)
  for (let below = 2 - (degrees % 2); below < degrees; below += 2) {
    tail += term
    term *= half / (below / 2 + 1)
  }
  return tail
}

/** Of x from 0 up, within 1.2e-7 of itself (Numerical Recipes, 6.2). */
function erfc(x: number): number {
  const t = 1 / (1 + x / 2)
  const coefficients = [
    -1.26551223, 1.00002368, 0.37409196, 0.09678418, -0.18628806, 0.27886807, -1.13520398, 1.48851587, -0.82215223,
    0.17087277,
  ]
  const exponent = coefficients.reduceRight((sum, coefficient) => sum * t + coefficient, 0)
  return t * Math.exp(-x * x + exponent)
}

function meanOf({ units, total }: Tally): number {
  return units === 0 ? 0 : total / units
}

function standardError(tally: Tally): number {
  const { units, squares } = tally
  if (units < 2) return Number.POSITIVE_INFINITY
  const variance = (squares - units * meanOf(tally) ** 2) / (units - 1)
  return Math.sqrt(Math.max(0, variance) / units)
}

function around(mean: number, error: number): Interval {
  return { mean, low: mean - Z * error, high: mean + Z * error }
}
