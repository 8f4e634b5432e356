import { undoDoubleUtf8 } from '../text/double-utf8.ts'
import { idOf, imdbIdOf, MAX_CAST, minutesOf, splitNames, textOf, yearOf } from './metadata-fields.ts'
import { RowError } from './read-metadata-csv.ts'
import { singleCsv } from './single-csv.ts'

/**
 * The TMDB file of Udacity's "Investigate a Dataset": 10,866 movies by TMDB's id, lists between `|`, and UTF-8 that was
 * encoded twice wherever it is not ASCII.
 */
export const tmdbPipe = singleCsv('TMDB movies with lists between |', {
  columns: [
    ...['id', 'imdb_id', 'original_title', 'cast', 'director', 'tagline', 'keywords', 'overview', 'runtime', 'genres'],
    'release_year',
  ],
  parse(mangled) {
    const fields = mapValues(mangled, undoDoubleUtf8)
    const tmdbId = idOf(fields.id)
    if (tmdbId === undefined) throw new RowError('id is not an id', 'a whole number above 0 as id')
    return {
      tmdbId,
      imdbId: imdbIdOf(fields.imdb_id),
      title: textOf(fields.original_title),
      // release_date has two digits of the year only
      year: yearOf(fields.release_year),
      genres: splitNames(fields.genres, '|'),
      overview: textOf(fields.overview),
      tagline: textOf(fields.tagline),
      keywords: splitNames(fields.keywords, '|'),
      cast: splitNames(fields.cast, '|').slice(0, MAX_CAST),
      directors: splitNames(fields.director, '|'),
      runtime: minutesOf(fields.runtime),
    }
  },
})

function mapValues(fields: Record<string, string>, change: (text: string) => string): Record<string, string> {
  return Object.fromEntries(Object.entries(fields).map(([name, text]) => [name, change(text)]))
}
