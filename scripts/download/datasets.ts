import { editDistance } from '../../build/config/config-problems.ts'
import { bytes, table } from '../../build/io/table.ts'

/** What can be downloaded. Sizes are about right: they are for the person who chooses, and for the disk's check. */

/** Where the files lie: base addresses, each replaced by the environment variable when it is set. */
export const HOSTS = {
  grouplens: { variable: 'MARQUEE_GROUPLENS_URL', url: 'https://files.grouplens.org' },
  kaggle: { variable: 'MARQUEE_KAGGLE_URL', url: 'https://www.kaggle.com' },
  imdb: { variable: 'MARQUEE_IMDB_URL', url: 'https://datasets.imdbws.com' },
} as const
export type Host = keyof typeof HOSTS

export interface DataSet {
  host: Host
  /** below the host's base address; a zip archive is unpacked, a .gz file is kept as it is */
  paths: string[]
  /** all files together, as they are sent */
  downloadBytes: number
  /** of an archive, unpacked; 0 where nothing is */
  unpackedBytes: number
  about: string
  licence: string
  /** page of its rules */
  page: string
  /** ratings: a model can be built of it alone; metadata: it adds texts to ratings */
  holds: 'ratings' | 'metadata'
}

export const DATASETS: ReadonlyMap<string, DataSet> = new Map([
  ['movielens-latest-small', movieLens('ml-latest-small', 1e6, 3.3e6, '100 thousand ratings, 9.7 thousand movies')],
  ['movielens-latest', movieLens('ml-latest', 351e6, 1.7e9, '34 million ratings, 87 thousand movies; it changes')],
  ['movielens-100k', movieLens('ml-100k', 4.9e6, 15.8e6, '100 thousand ratings of 1998')],
  ['movielens-1m', movieLens('ml-1m', 5.9e6, 24.9e6, '1 million ratings of 2003')],
  ['movielens-10m', movieLens('ml-10m', 65.6e6, 268e6, '10 million ratings of 2009')],
  ['movielens-20m', movieLens('ml-20m', 199e6, 877e6, '20 million ratings of 2015, tag genome')],
  ['movielens-25m', movieLens('ml-25m', 262e6, 1.16e9, '25 million ratings of 2019, tag genome')],
  ['movielens-32m', movieLens('ml-32m', 239e6, 957e6, '32 million ratings of 2023')],
  [
    'the-movies-dataset',
    {
      ...kaggle('rounakbanik/the-movies-dataset', 239e6, 944e6),
      about: '45 thousand movies with texts and cast, 26 million ratings',
      licence: 'CC0 1.0',
      holds: 'ratings',
    },
  ],
  [
    'tmdb-5000',
    {
      ...kaggle('tmdb/tmdb-movie-metadata', 9.3e6, 45.8e6),
      about: '4,803 movies with texts, cast and crew',
      licence: 'terms of TMDB',
      holds: 'metadata',
    },
  ],
  [
    'imdb',
    {
      host: 'imdb',
      paths: ['title.basics', 'title.crew', 'title.principals', 'name.basics'].map((name) => `${name}.tsv.gz`),
      downloadBytes: 1.3e9,
      unpackedBytes: 0,
      about: 'every title with crew and cast; new every day',
      licence: 'personal, non-commercial use',
      page: 'https://developer.imdb.com/non-commercial-datasets/',
      holds: 'metadata',
    },
  ],
])

function movieLens(archive: string, downloadBytes: number, unpackedBytes: number, about: string): DataSet {
  return {
    host: 'grouplens',
    paths: [`datasets/movielens/${archive}.zip`],
    downloadBytes,
    unpackedBytes,
    about,
    licence: 'research use, see its README',
    page: 'https://grouplens.org/datasets/movielens/',
    holds: 'ratings',
  }
}

function kaggle(slug: string, downloadBytes: number, unpackedBytes: number) {
  return {
    host: 'kaggle' as const,
    paths: [`api/v1/datasets/download/${slug}`],
    downloadBytes,
    unpackedBytes,
    page: `https://www.kaggle.com/datasets/${slug}`,
  }
}

/** The name that was probably meant: the nearest by Levenshtein distance, null when none is near. */
export function nearestName(name: string): string | null {
  const [nearest] = [...DATASETS.keys()]
    // `ml-25m` is what the archive is called
    .flatMap((known) => [known, known.replace('movielens-', 'ml-')].map((spelling) => ({ known, spelling })))
    .map(({ known, spelling }) => ({ known, distance: editDistance(name.toLowerCase(), spelling) }))
    .sort((a, b) => a.distance - b.distance)
  return nearest.distance <= Math.max(2, name.length / 3) ? nearest.known : null
}

/** Names, sizes and licences for a person. */
export function listDatasets(): string {
  const rows = [...DATASETS].map(([name, { downloadBytes, unpackedBytes, licence, about }]) => [
    name,
    bytes(downloadBytes),
    bytes(Math.max(downloadBytes, unpackedBytes)),
    licence,
    about,
  ])
  return table(['name', 'download', 'on disk', 'licence', 'what it is'], rows)
}
