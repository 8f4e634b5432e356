import type { Model } from '#core/model.ts'
import { Config } from '#core/schemas/config.ts'
import type { BlendTable, Manifest } from '#core/schemas/manifest.ts'
import { servingSettings } from '../../build/evaluate/index.ts'
import { openArtifacts } from '../../build/evaluate/open-artifacts.ts'
import { encodeArtifacts, manifestFiles } from '../../build/export/index.ts'
import type { ArtifactFiles, ItemWeights, MovieText, Prepared, Trained } from '../../build/nouns.ts'
import { TINY_RANKER_CARD } from './tiny-ranker.ts'
import { TINY_NETWORK_CARD } from './tiny-rating-network.ts'
import { tinyStars } from './tiny-stars.ts'
import { TINY_TOWER } from './tiny-tower.ts'

/**
 * Ten movies in two tastes, small enough to know every number: space films (ids 10 … 40) lie on the first factor,
 * weepies (50 … 80) on the second, and 90 and 100 are new: nobody rated them, only their texts speak. As a neighbour
 * each speaks for the others of its taste by its own popularity, and 10 speaks −0.5 against 50. What comes next is the
 * movie below, by 0.5, as two items back can tell: after 10 comes 20, and so on down to 80; the older counts half. They
 * run for 60 minutes + id, and are English, but 80, which is Vietnamese, and 100, of which neither is known. In Vietnam 30
 * is called Quán cà phê Mặt Trăng, and also Tiệm cà phê cung trăng.
 *
 * | id  | title                 | year | genres             | terms        | popularity |
 * |-----|-----------------------|------|--------------------|--------------|------------|
 * | 10  | Star Harbour          | 1990 | Sci-Fi             | space        | 1.0        |
 * | 20  | Star Harbour          | 2010 | Sci-Fi, Action     | space        | 0.9        |
 * | 30  | The Moon Café         | 1995 | Sci-Fi, Comedy     | space, love  | 0.5        |
 * | 40  | Orbit                 | 2001 | Sci-Fi             | space        | 0.3        |
 * | 50  | Letters in June       | 1992 | Romance            | love         | 0.8        |
 * | 60  | Letters in July       | 1998 | Romance, Drama     | love         | 0.6        |
 * | 70  | A Long Goodbye        | 2005 | Drama              | love         | 0.4        |
 * | 80  | Đừng Khóc             | 2015 | Drama, Romance     | love         | 0.2        |
 * | 90  | New Orbit             | 2018 | Sci-Fi             | space        | 0          |
 * | 100 | Untitled              | –    | –                  | –            | 0          |
 */
const MOVIES: [id: number, title: string, year: number, genres: string[], terms: number[], popularity: number][] = [
  [10, 'Star Harbour', 1990, ['Sci-Fi'], [1], 1],
  [20, 'Star Harbour', 2010, ['Sci-Fi', 'Action'], [1], 0.9],
  [30, 'The Moon Café', 1995, ['Sci-Fi', 'Comedy'], [0, 1], 0.5],
  [40, 'Orbit', 2001, ['Sci-Fi'], [1], 0.3],
  [50, 'Letters in June', 1992, ['Romance'], [0], 0.8],
  [60, 'Letters in July', 1998, ['Romance', 'Drama'], [0], 0.6],
  [70, 'A Long Goodbye', 2005, ['Drama'], [0], 0.4],
  [80, 'Đừng Khóc', 2015, ['Drama', 'Romance'], [0], 0.2],
  [90, 'New Orbit', 2018, ['Sci-Fi'], [1], 0],
  [100, 'Untitled', 0, [], [], 0],
]
const TERMS = ['keyword:love', 'keyword:space']
const FACTORS = 8

/** userId → [movieId, stars] in the order of time, a second apart. */
const HISTORIES: Record<number, [movieId: number, stars: number][]> = {
  1: [
    [10, 5],
    [20, 4],
    [50, 2],
  ],
  2: [
    [50, 4.5],
    [60, 4],
  ],
  7: [[70, 1]],
}

export const TINY_BLEND: BlendTable = [
  { minLikes: 0, weights: { cf: 0, next: 0, neighbours: 0, content: 0, popularity: 1 } },
  { minLikes: 1, weights: { cf: 0.4, next: 0.1, neighbours: 0.1, content: 0.3, popularity: 0.1 } },
]

export const TINY_CONFIG = Config.parse({
  api: { defaultK: 5, maxK: 20, maxHistory: 50, maxBodyBytes: 4096 },
  evaluation: { cutoffs: [5, 10] },
  model: {
    next: {
      ratingExponent: 1,
      scales: [{ length: 2, recencyHalfLife: 1, regularization: 1, maxItems: 100, neighbours: 100 }],
    },
  },
})

const text = (id: number): MovieText => ({
  overview: `Overview of ${id}.`,
  tagline: '',
  keywords: ['test'],
  cast: ['Ada Lovelace', 'Trần Anh'],
  directors: ['Grace Hopper'],
  poster: '',
  source: `https://example.org/${id}`,
})

function prepared(): Prepared {
  const userIds = Int32Array.from(Object.keys(HISTORIES), Number)
  const rows = Object.values(HISTORIES)
  const entries = rows.flat()
  const indptr = new Uint32Array(rows.length + 1)
  rows.forEach((row, user) => {
    indptr[user + 1] = indptr[user]! + row.length
  })
  return {
    catalog: {
      movieIds: Int32Array.from(MOVIES, ([id]) => id),
      titles: MOVIES.map(([, title]) => title),
      years: Int16Array.from(MOVIES, ([, , year]) => year),
      genres: MOVIES.map(([, , , genres]) => genres),
      imdbIds: Int32Array.from(MOVIES, ([id]) => 1000 + id),
      tmdbIds: Int32Array.from(MOVIES, ([id]) => 2000 + id),
      runtimes: Int16Array.from(MOVIES, ([id, , year]) => (year === 0 ? 0 : 60 + id)),
      localTitles: ['Quán cà phê Mặt Trăng', 'Tiệm cà phê cung trăng'].map((title) => ({
        ...{ itemIndex: tinyItem(30), language: 'vi', title },
      })),
      languages: MOVIES.map(([id, , year]) => (year === 0 ? '' : id === 80 ? 'vi' : 'en')),
      texts: MOVIES.map(([id]) => text(id)),
    },
    interactions: {
      userIds,
      indptr,
      itemIndices: Int32Array.from(entries, ([movieId]) => MOVIES.findIndex(([id]) => id === movieId)),
      ratings: Float32Array.from(entries, ([, stars]) => stars),
      timestamps: Uint32Array.from(entries, (_, entry) => 1_000_000 + entry),
      parts: Uint8Array.from(entries, () => 1),
    },
    tables: [],
    summary: {
      users: userIds.length,
      movies: MOVIES.length,
      ratings: entries.length,
      usedRatings: entries.length,
      usedUsers: userIds.length,
      usedMovies: 5,
      parts: { train: entries.length, validation: 0, test: 0 },
      coverage: { overview: 1, cast: 1, directors: 1, keywords: 1 },
      firstRating: '1970-01-12',
      lastRating: '1970-01-12',
    },
  }
}

function trained(): Trained {
  const itemFactors = new Float32Array(MOVIES.length * FACTORS)
  for (let item = 0; item < 8; item++) itemFactors[item * FACTORS + (item < 4 ? 0 : 1)] = 1
  const weights = weightsOf(MOVIES.length, (before, item) => (item < 8 && item === before + 1 ? 0.5 : 0))
  const neighbours = weightsOf(MOVIES.length, (liked, item) => {
    if (liked === 0 && item === 4) return -0.5
    const isSameTaste = liked < 8 && item < 8 && liked < 4 === item < 4
    return isSameTaste && liked !== item ? MOVIES[liked]![5] : 0
  })
  const indptr = new Uint32Array(MOVIES.length + 1)
  MOVIES.forEach(([, , , , terms], item) => {
    indptr[item + 1] = indptr[item]! + terms.length
  })
  const { unobservedWeight, regularization, regularizationExponent } = TINY_CONFIG.model.cf
  return {
    factors: FACTORS,
    itemFactors,
    tower: null,
    placedByTexts: new Uint8Array(MOVIES.length),
    next: { scales: [{ length: 2, recencyHalfLife: 1, weights }] },
    neighbours,
    stars: tinyStars(),
    placement: null,
    content: {
      terms: TERMS,
      documentFrequencies: Int32Array.of(5, 5),
      indptr,
      termIndices: Int32Array.from(MOVIES.flatMap(([, , , , terms]) => terms)),
      weights: Float32Array.from(MOVIES.flatMap(([, , , , terms]) => terms.map(() => 1 / Math.sqrt(terms.length)))),
    },
    popularity: Float32Array.from(MOVIES, ([, , , , , popularity]) => popularity),
    losses: [1],
    foldIn: { unobservedWeight, regularization, regularizationExponent, unobservedMass: 0 },
  }
}

function weightsOf(numItems: number, weightOf: (liked: number, item: number) => number): ItemWeights {
  const items = Array.from({ length: numItems }, (_, item) => item)
  const rows = items.map((liked) => items.filter((item) => weightOf(liked, item) !== 0))
  const indptr = new Uint32Array(numItems + 1)
  for (const [liked, row] of rows.entries()) indptr[liked + 1] = indptr[liked]! + row.length
  const weights = rows.flatMap((row, liked) => row.map((item) => weightOf(liked, item)))
  return { indptr, indices: Int32Array.from(rows.flat()), weights: Float32Array.from(weights) }
}

/** @param changed of what was learned */
export function tinyFiles(changed: Partial<Trained> = {}): ArtifactFiles {
  return encodeArtifacts({ ...trained(), ...changed }, prepared(), () => true)
}

export function tinyModel(changed: Partial<Trained> = {}): Model {
  return openArtifacts(tinyFiles(changed), servingSettings(TINY_CONFIG, TINY_BLEND))
}

/** A manifest for the files, as `build/export` writes it. */
export function tinyManifest(buildId: string, files: ArtifactFiles = tinyFiles()): Manifest {
  const estimate = { mean: 0.2, low: 0.1, high: 0.3 }
  return {
    format: 'marquee-model',
    version: 1,
    buildId,
    files: manifestFiles(files),
    api: TINY_CONFIG.api,
    card: {
      project: 'tiny',
      experiment: { name: 'tiny', notes: '' },
      seed: 1,
      data: prepared().summary,
      model: {
        cf: 'als',
        neighbours: 'ease',
        factors: FACTORS,
        iterations: 1,
        regularization: TINY_CONFIG.model.cf.regularization,
        unobservedWeight: TINY_CONFIG.model.cf.unobservedWeight,
        terms: TERMS.length,
        ...servingSettings(TINY_CONFIG, TINY_BLEND),
        ...(files.has('local-titles.arrow') && { localTitles: { languages: ['vi'], movies: 1 } }),
        ...(files.has('ranker.arrow') && { ranker: TINY_RANKER_CARD }),
        ...(files.has('rating-network.arrow') && { ratingNetwork: TINY_NETWORK_CARD }),
        ...(files.has('tower-layers.arrow') && { cf: 'two_tower', tower: TINY_TOWER }),
      },
      evaluation: {
        protocol: 'none: made by hand',
        relevantFrom: 3.5,
        usersJudged: 0,
        usersWithoutRelevant: 0,
        models: [{ name: 'marquee', metrics: { 'ndcg@10': estimate }, coverage: { 'coverage@10': 0.5 } }],
        overPopularity: { 'ndcg@10': estimate },
        stars: null,
      },
      exampleUsers: [1, 2],
    },
  }
}

/** itemIndex of a movie of the table above. */
export function tinyItem(movieId: number): number {
  return MOVIES.findIndex(([id]) => id === movieId)
}
