import { type Catalog, type Interactions, PART, type TermMatrix } from '../../build/nouns.ts'

/** Twelve movies that are watched one after the other, one that is only disliked, one nobody has, and one without a term. */
const NUM_ITEMS = 15
export const DISLIKED = 12

/** 24 viewers, each from a movie of their own on; their last two are validation and test. */
export function watched(): { catalog: Catalog; interactions: Interactions; content: TermMatrix } {
  const rows = Array.from({ length: 24 }, (_, user) =>
    Array.from({ length: 7 }, (_, place) => (place === 2 ? DISLIKED : (user + place) % 12)),
  )
  const places = rows.flatMap((items) => items.map((item, place) => ({ item, place })))
  const terms = Array.from({ length: NUM_ITEMS }, (_, item) => (item === NUM_ITEMS - 1 ? [] : [item % 2]))
  const text = { overview: '', tagline: '', keywords: [], cast: [], directors: [], poster: '', source: '' }
  const numbers = Array.from({ length: NUM_ITEMS }, (_, item) => item)
  return {
    catalog: {
      movieIds: Int32Array.from(numbers),
      titles: numbers.map((item) => `Movie ${item}`),
      years: Int16Array.from(numbers, (item) => (item % 3 === 0 ? 0 : 1990 + item)),
      genres: numbers.map((item) => (item % 2 === 0 ? ['Drama'] : ['Comedy', 'Drama'])),
      ...{
        imdbIds: new Int32Array(NUM_ITEMS),
        tmdbIds: new Int32Array(NUM_ITEMS),
        runtimes: new Int16Array(NUM_ITEMS),
      },
      texts: numbers.map(() => text),
    },
    interactions: {
      userIds: Int32Array.from(rows.keys()),
      indptr: Uint32Array.from({ length: rows.length + 1 }, (_, user) => 7 * user),
      itemIndices: Int32Array.from(places, ({ item }) => item),
      ratings: Float32Array.from(places, ({ item }) => (item === DISLIKED ? 1 : 4)),
      timestamps: Uint32Array.from(places, ({ place }) => place),
      parts: Uint8Array.from(places, ({ place }) =>
        place === 6 ? PART.test : place === 5 ? PART.validation : PART.train,
      ),
    },
    content: {
      terms: ['a', 'b'],
      documentFrequencies: Int32Array.of(7, 7),
      indptr: Uint32Array.from({ length: NUM_ITEMS + 1 }, (_, item) => Math.min(item, NUM_ITEMS - 1)),
      termIndices: Int32Array.from(terms.flat()),
      weights: new Float32Array(NUM_ITEMS - 1).fill(1),
    },
  }
}
