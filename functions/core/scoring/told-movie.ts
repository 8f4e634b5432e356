/** Of the cast those who are named first; everybody directs alike. */
const MOST_CAST = 8

/** What a rating network is told of a movie beside its terms, year and runtime. */
export interface ToldMovie {
  genres: readonly string[]
  directors: readonly string[]
  /** the first are the best known */
  cast: readonly string[]
}

/** Rows that make a movie's vector of what is told of it, in blocks one behind another. */
export interface ToldShape {
  /** names of the genres */
  genres: readonly string[]
  /** that names of people fall in */
  buckets: number
}

/** A row and how much of it. */
export type ToldFeature = [row: number, value: number]

/** Of the genres that are known, 1/√ of the movie's each. */
export function genreFeatures(own: readonly string[], names: readonly string[]): ToldFeature[] {
  const known = own.map((name) => names.indexOf(name)).filter((row) => row >= 0)
  return known.map((row) => [row, 1 / Math.sqrt(own.length)])
}

/** Buckets of directors and the first of the cast, by a hash of their names, each once: so one nobody has seen has one too. */
export function peopleBuckets({ directors, cast }: Pick<ToldMovie, 'directors' | 'cast'>, buckets: number): number[] {
  const names = [
    ...directors.map((name) => `director:${name}`),
    ...cast.slice(0, MOST_CAST).map((name) => `cast:${name}`),
  ]
  return [...new Set(names.map((name) => hash(name) % buckets))]
}

/** FNV-1a, 32 bits, of the name's UTF-16 units in lower case. */
function hash(name: string): number {
  let bits = 0x811c9dc5
  const lower = name.toLowerCase()
  for (let at = 0; at < lower.length; at++) bits = Math.imul(bits ^ lower.charCodeAt(at), 0x01000193)
  return bits >>> 0
}
