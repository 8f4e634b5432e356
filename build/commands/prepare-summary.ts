import { bytes, table } from '../io/table.ts'
import type { SourceReport, Statistics } from '../nouns.ts'

/** What `prepare` read, joined, split and wrote, as tables for a person. */
export function prepareSummary(statistics: Statistics): string {
  const { sources, joins, filters, counts, density, split, tables } = statistics
  const parts = [
    sourceTable('source', sources),
    ...(joins.length > 0 ? [joinTable(joins)] : []),
    ...(split.files.length > 0 ? [sourceTable('split file', split.files)] : []),
    table(
      ['part', 'ratings', 'users', 'movies'],
      Object.entries(split.parts)
        .filter(([, { ratings }]) => ratings > 0)
        .map(([name, { ratings, users, movies }]) => [name, String(ratings), String(users), String(movies)]),
    ),
    table(
      ['table', 'rows', 'columns', 'size'],
      tables.map(({ name, rows, sizeBytes, columns }) => [
        name,
        String(rows),
        String(Object.keys(columns).length),
        bytes(sizeBytes),
      ]),
    ),
    `${counts.ratings} ratings of ${counts.movies} movies by ${counts.users} users, ${counts.firstRating} to ${counts.lastRating}`,
    `split ${split.strategy}: ${counts.usedRatings} ratings used, ${(100 * density).toPrecision(3)} % of what ` +
      `${counts.usedUsers} users and ${counts.usedMovies} movies could have; ${filterText(filters)}`,
  ]
  return parts.join('\n\n')
}

function sourceTable(title: string, sources: SourceReport[]): string {
  const rows = sources.map(({ file, rowsRead, rowsKept, dropped }) => [
    file,
    String(rowsRead),
    String(rowsKept),
    Object.entries(dropped)
      .map(([reason, count]) => `${count}: ${reason}`)
      .join('; '),
  ])
  return table([title, 'rows', 'kept', 'dropped'], rows)
}

function joinTable(joins: Statistics['joins']): string {
  const rows = joins.map(({ source, rows, byMovieId, byTmdbId, byImdbId, byTitle, unmatched }) => [
    source,
    ...[rows, byMovieId, byTmdbId, byImdbId, byTitle, unmatched].map(String),
  ])
  return table(['joined', 'rows', 'by movieId', 'by tmdbId', 'by imdbId', 'by title', 'unmatched'], rows)
}

function filterText({ minRatingsPerUser, minRatingsPerMovie, until, applied, leftOut }: Statistics['filters']): string {
  if (!applied) return `${leftOut} left out: in no file of the split`
  return (
    `${leftOut} left out: at least ${minRatingsPerUser} a user and ${minRatingsPerMovie} a movie, ` +
    (until === 'once' ? 'looked at once' : 'until nothing changes')
  )
}
