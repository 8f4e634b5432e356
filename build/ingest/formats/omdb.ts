import { idOf, MAX_CAST, minutesOf, splitNames, textOf, yearOf } from './metadata-fields.ts'
import { RowError } from './read-metadata-csv.ts'
import { singleCsv } from './single-csv.ts'

/** What OMDb's API answered for the movies of MovieLens, as a table by movieId: lists between commas, "N/A", "81 min". */
export const omdb = singleCsv('OMDb movies by movieId', {
  columns: ['movieId', 'title', 'year', 'plot', 'director', 'cast', 'runtime'],
  parse(fields) {
    const movieId = idOf(fields.movieId)
    if (movieId === undefined) throw new RowError('movieId is not an id', 'a whole number above 0 as movieId')
    return {
      movieId,
      title: textOf(fields.title),
      year: yearOf(fields.year),
      overview: textOf(fields.plot),
      cast: splitNames(fields.cast, ',').slice(0, MAX_CAST),
      directors: splitNames(fields.director, ','),
      runtime: minutesOf(fields.runtime),
    }
  },
})
