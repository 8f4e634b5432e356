import { PLACEMENT } from '#core/format/tables.ts'
import { placementColumns } from '#core/scoring/movie-features.ts'
import type { Trained } from '../nouns.ts'
import { encodeTable } from './encode-table.ts'
import { quantizeRows } from './quantize.ts'

/** placement.arrow: int8 rows with a scale each; no file where there is no placement. */
export function encodePlacement({
  placement,
  content,
  factors,
  stars,
}: Pick<Trained, 'placement' | 'content' | 'factors' | 'stars'>): [string, Uint8Array][] {
  if (!placement || !stars) return []
  const { numColumns } = placementColumns(content.terms.length)
  const ofFactors = quantizeRows(placement.factors, numColumns, factors)
  const ofStars = quantizeRows(placement.stars, numColumns, stars.size)
  const { fieldWeights, maxTermsPerMovie } = placement.content
  return [
    [
      'placement.arrow',
      encodeTable(
        PLACEMENT,
        numColumns,
        {
          factors: { size: factors, values: ofFactors.quantized },
          factorScale: ofFactors.scales,
          stars: { size: stars.size, values: ofStars.quantized },
          starScale: ofStars.scales,
        },
        {
          starVariance: String(placement.starVariance),
          fieldWeights: JSON.stringify(fieldWeights),
          maxTermsPerMovie: String(maxTermsPerMovie),
        },
      ),
    ],
  ]
}
