/**
 * The published artifacts, one Arrow IPC file each: uncompressed, little-endian, no nulls, opened as views.
 * Writer (build/export), readers (this folder) and tests share these names and types.
 *
 * | file                    | one row a  | in the Worker                         |
 * |-------------------------|------------|---------------------------------------|
 * | catalog.arrow           | movie      | resident                              |
 * | factors.arrow           | movie      | copied into WASM memory               |
 * | gramian.arrow           | factor     | copied into WASM memory               |
 * | next-1.arrow, next-2 …  | movie      | resident; a file a time scale         |
 * | neighbours.arrow        | movie      | resident                              |
 * | local-titles.arrow      | title      | resident, where movies have any       |
 * | stars.arrow             | movie      | resident                              |
 * | stars-prior.arrow       | coordinate | resident                              |
 * | content.arrow           | movie      | resident                              |
 * | terms.arrow             | term       | resident                              |
 * | users.arrow             | user       | resident                              |
 * | histories.arrow         | user       | read by range, a batch a segment      |
 * | histories-index.arrow   | segment    | resident                              |
 * | details.arrow           | movie      | read by range, a batch a segment      |
 * | details-index.arrow     | segment    | resident                              |
 * | placement.arrow         | feature    | read when a new movie is asked about  |
 * | ranker.arrow            | tree node  | resident, where one is shipped        |
 * | tower-history.arrow     | movie      | resident, in a two-tower model        |
 * | tower-layers.arrow      | layer      | resident, in a two-tower model        |
 *
 * Rows of movies stand in the order of itemIndex (ascending movieId), rows of users in the order of userId.
 */

export type Scalar = 'int8' | 'uint8' | 'int16' | 'uint16' | 'int32' | 'uint32' | 'float32'
/** `list<…>`: any length a row; `fixed<…>`: the same length in every row. */
export type ColumnType = Scalar | 'utf8' | `list<${Scalar | 'utf8'}>` | `fixed<${Scalar}>`

export interface TableSpec {
  name: string
  /** goes up with any change of the columns or their meaning */
  version: number
  columns: Record<string, ColumnType>
  /** rows a record batch of a segmented file, as it is written; absent: one batch */
  rowsPerSegment?: number
}

/** Schema metadata, each a JSON list: `genres`, the names of the bits of genreMask; `languages`, the codes of `language`. */
export const CATALOG = {
  name: 'catalog',
  version: 2,
  columns: {
    movieId: 'int32',
    title: 'utf8',
    /** 0 unknown */
    year: 'int16',
    genreMask: 'uint32',
    /** original language: languages[language − 1]; 0 unknown */
    language: 'uint8',
    /** minutes, 0 unknown */
    runtime: 'int16',
    /** 0 unknown */
    imdbId: 'int32',
    /** 0 unknown */
    tmdbId: 'int32',
    numRatings: 'int32',
    /** stars, 0 without ratings */
    meanRating: 'float32',
    /** damped popularity, 0 to 1 */
    popularity: 'float32',
  },
} as const satisfies TableSpec

/**
 * Titles in other languages, in the order of itemIndex; of a movie's in one language the first is shown, by the others it
 * is known too. Schema metadata: `languages`, a JSON list. No such file where no movie has one.
 */
export const LOCAL_TITLES = {
  name: 'local-titles',
  version: 1,
  columns: {
    itemIndex: 'int32',
    /** languages[language] */
    language: 'uint8',
    title: 'utf8',
  },
} as const satisfies TableSpec

/**
 * Schema metadata: `regularization`, `regularizationExponent`, `unobservedWeight` and `unobservedMass` of the fit, needed
 * to fold a history in (ServeModel in kernels/serve.ts says how).
 */
export const FACTORS = {
  name: 'factors',
  version: 3,
  columns: {
    /** q; the factor is q · scale */
    quantized: 'fixed<int8>',
    /** 0 for a movie without factors */
    scale: 'float32',
    /** 1 where they come from the movie's texts, as nobody liked it when the model was trained */
    placedByTexts: 'uint8',
  },
} as const satisfies TableSpec

/** YᵀY of the factors as served (after quantization), but for those that come from texts: nobody could have liked these. */
export const GRAMIAN = {
  name: 'gramian',
  version: 1,
  columns: { row: 'fixed<float32>' },
} as const satisfies TableSpec

/**
 * What a liked movie says for others: the weight is w · scale. Their itemIndices ascend, each the sum of the row's gaps
 * up to it: 3 bytes a weight, 14 MB for 87,000 movies × 50. An entry of weight 0 crosses a gap above 65,535.
 */
export const NEIGHBOURS = {
  name: 'neighbours',
  version: 1,
  columns: { gaps: 'list<uint16>', weights: 'list<int8>', scale: 'float32' },
} as const satisfies TableSpec

/**
 * Predicted stars: rows y and z of RatingModel in scoring/fold-in-ratings.ts, f + 2 coordinates long; f + 2 is a multiple
 * of 8. 48 bytes a movie with 14 factors. Schema metadata: `mean`, `lowest`, `highest`, `noisePrecision`, `scaleShape`.
 * No rows in a model without them.
 */
export const STARS = {
  name: 'stars',
  version: 1,
  columns: {
    /** y is factors · factorScale */
    factors: 'fixed<int8>',
    factorScale: 'float32',
    /** z is traces · traceScale; 0 for a movie that nobody rated */
    traces: 'fixed<int8>',
    traceScale: 'float32',
    /** a_i */
    noiseScale: 'float32',
    /** of a prediction, for what is not known of the movie; squared stars */
    variance: 'float32',
  },
} as const satisfies TableSpec

/** What is known of users beforehand: the prior mean c and a row of Λ a coordinate. */
export const STARS_PRIOR = {
  name: 'stars-prior',
  version: 1,
  columns: { mean: 'float32', precision: 'fixed<float32>' },
} as const satisfies TableSpec

/**
 * What a rating network knows of each movie (scoring/rating-network.ts): its vector in five blocks of `width` numbers, and its
 * ratings about the mean of all. Schema metadata: `width`, `heads`, `poolDamping`, `mean`, `variance`, and the shares of the
 * network in predicted stars, `known` and `told`. 92 bytes a movie with a width of 16.
 */
export const RATING_NETWORK = {
  name: 'rating-network',
  version: 1,
  columns: {
    /** the vector is quantized · scale */
    quantized: 'fixed<int8>',
    scale: 'float32',
    count: 'float32',
    sum: 'float32',
    squares: 'float32',
  },
} as const satisfies TableSpec

/** Its layers, from what is known of viewer and movie to stars. */
export const RATING_NETWORK_LAYERS = {
  name: 'rating-network-layers',
  version: 1,
  columns: {
    outputs: 'int32',
    /** inputs × outputs, row-major */
    weights: 'list<float32>',
    bias: 'list<float32>',
  },
} as const satisfies TableSpec

/**
 * What makes the first two blocks of a movie's vector of what is told of it: a row a column of the placement, then one a
 * genre, then one a bucket that names of people fall in. Schema metadata: `genres`, as JSON, and `buckets`, how many.
 */
export const RATING_NETWORK_TOLD = {
  name: 'rating-network-told',
  version: 1,
  columns: { quantized: 'fixed<int8>', scale: 'float32' },
} as const satisfies TableSpec

/** TF-IDF; the weight is w · scale, a row of weights has unit length before rounding. */
export const CONTENT = {
  name: 'content',
  version: 1,
  columns: { termIndices: 'list<int32>', weights: 'list<uint8>', scale: 'float32' },
} as const satisfies TableSpec

export const TERMS = {
  name: 'terms',
  version: 1,
  columns: { term: 'utf8', documentFrequency: 'int32' },
} as const satisfies TableSpec

/**
 * What each feature of a movie (columns of core/scoring/movie-features.ts) gives to the rows of a movie that is not in the
 * catalogue. Schema metadata: `starVariance`, squared stars of a prediction for not knowing better where the movie belongs;
 * `fieldWeights` and `maxTermsPerMovie` of the content index. No such file in a model without stars.
 */
export const PLACEMENT = {
  name: 'placement',
  version: 1,
  columns: {
    /** of the factors, times factorScale */
    factors: 'fixed<int8>',
    factorScale: 'float32',
    /** of the stars' rows y, times starScale */
    stars: 'fixed<int8>',
    starScale: 'float32',
  },
} as const satisfies TableSpec

/**
 * Regression trees that put the first movies of a blended list in order (RankerModel in scoring/ranker.ts), one after the
 * other, a root first. Schema metadata: `features`, the names of RANKER_FEATURES with commas; `pool`, `minRatings`, `scale`.
 * No such file in a model whose ranker did not prove itself.
 */
export const RANKER = {
  name: 'ranker',
  version: 1,
  columns: {
    /** ascending from 0 */
    tree: 'uint16',
    /** that the node asks for; −1 a leaf */
    feature: 'int16',
    threshold: 'float32',
    /** row of the node for what is at or below the threshold, the other one stands behind it; 0 for a leaf */
    left: 'int32',
    /** of a leaf */
    value: 'float32',
  },
} as const satisfies TableSpec

/** What a movie of a history says to the user tower (UserTower in scoring/user-tower.ts): its row is quantized · scale. */
export const TOWER_HISTORY = {
  name: 'tower-history',
  version: 1,
  columns: {
    quantized: 'fixed<int8>',
    /** 0 for a movie that says nothing */
    scale: 'float32',
  },
} as const satisfies TableSpec

/** Layers of the user tower, from the pools of the history to a vector as long as the factors. */
export const TOWER_LAYERS = {
  name: 'tower-layers',
  version: 1,
  columns: {
    outputs: 'int32',
    /** inputs × outputs, row-major */
    weights: 'list<float32>',
    bias: 'list<float32>',
  },
} as const satisfies TableSpec

export const USERS = {
  name: 'users',
  version: 1,
  columns: { userId: 'int32' },
} as const satisfies TableSpec

/** A row's lists are in the order of time. */
export const HISTORIES = {
  name: 'histories',
  version: 1,
  rowsPerSegment: 16,
  columns: {
    userId: 'int32',
    itemIndices: 'list<int32>',
    /** stars × 2 */
    halfStars: 'list<uint8>',
    /** seconds since 1970 */
    timestamps: 'list<uint32>',
  },
} as const satisfies TableSpec

export const DETAILS = {
  name: 'details',
  version: 1,
  rowsPerSegment: 16,
  columns: {
    movieId: 'int32',
    overview: 'utf8',
    tagline: 'utf8',
    keywords: 'list<utf8>',
    cast: 'list<utf8>',
    directors: 'list<utf8>',
    poster: 'utf8',
    /** page that the overview is from */
    source: 'utf8',
  },
} as const satisfies TableSpec

/**
 * Where the record batches of a segmented file lie. Schema metadata: `rowsPerSegment`, and `schema`, the file's Arrow schema
 * message in hexadecimal. Of ML-32M's 200,000 histories a segment of 16 takes 23 kB, and the index 1 MB.
 */
export const SEGMENTS = {
  name: 'segments',
  version: 2,
  columns: {
    offset: 'uint32',
    sizeBytes: 'uint32',
    /** of the batch's bytes, lower-case hexadecimal */
    sha256: 'utf8',
  },
} as const satisfies TableSpec

export const FORMAT = 'marquee'

/** Files that an isolate keeps, beside those of the time scales; the segmented ones are read by range. */
export const RESIDENT_FILES = [
  'catalog.arrow',
  'factors.arrow',
  'gramian.arrow',
  'neighbours.arrow',
  'stars.arrow',
  'stars-prior.arrow',
  'content.arrow',
  'terms.arrow',
  'users.arrow',
  'histories-index.arrow',
  'details-index.arrow',
] as const
export const SEGMENTED_FILES = ['histories.arrow', 'details.arrow'] as const
