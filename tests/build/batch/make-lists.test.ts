import { beforeAll, describe, expect, test } from 'vitest'
import { type History, historyOf } from '#core/history.ts'
import type { Model } from '#core/model.ts'
import { randomSource } from '#core/random.ts'
import { contentScores } from '#core/scoring/content-scores.ts'
import { neighbourScores } from '#core/scoring/neighbour-scores.ts'
import { nextScores } from '#core/scoring/next-scores.ts'
import { rank } from '#recommend/index.ts'
import { tasteOf } from '#recommend/retrieve.ts'
import { openContentProfile } from '../../../build/batch/content-profile.ts'
import { openFactorRanker, openFactors, planFactorLists } from '../../../build/batch/factor-lists.ts'
import { factorListLength, type ListMaker, openListMaker } from '../../../build/batch/make-lists.ts'
import { openTargetScores } from '../../../build/batch/target-scores.ts'
import { openArtifacts } from '../../../build/evaluate/open-artifacts.ts'
import { servingSettings } from '../../../build/evaluate/serving-settings.ts'
import { compileTrainKernels } from '../../../build/io/kernels.ts'
import { TINY_BLEND, TINY_CONFIG, tinyFiles, tinyItem, tinyModel } from '../../helpers/tiny-model.ts'
import { upsideDown } from '../../helpers/tiny-ranker.ts'
import { TINY_TOWER, tinyTower } from '../../helpers/tiny-tower.ts'

// movies are those of tests/helpers/tiny-model.ts
const rated = (...entries: [movieId: number, stars: number][]): History =>
  historyOf(entries.map(([movieId, rating], at) => ({ itemIndex: tinyItem(movieId), rating, timestamp: at + 1 })))

const KERNELS = compileTrainKernels()
const { uniform } = randomSource(3)
const MOVIES = [10, 20, 30, 40, 50, 60, 70, 80, 90, 100]
/** Of any length, in any order. */
const HISTORIES = Array.from({ length: 40 }, () =>
  rated(
    ...MOVIES.filter(() => uniform() < 0.4)
      .sort(() => uniform() - 0.5)
      .map((movieId): [number, number] => [movieId, 0.5 * Math.ceil(10 * uniform())]),
  ),
)

function makerOf(model: Model, k: number, others = HISTORIES): ListMaker {
  const factors = openFactors(tinyFiles().get('factors.arrow')!)
  const plan = planFactorLists(factors, factorListLength(k, model), 1, model, others)
  return openListMaker(KERNELS, model, factors, openFactorRanker(KERNELS, plan, 0), k, others)
}

const served = (model: Model, history: History, k: number) =>
  rank(history, {}, k, model).blended.map(({ itemIndex }) => itemIndex)

describe('lists of a catalogue that is all candidates', () => {
  let model: Model
  beforeAll(() => {
    model = tinyModel()
  })

  test('are the served ones', () => {
    const lists = HISTORIES.flatMap((history) => makerOf(model, 5, [history]).lists([history]))
    for (const [user, history] of HISTORIES.entries())
      expect(Array.from(lists[user]!), `user ${user}`).toEqual(served(model, history, 5))
  })

  test('are the served ones in the order of a ranker too', () => {
    const ordered = { ...model, ranker: upsideDown(5) }
    const maker = (history: History) => makerOf(ordered, 5, [history])
    for (const history of HISTORIES)
      expect(Array.from(maker(history).lists([history])[0]!)).toEqual(served(ordered, history, 5))
  })

  test('are the served ones where two towers say shares', () => {
    const settings = { ...servingSettings(TINY_CONFIG, TINY_BLEND), tower: TINY_TOWER }
    const towers = openArtifacts(tinyFiles({ tower: tinyTower() }), settings)
    for (const history of HISTORIES)
      expect(Array.from(makerOf(towers, 5, [history]).lists([history])[0]!)).toEqual(served(towers, history, 5))
  })

  test('hold nothing that was seen, and end where the catalogue does', () => {
    const all = rated(...MOVIES.slice(2).map((movieId): [number, number] => [movieId, 4]))
    const [list] = makerOf(model, 5).lists([all])
    expect(Array.from(list!).sort()).toEqual([tinyItem(10), tinyItem(20)])
    const [none] = makerOf(model, 5).lists([rated(...MOVIES.map((movieId): [number, number] => [movieId, 4]))])
    expect(none).toHaveLength(0)
  })

  test('do not depend on who else is in the block', () => {
    const maker = makerOf(model, 5)
    const together = maker.lists(HISTORIES.slice(0, 32)).map((list) => Array.from(list))
    const alone = HISTORIES.slice(0, 32).map((history) => Array.from(maker.lists([history])[0]!))
    expect(together).toEqual(alone)
  })

  test('of too many users at once are refused', () => {
    expect(() => makerOf(model, 5).lists(HISTORIES.slice(0, 33))).toThrow(
      'batch: 33 users at once, expected at most 32',
    )
  })
})

describe('what sources say of a few movies', () => {
  const model = tinyModel()

  test('content: a movie’s cosine with the profile, as of all movies at once', () => {
    const texts = openContentProfile(KERNELS, model.content, Int32Array.from(MOVIES.keys()).reverse())
    for (const likes of [[10], [10, 30, 50], [100]].map((ids) => Int32Array.from(ids, tinyItem))) {
      const all = contentScores(model.content, likes)
      expect(texts.open(likes)).toBe(all.some((score) => score > 0))
      const scores = new Float32Array(MOVIES.length)
      texts.scores(Int32Array.from(MOVIES, tinyItem), scores)
      for (const [at, movieId] of MOVIES.entries()) expect(scores[at]).toBeCloseTo(all[tinyItem(movieId)]!, 5)
    }
  })

  test('item–item weights: the sums of whole rows, farthest and largest without what was seen', () => {
    const weights = { cf: 0, next: 0.5, neighbours: 0.5, content: 0, popularity: 0 }
    for (const history of HISTORIES.filter(({ itemIndices }) => itemIndices.length > 1)) {
      const taste = tasteOf(history, model)
      const asked = { next: true, neighbours: true }
      const spoken = openTargetScores(KERNELS, model, Int32Array.from(MOVIES.keys()).reverse()).score(
        taste,
        history.itemIndices,
        asked,
        weights,
        1,
      )
      const next = nextScores(model.next, taste.lastRated, taste.lastRatedCounts, 10)
      const neighbours = neighbourScores(model.neighbours, taste.likesWithNeighbours, taste.neighbourStrengths)
      const [byNext, byNeighbours] = [new Float32Array(10), new Float32Array(10)]
      spoken.look(Int32Array.from(MOVIES.keys()), byNext, byNeighbours)
      // sums in f32: the last of 24 bits
      for (const item of MOVIES.keys()) {
        if (spoken.farthest.next !== null) expect(byNext[item]).toBeCloseTo(next[item]!, 6)
        if (spoken.farthest.neighbours !== null) expect(byNeighbours[item]).toBeCloseTo(neighbours[item]!, 6)
      }
      for (const row of [next, neighbours]) for (const item of history.itemIndices) row[item] = 0
      // of a row of zeros 1, as to divide by it
      const farthest = (row: Float32Array) => Math.max(...row.map(Math.abs)) || 1
      if (spoken.farthest.next !== null) expect(spoken.farthest.next).toBeCloseTo(farthest(next), 6)
      if (spoken.farthest.neighbours !== null) expect(spoken.farthest.neighbours).toBeCloseTo(farthest(neighbours), 6)
      const sums = Array.from(
        next,
        (score, item) => (0.5 * score) / farthest(next) + (0.5 * neighbours[item]!) / farthest(neighbours),
      )
      const best = Math.max(...sums)
      if (best > 0) expect(sums[spoken.best[0]!]).toBeCloseTo(best, 6)
    }
  })
})
