import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import type { DataConfig, SourceConfig } from '#core/schemas/config.ts'
import { detectFormat } from '../../../build/ingest/formats/index.ts'
import { parseTitle } from '../../../build/ingest/text/title.ts'
import { handlesWithLog, ingestFolder, ML_TINY, refusal, SAMPLE, temporaryFolder } from './workspace.ts'

const HEADER = 'imdbId\ttitle\tyear\tlanguage\tlocalTitle'

/** A file of that name in a folder of its own. */
function fileOf(name: string, content: string | Uint8Array): string {
  const file = join(temporaryFolder(), name)
  writeFileSync(file, content)
  return file
}

/** Ingest ml-tiny and other sources: titles by movieId, and what was dropped of the files of each source. */
async function read(sources: (Pick<SourceConfig, 'path'> & Partial<SourceConfig>)[], config: Partial<DataConfig> = {}) {
  const all = [{ path: ML_TINY }, ...sources] as SourceConfig[]
  const log = handlesWithLog()
  const { database, sources: reports } = await ingestFolder(
    ML_TINY,
    { sources: all, maxBadRowShare: 0.9, ...config },
    log,
  )
  const rows = await database.rows<{ movieId: number; language: string; title: string; position: number }>(
    'FROM local_titles',
  )
  return {
    titles: rows.map(({ movieId, language, title, position }) => [movieId, language, position, title]),
    dropped: reports.slice(4).map(({ dropped }) => dropped),
    log,
  }
}

describe('a table of titles', () => {
  const lines = [
    HEADER,
    'tt0133093\tThe Matrix\t1999\tvi\tMa trận',
    'tt0114369\tSeven\t1995\tvi\tBảy tội lỗi chết người',
    'tt0114369\tSeven\t1995\tvi\t7 tội lỗi chết người',
    'tt0114369\tSeven\t1995\tfr\tSept',
    'tt9999999\tNowhere\t1999\tvi\tKhông đâu cả',
  ]

  test('is found by its columns, and gives each movie its titles in their order', async () => {
    const path = fileOf('titles.tsv', `${lines.join('\n')}\n`)
    expect(await detectFormat(path)).toBe('local-titles')
    const { titles, dropped, log } = await read([{ path }])
    expect(titles).toEqual([
      [2, 'vi', 0, 'Ma trận'],
      [4, 'vi', 0, 'Bảy tội lỗi chết người'],
      [4, 'vi', 1, '7 tội lỗi chết người'],
    ])
    expect(dropped).toEqual([{}])
    expect(log.infos).toContain(`${path}: of 3 rows joined 2 by imdbId; 1 are about no known movie`)
  })

  test('gives those of every language that is wanted', async () => {
    const path = fileOf('titles.tsv', `${lines.join('\n')}\n`)
    const { titles } = await read([{ path }], { titleLanguages: ['fr', 'vi-VN'] })
    expect(titles.filter(([movieId]) => movieId === 4)).toEqual([
      [4, 'fr', 0, 'Sept'],
      [4, 'vi', 0, 'Bảy tội lỗi chết người'],
      [4, 'vi', 1, '7 tội lỗi chết người'],
    ])
    expect((await read([{ path }], { titleLanguages: [] })).titles).toEqual([])
  })

  test('may know its movies by title and year alone', async () => {
    const path = fileOf('t.tsv', 'title\tyear\tlanguage\tlocalTitle\nThe Lover\t1992\tvi\tNgười tình\n')
    expect((await read([{ path }])).titles).toEqual([[9, 'vi', 0, 'Người tình']])
  })

  test('says nothing with a title that the movie has anyway', async () => {
    const path = fileOf('t.tsv', 'movieId\tlanguage\tlocalTitle\n10\tvi\tAmelie\n10\tvi\tCuộc đời Amélie\n')
    expect((await read([{ path }])).titles).toEqual([[10, 'vi', 0, 'Cuộc đời Amélie']])
  })

  test('drops and counts lines that cannot be used', async () => {
    const path = fileOf('t.tsv', `${HEADER}\ntt0133093\tvi\nx\tY\t1999\tvi\t \nx\tY\t1999\tvn7\tZ\n${lines[1]}\n`)
    expect((await read([{ path }])).dropped).toEqual([{ 'another number of columns': 1, 'no language or title': 2 }])
  })

  test('without its columns is refused by name', async () => {
    const path = fileOf('t.tsv', 'movieId\tname\n1\tA\n')
    const sources = [{ path: ML_TINY }, { path, format: 'local-titles' as const }]
    expect(await refusal(ML_TINY, { sources })).toBe(
      `${path}:1: found the columns movieId,name, expected a .tsv file with the columns language, localTitle and one of ` +
        'movieId, imdbId, tmdbId or title',
    )
  })
})

test('of two sources the first says what a movie is called, and both what it is known by', async () => {
  const first = fileOf('first.tsv', 'movieId\tlanguage\tlocalTitle\n2\tvi\tMa trận\n')
  const second = fileOf('second.tsv', 'movieId\tlanguage\tlocalTitle\n2\tvi\tMA TRẬN\n2\tvi\tThế giới ảo\n')
  expect((await read([{ path: first }, { path: second }])).titles).toEqual([
    [2, 'vi', 0, 'Ma trận'],
    [2, 'vi', 1, 'Thế giới ảo'],
  ])
})

describe('replies of TMDB’s API', () => {
  const matrix = {
    ...{ id: 603, imdb_id: 'tt0133093', title: 'The Matrix', original_title: 'The Matrix', original_language: 'en' },
    ...{ release_date: '1999-03-30', overview: 'A hacker.', tagline: '', runtime: 136, poster_path: '/m.jpg' },
    genres: [{ id: 28, name: 'Action' }],
    keywords: { keywords: [{ id: 1, name: 'hacker' }] },
    credits: { cast: [{ name: 'Keanu Reeves', order: 0 }], crew: [{ name: 'Lana Wachowski', job: 'Director' }] },
    translations: {
      translations: [
        { iso_3166_1: 'VN', iso_639_1: 'vi', name: 'Tiếng Việt', data: { title: 'Ma Trận', overview: '…' } },
        { iso_3166_1: 'FR', iso_639_1: 'fr', name: 'Français', data: { title: 'Matrix' } },
      ],
    },
    alternative_titles: { titles: [{ iso_3166_1: 'VN', title: 'Ma Trận 1', type: '' }] },
  }
  const lover = {
    ...{ id: 1511, title: 'The Lover', original_title: 'Người tình', original_language: 'vi' },
    release_date: '1992-01-22',
  }

  test('one a line: titles of the language and the country, and all else that the details tell', async () => {
    const path = fileOf('details.jsonl.gz', gzipSync([matrix, lover].map((one) => JSON.stringify(one)).join('\n')))
    const { titles } = await read([{ path, format: 'tmdb-api' }])
    expect(titles).toEqual([
      [2, 'vi', 0, 'Ma Trận'],
      [2, 'vi', 1, 'Ma Trận 1'],
      [9, 'vi', 0, 'Người tình'],
    ])
    const { database } = await ingestFolder(ML_TINY, {
      sources: [{ path: ML_TINY }, { path, format: 'tmdb-api' }],
    })
    const [row] = await database.rows('FROM metadata WHERE "movieId" = 2')
    expect(row).toMatchObject({
      ...{ keywords: ['hacker'], cast: ['Keanu Reeves'], directors: ['Lana Wachowski'], runtime: 136, language: 'en' },
      poster: 'https://image.tmdb.org/t/p/w342/m.jpg',
    })
  })

  test('a file each, found by their names; of translations and alternative titles alone too', async () => {
    const folder = temporaryFolder()
    mkdirSync(join(folder, 'posters'))
    writeFileSync(join(folder, '603.json'), JSON.stringify({ id: 603, ...matrix.translations }, null, 2))
    writeFileSync(
      join(folder, '862.json'),
      JSON.stringify({ id: 862, titles: [{ iso_3166_1: 'VN', title: 'Đồ chơi' }] }),
    )
    expect(await detectFormat(folder)).toBe('tmdb-api')
    expect((await read([{ path: folder }])).titles).toEqual([
      [1, 'vi', 0, 'Đồ chơi'],
      [2, 'vi', 0, 'Ma Trận'],
    ])
  })

  test('that are none are dropped and counted', async () => {
    const path = fileOf('details.jsonl', '{"id":603}\n{"id":0}\n{\n{"id":862,"genres":[1]}\n')
    const { dropped } = await read([{ path, format: 'tmdb-api' }])
    expect(dropped).toEqual([{ 'id unusable': 1, 'invalid JSON': 1, 'a list is none': 1 }])
  })
})

test('IMDb: titles of the language, and of the country where no language is told, those that it shows first', async () => {
  const akas = [
    'titleId\tordering\ttitle\tregion\tlanguage\ttypes\tattributes\tisOriginalTitle',
    'tt0133093\t1\tThe Matrix\t\\N\t\\N\toriginal\t\\N\t1',
    'tt0133093\t2\tMa trận ảo\tVN\t\\N\talternative\t\\N\t0',
    'tt0133093\t3\tMa trận\tVN\t\\N\timdbDisplay\t\\N\t0',
    'tt0133093\t4\tMatrix\tVN\ten\timdbDisplay\t\\N\t0',
    'tt0133093\t5\tMa trận (bản nháp)\tVN\t\\N\tworking\t\\N\t0',
    'tt0133093\t6\tMatrix\tFR\t\\N\timdbDisplay\t\\N\t0',
    'tt0101316\t1\tNgười tình\tUS\tvi\t\\N\t\\N\t0',
    'tt0000001\t1\tKhông ai biết\tVN\t\\N\timdbDisplay\t\\N\t0',
  ]
  const folder = temporaryFolder()
  writeFileSync(join(folder, 'title.akas.tsv.gz'), gzipSync(`${akas.join('\n')}\n`))
  expect(await detectFormat(folder)).toBe('imdb-tsv')
  const { titles } = await read([{ path: folder }])
  expect(titles).toEqual([
    [2, 'vi', 0, 'Ma trận'],
    [2, 'vi', 1, 'Ma trận ảo'],
    [9, 'vi', 0, 'Người tình'],
  ])
})

describe('the bundled file of Vietnamese titles', () => {
  const csv = (name: string) =>
    readFileSync(join(SAMPLE, 'ml-latest-small', name), 'utf8')
      .trim()
      .split('\n')
      .slice(1)
  const movieOf = new Map(csv('links.csv').map((line) => [line.split(',')[1]!, line.split(',')[0]!]))
  const titleOf = new Map(
    csv('movies.csv').map((line) => {
      const [, movieId = '', quoted, plain] = /^(\d+),(?:"(.*)"|(.*?)),[^,]*$/.exec(line.trim()) ?? []
      return [movieId, parseTitle((quoted ?? plain ?? '').replaceAll('""', '"'))]
    }),
  )
  const [header, ...lines] = readFileSync(join(SAMPLE, 'local-titles.tsv'), 'utf8').trim().split('\n')
  const rows = lines.map((line) => line.split('\t'))

  test('names movies of the catalogue, each by its own year', () => {
    expect(header).toBe(HEADER)
    const strange = rows.filter(([imdbId = '', , year]) => {
      const movie = titleOf.get(movieOf.get(imdbId.slice(2)) ?? '')
      return movie?.year !== Number(year)
    })
    expect(strange).toEqual([])
  })

  test('has each title once, in NFC, the lines of a movie together', () => {
    const keys = rows.map(([imdbId, , , language, title]) => `${imdbId} ${language} ${title}`)
    expect(new Set(keys).size).toBe(keys.length)
    expect(
      rows.filter(([, , , language, title = '']) => language !== 'vi' || title.normalize('NFC') !== title),
    ).toEqual([])
    const starts = rows.filter(([imdbId], at) => imdbId !== rows[at - 1]?.[0]).map(([imdbId]) => imdbId)
    expect(new Set(starts).size).toBe(starts.length)
    expect(starts.length).toBeGreaterThan(500)
  })
})
