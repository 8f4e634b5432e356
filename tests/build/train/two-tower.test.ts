import { describe, expect, test } from 'vitest'
import { Config } from '#core/schemas/config.ts'
import { type Catalog, type Interactions, PART, type Part, type TermMatrix } from '../../../build/nouns.ts'
import { openDevice } from '../../../build/train/index.ts'
import { trainTwoTowers } from '../../../build/train/two-tower.ts'
import { stepHandles } from '../../helpers/step-handles.ts'

const { model: MODEL } = Config.parse({
  model: {
    cf: {
      type: 'two_tower',
      factors: 8,
      twoTower: { epochs: 6, batch: 16, hidden: [16], dropout: 0, scales: [{ length: 2, recencyHalfLife: 1 }] },
    },
  },
})
/** Twelve movies that are watched one after the other, one that is only disliked, one nobody has, and one without a term. */
const NUM_ITEMS = 15
const DISLIKED = 12

function watched(): { catalog: Catalog; interactions: Interactions; content: TermMatrix } {
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

async function train(parts: Part[], handles = stepHandles()) {
  const device = await openDevice('cpu', 1, handles.log)
  const input = { ...watched(), parts, model: MODEL, embeddings: null, seed: 7 }
  return trainTwoTowers(input, handles, { device, checkpointFile: '/nonexistent/checkpoint', resume: false })
}

describe('trainTwoTowers', () => {
  test('learns of the likes, and hears of them in all that was rated', async () => {
    const { itemFactors, placedByTexts, tower, losses } = await train([PART.train, PART.validation])
    const isZero = (rows: Float32Array, item: number) =>
      rows.subarray(item * 8, (item + 1) * 8).every((value) => value === 0)
    expect(losses).toHaveLength(6)
    expect(losses.at(-1)).toBeLessThan(losses[0]!)
    // what nobody likes is placed by its texts, and not at all without any
    expect(Array.from(placedByTexts!)).toEqual([...new Array(12).fill(0), 1, 1, 0])
    expect([isZero(itemFactors, 13), isZero(itemFactors, 14)]).toEqual([false, true])
    // a movie that is disliked says something of what comes next; one that nobody has does not
    expect([isZero(tower!.history, DISLIKED), isZero(tower!.history, 13)]).toEqual([false, true])
  })

  test('is judged on validation only where it does not learn from it', async () => {
    const handles = stepHandles()
    const { losses } = await train([PART.train], handles)
    const judged = handles.tracked.flatMap(({ metrics }) => metrics['two_tower.validation'] ?? [])
    expect(judged.length).toBeGreaterThan(0)
    expect(losses).toHaveLength(judged.indexOf(Math.max(...judged)) + 1)
    const quiet = stepHandles()
    await train([PART.train, PART.validation], quiet)
    expect(quiet.tracked.some(({ metrics }) => 'two_tower.validation' in metrics)).toBe(false)
  })
})
