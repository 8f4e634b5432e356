import type { RandomSource } from '#core/random.ts'

/**
 * What MovieLens looks like in numbers. Tails, biases and pauses were measured on ML-1M's ratings.dat, half-star habits,
 * hours and genres on ml-latest-small; the SQL of each figure stands beside it (r: userId u, movieId i, rating, t).
 */

/** Rows of the published data sets, and the time in which users join (seconds since 1970). */
export const SHAPES = {
  'ml-1m': { users: 6_040, movies: 3_883, ratings: 1_000_209, tags: 0, from: 956_703_932, to: 1_046_454_590 },
  'ml-20m': {
    users: 138_493,
    movies: 27_278,
    ratings: 20_000_263,
    tags: 465_564,
    from: 825_638_400,
    to: 1_427_784_002,
  },
  'ml-32m': {
    users: 200_948,
    movies: 87_585,
    ratings: 32_000_204,
    tags: 2_000_072,
    from: 822_873_600,
    to: 1_697_164_147,
  },
} as const
export type Shape = { -readonly [Key in keyof (typeof SHAPES)['ml-1m']]: number }

/** A quantile function: value at each share, linear in between. */
export type Quantiles = readonly (readonly [share: number, value: number])[]

/** Ratings a user as multiples of the mean (165.6): quantile_cont(n / mean) over SELECT u, count(*) n GROUP BY u. */
export const ACTIVITY: Quantiles = [
  [0, 0.1208],
  [0.05, 0.1389],
  [0.1, 0.163],
  [0.2, 0.2295],
  [0.3, 0.308],
  [0.4, 0.4227],
  [0.5, 0.5797],
  [0.6, 0.7609],
  [0.7, 1.0447],
  [0.8, 1.5278],
  [0.9, 2.4155],
  [0.95, 3.3575],
  [0.99, 5.4751],
  [0.999, 8.1111],
  [1, 13.9736],
]
/** the data sets leave out users with fewer: min(n) */
export const FEWEST_RATINGS = 20
/** the most active user rated 2,314 of 3,706 movies */
export const MOST_RATINGS_SHARE = 0.6

/** Ratings a movie as multiples of the mean (269.9), the same way. */
export const POPULARITY: Quantiles = [
  [0, 0.0037],
  [0.05, 0.0074],
  [0.1, 0.0259],
  [0.2, 0.0852],
  [0.3, 0.163],
  [0.4, 0.2742],
  [0.5, 0.4576],
  [0.6, 0.6966],
  [0.7, 1.0375],
  [0.8, 1.5895],
  [0.9, 2.703],
  [0.95, 3.896],
  [0.99, 6.6135],
  [0.999, 10.131],
  [1, 12.7015],
]
/** share of all users who rated the best known movie: 3,428 of 6,040 */
export const TOP_MOVIE_SHARE = 0.57

/** Shares of the variance of a rating (1.248): var(user means) and var(movie means), each less avg(var / n). */
export const VARIANCE = { user: 0.135, movie: 0.24 }
/** corr(ln n, mean rating) over movies: what many saw is liked better */
export const POPULAR_IS_GOOD = 0.33

/** Normal quantiles of the cumulated shares of 0.5, 1, … 4.5 stars in ml-latest-small: halves are rarer than wholes. */
export const STAR_STEPS = [-2.209, -1.734, -1.561, -1.107, -0.881, -0.285, 0.046, 0.786, 1.122]

/** Seconds between two ratings of a user in a sitting (gaps up to 1 h): quantile_cont(t - lag(t)). */
export const PAUSE_SECONDS: Quantiles = [
  [0, 0],
  [0.1, 0],
  [0.25, 4],
  [0.5, 13],
  [0.75, 26],
  [0.9, 52],
  [0.95, 86],
  [0.99, 325],
  [1, 3600],
]
/** Days between two sittings (gaps above 1 h); the last is the longest that is drawn. */
export const AWAY_DAYS: Quantiles = [
  [0, 0.042],
  [0.1, 0.142],
  [0.25, 0.543],
  [0.5, 2.839],
  [0.75, 11.05],
  [0.9, 33.92],
  [1, 120],
]
/** the median user has one sitting; of the others' gaps, this share is above 1 h (4.2 % of all gaps) */
export const ONE_SITTING_SHARE = 0.5
export const AWAY_SHARE = 0.07

/** Percent of ratings in each hour of the day (UTC) in ml-latest-small. */
export const HOURS = [
  4.4, 4.9, 5.1, 4.2, 3.2, 2.5, 2.2, 3.6, 3.1, 2.3, 2.4, 2.6, 2.9, 3, 3.8, 4.2, 5.1, 6.3, 5.7, 6.2, 6.5, 6.2, 5.3, 4.1,
]

/** Movies of each genre among the 9,742 of ml-latest-small, and how many have 1, 2, … genres. */
export const GENRES: Record<string, number> = {
  Drama: 4361,
  Comedy: 3756,
  Thriller: 1894,
  Action: 1828,
  Romance: 1596,
  Adventure: 1263,
  Crime: 1199,
  'Sci-Fi': 980,
  Horror: 978,
  Fantasy: 779,
  Children: 664,
  Animation: 611,
  Mystery: 573,
  Documentary: 440,
  War: 382,
  Musical: 334,
  Western: 167,
  IMAX: 158,
  'Film-Noir': 87,
}
export const GENRES_A_MOVIE = [2817, 3218, 2338, 987, 271, 77]
/** share of movies listed with "(no genres listed)" */
export const NO_GENRES_SHARE = 34 / 9742

export function quantile(table: Quantiles, share: number): number {
  let step = 1
  while (step < table.length - 1 && table[step]![0] < share) step++
  const [[fromShare, from], [toShare, to]] = [table[step - 1]!, table[step]!]
  return from + ((to - from) * (share - fromShare)) / (toShare - fromShare)
}

/**
 * Draws an index by weight in O(1): Walker's alias method in Vose's form (IEEE TSE 17, 1991). Two uniforms a draw.
 * @param weights at least one above 0
 */
export function aliasTable(weights: ArrayLike<number>, { uniform }: RandomSource): () => number {
  const size = weights.length
  let total = 0
  for (let index = 0; index < size; index++) total += weights[index]!
  const scaled = Float64Array.from(weights, (weight) => (weight * size) / total)
  const alias = new Int32Array(size)
  const small: number[] = []
  const large: number[] = []
  for (let index = 0; index < size; index++) (scaled[index]! < 1 ? small : large).push(index)
  while (small.length > 0 && large.length > 0) {
    const [less, more] = [small.pop()!, large.at(-1)!]
    alias[less] = more
    scaled[more] = scaled[more]! - (1 - scaled[less]!)
    if (scaled[more]! < 1) small.push(large.pop()!)
  }
  // what rounding left over is a whole slot
  for (const index of [...small, ...large]) scaled[index] = 1
  return () => {
    const index = Math.floor(uniform() * size)
    return uniform() < scaled[index]! ? index : alias[index]!
  }
}

/**
 * Expected share of all ratings for each movie, the best known first. In larger catalogues the head stands out more: above the
 * mean the curve is raised to the power at which the first movie is rated by TOP_MOVIE_SHARE of the users (1 for ML-1M's size).
 */
export function popularityWeights({ users, movies, ratings }: Shape): Float64Array {
  const curve = Float64Array.from({ length: movies }, (_, rank) => quantile(POPULARITY, 1 - (rank + 0.5) / movies))
  const raised = (power: number) => curve.map((value) => (value > 1 ? value ** power : value))
  const firstShare = (weights: Float64Array) =>
    ((weights[0]! / weights.reduce((sum, weight) => sum + weight, 0)) * ratings) / users
  let [low, high] = [1, 12]
  for (let step = 0; step < 30; step++) {
    const middle = (low + high) / 2
    if (firstShare(raised(middle)) < TOP_MOVIE_SHARE) low = middle
    else high = middle
  }
  return raised(low)
}

/** Ratings of each user: the measured tail times the mean, at least FEWEST_RATINGS, and together exactly `ratings`. */
export function activityCounts({ users, movies, ratings }: Shape, { uniform }: RandomSource): Int32Array {
  const most = Math.floor(movies * MOST_RATINGS_SHARE)
  const shares = Float64Array.from({ length: users }, () => quantile(ACTIVITY, uniform()))
  const scale = ratings / shares.reduce((sum, share) => sum + share, 0)
  const counts = Int32Array.from(shares, (share) => Math.min(most, Math.max(FEWEST_RATINGS, Math.round(share * scale))))
  let missing = ratings - counts.reduce((sum, count) => sum + count, 0)
  for (let user = 0; missing !== 0; user = (user + 1) % users) {
    const step = Math.sign(missing)
    if (counts[user]! + step < FEWEST_RATINGS || counts[user]! + step > most) continue
    counts[user]! += step
    missing -= step
  }
  return counts
}
