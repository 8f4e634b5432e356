import type { Estimate } from '#core/schemas/manifest.ts'
import type { Examination } from '../../../build/nouns.ts'
import type { Findings } from '../../../build/report/index.ts'
import { CARD } from '../../helpers/exported-model.ts'

/** Findings of a small evaluation that never took place, with everything that a report can tell. */

const NAMES = ['marquee', 'als', 'content', 'popularity', 'random']
const NDCG = [0.12, 0.1, 0.03, 0.06, 0.001]

function around(mean: number, half = 0.01): Estimate {
  return { mean, low: mean - half, high: mean + half }
}

const models = NAMES.map((name, index) => ({
  name,
  metrics: { 'ndcg@5': around(NDCG[index]! * 0.8), 'ndcg@10': around(NDCG[index]!), 'recall@10': around(NDCG[index]!) },
  coverage: { 'coverage@10': 0.1 * (index + 1) },
}))

const differences: Examination['differences'] = NAMES.slice(1).map((other, index) => ({
  other,
  // als is not told apart: 0.02 ± 0.03
  metrics: { 'ndcg@10': around(NDCG[0]! - NDCG[index + 1]!, other === 'als' ? 0.03 : 0.01) },
}))

const examination: Examination = {
  curves: [
    {
      metric: 'ndcg',
      models: NAMES.map((name, index) => ({
        name,
        points: [1, 10, 50].map((k) => ({ k, ...around(NDCG[index]! * (1 + k / 50)) })),
      })),
    },
  ],
  slices: [
    {
      by: 'ratings in the history',
      metric: 'ndcg@10',
      groups: ['0–19', '20 or more'].map((label, group) => ({
        label,
        users: 40 + group,
        models: NAMES.map((name, index) => ({ name, value: around(NDCG[index]! * (1 + group)) })),
      })),
    },
  ],
  differences,
  popularityBias: NAMES.map((name, index) => ({
    name,
    shareByDecile: [0.55, ...Array.from({ length: 9 }, () => 0.05)],
    novelty: 2 + index,
    gini: 0.9,
    intraListDiversity: 0.6,
    coverage: 0.1,
  })),
  diversity: [
    { diversity: 0, ndcg: around(0.12), intraListDiversity: 0.6, coverage: 0.1 },
    { diversity: 0.2, ndcg: around(0.1194), intraListDiversity: 0.65, coverage: 0.12 },
    { diversity: 0.8, ndcg: around(0.08), intraListDiversity: 0.8, coverage: 0.2 },
  ],
  compression: [{ variant: 'als: factors in float32', difference: around(0, 0.001), overlap: 0.97 }],
  map: {
    method: 'principal components; the plane shows 11 % of their variance',
    // two genres in places of their own
    points: Array.from({ length: 40 }, (_, index) => ({
      title: `Movie ${index} & <more>`,
      genre: index < 20 ? 'Horror' : 'Romance',
      x: (index < 20 ? 0 : 5) + (index % 5) / 10,
      y: Math.floor((index % 20) / 5) / 10,
      ratings: 100 - index,
    })),
  },
  similar: [
    { title: 'Toy Story', year: 1995, neighbours: [{ title: 'Toy Story 2', year: 1999, score: 0.534 }] },
    { title: 'Untitled', year: 0, neighbours: [] },
  ],
  milliseconds: NAMES.map((name, index) => ({ name, median: 0.5 + index })),
}

const evidence = {
  bestMember: 'cf' as const,
  users: 300,
  replayed: 120,
  'ndcg@10': around(0.02),
  shipped: 'blend' as const,
}
const weights = { cf: 0.7, next: 0, neighbours: 0, content: 0.2, popularity: 0.1 }

export const FINDINGS: Findings = {
  name: 'a <small> test',
  protocol: 'test: the last ratings of each user',
  command: 'npx marquee evaluate --report r.html',
  seed: 7,
  buildId: 'a'.repeat(16),
  users: 81,
  models,
  differences: differences.map(({ other, metrics }) => ({ a: 'marquee', b: other, metrics })),
  facts: [['data', '900 ratings of 40 movies by 90 users']],
  card: {
    ...CARD,
    model: {
      ...CARD.model,
      blend: [
        { minLikes: 0, weights: { ...weights, cf: 0, popularity: 0.8 } },
        { minLikes: 1, weights, evidence },
        { minLikes: 4, weights, evidence: { ...evidence, 'ndcg@10': around(0), shipped: 'member' } },
      ],
      ranker: {
        ...{ shipped: true, pool: 100, minRatings: 5, trees: 40, users: 300, folds: 5, 'ndcg@10': around(0.01) },
        gains: { nextByLast: 0.6, blended: 0.37, cfPart: 0.03 },
      },
    },
  },
  stars: {
    users: 81,
    ratings: 500,
    models: [
      { name: 'marquee', metrics: { rmse: around(0.85), mae: around(0.65) } },
      { name: 'globalMean', metrics: { rmse: around(1.05), mae: around(0.85) } },
    ],
    overBaseline: { rmse: around(-0.05) },
    calibration: [
      { from: 2, to: 2.5, ratings: 100, predicted: 2.3, actual: 2.2 },
      { from: 2.5, to: 3, ratings: 0, predicted: 0, actual: 0 },
      { from: 4, to: 4.5, ratings: 400, predicted: 4.2, actual: 4.25 },
    ],
    withinDeviation: { one: 0.7, two: 0.95 },
  },
  examination,
}
