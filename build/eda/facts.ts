import type { SourceReport } from '../nouns.ts'

/** What the report is drawn from: small tables, whatever the size of the data. */
export interface Facts {
  totals: Totals
  /** ratings of each value, ascending */
  histogram: ValueCount[]
  /** users by their mean, in about 20 classes named by their middle; those with `least` ratings or more */
  userMeans: { least: number; bins: ValueCount[] }
  activity: Tail
  popularity: Tail
  /** the most frequent first, at most MOST_GENRES */
  genres: GenreFacts[]
  /** share of the row's movies that have the column's genre too; 1 on the diagonal */
  together: number[][]
  times: TimeFacts | null
  decades: DecadeFacts[]
  sample: Sample
  cold: { users: BelowCount[]; movies: BelowCount[] }
  missing: Missing[]
  oddities: Oddity[]
  sources: SourceReport[]
}

export interface Totals {
  users: number
  movies: number
  ratedMovies: number
  ratings: number
  tags: number
}

export interface ValueCount {
  value: number
  n: number
}

/** Ratings a user or a movie, from the one with most. */
export interface Tail {
  /** log-spaced ranks from 1, the last included */
  points: { rank: number; n: number }[]
  median: number
  most: number
  /** share of all ratings that the first tenth has */
  topTenth: number
}

export interface GenreFacts {
  genre: string
  movies: number
  histogram: ValueCount[]
}

/** Ratings of movies released in ten years. */
export interface DecadeFacts {
  decade: number
  movies: number
  histogram: ValueCount[]
}

/** Null when every rating has the same time. */
export interface TimeFacts {
  /** ISO dates */
  first: string
  last: string
  /** every month from the first to the last */
  months: { month: string; n: number }[]
  /** 7 × 24 ratings, from Monday 0 h UTC */
  week: number[][]
  /** share of ratings in the busiest tenth of the hours that have any */
  busiestTenth: number
}

/** Users × movies, evenly over the ranks of activity and popularity, the most active and popular at the top left. */
export interface Sample {
  users: number
  movies: number
  dots: { user: number; movie: number }[]
}

/** How many have fewer than `below`, and the share of all ratings that is theirs. */
export interface BelowCount {
  below: number
  n: number
  ratingShare: number
}

/** Movies without a field, and the share of all ratings that are of such movies. */
export interface Missing {
  field: string
  movies: number
  ratingShare: number
}

export interface Oddity {
  what: string
  n: number
  unit: 'users' | 'movies' | 'ratings'
  share: number
  /** why to care */
  meaning: string
}
