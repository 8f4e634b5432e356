import { normalizeName } from '../text/title.ts'

/** Something known by names and a year: a movie, or a row of metadata. */
export interface Named {
  /** main name first, then other names */
  names: string[]
  /** 0 where unknown */
  year: number
}

/**
 * Which entry is about which movie: the same name and the same year; failing that, the year before or after
 * (release and festival dates differ). Better ways of agreeing are tried first, and the first that finds something
 * decides; where it finds two entries, or two movies agree with one entry equally well, there is no match.
 * Linear in movies + entries.
 * @param mayBe whether other knowledge allows the pair, such as ids that do not contradict each other
 * @returns index of the entry → index of its movie
 */
export function matchTitles(
  movies: readonly Named[],
  entries: readonly Named[],
  mayBe: (movie: number, entry: number) => boolean = () => true,
): Map<number, number> {
  const byName = indexNames(entries)
  const claims = new Map<number, { movie: number; level: number }[]>()
  for (const [movie, named] of movies.entries()) {
    const found = findEntry(named, byName, (entry) => mayBe(movie, entry))
    if (found === undefined) continue
    if (!claims.has(found.entry)) claims.set(found.entry, [])
    claims.get(found.entry)!.push({ movie, level: found.level })
  }
  const matched = new Map<number, number>()
  for (const [entry, claimants] of claims) {
    const best = Math.min(...claimants.map(({ level }) => level))
    const winners = claimants.filter(({ level }) => level === best)
    if (winners.length === 1) matched.set(entry, winners[0].movie)
  }
  return matched
}

/** "name year" → entries of that name and year */
function indexNames(entries: readonly Named[]): Map<string, number[]> {
  const byName = new Map<string, number[]>()
  for (const [entry, { names, year }] of entries.entries()) {
    if (year === 0) continue
    for (const name of new Set(names.map(normalizeName))) {
      const key = `${name} ${year}`
      const others = byName.get(key)
      if (others === undefined) byName.set(key, [entry])
      else others.push(entry)
    }
  }
  return byName
}

function findEntry(
  { names, year }: Named,
  byName: Map<string, number[]>,
  mayBe: (entry: number) => boolean,
): { entry: number; level: number } | undefined {
  if (year === 0) return undefined
  const [main, ...others] = names.map(normalizeName)
  let level = 0
  for (const years of [[year], [year - 1, year + 1]])
    for (const tried of [[main], others]) {
      const keys = tried.filter((name) => name !== '').flatMap((name) => years.map((other) => `${name} ${other}`))
      const found = new Set(keys.flatMap((key) => byName.get(key) ?? []).filter(mayBe))
      if (found.size > 1) return undefined
      for (const entry of found) return { entry, level }
      level++
    }
  return undefined
}
