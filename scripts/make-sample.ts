import { createReadStream } from 'node:fs'
import { copyFile, mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { parseArgs } from 'node:util'
import { gzipSync } from 'node:zlib'
import * as z from 'zod'
import { Article, textsOf } from '../build/ingest/formats/wikipedia-article.ts'
import { matchTitles } from '../build/ingest/joins/match-titles.ts'
import { normalizeName, parseTitle } from '../build/ingest/text/title.ts'

/**
 * Make the bundled sample from two public data sets:
 *   node scripts/make-sample.ts --movielens ml-latest-small --wikipedia wikipedia-movie-data [--output data/sample]
 * MovieLens' files are copied byte for byte; its films are joined to Wikipedia articles by title and year.
 */

const MOVIELENS_FILES = ['README.txt', 'ratings.csv', 'movies.csv', 'links.csv', 'tags.csv']
/** RFC 1952: byte 9 of the header names the system that compressed; 255 is unknown, so that all write the same */
const GZIP_SYSTEM_BYTE = 9

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      movielens: { type: 'string' },
      wikipedia: { type: 'string' },
      output: { type: 'string', default: 'data/sample' },
    },
  })
  if (values.movielens === undefined || values.wikipedia === undefined)
    throw new TypeError('expected --movielens DIR --wikipedia DIR [--output DIR]')
  const folder = join(values.output, 'ml-latest-small')
  await mkdir(folder, { recursive: true })
  for (const name of MOVIELENS_FILES) await copyFile(join(values.movielens, name), join(folder, name))

  const films = await readFilms(join(folder, 'movies.csv'))
  const articles = await readArticles(values.wikipedia)
  const joined = joinArticles(films, articles)
  const lines = films.flatMap((film) => {
    const article = joined.get(film.movieId)
    return article === undefined ? [] : [JSON.stringify({ movieId: film.movieId, ...textsOf(article) })]
  })
  const file = join(values.output, 'movie-text.jsonl.gz')
  await writeFile(file, gzip(`${lines.join('\n')}\n`))
  await report(films, joined, join(folder, 'ratings.csv'), file)
}

/** movies.csv as MovieLens writes it: only a title is ever quoted. */
async function readFilms(file: string): Promise<Film[]> {
  const lines = (await readFile(file, 'utf8')).trimEnd().split('\n').slice(1)
  const films = lines.map((line) => {
    const [, movieId, quoted, plain] = /^(\d+),(?:"((?:[^"]|"")*)"|([^,"]*)),/u.exec(line) ?? []
    if (movieId === undefined) throw new TypeError(`${file}: found "${line}", expected movieId,title,genres`)
    const { names, year } = parseTitle(quoted?.replaceAll('""', '"') ?? plain)
    return { movieId: Number(movieId), names, year }
  })
  return films.sort((a, b) => a.movieId - b.movieId)
}

async function readArticles(folder: string): Promise<Article[]> {
  const names = (await readdir(folder)).filter((name) => /^movies-\d{4}s\.json$/u.test(name)).sort()
  const articles: Article[] = []
  for (const name of names)
    articles.push(...z.array(Article).parse(JSON.parse(await readFile(join(folder, name), 'utf8'))))
  return articles
}

/** No modification time, no file name, no system: the same text gives the same bytes with the same zlib. */
function gzip(text: string): Buffer {
  const bytes = gzipSync(text, { level: 9 })
  bytes[GZIP_SYSTEM_BYTE] = 255
  return bytes
}

async function report(films: Film[], joined: Map<number, Article>, ratings: string, file: string): Promise<void> {
  let rated = 0
  let ratedJoined = 0
  for await (const line of createInterface({ input: createReadStream(ratings) })) {
    const movieId = Number(line.split(',', 2)[1])
    if (Number.isNaN(movieId)) continue
    rated++
    if (joined.has(movieId)) ratedJoined++
  }
  const percent = (part: number, whole: number) => `${((100 * part) / whole).toFixed(1)} %`
  const texts = [...joined.values()].map(textsOf)
  const having = (field: 'overview' | 'cast' | 'keywords' | 'directors' | 'poster') =>
    `${field} ${texts.filter((text) => text[field].length > 0).length}`
  console.log(`films with an article: ${joined.size} of ${films.length} (${percent(joined.size, films.length)})`)
  console.log(`ratings of such films: ${ratedJoined} of ${rated} (${percent(ratedJoined, rated)})`)
  console.log(`of them: ${(['overview', 'cast', 'keywords', 'directors', 'poster'] as const).map(having).join(', ')}`)
  console.log(`${file}: ${(await stat(file)).size} bytes`)
}

/** A film of MovieLens. */
export interface Film {
  movieId: number
  /** main name first, then other names */
  names: string[]
  /** 0 where unknown */
  year: number
}

/**
 * Which article is about which film, by title and year.
 * @returns movieId → article
 */
export function joinArticles(films: readonly Film[], articles: readonly Article[]): Map<number, Article> {
  const listed = distinct(articles)
  const matched = matchTitles(
    films,
    listed.map(({ title, year }) => ({ names: [title], year })),
  )
  return new Map([...matched].map(([article, film]) => [films[film].movieId, listed[article]]))
}

/** An article listed twice counts once, with the longer text. */
function distinct(articles: readonly Article[]): Article[] {
  const listed = new Map<unknown, Article>()
  for (const article of articles) {
    const key = article.href == null ? article : `${normalizeName(article.title)} ${article.year} ${article.href}`
    const other = listed.get(key)
    if ((article.extract ?? '').length > (other?.extract ?? '').length || other === undefined) listed.set(key, article)
  }
  return [...listed.values()]
}

if (process.argv[1] !== undefined && resolve(process.argv[1]) === import.meta.filename) await main()
