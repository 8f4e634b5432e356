import { foldInRatings, type RatingModel } from '../scoring/fold-in-ratings.ts'
import { ArtifactError, openTable } from './open-table.ts'
import { STARS, STARS_PRIOR } from './tables.ts'

/** Files that predicted stars are read from. */
export const STARS_FILES = ['stars.arrow', 'stars-prior.arrow'] as const

/**
 * Views on the artifacts; the rows stay int8. Null where they have no rows: a model that predicts no stars.
 * @throws {ArtifactError} for a number that cannot be, or a prior that has no inverse
 */
export function openStars(read: (file: (typeof STARS_FILES)[number]) => Uint8Array): RatingModel | null {
  const [itemsFile, priorFile] = STARS_FILES
  const table = openTable(itemsFile, read(itemsFile), STARS)
  const prior = openTable(priorFile, read(priorFile), STARS_PRIOR)
  if (table.numRows === 0) return null

  const { values: items, size } = table.fixed<Int8Array>('factors')
  const { values: itemTraces, size: traceSize } = table.fixed<Int8Array>('traces')
  const { values: userPrecision, size: width } = prior.fixed<Float32Array>('precision')
  for (const [where, found] of [
    [`${itemsFile}: traces of length`, traceSize],
    [`${priorFile}: rows`, prior.numRows],
    [`${priorFile}: precision of length`, width],
  ] as const)
    if (found !== size) throw new ArtifactError(`${where} ${found}, expected ${size}`)

  const number = (key: string, isValid: (value: number) => boolean, expected: string) => {
    const value = Number(table.metadata.get(key) ?? Number.NaN)
    if (!isValid(value))
      throw new ArtifactError(`${itemsFile}: ${key} is ${table.metadata.get(key)}, expected ${expected}`)
    return value
  }
  const lowest = number('lowest', Number.isFinite, 'a number')
  const model: RatingModel = {
    size,
    mean: number('mean', Number.isFinite, 'a number'),
    lowest,
    highest: number('highest', (value) => value >= lowest, `a number from ${lowest} up`),
    items,
    itemUnits: table.numbers('factorScale'),
    itemTraces,
    traceUnits: table.numbers('traceScale'),
    itemScales: table.numbers('noiseScale'),
    itemVariances: table.numbers('variance'),
    noisePrecision: number('noisePrecision', (value) => value > 0, 'a positive number'),
    scaleShape: number('scaleShape', (value) => value >= 0, 'a number from 0 up'),
    userMean: prior.numbers('mean'),
    userPrecision,
  }
  const wrong = model.itemScales.findIndex((scale) => !(scale > 0))
  if (wrong >= 0)
    throw new ArtifactError(`${itemsFile}: noiseScale ${model.itemScales[wrong]} at ${wrong}, expected above 0`)
  try {
    foldInRatings(model, [], [])
  } catch (cause) {
    throw new ArtifactError(`${priorFile}: ${(cause as Error).message}`, { cause })
  }
  return model
}
