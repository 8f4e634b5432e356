import { describe, expect, test } from 'vitest'
import { randomSource } from '#core/random.ts'
import { boost, softmaxDerivatives } from '../../../../build/evaluate/ranker/boost.ts'
import { growTree } from '../../../../build/evaluate/ranker/grow-tree.ts'
import { type BinnedLists, binLists } from '../../../../build/evaluate/ranker/lists.ts'

const SETTINGS = { leaves: 4, minRows: 5, regularization: 1, learningRate: 0.3, seed: 1 }

/** Lists of the same length. @param rows of each list, features and whether the movie is relevant */
function listsOf(lists: { features: number[]; relevant: boolean }[][]): BinnedLists {
  const rows = lists.flat()
  return binLists({
    offsets: Uint32Array.from({ length: lists.length + 1 }, (_, list) => list * lists[0]!.length),
    numFeatures: rows[0]!.features.length,
    features: Float32Array.from(rows.flatMap(({ features }) => features)),
    relevant: Uint8Array.from(rows, ({ relevant }) => (relevant ? 1 : 0)),
    numRelevant: Uint32Array.from(lists, (list) => list.filter(({ relevant }) => relevant).length),
  })
}

describe('growTree', () => {
  const plain = (value: number) => ({ features: [value], relevant: false })

  test('divides where the gradients change their sign, and steps against them', () => {
    const lists = listsOf([[1, 2, 3, 4].map(plain)])
    const derivatives = { gradients: Float64Array.of(1, 1, -2, -2), curvatures: Float64Array.of(1, 1, 1, 1) }
    const tree = growTree(lists, derivatives, Uint32Array.of(0, 1, 2, 3), [0], { ...SETTINGS, leaves: 2, minRows: 1 })
    // −2 / (2 + 1) on the left, 4 / (2 + 1) on the right; gain 4/3 + 16/3 − 4/5
    expect(tree).toMatchObject({ feature: [0, -1, -1], bin: [1, 0, 0], left: [1, 0, 0] })
    expect(tree.value[1]).toBeCloseTo(-2 / 3, 12)
    expect(tree.value[2]).toBeCloseTo(4 / 3, 12)
    expect(tree.gain[0]).toBeCloseTo(4 / 3 + 16 / 3 - 4 / 5, 12)
  })

  test('divides no leaf into parts with too few rows', () => {
    const lists = listsOf([[1, 2, 3, 4].map(plain)])
    const derivatives = { gradients: Float64Array.of(9, -1, -1, -1), curvatures: Float64Array.of(1, 1, 1, 1) }
    const grow = (minRows: number) =>
      growTree(lists, derivatives, Uint32Array.of(0, 1, 2, 3), [0], { ...SETTINGS, leaves: 2, minRows })
    expect(grow(1).bin[0]).toBe(0)
    expect(grow(2).bin[0]).toBe(1)
    expect(grow(3).feature).toEqual([-1])
  })
})

describe('softmaxDerivatives', () => {
  const lists = listsOf([[0, 0, 0, 0].map((_, row) => ({ features: [row], relevant: row === 2 }))])
  const at = (margins: Float64Array) => {
    const derivatives = { gradients: new Float64Array(4), curvatures: new Float64Array(4) }
    softmaxDerivatives(lists, 0, margins, derivatives)
    return derivatives
  }

  test('where all are alike a relevant movie is pulled up by what the others are pushed down', () => {
    const { gradients, curvatures } = at(new Float64Array(4))
    expect(Array.from(gradients)).toEqual([0.25, 0.25, -0.75, 0.25])
    expect(Array.from(curvatures)).toEqual([0.1875, 0.1875, 0.1875, 0.1875])
  })

  test('are the differences of −log p', () => {
    const margins = Float64Array.of(0.3, -1, 0.5, 2)
    const loss = (changed: Float64Array) =>
      Math.log(changed.reduce((sum, margin) => sum + Math.exp(margin), 0)) - changed[2]!
    const { gradients, curvatures } = at(margins)
    const step = 1e-4
    for (const row of margins.keys()) {
      const [lower, upper] = [-step, step].map((by) =>
        loss(margins.map((margin, at) => margin + (at === row ? by : 0))),
      )
      expect(gradients[row]).toBeCloseTo((upper! - lower!) / (2 * step), 6)
      expect(curvatures[row]).toBeCloseTo((upper! - 2 * loss(margins) + lower!) / step ** 2, 4)
    }
  })
})

describe('boost', () => {
  /** A movie is relevant where exactly one of the first two features is above 0.5, which no sum tells; the third is chance. */
  function exclusiveOr(numLists: number): BinnedLists {
    const { uniform } = randomSource(5)
    const movie = () => {
      const features = [uniform(), uniform(), uniform()]
      return { features, relevant: features[0]! > 0.5 !== features[1]! > 0.5 }
    }
    return listsOf(Array.from({ length: numLists }, () => Array.from({ length: 8 }, movie)))
  }
  const after = (lists: BinnedLists, trees: number) => {
    const everyone = Array.from(lists.numRelevant.keys()).filter((list) => lists.numRelevant[list]! > 0)
    const boosted = boost(lists, everyone, new Float64Array(lists.relevant.length), SETTINGS)
    for (let tree = 1; tree < trees; tree++) boosted.next()
    return boosted.next().value
  }

  test('learns what no weighted sum of the features can', () => {
    const lists = exclusiveOr(200)
    const { margins } = after(lists, 60)
    let [right, pairs] = [0, 0]
    for (const [list, from] of lists.offsets.subarray(0, -1).entries())
      for (let a = from; a < lists.offsets[list + 1]!; a++)
        for (let b = from; b < lists.offsets[list + 1]!; b++)
          if (lists.relevant[a]! > lists.relevant[b]!) {
            pairs++
            if (margins[a]! > margins[b]!) right++
          }
    expect(right / pairs).toBeGreaterThan(0.97)
  })

  test('the same seed gives the same trees', () => {
    const lists = exclusiveOr(30)
    expect(after(lists, 5)).toEqual(after(lists, 5))
  })
})
