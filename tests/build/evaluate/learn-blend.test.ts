import { expect, test } from 'vitest'
import { historyOf } from '#core/history.ts'
import { recommend } from '#recommend/index.ts'
import type { JudgedUser } from '../../../build/evaluate/judged-users.ts'
import { learnBlend } from '../../../build/evaluate/learn-blend.ts'
import { openArtifacts } from '../../../build/evaluate/open-artifacts.ts'
import { servingSettings } from '../../../build/evaluate/serving-settings.ts'
import { encodeNeighbours } from '../../../build/export/encode-neighbours.ts'
import { TINY_BLEND, TINY_CONFIG, tinyFiles, tinyItem } from '../../helpers/tiny-model.ts'

const NUM_ITEMS = 10
const handles = {
  log: { error() {}, warn() {}, info() {}, debug() {} },
  progress: { update() {} },
  signal: new AbortController().signal,
}

/** The tiny model, where nothing speaks for anything as a neighbour but perhaps movie 10 for 80. */
function modelWith(does10SpeakFor80: boolean) {
  const entries = does10SpeakFor80 ? 1 : 0
  const indptr = new Uint32Array(NUM_ITEMS + 1).fill(entries, 1)
  const indices = new Int32Array(entries).fill(tinyItem(80))
  const weights = new Float32Array(entries).fill(1)
  const neighbours = encodeNeighbours({ indptr, indices, weights })
  const files = tinyFiles().set('neighbours.arrow', neighbours)
  return openArtifacts(files, servingSettings(TINY_CONFIG, TINY_BLEND))
}

/** Who liked 10 turns out to like 80, the least popular movie and one of the other taste. */
const user: JudgedUser = {
  history: historyOf([{ itemIndex: tinyItem(10), rating: 5, timestamp: 1 }]),
  relevant: new Set([tinyItem(80)]),
}

test('the source that finds what is liked gets the weight that it takes, and no more', () => {
  const model = modelWith(true)
  const table = learnBlend([user], model, 1, handles)
  expect(table.map(({ minLikes }) => minLikes)).toEqual([0, 1, 2, 4, 8, 16])
  expect(table[0]!.weights).toEqual({ cf: 0, neighbours: 0, content: 0, popularity: 1 })
  // by factors 20 has 1 and 80 nothing, by neighbours the other way round: a tie at a half goes to 20
  for (const { weights } of table.slice(1))
    expect(weights).toEqual({ cf: 0.4, neighbours: 0.6, content: 0, popularity: 0 })
  expect(recommend(user.history, {}, 1, { ...model, blend: table }).blended[0]!.itemIndex).toBe(tinyItem(80))
})

test('a source that scores nobody gets no weight', () => {
  for (const { weights } of learnBlend([user], modelWith(false), 1, handles)) expect(weights.neighbours).toBe(0)
})

test('without users to learn from there is a table all the same', () => {
  expect(learnBlend([], modelWith(true), 1, handles)).toHaveLength(6)
})
