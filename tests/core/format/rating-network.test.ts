import { describe, expect, test } from 'vitest'
import {
  openRatingNetwork,
  openToldRows,
  RATING_NETWORK_FILES,
  RATING_NETWORK_TOLD_FILE,
} from '#core/format/rating-network.ts'
import { residentFiles } from '#core/model.ts'
import { predictStars } from '#recommend/predict-stars.ts'
import { servingSettings } from '../../../build/evaluate/index.ts'
import { openArtifacts } from '../../../build/evaluate/open-artifacts.ts'
import { encodeRatingNetwork } from '../../../build/export/index.ts'
import type { TrainedStarNetwork } from '../../../build/nouns.ts'
import { TINY_BLEND, TINY_CONFIG, tinyFiles } from '../../helpers/tiny-model.ts'
import { tinyRatingNetwork } from '../../helpers/tiny-rating-network.ts'

const filesOf = (network: TrainedStarNetwork) => new Map(encodeRatingNetwork(network))
const open = (network: TrainedStarNetwork, numItems = 10) => {
  const files = filesOf(network)
  return openRatingNetwork((file) => files.get(file)!, numItems)
}

describe('a model with a rating network', () => {
  test('predicts some of the way to it', () => {
    const files = new Map([...tinyFiles(), ...encodeRatingNetwork(tinyRatingNetwork())])
    const { stars: withNetwork } = openArtifacts(files, servingSettings(TINY_CONFIG, TINY_BLEND))
    const { stars } = openArtifacts(tinyFiles(), servingSettings(TINY_CONFIG, TINY_BLEND))
    const viewer = { itemIndices: Int32Array.of(0), ratings: Float32Array.of(5), timestamps: Uint32Array.of(1) }
    const linear = predictStars(viewer, [1], stars!, null)
    const mixed = predictStars(viewer, [1], withNetwork!, null)
    // half of the way from there to 3 + 1 + 2/11
    expect(mixed.stars[0]).toBeCloseTo((linear.stars[0]! + 4 + 2 / 11) / 2, 5)
    expect(mixed.deviations).toEqual(linear.deviations)
  })

  test('has its files among those that are kept, but for what only new movies need', () => {
    const { next } = servingSettings(TINY_CONFIG, TINY_BLEND)
    const kept = residentFiles({ next, ratingNetwork: { shipped: true } })
    expect(kept).toEqual(expect.arrayContaining([...RATING_NETWORK_FILES]))
    expect(kept).not.toContain(RATING_NETWORK_TOLD_FILE)
    expect(residentFiles({ next, ratingNetwork: { shipped: false } })).not.toContain(RATING_NETWORK_FILES[0])
  })
})

describe('openRatingNetwork', () => {
  test('gives back what was encoded', () => {
    const network = tinyRatingNetwork()
    const opened = open(network)
    expect(opened.layers).toEqual(network.layers)
    expect(opened.usual).toEqual(network.usual)
    expect(opened.shares).toEqual(network.shares)
    const values = Array.from(opened.items, (q, at) => q * opened.itemUnits[Math.floor(at / 40)]!)
    // int8 of rows whose largest is 2
    for (const [at, value] of values.entries()) expect(Math.abs(value - network.items[at]!)).toBeLessThan(0.01)
  })

  test('refuses what does not fit the model, or cannot be', () => {
    expect(() => open(tinyRatingNetwork(), 9)).toThrow('rating-network.arrow: rows 10, expected 9')
    const changed = (change: Partial<TrainedStarNetwork>) => () => open({ ...tinyRatingNetwork(), ...change })
    expect(changed({ heads: 3 })).toThrow('rating-network.arrow: width is 8, expected a multiple of heads, 3')
    expect(changed({ poolDamping: 0 })).toThrow('rating-network.arrow: poolDamping is 0, expected a positive number')
    expect(changed({ shares: { known: 1.5, told: 0 } })).toThrow('known is 1.5, expected a number from 0 to 1')
    expect(changed({ layers: [] })).toThrow('outputs of the last layer 40, expected 16')
    const [layer] = tinyRatingNetwork().layers
    expect(changed({ layers: [{ ...layer!, weights: new Float32Array(8) }] })).toThrow(
      'rating-network-layers.arrow: layer 0 has 8 weights and 16 biases, expected 640 and 16',
    )
  })
})

describe('openToldRows', () => {
  test('has no file where the network is no help with new movies', () => {
    expect(filesOf({ ...tinyRatingNetwork(), shares: { known: 0.5, told: 0 } }).has(RATING_NETWORK_TOLD_FILE)).toBe(
      false,
    )
  })

  test('refuses rows of another model', () => {
    const bytes = filesOf(tinyRatingNetwork()).get(RATING_NETWORK_TOLD_FILE)!
    expect(openToldRows(bytes, { numTerms: 2, width: 8 })).toMatchObject({ genres: ['Drama'], buckets: 8 })
    expect(() => openToldRows(bytes, { numTerms: 3, width: 8 })).toThrow(
      'rating-network-told.arrow: rows 89, expected 90',
    )
    expect(() => openToldRows(bytes, { numTerms: 2, width: 16 })).toThrow(
      'rating-network-told.arrow: rows of length 16, expected 32',
    )
  })
})
