import { type LocalTitles, NO_LOCAL_TITLES, openLocalTitles } from './local-titles.ts'
import { ArtifactError, openTable } from './open-table.ts'
import { CATALOG } from './tables.ts'

/** Every movie by itemIndex; numbers are views on the artifact, titles are decoded when asked for. */
export interface CatalogIndex {
  numItems: number
  /** ascending */
  movieIds: Int32Array
  /** 0 unknown */
  years: Int16Array
  /** bit g: the movie has genreNames[g] */
  genreMasks: Uint32Array
  genreNames: string[]
  /** original language: languageCodes[language − 1]; 0 unknown */
  languages: Uint8Array
  /** lower case; none where no source tells languages */
  languageCodes: string[]
  /** minutes, 0 unknown */
  runtimes: Int16Array
  /** 0 unknown */
  imdbIds: Int32Array
  /** 0 unknown */
  tmdbIds: Int32Array
  numRatings: Int32Array
  /** stars, 0 without ratings */
  meanRatings: Float32Array
  /** 0 to 1 */
  popularity: Float32Array
  title(itemIndex: number): string
  localTitles: LocalTitles
  /** one list for all movies of the same genres: not to be changed */
  genres(itemIndex: number): string[]
  /** @returns −1 for a movie that the catalogue lacks; O(log n) */
  itemIndexOf(movieId: number): number
}

/**
 * @param localTitles bytes of `local-titles.arrow`; null where the model has none
 * @throws {ArtifactError} when the bytes are not a catalogue, or its ids do not ascend
 */
export function openCatalog(bytes: Uint8Array, localTitles: Uint8Array | null = null): CatalogIndex {
  const table = openTable('catalog.arrow', bytes, CATALOG)
  const movieIds = table.numbers<Int32Array>('movieId')
  const genreNames = JSON.parse(table.metadata.get('genres') ?? '[]') as string[]
  const genreMasks = table.numbers<Uint32Array>('genreMask')
  for (let i = 1; i < movieIds.length; i++)
    if (movieIds[i]! <= movieIds[i - 1]!)
      throw new ArtifactError(`catalog.arrow: movieId ${movieIds[i]} in row ${i} does not ascend`)

  // those that were asked for: decoding a name takes longer than all else that is said of a movie
  const titles = new Array<string | undefined>(table.numRows)
  const genresOf = new Map<number, string[]>()
  const namesOf = (mask: number) => {
    const names = genreNames.filter((_, bit) => (mask >>> bit) & 1)
    genresOf.set(mask, names)
    return names
  }
  return {
    numItems: table.numRows,
    movieIds,
    years: table.numbers('year'),
    genreMasks,
    genreNames,
    languages: table.numbers('language'),
    languageCodes: JSON.parse(table.metadata.get('languages') ?? '[]') as string[],
    runtimes: table.numbers('runtime'),
    imdbIds: table.numbers('imdbId'),
    tmdbIds: table.numbers('tmdbId'),
    numRatings: table.numbers('numRatings'),
    meanRatings: table.numbers('meanRating'),
    popularity: table.numbers('popularity'),
    localTitles: localTitles ? openLocalTitles(localTitles, table.numRows) : NO_LOCAL_TITLES,
    title: (itemIndex) => (titles[itemIndex] ??= table.text('title', itemIndex)),
    genres: (itemIndex) => genresOf.get(genreMasks[itemIndex]!) ?? namesOf(genreMasks[itemIndex]!),
    itemIndexOf: (movieId) => indexInSorted(movieIds, movieId),
  }
}

/** Binary search in ascending numbers; −1 where absent. */
export function indexInSorted(sorted: Int32Array, value: number): number {
  let low = 0
  let high = sorted.length - 1
  while (low <= high) {
    const middle = (low + high) >>> 1
    if (sorted[middle]! < value) low = middle + 1
    else if (sorted[middle]! > value) high = middle - 1
    else return middle
  }
  return -1
}
