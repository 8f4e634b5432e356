import { describe, expect, test } from 'vitest'
import { Config } from '#core/schemas/config.ts'
import { PART, type Part } from '../../../build/nouns.ts'
import { openDevice } from '../../../build/train/index.ts'
import { trainTwoTowers } from '../../../build/train/two-tower.ts'
import { stepHandles } from '../../helpers/step-handles.ts'
import { DISLIKED, watched } from '../../helpers/watched.ts'

const { model: MODEL } = Config.parse({
  model: {
    cf: {
      type: 'two_tower',
      factors: 8,
      twoTower: { epochs: 6, batch: 16, hidden: [16], dropout: 0, scales: [{ length: 2, recencyHalfLife: 1 }] },
    },
  },
})
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
