import { expect, test } from 'vitest'
import type { ModelAnswer } from '../../functions/client/index.ts'
import { networkRows } from '../../functions/web/network-rows.ts'

const evidence = (shipped: boolean) => ({
  ...{ shipped, share: 0.33, users: 40, ratings: 500 },
  rmse: { linear: 0.85, network: 0.88, mixed: 0.84 },
  difference: { mean: -0.01, low: -0.02, high: shipped ? -0.005 : 0.001 },
})
const card = (ratingNetwork: unknown) => ({ ratingNetwork }) as ModelAnswer['model']

test('a network that was not tried has no rows', () => {
  expect(networkRows(card(undefined))).toEqual([])
})

test('rated and new movies have a row each, with how far predictions go', () => {
  const network = { shipped: true, known: evidence(true), told: evidence(false), epochs: 4 }
  const rows = networkRows(card(network))
  expect(rows.map(({ which, share }) => [which, share])).toEqual([
    ['known', 0.33],
    // it has not proved itself there
    ['told', 0],
  ])
  expect(rows[0]).toMatchObject({ ratings: 500, rmse: { mixed: 0.84 }, difference: { high: -0.005 } })
})

test('new movies have none where there were none to try', () => {
  expect(networkRows(card({ shipped: true, known: evidence(true), told: null, epochs: 4 }))).toHaveLength(1)
})
