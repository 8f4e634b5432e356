import { expect, test } from 'vitest'
import { Line, Places } from '../../../functions/llm/places.ts'

test('so many places are taken, and free again when given back', () => {
  const places = new Places()
  const giveBack = places.take(0, 2, 1000)!
  expect(places.take(0, 2, 1000)).not.toBeNull()
  expect(places.take(0, 2, 1000)).toBeNull()
  giveBack()
  expect(places.take(0, 2, 1000)).not.toBeNull()
})

test('a place that a cancelled request never gives back is free after the longest call', () => {
  const places = new Places()
  places.take(0, 1, 1000)
  expect(places.take(1000, 1, 1000)).toBeNull()
  expect(places.take(1001, 1, 1000)).not.toBeNull()
})

test('a line lets four pass, and then one for each that leaves, in their order', async () => {
  const line = new Line()
  const passed: number[] = []
  for (let call = 0; call < 7; call++) void line.enter().then(() => passed.push(call))
  await Promise.resolve()
  expect(passed).toEqual([0, 1, 2, 3])
  line.leave()
  line.leave()
  await new Promise((done) => setTimeout(done))
  expect(passed).toEqual([0, 1, 2, 3, 4, 5])
})
