import { describe, expect, test } from 'vitest'
import { openTower } from '#core/format/towers.ts'
import { residentFiles } from '#core/model.ts'
import { rank } from '#recommend/index.ts'
import { servingSettings } from '../../../build/evaluate/index.ts'
import { openArtifacts } from '../../../build/evaluate/open-artifacts.ts'
import type { TrainedTower } from '../../../build/nouns.ts'
import { TINY_BLEND, TINY_CONFIG, tinyFiles } from '../../helpers/tiny-model.ts'
import { TINY_TOWER, tinyTower } from '../../helpers/tiny-tower.ts'

const ITEMS = 10
const FACTORS = 8
const CONFIG = {
  ...TINY_CONFIG,
  model: {
    ...TINY_CONFIG.model,
    cf: {
      ...TINY_CONFIG.model.cf,
      type: 'two_tower' as const,
      twoTower: { ...TINY_CONFIG.model.cf.twoTower, ...TINY_TOWER },
    },
  },
}

const open = (tower: TrainedTower | null) => openArtifacts(tinyFiles({ tower }), servingSettings(CONFIG, TINY_BLEND))

/** Viewed 10 and 20, both disliked. */
const VIEWED = { itemIndices: Int32Array.of(0, 1), ratings: Float32Array.of(2, 1), timestamps: Uint32Array.of(1, 2) }

describe('a model with a user tower', () => {
  test('scores by what its tower makes of the history, liked or not', () => {
    const model = open(tinyTower())
    const weights = { cf: 1, next: 0, neighbours: 0, content: 0, popularity: 0 }
    const { blended, taste } = rank(VIEWED, { weights }, 4, model)
    expect(blended.map(({ itemIndex }) => itemIndex)).toEqual([4, 5, 6, 7])
    expect([...taste.foldedItems]).toEqual([0, 1])
    expect([...taste.foldedWeights]).toEqual([2, 1])
    // weights 2 · ½ and 1, over √2: both movies say the same, so the first letter scores 2 / √2
    const [older, newer] = model.kernels.contributions(4, taste.foldedItems, taste.foldedWeights)
    expect(older).toBeCloseTo(Math.SQRT1_2, 2)
    expect(newer).toBeCloseTo(Math.SQRT1_2, 2)
  })

  test('looks at the last movies that say something to it', () => {
    const model = open(tinyTower())
    // 90 and 100 say nothing: 80 and 10 are the last two that do
    const history = {
      itemIndices: Int32Array.of(1, 7, 0, 8, 9),
      ratings: Float32Array.of(5, 4, 3, 2, 1),
      timestamps: Uint32Array.of(1, 2, 3, 4, 5),
    }
    const { taste } = rank(history, {}, 4, model)
    expect([...taste.foldedItems]).toEqual([7, 0])
  })

  test('has its files among those that are kept, and one that folds histories in has none', () => {
    const { next, tower } = servingSettings(CONFIG, TINY_BLEND)
    expect(tower).toEqual(TINY_TOWER)
    expect(residentFiles({ next, tower })).toEqual(
      expect.arrayContaining(['tower-history.arrow', 'tower-layers.arrow']),
    )
    expect(residentFiles({ next, tower: undefined })).not.toContain('tower-layers.arrow')
    expect(servingSettings(TINY_CONFIG, TINY_BLEND).tower).toBeUndefined()
    expect(open(null).tower).toBeNull()
  })
})

describe('openTower', () => {
  const openAs = (tower: TrainedTower, shape = { numItems: ITEMS, factors: FACTORS }, settings = TINY_TOWER) => {
    const files = tinyFiles({ tower })
    return openTower((file) => files.get(file)!, settings, shape)
  }

  test('gives back what was encoded', () => {
    const tower = tinyTower()
    const opened = openAs(tower)
    expect(opened.layers).toEqual(tower.layers)
    expect(Array.from(opened.history, (q, at) => q * opened.historyScales[Math.floor(at / FACTORS)]!)).toEqual(
      Array.from(tower.history, (value) => expect.closeTo(value, 6)),
    )
  })

  test('refuses what does not fit the model', () => {
    expect(() => openAs(tinyTower(), { numItems: 9, factors: FACTORS })).toThrow(
      'tower-history.arrow: rows 10, expected 9',
    )
    expect(() =>
      openAs(tinyTower(), undefined, { ...TINY_TOWER, scales: [...TINY_TOWER.scales, ...TINY_TOWER.scales] }),
    ).toThrow('tower-layers.arrow: layer 0 has 64 weights and 8 biases, expected 128 and 8')
    const narrow = { inputs: 8, outputs: 16, weights: new Float32Array(128), bias: new Float32Array(16) }
    expect(() => openAs({ ...tinyTower(), layers: [narrow] })).toThrow(
      'tower-layers.arrow: outputs of the last layer 16, expected 8',
    )
    expect(() => openAs({ ...tinyTower(), layers: [] })).toThrow('outputs of the last layer 0, expected 8')
  })
})
