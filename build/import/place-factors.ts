import { DataError } from '../io/files.ts'
import type { Log } from '../io/handles.ts'
import { PART, type Prepared } from '../nouns.ts'
import type { ImportedFactors } from './index.ts'

/** Ids named in a message. */
const MAX_EXAMPLES = 3

export interface PlacedFactors {
  factors: number
  /** numItems × factors by itemIndex, row-major; zeros for a movie that the engine does not know */
  itemFactors: Float32Array
  report: {
    engine: ImportedFactors['engine']
    ownFactors: number
    /** movies of the catalogue with factors that are not all zeros */
    matched: number
    withoutFactors: number
    /** rows whose id is no movie of the catalogue */
    unknownIds: number
    /**
     * Movies with factors that nobody rated in the train part: above 0, the engine learned from more than that, and
     * the metrics are not to be trusted.
     */
    unseenInTrain: number
  }
}

/**
 * The engine's rows by itemIndex, and what did not fit. Says so, and what the metrics take for granted.
 * @throws {DataError} when no id is a movie of the catalogue
 */
export function placeFactors(
  { engine, movieIds, ownFactors, factors, itemFactors }: ImportedFactors,
  { catalog, interactions }: Pick<Prepared, 'catalog' | 'interactions'>,
  log: Log,
): PlacedFactors {
  const numItems = catalog.movieIds.length
  const itemIndexOf = new Map(Array.from(catalog.movieIds, (movieId, itemIndex) => [movieId, itemIndex]))
  const ratedInTrain = new Uint8Array(numItems)
  for (const [entry, part] of interactions.parts.entries())
    if (part === PART.train) ratedInTrain[interactions.itemIndices[entry]!] = 1

  const placed = new Float32Array(numItems * factors)
  let matched = 0
  let unknownIds = 0
  let unseenInTrain = 0
  for (const [row, movieId] of movieIds.entries()) {
    const itemIndex = itemIndexOf.get(movieId)
    const values = itemFactors.subarray(row * factors, (row + 1) * factors)
    if (itemIndex === undefined) unknownIds++
    else if (values.some((value) => value !== 0)) {
      placed.set(values, itemIndex * factors)
      matched++
      if (ratedInTrain[itemIndex] === 0) unseenInTrain++
    }
  }
  if (matched === 0)
    throw new DataError(
      `none of the ${movieIds.length} imported ids (${[...movieIds.subarray(0, MAX_EXAMPLES)].join(', ')}, …) is a movie ` +
        `of the catalogue (${[...catalog.movieIds.subarray(0, MAX_EXAMPLES)].join(', ')}, …); ` +
        'expected the movieId of the tables that marquee prepare writes',
    )
  const report = { engine, ownFactors, matched, withoutFactors: numItems - matched, unknownIds, unseenInTrain }
  tell(report, log)
  return { factors, itemFactors: placed, report }
}

function tell(report: PlacedFactors['report'], log: Log): void {
  const { engine, ownFactors, matched, withoutFactors, unknownIds, unseenInTrain } = report
  log.info(
    `import: ${ownFactors} factors of ${engine} for ${matched} of ${matched + withoutFactors} movies; ` +
      `${unknownIds} ids are no movie of the catalogue`,
  )
  log.warn('import: the metrics are honest only if that engine learned from the train part of "marquee prepare" alone')
  if (unseenInTrain > 0)
    log.warn(`import: ${unseenInTrain} movies have factors that nobody rated in the train part: it learned from more`)
}
