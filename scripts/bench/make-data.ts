import { closeSync, mkdirSync, openSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { randomSource } from '#core/random.ts'
import {
  AWAY_DAYS,
  AWAY_SHARE,
  activityCounts,
  aliasTable,
  GENRES,
  GENRES_A_MOVIE,
  HOURS,
  NO_GENRES_SHARE,
  ONE_SITTING_SHARE,
  PAUSE_SECONDS,
  POPULAR_IS_GOOD,
  popularityWeights,
  quantile,
  SHAPES,
  type Shape,
  STAR_STEPS,
  VARIANCE,
} from './movielens-shape.ts'

/**
 * A made-up MovieLens of any size, as a folder of CSV files that `marquee build` reads:
 *   node scripts/bench/make-data.ts --like ml-1m|ml-20m|ml-32m [--scale 0.1] --output DIR [--seed 42]
 * --scale multiplies users, ratings and tags, and the movies by its square root. The tails, sittings and star habits are
 * measured (movielens-shape.ts); who likes what is not: ratings know a movie's and a user's mean, no taste, and release
 * years do not bind the times. A seed gives the same bytes. 32M ratings, 884 MB, in 25 s on one core.
 */
const FLUSH_BYTES = 1 << 22
const LONGEST_LINE = 256
const DAY = 86_400
/** 2^14 draws a user at most: the place of a draw shares 32 bits with the movie's index */
const PLACE_BITS = 14
const FIRST_YEAR = 1920
/** share of movies without a tmdbId in ml-latest-small: 8 of 9,742 */
const NO_TMDB_SHARE = 0.0008
/** users who tag at all, the rest of ml-latest-small's 610 have given no tag: 58 */
const TAGGERS_SHARE = 0.095

const WORDS = {
  article: ['The', 'A', 'An'],
  first:
    'Silent Golden Broken Crimson Hidden Last Endless Paper Winter Electric Lonely Iron Velvet Midnight Distant'.split(
      ' ',
    ),
  second: 'Harbor Garden Letter Mirror River Empire Stranger Summer Shadow Orchard Station Promise Island Clock'.split(
    ' ',
  ),
  third: 'Saigon Lisbon Dust Glass Thunder Memory Rain Mars Oblivion Youth Sand Fire Silence Stone Salt'.split(' '),
  tag: 'atmospheric|slow|funny|twist ending|based on a book|Oscar (Best Picture)|dark comedy|visually stunning'.split(
    '|',
  ),
}

const { values: options } = parseArgs({
  options: {
    like: { type: 'string', default: 'ml-1m' },
    scale: { type: 'string', default: '1' },
    output: { type: 'string' },
    seed: { type: 'string', default: '42' },
  },
})
const shape = shapeOf(options.like, Number(options.scale))
if (options.output === undefined) throw new TypeError('--output: expected the folder to write to')
const folder = options.output
mkdirSync(folder, { recursive: true })

const random = randomSource(Number(options.seed))
const { uniform, normal } = random
const movieIds = drawMovieIds(shape.movies)
// the best known movies stand anywhere among the ids
const byRank = shuffled(shape.movies)
writeMovies()
writeRatings()

function shapeOf(like: string, scale: number): Shape {
  if (!Object.hasOwn(SHAPES, like))
    throw new TypeError(`--like: found ${like}, expected one of ${Object.keys(SHAPES).join(', ')}`)
  if (!(scale > 0)) throw new TypeError(`--scale: found ${scale}, expected a number above 0`)
  const full: Shape = SHAPES[like as keyof typeof SHAPES]
  const scaled = (value: number, by: number) => Math.max(1, Math.round(value * by))
  const movies = scaled(full.movies, Math.sqrt(scale))
  if (movies < 100 || movies > 1 << (32 - PLACE_BITS))
    throw new RangeError(
      `--scale: found ${scale}, which is ${movies} movies; expected 100 to ${1 << (32 - PLACE_BITS)}`,
    )
  const [users, ratings] = [scaled(full.users, scale), scaled(full.ratings, scale)]
  return { ...full, users, movies, ratings, tags: Math.round(full.tags * scale) }
}

/** Ascending, with holes, as MovieLens' are. */
function drawMovieIds(numMovies: number): Int32Array {
  let movieId = 0
  return Int32Array.from({ length: numMovies }, () => (movieId += 1 + Math.floor(uniform() * 3)))
}

function shuffled(size: number): Int32Array {
  const order = Int32Array.from({ length: size }, (_, index) => index)
  for (let last = size - 1; last > 0; last--) {
    const other = Math.floor(uniform() * (last + 1))
    ;[order[last], order[other]] = [order[other]!, order[last]!]
  }
  return order
}

/** movies.csv and links.csv: articles moved behind the title, quoted then; years grow denser towards the last. */
function writeMovies(): void {
  const genreNames = Object.keys(GENRES)
  const drawGenre = aliasTable(Object.values(GENRES), random)
  const drawGenreCount = aliasTable(GENRES_A_MOVIE, random)
  const pick = (words: readonly string[]) => words[Math.floor(uniform() * words.length)]!
  const lastYear = 1970 + Math.floor(shape.to / (365.25 * DAY))
  const movies = openCsv('movies.csv', 'movieId,title,genres')
  const links = openCsv('links.csv', 'movieId,imdbId,tmdbId')
  for (const movieId of movieIds) {
    const name = `${pick(WORDS.first)} ${pick(WORDS.second)}${uniform() < 0.4 ? ` of ${pick(WORDS.third)}` : ''}`
    const year = lastYear - Math.floor((lastYear - FIRST_YEAR) * uniform() ** 2)
    const moved = uniform() < 0.2
    const title = moved ? `"${name}, ${pick(WORDS.article)} (${year})"` : `${name} (${year})`
    const genres = new Set<string>()
    const wanted = uniform() < NO_GENRES_SHARE ? 0 : 1 + drawGenreCount()
    while (genres.size < wanted) genres.add(genreNames[drawGenre()]!)
    movies.text(`${movieId},${title},${[...genres].sort().join('|') || '(no genres listed)'}\n`)
    links.text(
      `${movieId},${String(100_000 + movieId * 7).padStart(7, '0')},${uniform() < NO_TMDB_SHARE ? '' : movieId + 10}\n`,
    )
  }
  movies.close()
  links.close()
}

/** ratings.csv by user and movie, and tags.csv with tags that users gave to what they had rated. */
function writeRatings(): void {
  const counts = activityCounts(shape, random)
  const drawHour = aliasTable(HOURS, random)
  const weights = popularityWeights(shape)
  const drawRank = aliasTable(weights, random)
  const means = movieMeans(weights)
  const lastUser = new Int32Array(shape.movies).fill(-1)
  const ratings = openCsv('ratings.csv', 'userId,movieId,rating,timestamp')
  const tags = openCsv('tags.csv', 'userId,movieId,tag,timestamp')
  const noise = Math.sqrt(1 - VARIANCE.user - VARIANCE.movie)
  let tagsDue = 0

  for (const [user, count] of counts.entries()) {
    const draws = new Uint32Array(count)
    for (let place = 0; place < count; ) {
      const movie = byRank[drawRank()]!
      if (lastUser[movie] === user) continue
      lastUser[movie] = user
      draws[place] = ((movie << PLACE_BITS) | place) >>> 0
      place++
    }
    const times = sittings(count, drawHour)
    const userMean = normal() * Math.sqrt(VARIANCE.user)
    tagsDue += (count * shape.tags) / shape.ratings
    const tagger = uniform() < TAGGERS_SHARE || user === counts.length - 1
    const tagged = tagger ? Math.min(count, Math.round(tagsDue)) : 0
    tagsDue -= tagged

    // times were dealt in the order of the draws, rows are in the order of the movies
    draws.sort()
    for (const [row, draw] of draws.entries()) {
      const movie = draw >>> PLACE_BITS
      const time = times[draw & ((1 << PLACE_BITS) - 1)]!
      const z = means[movie]! + userMean + noise * normal()
      let halves = 1
      for (const step of STAR_STEPS) if (z >= step) halves++
      ratings.rating(user + 1, movieIds[movie]!, halves, time)
      if (row >= tagged) continue
      const tag = WORDS.tag[Math.floor(uniform() ** 2 * WORDS.tag.length)]!
      tags.text(`${user + 1},${movieIds[movie]},${tag},${time + 10}\n`)
    }
  }
  ratings.close()
  tags.close()
}

/** What a movie adds to the normal score of its ratings: partly its popularity, partly its own. 0 on average over ratings. */
function movieMeans(weights: Float64Array): Float64Array {
  const means = new Float64Array(shape.movies)
  const own = Math.sqrt(1 - POPULAR_IS_GOOD ** 2)
  for (const [rank, movie] of byRank.entries()) {
    // a uniform rank has the standard deviation 1 / √12
    const fame = (0.5 - rank / shape.movies) * Math.sqrt(12)
    means[movie] = Math.sqrt(VARIANCE.movie) * (POPULAR_IS_GOOD * fame + own * normal())
  }
  const total = weights.reduce((sum, weight) => sum + weight, 0)
  const average = weights.reduce((sum, weight, rank) => sum + weight * means[byRank[rank]!]!, 0) / total
  return means.map((mean) => mean - average)
}

/** Ascending times of a user: a first sitting within the shape's time, pauses of seconds, and days in between. */
function sittings(count: number, drawHour: () => number): Uint32Array {
  const oneSitting = uniform() < ONE_SITTING_SHARE
  const day = Math.floor((shape.from + uniform() * (shape.to - shape.from)) / DAY)
  let time = Math.min(shape.to - DAY, day * DAY) + Math.floor((drawHour() + uniform()) * 3600)
  return Uint32Array.from({ length: count }, () => {
    const away = !oneSitting && uniform() < AWAY_SHARE
    const pause = away ? quantile(AWAY_DAYS, uniform()) * DAY : quantile(PAUSE_SECONDS, uniform())
    // whoever joined late comes back sooner: nobody rates after the last day
    time += Math.round(Math.min(pause, Math.max(0, shape.to - time) / 2))
    return time
  })
}

/** A file written in large pieces; numbers of ratings go in digit by digit, without a string a row. */
function openCsv(name: string, header: string) {
  const file = openSync(join(folder, name), 'w')
  const buffer = Buffer.allocUnsafe(FLUSH_BYTES + LONGEST_LINE)
  let end = 0
  const flush = () => {
    writeSync(file, buffer, 0, end)
    end = 0
  }
  const digits = (value: number) => {
    let length = 1
    for (let power = 10; power <= value; power *= 10) length++
    for (let at = end + length - 1; at >= end; at--) {
      const rest = Math.floor(value / 10)
      buffer[at] = 48 + value - rest * 10
      value = rest
    }
    end += length
  }
  const text = (line: string) => {
    end += buffer.write(line, end)
    if (end >= FLUSH_BYTES) flush()
  }
  text(`${header}\n`)
  return {
    text,
    rating(userId: number, movieId: number, halves: number, timestamp: number) {
      digits(userId)
      buffer[end++] = 44
      digits(movieId)
      buffer[end++] = 44
      buffer[end++] = 48 + (halves >> 1)
      buffer[end++] = 46
      buffer[end++] = halves & 1 ? 53 : 48
      buffer[end++] = 44
      digits(timestamp)
      buffer[end++] = 10
      if (end >= FLUSH_BYTES) flush()
    },
    close() {
      flush()
      closeSync(file)
    },
  }
}
