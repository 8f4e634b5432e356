import type { StarsEvaluation } from '#core/schemas/manifest.ts'

/** Predictions beside what came true, rating by rating. */
export interface PredictedRatings {
  predicted: Float32Array
  deviations: Float32Array
  /** stars */
  actual: Float32Array
}

/** Bins of half a star around whole and half stars. */
const BINS_PER_STAR = 2

/** Mean stars predicted and given in each bin of predicted stars that has any, from the lowest up. */
export function calibration({ predicted, actual }: PredictedRatings): StarsEvaluation['calibration'] {
  const bins = new Map<number, { ratings: number; predicted: number; actual: number }>()
  for (const [at, stars] of predicted.entries()) {
    const bin = Math.round(stars * BINS_PER_STAR)
    const sums = bins.get(bin) ?? { ratings: 0, predicted: 0, actual: 0 }
    bins.set(bin, { ratings: sums.ratings + 1, predicted: sums.predicted + stars, actual: sums.actual + actual[at]! })
  }
  return [...bins]
    .sort(([a], [b]) => a - b)
    .map(([bin, sums]) => ({
      from: (bin - 0.5) / BINS_PER_STAR,
      to: (bin + 0.5) / BINS_PER_STAR,
      ratings: sums.ratings,
      predicted: sums.predicted / sums.ratings,
      actual: sums.actual / sums.ratings,
    }))
}

/** Shares of the ratings that are no further off than one and two of their standard deviations. */
export function withinDeviation({
  predicted,
  deviations,
  actual,
}: PredictedRatings): StarsEvaluation['withinDeviation'] {
  const shareWithin = (times: number) =>
    predicted.filter((stars, at) => Math.abs(stars - actual[at]!) <= times * deviations[at]!).length / predicted.length
  return { one: shareWithin(1), two: shareWithin(2) }
}
