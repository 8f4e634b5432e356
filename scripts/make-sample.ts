import { createReadStream } from 'node:fs'
import { copyFile, mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { parseArgs } from 'node:util'
import { gzipSync } from 'node:zlib'
import * as z from 'zod'
import { parseTitle } from '../build/ingest/title.ts'

/**
 * Make the bundled sample from two public data sets:
 *   node scripts/make-sample.ts --movielens ml-latest-small --wikipedia wikipedia-movie-data [--output data/sample]
 * MovieLens' files are copied byte for byte; its films are joined to Wikipedia articles by title and year.
 */

const MOVIELENS_FILES = ['README.txt', 'ratings.csv', 'movies.csv', 'links.csv', 'tags.csv']
/** RFC 1952: byte 9 of the header names the system that compressed; 255 is unknown, so that all write the same */
const GZIP_SYSTEM_BYTE = 9

const ABOUT_A_FILM =
  /\b(?:films?|movies?|documentary|picture|comedy|comedy-drama|drama|biopic|farce|cartoon|miniseries|pilot|starring)\b/iu
const ABOUT_A_BOOK =
  /^(?:(?! is an? )[^.])* is an? (?:(?!\b(?:film|movie|based|adaptation)\b)[^.,])*\b(?:novel|book|autobiography|memoir)\b/u
/** the lists hold scraps of sentences too ("and", "(voices)"); "k.d. lang" and "will.i.am" are names */
const A_NAME = /^["']?(?:\p{Lu}(?!he$).*\p{L}|\p{Ll}+\..*\p{L})/u

/** An entry of wikipedia-movie-data. */
export const Article = z.object({
  title: z.string(),
  year: z.int(),
  cast: z.array(z.string()),
  genres: z.array(z.string()),
  /** path below https://en.wikipedia.org/wiki/ */
  href: z.string().nullish(),
  extract: z.string().optional(),
  thumbnail: z.string().optional(),
})
export type Article = z.infer<typeof Article>

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
    return article === undefined ? [] : [JSON.stringify(movieText(film.movieId, article))]
  })
  const file = join(values.output, 'movie-text.jsonl.gz')
  await writeFile(file, gzip(`${lines.join('\n')}\n`))
  await report(films, joined, join(folder, 'ratings.csv'), file)
}

/** One line of movie-text.jsonl; absent texts are empty. */
export function movieText(movieId: number, article: Article) {
  const extract = (article.extract ?? '').replace(/\s+/gu, ' ').trim()
  const about = isAboutTheFilm(extract, article.year)
  return {
    movieId,
    overview: about ? extract : '',
    cast: unique(article.cast.map(cleanName).filter((name) => A_NAME.test(name))),
    keywords: unique(article.genres.map((genre) => genre.trim().toLowerCase())),
    directors: about ? findDirectors(extract) : [],
    poster: about ? (article.thumbnail ?? '') : '',
    source: about && article.href ? `https://en.wikipedia.org/wiki/${article.href}` : '',
  }
}

/**
 * Some links of the film lists lead to the novel, the event or an earlier film of that name. Their cast and genres
 * are the list's own and stay.
 */
function isAboutTheFilm(extract: string, year: number): boolean {
  const stated = /\bis an? (\d{4})\b/u.exec(extract)
  if (stated !== null && Math.abs(Number(stated[1]) - year) > 2) return false
  return ABOUT_A_FILM.test(extract) && !ABOUT_A_BOOK.test(extract)
}

function cleanName(name: string): string {
  return name
    .replace(/\s+/gu, ' ')
    .replace(/ \(actor\)$/u, '')
    .replace(/, (?=Jr\.|Sr\.)/u, ' ')
    .trim()
}

function unique(texts: string[]): string[] {
  return [...new Set(texts.filter((text) => text !== ''))]
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
  const texts = [...joined].map(([movieId, article]) => movieText(movieId, article))
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
 * Which article is about which film: the same name and the same year; failing that, the year before or after
 * (release and festival dates differ). Better ways of agreeing are tried first, and the first that finds something
 * decides; where it finds two articles, or two films agree with one article equally well, there is no match.
 * @returns movieId → article
 */
export function joinArticles(films: readonly Film[], articles: readonly Article[]): Map<number, Article> {
  const index = indexArticles(articles)
  const claims = new Map<Article, { movieId: number; level: number }[]>()
  for (const film of films) {
    const found = findArticle(film, index)
    if (found === undefined) continue
    if (!claims.has(found.article)) claims.set(found.article, [])
    claims.get(found.article)!.push({ movieId: film.movieId, level: found.level })
  }
  const joined = new Map<number, Article>()
  for (const [article, claimants] of claims) {
    const best = Math.min(...claimants.map(({ level }) => level))
    const winners = claimants.filter(({ level }) => level === best)
    if (winners.length === 1) joined.set(winners[0].movieId, article)
  }
  return joined
}

/** Names as they are compared: no diacritics, case, punctuation or leading article; "&" is "and". */
export function normalizeName(name: string): string {
  const words = name
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replaceAll('&', ' and ')
    .replace(/['’.]/gu, '')
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim()
  return words.replace(/^(?:the|an?) (?=.)/u, '')
}

/** "name year" → the articles of that name and year; an article listed twice counts once, with the longer text. */
function indexArticles(articles: readonly Article[]): Map<string, Article[]> {
  const index = new Map<string, Article[]>()
  for (const article of articles) {
    const key = `${normalizeName(article.title)} ${article.year}`
    const others = index.get(key) ?? []
    const same = others.findIndex((other) => other.href != null && other.href === article.href)
    if (same === -1) others.push(article)
    else if ((article.extract ?? '').length > (others[same].extract ?? '').length) others[same] = article
    index.set(key, others)
  }
  return index
}

function findArticle(film: Film, index: Map<string, Article[]>): { article: Article; level: number } | undefined {
  if (film.year === 0) return undefined
  const [main, ...others] = film.names.map(normalizeName)
  let level = 0
  for (const years of [[film.year], [film.year - 1, film.year + 1]])
    for (const names of [[main], others]) {
      const found = new Set(names.flatMap((name) => years.flatMap((year) => index.get(`${name} ${year}`) ?? [])))
      if (found.size > 1) return undefined
      for (const article of found) return { article, level }
      level++
    }
  return undefined
}

/** a capitalized word, an initial ("J.", "J.J."), or a particle inside a name; no other full stop */
const WORD = String.raw`(?:(?:\p{Lu}\.){1,3}|\p{Lu}[\p{L}\p{M}'’-]*)`
const NAME = String.raw`${WORD}(?: (?:Jr\.|Sr\.|${WORD}|de|del|della|der|den|di|da|du|la|le|van|von))*(?:,? Jr\.)?`
/** "A", "A and B", "A, B and C", "A, B, and C": a comma alone may begin a clause, so a list must close with "and" */
const NAMES = new RegExp(
  String.raw`\b(?:co-)?directed by (${NAME}(?:(?:, ${NAME})*,? (?:and|&) ${NAME})?)(?=[\s,.;)]|$)`,
  'u',
)
/** another film's director may be named after these */
const OTHER_FILM =
  /\b(?:remake|sequel|prequel|adaptation|version|based|inspired|follow-up|spin-off|reboot|anthology)\b/u
/** how the second sentence begins when it still speaks of the film as a whole */
const OF_THIS_FILM =
  /^(?:(?:The (?:film|movie|picture)|It) (?:is|was) )?(?:[\p{L}-]+(?:, (?:and )?| and |, )){0,3}(?:co-)?directed by /iu
/** these are capitalized, but no one's name */
const NOT_A_NAME =
  /\b(?:Academy|Award|Awards|Oscar|American|British|French|Italian|German|Canadian|Australian|Japanese|Emmy|Pictures|Studios|Productions)\b/u

/**
 * Directors named in a Wikipedia extract's first sentence ("X is a 1990 film directed by A and B …"), or in a second
 * one that begins with it. Empty when in doubt: a missing director costs less than a wrong one.
 */
export function findDirectors(extract: string): string[] {
  const [first, second = ''] = splitSentences(extract)
  const inFirst = NAMES.exec(first)
  if (inFirst !== null && !OTHER_FILM.test(first.slice(0, inFirst.index))) return splitNames(inFirst[1])
  if (inFirst === null && OF_THIS_FILM.test(second)) return splitNames(NAMES.exec(second)?.[1] ?? '')
  return []
}

function splitNames(list: string): string[] {
  const names = list.split(/,? (?:and|&) |, (?!Jr\.|Sr\.)/u)
  // "Joel and Ethan Coen" share the last name
  const surname = /[^ ]+$/u.exec(names.at(-1)!)
  const full = names.map((name) => (name.includes(' ') || names.length === 1 ? name : `${name} ${surname}`))
  return full.every((name) => name.includes(' ') && !NOT_A_NAME.test(name)) ? full : []
}

/** Sentences end at a full stop before a capital, but not after an initial or a title. */
function splitSentences(text: string): string[] {
  return text.split(
    /(?<=[.!?]["”)]*)(?<!\b(?:\p{Lu}|Mr|Mrs|Ms|Dr|St|vs|Jr|Sr|No|Bros|Vol|Inc|Lt|Sgt|Capt)\.) (?=["“(]*\p{Lu})/u,
  )
}

if (process.argv[1] !== undefined && resolve(process.argv[1]) === import.meta.filename) await main()
