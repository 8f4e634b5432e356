import { ContentConfig } from '../schemas/config.ts'
import { placementColumns } from '../scoring/movie-features.ts'
import { ArtifactError, openTable } from './open-table.ts'
import type { ToldRows } from './rating-network.ts'
import { PLACEMENT } from './tables.ts'

export const PLACEMENT_FILE = 'placement.arrow'

/** int8 rows with a scale each: a row a feature, what it gives to a movie's row. */
export interface QuantizedRows {
  values: Int8Array
  scales: Float32Array
  width: number
}

/** Where a movie belongs that is not in the catalogue, by the features in core/scoring/movie-features.ts. */
export interface PlacementIndex {
  factors: QuantizedRows
  stars: QuantizedRows
  /** squared stars */
  starVariance: number
  /** how the texts of a movie are weighed */
  content: Pick<ContentConfig, 'fieldWeights' | 'maxTermsPerMovie'>
  /** what the model's rating network makes of what is told of a movie; null where it has none */
  told: ToldRows | null
}

/**
 * Views on the artifact.
 * @param shape of the model that it belongs to; @param told of its rating network, where it has one for new movies
 * @throws {ArtifactError} when it is not of this model's shape
 */
export function openPlacement(
  bytes: Uint8Array,
  shape: { numTerms: number; factors: number; starSize: number },
  told: ToldRows | null = null,
): PlacementIndex {
  const table = openTable(PLACEMENT_FILE, bytes, PLACEMENT)
  const factors = table.fixed<Int8Array>('factors')
  const stars = table.fixed<Int8Array>('stars')
  for (const [what, found, expected] of [
    ['rows', table.numRows, placementColumns(shape.numTerms).numColumns],
    ['factors of length', factors.size, shape.factors],
    ['stars of length', stars.size, shape.starSize],
  ] as const)
    if (found !== expected) throw new ArtifactError(`${PLACEMENT_FILE}: ${what} ${found}, expected ${expected}`)
  const metadata = (key: string) => table.metadata.get(key) ?? ''
  const starVariance = Number(metadata('starVariance') || Number.NaN)
  if (!(starVariance >= 0))
    throw new ArtifactError(
      `${PLACEMENT_FILE}: starVariance is ${metadata('starVariance')}, expected a number from 0 up`,
    )
  return {
    factors: { values: factors.values, scales: table.numbers('factorScale'), width: factors.size },
    stars: { values: stars.values, scales: table.numbers('starScale'), width: stars.size },
    starVariance,
    content: contentOf(metadata('fieldWeights'), metadata('maxTermsPerMovie')),
    told,
  }
}

function contentOf(fieldWeights: string, maxTermsPerMovie: string): PlacementIndex['content'] {
  try {
    return ContentConfig.pick({ fieldWeights: true, maxTermsPerMovie: true }).parse({
      fieldWeights: JSON.parse(fieldWeights),
      maxTermsPerMovie: Number(maxTermsPerMovie),
    })
  } catch (cause) {
    throw new ArtifactError(`${PLACEMENT_FILE}: fieldWeights or maxTermsPerMovie cannot be read`, { cause })
  }
}
