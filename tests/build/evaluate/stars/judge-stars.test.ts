import { describe, expect, test } from 'vitest'
import { EMPTY_HISTORY, historyOf } from '#core/history.ts'
import { predictStars } from '#recommend/predict-stars.ts'
import { baselines } from '../../../../build/evaluate/stars/baselines.ts'
import { calibration, withinDeviation } from '../../../../build/evaluate/stars/calibration.ts'
import { predictFold, rmseOn, starsEvaluation } from '../../../../build/evaluate/stars/judge-stars.ts'
import { ratedUsers } from '../../../../build/evaluate/stars/rated-users.ts'
import { type Interactions, PART } from '../../../../build/nouns.ts'
import { tinyRatingNetwork } from '../../../helpers/tiny-rating-network.ts'
import { tinyStars } from '../../../helpers/tiny-stars.ts'

const { train, validation, test: testPart, historyOnly } = PART

/** Movies 0 and 1 are of one kind, 4 of another; a second apart. */
const INTERACTIONS: Interactions = {
  userIds: Int32Array.of(7, 8, 9),
  indptr: Uint32Array.of(0, 3, 5, 7),
  itemIndices: Int32Array.of(0, 1, 4, 1, 0, 0, 4),
  ratings: Float32Array.of(5, 4, 2, 3, 5, 2, 4),
  timestamps: Uint32Array.of(1, 2, 3, 4, 5, 6, 7),
  parts: Uint8Array.of(train, validation, testPart, historyOnly, testPart, train, train),
}

describe('ratedUsers', () => {
  test('has every rating of the part, with all that came before it and the time of the first', () => {
    const [first, second, ...others] = ratedUsers(INTERACTIONS, testPart)
    expect(first).toMatchObject({ userIndex: 0, itemIndices: Int32Array.of(4), ratings: Float32Array.of(2), time: 3 })
    expect(first!.history.itemIndices).toEqual(Int32Array.of(0, 1))
    // what the filters left out was seen, too
    expect(second).toMatchObject({ userIndex: 1, history: { ratings: Float32Array.of(3) }, time: 5 })
    expect(others).toEqual([])
  })

  test('nobody has a time where a history goes on after the first rating of the part', () => {
    const parts = Uint8Array.of(testPart, train, train, historyOnly, testPart, train, train)
    expect(ratedUsers({ ...INTERACTIONS, parts }, testPart).map(({ time }) => time)).toEqual([null, null])
  })
})

describe('baselines', () => {
  test('means are damped by 25 ratings a movie and 10 a user', () => {
    const [user] = ratedUsers(INTERACTIONS, testPart)
    const predicted = baselines(INTERACTIONS, 10).map(
      ([name, predict]) => [name, ...Array.from(predict(user!))] as const,
    )
    // learned from 5, 4, 2 and 4: the mean is 3.75; movie 0 has 5 and 2, movie 1 a 4, movie 4 a 4
    const movies = [3.75 - 0.5 / 27, 3.75 + 0.25 / 26, 3.75 + 0.25 / 26] as const
    const above = (5 - movies[0] + 4 - movies[1]) / 12
    const close = (value: number) => expect.closeTo(value, 10)
    expect(predicted).toEqual([
      ['userAndMovieMean', close(movies[2] + above)],
      ['movieMean', close(movies[2])],
      ['globalMean', 3.75],
    ])
  })

  test('a user without history has the movie mean, a movie without ratings the mean of all', () => {
    const stranger = {
      ...ratedUsers(INTERACTIONS, testPart)[0]!,
      history: EMPTY_HISTORY,
      itemIndices: Int32Array.of(9),
    }
    for (const [, predict] of baselines(INTERACTIONS, 10)) expect(predict(stranger)[0]).toBeCloseTo(3.75, 10)
  })
})

describe('calibration', () => {
  test('bins half a star wide around whole and half stars, the lowest first; empty ones are left out', () => {
    const ratings = {
      predicted: Float32Array.of(4.25, 3.5, 3.25, 3.75),
      deviations: Float32Array.of(1, 1, 1, 1),
      actual: Float32Array.of(5, 3, 4, 4),
    }
    expect(calibration(ratings)).toEqual([
      { from: 3.25, to: 3.75, ratings: 2, predicted: 3.375, actual: 3.5 },
      { from: 3.75, to: 4.25, ratings: 1, predicted: 3.75, actual: 4 },
      { from: 4.25, to: 4.75, ratings: 1, predicted: 4.25, actual: 5 },
    ])
  })

  test('counts what lies within one and two deviations', () => {
    const ratings = {
      predicted: Float32Array.of(3, 3, 3, 3),
      deviations: Float32Array.of(1, 1, 0.5, 0.5),
      actual: Float32Array.of(4, 4.5, 4, 5),
    }
    expect(withinDeviation(ratings)).toEqual({ one: 0.25, two: 0.75 })
  })
})

describe('starsEvaluation', () => {
  test('judges what the served code predicts from the history, at the time of the first rating', () => {
    const model = tinyStars()
    const fold = predictFold(model, INTERACTIONS)
    const history = historyOf([0, 1].map((at) => ({ itemIndex: at, rating: 5 - at, timestamp: at + 1 })))
    const { stars, deviations } = predictStars(history, [4], model, 3)
    expect(fold.ratings.predicted[0]).toBe(stars[0])
    expect(fold.ratings.deviations[0]).toBe(deviations[0])
    const report = starsEvaluation([fold], 100, 1)!
    expect(report).toMatchObject({ users: 2, ratings: 2 })
    expect(report.models.map(({ name }) => name)).toEqual(['marquee', 'userAndMovieMean', 'movieMean', 'globalMean'])
    const [served, baseline] = report.models
    expect(served!.metrics.rmse!.mean).toBe(fold.rmse)
    expect(report.overBaseline.rmse!.mean).toBe(served!.metrics.rmse!.mean - baseline!.metrics.rmse!.mean)
    expect(rmseOn(testPart, model, INTERACTIONS)).toBe(fold.rmse)
  })

  test('is null when there is nothing to predict', () => {
    const parts = INTERACTIONS.parts.map((part) => (part === testPart ? train : part))
    expect(starsEvaluation([predictFold(tinyStars(), { ...INTERACTIONS, parts })], 100, 1)).toBeNull()
  })

  test('a user with nothing known before is predicted as an average viewer', () => {
    const parts = Uint8Array.of(testPart, testPart, testPart, train, train, train, train)
    const fold = predictFold(tinyStars(), { ...INTERACTIONS, parts })
    expect(fold.ratings.predicted).toEqual(Float32Array.of(3.5, 3.5, 3.5))
  })
})

test('with a network the rows say what predictions are without it, and what it says alone', () => {
  const { errors } = predictFold({ ...tinyStars(), network: tinyRatingNetwork() }, INTERACTIONS)
  expect([...errors.keys()].slice(0, 4)).toEqual(['marquee', 'linear', 'network', 'userAndMovieMean'])
  const alone = predictFold(tinyStars(), INTERACTIONS).errors
  expect(errors.get('linear')).toEqual(alone.get('marquee'))
  expect(errors.get('network')).not.toEqual(errors.get('linear'))
  expect(alone.has('network')).toBe(false)
})
