import { join } from 'node:path'
import { requireFolder } from '../../io/files.ts'
import type { Format, Kind, Staged } from '../reader.ts'
import { exists, inputFile, inUtf8 } from '../staging/input-file.ts'
import type { Layout } from '../staging/locate.ts'
import { stageCsv } from '../staging/stage-csv.ts'
import { movielensFiles } from './movielens-csv.ts'

/** `1::Toy Story (1995)::Animation|Children's|Comedy`: no header, no quotes; a title may hold anything but `::` */
const LAYOUT: Layout = { delimiter: '::', quoted: false, header: false }

const FILES: { kind: Kind; name: string; optional: boolean; hasText: boolean }[] = [
  { kind: 'movies', name: 'movies.dat', optional: false, hasText: true },
  { kind: 'ratings', name: 'ratings.dat', optional: false, hasText: false },
  { kind: 'tags', name: 'tags.dat', optional: true, hasText: true },
]

/**
 * MovieLens 1M (2003, ISO 8859-1, whole stars) and 10M (2009, UTF-8, half stars, tags): files of `::`.
 * Neither has links, so texts join them by title and year. `users.dat` of 1M is not read.
 */
export const movielensDat: Format = {
  needs: 'ratings.dat and movies.dat (tags.dat if there is one)',
  detect: (folder) => exists(folder, 'ratings.dat', 'movies.dat'),
  files: (folder) => movielensFiles(folder, FILES),
  async read({ path, scratch, database, handles }): Promise<Staged[]> {
    await requireFolder(path, 'the folder with ratings.dat and movies.dat')
    const staged: Staged[] = []
    for (const [done, { kind, name, optional, hasText }] of FILES.entries()) {
      handles.signal.throwIfAborted()
      handles.progress.update(`reading ${name}`, done, FILES.length)
      if (optional && !(await exists(path, name))) continue
      const input = await inputFile(join(path, name), scratch)
      const { movieId, title, genres } = { movieId: 'INTEGER', title: 'VARCHAR', genres: 'VARCHAR' }
      staged.push(
        await stageCsv(kind, hasText ? await inUtf8(input, scratch, handles.log) : input, database, {
          layout: LAYOUT,
          columns: kind === 'movies' ? { movieId, title, genres } : undefined,
        }),
      )
    }
    return staged
  },
}
