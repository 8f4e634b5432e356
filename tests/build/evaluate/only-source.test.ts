import { expect, test } from 'vitest'
import { historyOf } from '#core/history.ts'
import { SOURCES } from '#core/schemas/config.ts'
import { alone } from '#recommend/blend.ts'
import { rank } from '#recommend/index.ts'
import { retrieve, tasteOf } from '#recommend/retrieve.ts'
import { onlySource } from '../../../build/evaluate/only-source.ts'
import { tinyItem, tinyModel } from '../../helpers/tiny-model.ts'

const model = tinyModel()
const history = historyOf(
  [10, 50, 30].map((movieId, at) => ({ itemIndex: tinyItem(movieId), rating: 5 - at, timestamp: at + 1 })),
)

test.each(SOURCES)('what a model lists by %s alone, it lists without the others', (source) => {
  const listOf = (by: typeof model) => rank(history, { weights: alone(source) }, 10, by).blended
  expect(listOf(onlySource(model, source))).toEqual(listOf(model))
})

test('the others are mute, but for popularity', () => {
  const only = onlySource(model, 'next')
  const speaking = Object.entries(retrieve(tasteOf(history, only), only)).filter(([, scores]) => scores !== null)
  expect(speaking.map(([source]) => source)).toEqual(['next', 'popularity'])
})
