import { describe, expect, test } from 'vitest'
import { Config } from '#core/schemas/config.ts'
import { PART } from '../../../build/nouns.ts'
import { PAIR_NETWORKS, trainNeuralCf } from '../../../build/train/neural-cf.ts'
import { stepHandles } from '../../helpers/step-handles.ts'
import { watched } from '../../helpers/watched.ts'

const scales = [{ length: 2, recencyHalfLife: 1 }]
const { model: MODEL } = Config.parse({
  model: {
    cf: { factors: 8, twoTower: { epochs: 40, batch: 16, hidden: [16], dropout: 0, scales, learningRate: 0.03 } },
    neuralCf: { epochs: 40, batch: 16, products: 8, layers: [16, 8], scales, learningRate: 0.03, patience: null },
  },
})

describe('trainNeuralCf', () => {
  test.each(PAIR_NETWORKS)('%s finds what comes after each history', async (network) => {
    const { interactions, ...rest } = watched()
    const input = { interactions, ...rest, parts: [PART.train], model: MODEL, embeddings: null, seed: 7 }
    const handles = stepHandles()
    const users = [...interactions.userIds.keys()]
    let found = 0
    const losses = await trainNeuralCf(
      network,
      input,
      (scores) =>
        scores(users, (user, own) => {
          // seen before: the four likes and the disliked one of the train part
          const seen = new Set(interactions.itemIndices.subarray(7 * user, 7 * user + 5))
          const unseen = [...own.keys()].filter((item) => !seen.has(item))
          const best = unseen.reduce((most, item) => (own[item]! > own[most]! ? item : most))
          if (best === interactions.itemIndices[7 * user + 5]) found++
        }),
      handles,
      1,
    )
    // at random one in ten would be
    expect(found).toBeGreaterThan(users.length / 2)
    // the epoch is kept that was best on the validation part
    const metric = `${network === 'neural_cf' ? 'neural_cf' : 'two_tower'}.validation`
    const judged = handles.tracked.flatMap(({ metrics }) => metrics[metric] ?? [])
    expect(losses).toHaveLength(judged.indexOf(Math.max(...judged)) + 1)
  })

  test('learns of the likes alone', async () => {
    const { interactions, ...rest } = watched()
    const disliked = { ...interactions, ratings: interactions.ratings.map(() => 1) }
    const input = { interactions: disliked, ...rest, parts: [PART.train], model: MODEL, embeddings: null, seed: 7 }
    await expect(trainNeuralCf('neural_cf', input, async () => {}, stepHandles(), 1)).rejects.toThrow(
      'no examples: nobody has two items one after the other',
    )
  })
})
