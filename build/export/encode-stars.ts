import { STARS, STARS_PRIOR } from '#core/format/tables.ts'
import type { RatingModel } from '#core/scoring/fold-in-ratings.ts'
import { encodeTable } from './encode-table.ts'
import { quantizeRows } from './quantize.ts'

/** Length of the rows of a table that has none: a column has a length even so. */
const SIZE_OF_NONE = 8

/** stars.arrow and stars-prior.arrow: int8 rows with a scale each, the rest as it is. @param stars null: tables without rows */
export function encodeStars(stars: RatingModel<Float32Array> | null): [string, Uint8Array][] {
  const numItems = stars?.itemScales.length ?? 0
  const size = stars?.size ?? SIZE_OF_NONE
  const nothing = new Float32Array(0)
  const factors = quantizeRows(stars?.items ?? nothing, numItems, size)
  const traces = quantizeRows(stars?.itemTraces ?? nothing, numItems, size)
  const { mean, lowest, highest, noisePrecision, scaleShape } = stars ?? {}
  return [
    [
      'stars.arrow',
      encodeTable(
        STARS,
        numItems,
        {
          factors: { size, values: factors.quantized },
          factorScale: factors.scales,
          traces: { size, values: traces.quantized },
          traceScale: traces.scales,
          noiseScale: stars?.itemScales ?? nothing,
          variance: stars?.itemVariances ?? nothing,
        },
        Object.fromEntries(
          Object.entries({ mean, lowest, highest, noisePrecision, scaleShape }).map(([key, value]) => [
            key,
            String(value),
          ]),
        ),
      ),
    ],
    [
      'stars-prior.arrow',
      encodeTable(STARS_PRIOR, stars ? size : 0, {
        mean: stars?.userMean ?? nothing,
        precision: { size, values: stars?.userPrecision ?? nothing },
      }),
    ],
  ]
}
