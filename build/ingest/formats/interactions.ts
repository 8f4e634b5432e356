import { type Format, STAGED_COLUMNS } from '../reader.ts'
import { columnOf, looksOwn, openOwnTable, stageOwn } from './own-table.ts'
import { idText, secondsOf, sqlName } from './own-values.ts'

/**
 * Own data: who took what up, one row each: `userId,itemId,rating?,timestamp?`, the columns mapped in the config.
 * Without ratings each row is a like, at the top of the scale; without timestamps the order of the rows is that of time.
 */
export const interactions: Format = {
  needs:
    'a .csv, .tsv or .parquet file with the columns userId and itemId (rating, timestamp); others are mapped by columns',
  detect: (path) => looksOwn(path, ['userId', 'itemId']),
  files: async (path) => [path],
  async read(input) {
    const { ratingScale, database, handles } = input
    handles.progress.update('reading interactions', 0, 1)
    const table = await openOwnTable('interactions', input, ['rating'])
    const { names } = table
    const column = (name: string) => columnOf(table, name)
    const select = {
      userId: idText(column('userId')),
      movieId: idText(column('itemId')),
      rating: names.has('rating') ? `try_cast(${sqlName(column('rating').name)} AS DOUBLE)` : String(ratingScale[1]),
      timestamp: names.has('timestamp') ? secondsOf(column('timestamp')) : 'row_number() OVER ()',
    }
    const staged = { ...STAGED_COLUMNS.ratings, userId: 'VARCHAR', movieId: 'VARCHAR' }
    return [await stageOwn('ratings', table, staged, select, database)]
  },
}
