import { describe, expect, test } from 'vitest'
import { historyOf } from '#core/history.ts'
import type { Source } from '#core/schemas/config.ts'
import { alone } from '#recommend/blend.ts'
import { recommend } from '#recommend/index.ts'
import type { JudgedUser } from '../../../build/evaluate/judged-users.ts'
import { learnBlend } from '../../../build/evaluate/learn-blend.ts'
import { openArtifacts } from '../../../build/evaluate/open-artifacts.ts'
import { servingSettings } from '../../../build/evaluate/serving-settings.ts'
import { encodeNeighbours } from '../../../build/export/encode-neighbours.ts'
import { TINY_BLEND, TINY_CONFIG, tinyFiles, tinyItem } from '../../helpers/tiny-model.ts'

const NUM_ITEMS = 10
const SETTINGS = { seed: 1, bootstrapSamples: 200 }
const handles = {
  log: { error() {}, warn() {}, info() {}, debug() {} },
  progress: { update() {} },
  track() {},
  signal: new AbortController().signal,
}

/** The tiny model, where as a neighbour and as what comes next nothing speaks but movie 10 for one each, or for none. */
function modelWith(spoken: Partial<Record<'neighbours' | 'next', number>>) {
  const speaking = (movieId: number | undefined) => {
    const entries = movieId === undefined ? 0 : 1
    const indptr = new Uint32Array(NUM_ITEMS + 1).fill(entries, 1)
    const indices = new Int32Array(entries).fill(tinyItem(movieId ?? 10))
    return encodeNeighbours({ indptr, indices, weights: new Float32Array(entries).fill(1) })
  }
  const files = tinyFiles()
  files.set('neighbours.arrow', speaking(spoken.neighbours)).set('next-1.arrow', speaking(spoken.next))
  return openArtifacts(files, servingSettings(TINY_CONFIG, TINY_BLEND))
}

/** Who liked 10 turns out to like these. */
const userWho = (...movieIds: number[]): JudgedUser => ({
  history: historyOf([{ itemIndex: tinyItem(10), rating: 5, timestamp: 1 }]),
  relevant: new Set(movieIds.map(tinyItem)),
})
/** Of 20 likes. */
const LONG: JudgedUser['history'] = {
  itemIndices: new Int32Array(20).fill(tinyItem(10)),
  ratings: new Float32Array(20).fill(5),
  timestamps: Uint32Array.from({ length: 20 }, (_, at) => at),
}
/** By neighbours 80 is found, by what comes next 70, and both by a blend. */
const BOTH = modelWith({ neighbours: 80, next: 70 })
const FORTY = Array.from({ length: 40 }, () => userWho(70, 80))

describe('learnBlend', () => {
  test('ships a blend that finds more than each of its members, with the evidence', () => {
    const table = learnBlend(FORTY, BOTH, SETTINGS, handles)
    expect(table[0]).toEqual({ minLikes: 0, weights: alone('popularity') })
    for (const { weights, evidence } of table.slice(1)) {
      expect(weights.neighbours).toBeGreaterThan(0)
      expect(weights.next).toBeGreaterThan(0)
      expect(evidence).toMatchObject({ users: 40, shipped: 'blend' })
      // all users are alike, so the interval is a point
      expect(evidence!['ndcg@10'].low).toBeGreaterThan(0)
      expect(evidence!['ndcg@10'].low).toBeCloseTo(evidence!['ndcg@10'].high, 12)
    }
    const { blended } = recommend(FORTY[0]!.history, {}, 2, { ...BOTH, blend: table })
    expect(blended.map(({ itemIndex }) => itemIndex).sort()).toEqual([70, 80].map(tinyItem))
  })

  test('ships the best member alone where a blend does no better', () => {
    const users = Array.from({ length: 40 }, () => userWho(80))
    for (const { weights, evidence } of learnBlend(users, BOTH, SETTINGS, handles).slice(1)) {
      expect(weights).toEqual(alone('neighbours'))
      expect(evidence).toEqual({
        bestMember: 'neighbours',
        users: 40,
        replayed: 0,
        'ndcg@10': { mean: 0, low: 0, high: 0 },
        together: { mean: 0, low: 0, high: 0 },
        shipped: 'member',
      })
    }
  })

  test('learns a row by users who have as many likes, and else by those with the next longer histories', () => {
    // 320 with one like want what neighbours say, 61 with 20 likes what comes next
    const regulars = Array.from({ length: 61 }, () => ({ ...userWho(70), history: LONG }))
    const users = [...regulars, ...Array.from({ length: 320 }, () => userWho(80))]
    const table = learnBlend(users, BOTH, SETTINGS, handles)
    expect(table.slice(1).map(({ minLikes, evidence }) => [minLikes, evidence!.users, evidence!.replayed])).toEqual([
      [1, 320, 0],
      [2, 61, 61],
      [4, 61, 61],
      [8, 61, 61],
      [16, 61, 0],
    ])
    expect(table[1]!.weights).toEqual(alone('neighbours'))
    expect(table.at(-1)!.weights).toEqual(alone('next'))
  })

  test('a row that too few users are long enough for is left to the one before', () => {
    const table = learnBlend(FORTY, BOTH, SETTINGS, handles)
    expect(table.map(({ minLikes }) => minLikes)).toEqual([0, 1])
  })

  test('a lead that rests on three users may be chance, and ships nothing', () => {
    // (37/40)^40 = 4 % of the resamples have none of the three, so the interval begins at 0
    const users = Array.from({ length: 40 }, (_, at) => userWho(at % 13 === 5 ? 70 : 80))
    const { weights, evidence } = learnBlend(users, BOTH, SETTINGS, handles).at(-1)!
    expect(weights).toEqual(alone('neighbours'))
    expect(evidence!['ndcg@10'].mean).toBeGreaterThan(0)
    expect(evidence!['ndcg@10'].low).toBe(0)
    expect(evidence!.shipped).toBe('member')
  })

  test('a row that gains too little to be certain by itself ships where all rows together are certain', () => {
    const regulars = Array.from({ length: 40 }, (_, at) => ({ ...userWho(at % 13 === 5 ? 70 : 80), history: LONG }))
    const newcomers = Array.from({ length: 320 }, () => userWho(70, 80))
    const { evidence } = learnBlend([...regulars, ...newcomers], BOTH, SETTINGS, handles).at(-1)!
    expect(evidence).toMatchObject({ users: 40, shipped: 'blend' })
    expect(evidence!['ndcg@10'].mean).toBeGreaterThan(0)
    expect(evidence!['ndcg@10'].low).toBeLessThanOrEqual(0)
    expect(evidence!.together!.low).toBeGreaterThan(0)
  })

  test('a few users are no evidence, however much alike', () => {
    for (const { evidence } of learnBlend(FORTY.slice(0, 19), BOTH, SETTINGS, handles).slice(1))
      expect(evidence).toMatchObject({ users: 19, shipped: 'member' })
  })

  test('a source that scores nobody gets no weight', () => {
    const silent: Source[] = ['neighbours', 'next']
    for (const { weights } of learnBlend(FORTY, modelWith({}), SETTINGS, handles))
      for (const source of silent) expect(weights[source]).toBe(0)
  })

  test('without users to learn from there is a table all the same', () => {
    expect(learnBlend([], BOTH, SETTINGS, handles)).toEqual([
      { minLikes: 0, weights: alone('popularity') },
      { minLikes: 1, weights: alone('cf') },
    ])
  })
})
