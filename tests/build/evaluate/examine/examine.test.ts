import { describe, expect, test } from 'vitest'
import { examine } from '../../../../build/evaluate/index.ts'
import { encodeNeighbours } from '../../../../build/export/index.ts'
import { type Interactions, type ItemWeights, PART, type PreparedRatings } from '../../../../build/nouns.ts'
import { stepHandles } from '../../../helpers/step-handles.ts'
import { TINY_BLEND, TINY_CONFIG, tinyFiles, tinyItem, tinyModel } from '../../../helpers/tiny-model.ts'

const { catalog } = tinyModel()
const { numItems } = catalog

/** Two users of each taste with one movie to find, and one who is not judged. */
const RATINGS: [movieId: number, part: number][][] = [
  [
    [10, PART.train],
    [20, PART.test],
  ],
  [
    [40, PART.train],
    [10, PART.test],
  ],
  [
    [50, PART.train],
    [60, PART.validation],
    [80, PART.test],
  ],
  [
    [70, PART.train],
    [50, PART.test],
  ],
  [[10, PART.train]],
]
const entries = RATINGS.flat()
const interactions: Interactions = {
  userIds: Int32Array.from(RATINGS.keys()),
  indptr: Uint32Array.of(0, 2, 4, 7, 9, 10),
  itemIndices: Int32Array.from(entries, ([movieId]) => tinyItem(movieId)),
  ratings: new Float32Array(entries.length).fill(5),
  timestamps: Uint32Array.from(entries.keys()),
  parts: Uint8Array.from(entries, ([, part]) => part),
}

/** As the tiny model has them, which int8 holds exactly: two tastes at right angles. */
const itemFactors = new Float32Array(numItems * 8)
for (let item = 0; item < 8; item++) itemFactors[item * 8 + (item < 4 ? 0 : 1)] = 1

/** 10 speaks for 20, and the other way round. */
const pair: ItemWeights = {
  indptr: Uint32Array.of(0, 1, 2, ...new Array(numItems - 2).fill(2)),
  indices: Int32Array.of(1, 0),
  weights: Float32Array.of(1, 1),
}

const { unobservedWeight, regularization, regularizationExponent } = TINY_CONFIG.model.cf
const examination = examine(
  {
    files: tinyFiles(),
    blend: TINY_BLEND,
    prepared: { interactions } as PreparedRatings,
    config: { ...TINY_CONFIG, evaluation: { ...TINY_CONFIG.evaluation, bootstrapSamples: 100 } },
    itemKnn: encodeNeighbours(pair),
    uncompressed: {
      itemFactors,
      placedByTexts: new Uint8Array(numItems),
      tower: null,
      foldIn: { unobservedWeight, regularization, regularizationExponent, unobservedMass: 0 },
      neighbours: pair,
    },
  },
  stepHandles(),
)
const names = ['marquee', 'als', 'next', 'ease', 'content', 'popularity', 'itemKnn', 'random']

test('curves have every metric of every row, which recall and hit rate climb with the length of the list', () => {
  expect(examination.curves.map(({ metric }) => metric)).toContain('cappedRecall')
  for (const { metric, models } of examination.curves) {
    expect(models.map(({ name }) => name)).toEqual(names)
    for (const { points } of models) {
      const ks = points.map(({ k }) => k)
      expect(ks).toEqual(ks.toSorted((a, b) => a - b))
      if (metric !== 'recall' && metric !== 'hitRate') continue
      const means = points.map(({ mean }) => mean)
      expect(means).toEqual(means.toSorted((a, b) => a - b))
      // 50 is more than the catalogue has: all is found
      expect(means.at(-1)).toBe(1)
    }
  }
})

test('slices judge those who are in them, and leave out groups of nobody', () => {
  const groupsOf = (by: string) =>
    examination.slices.find((slice) => slice.by.startsWith(by))!.groups.map(({ label, users }) => [label, users])
  expect(groupsOf('ratings in the history')).toEqual([['0–19', 4]])
  expect(groupsOf('likes of a new viewer')).toEqual([
    ['1 like', 4],
    ['2 likes', 4],
    ['3 likes', 4],
  ])
  // 10 has two of the six ratings before the test, 40 and 50 one each and so the next two; the rest is the tail
  expect(groupsOf('popularity of what is to be found')).toEqual([
    ['head: 1 movies', 1],
    ['middle: 2 movies', 1],
    ['tail: 7 movies', 2],
  ])
  expect(groupsOf('ratings of what is to be found')).toEqual([
    ['0', 2],
    ['1–5', 2],
  ])
})

test('a new viewer of one like is ranked by that like', () => {
  const [one] = examination.slices.find(({ by }) => by.startsWith('likes of a new viewer'))!.groups
  // what is to be found is of the taste of the like, which is all that the factors know
  const meanOf = (name: string) => one!.models.find((model) => model.name === name)!.value.mean
  expect(meanOf('als')).toBeGreaterThan(meanOf('random'))
})

test('the blend is set against every other row, with the traits of the lists', () => {
  expect(examination.differences.map(({ other }) => other)).toEqual(names.slice(1))
  for (const { metrics } of examination.differences)
    expect(Object.keys(metrics)).toEqual(expect.arrayContaining(['ndcg@10', 'novelty@10', 'intraListDiversity@10']))
})

test('places in lists are shared out over the tenths of the movies', () => {
  for (const { shareByDecile, gini, coverage } of examination.popularityBias) {
    expect(shareByDecile).toHaveLength(10)
    expect(shareByDecile.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 12)
    // lists of all nine or fewer movies that are left: nearly every movie is in nearly every list
    expect(gini).toBeLessThan(0.2)
    expect(coverage).toBe(1)
  }
})

test('the diversity curve begins with the served lists and never loses diversity at its end', () => {
  const { diversity } = examination
  expect(diversity.map((point) => point.diversity)).toEqual([0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1])
  const ndcg = examination.curves[0]!.models[0]!.points.find(({ k }) => k === 10)!
  expect(diversity[0]!.ndcg.mean).toBeCloseTo(ndcg.mean, 12)
  expect(diversity.at(-1)!.intraListDiversity).toBeGreaterThanOrEqual(diversity[0]!.intraListDiversity)
})

describe('compression', () => {
  const costOf = (variant: string) => examination.compression.find((cost) => cost.variant === variant)!

  test('costs nothing where int8 holds the factors exactly', () => {
    for (const name of ['als', 'marquee'])
      expect(costOf(`${name}: factors in float32`)).toMatchObject({ difference: { mean: 0 }, overlap: 1 })
  })

  test('of the neighbours is told by how much of the lists stays', () => {
    expect(costOf('ease: all item–item weights in float32').overlap).toBeGreaterThan(0)
  })
})

test('the map has the movies with factors, the most rated first, two tastes apart', () => {
  const { method, points } = examination.map
  expect(method).toContain('the plane shows 100 % of their variance')
  expect(points.map(({ title }) => title).slice(0, 1)).toEqual(['Star Harbour'])
  expect(points).toHaveLength(8)
  const [space, weepie] = [points[0]!, points.find(({ title }) => title === 'Letters in June')!]
  // at right angles: √2 apart
  expect(Math.hypot(space.x - weepie.x, space.y - weepie.y)).toBeCloseTo(Math.SQRT2, 5)
})

test('examples are rated movies of different genres with what is served as similar', () => {
  expect(examination.similar.map(({ title }) => title)).toContain('Star Harbour')
  for (const { neighbours } of examination.similar) {
    const scores = neighbours.map(({ score }) => score)
    expect(scores).toEqual(scores.toSorted((a, b) => b - a))
  }
})

test('every row was timed', () => {
  expect(examination.milliseconds.map(({ name }) => name)).toEqual(names)
  for (const { median } of examination.milliseconds) expect(median).toBeGreaterThanOrEqual(0)
})
