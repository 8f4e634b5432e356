import { expect, test } from 'vitest'
import { type Ask, halvingTrials, randomSearch, type Strategy, successiveHalving } from '../../../build/tuning/index.ts'

/** Run a strategy on a function of x; null is a failure. */
function play(strategy: Strategy, value: (ask: Ask) => number | null): Ask[][] {
  const rounds: Ask[][] = []
  for (let round = strategy.next(); !round.done; round = strategy.next(round.value.map(value))) rounds.push(round.value)
  return rounds
}

const draws = Array.from({ length: 8 }, (_, x) => ({ x }))
const xs = (asks: Ask[]) => asks.map(({ settings }) => settings.x)

test('random search asks for each draw once, in full', () => {
  const rounds = play(randomSearch(draws), () => 0)
  expect(rounds).toHaveLength(1)
  expect(xs(rounds[0]!)).toEqual([0, 1, 2, 3, 4, 5, 6, 7])
  expect(rounds[0]!.every(({ budget }) => budget === 1)).toBe(true)
})

test('halving gives the better half twice the iterations', () => {
  // x 3 is best, then 2 and 4, …
  const rounds = play(successiveHalving(draws), ({ settings }) => -Math.abs(Number(settings.x) - 3))
  expect(rounds.map((asks) => asks[0]!.budget)).toEqual([0.25, 0.5, 1])
  expect(rounds.map(xs)).toEqual([
    [0, 1, 2, 3, 4, 5, 6, 7],
    [3, 2, 4, 1],
    [3, 2],
  ])
  expect(rounds.flat()).toHaveLength(halvingTrials(8))
})

test('halving leaves out what fails, and ends when everything has', () => {
  const rounds = play(successiveHalving(draws), ({ settings }) => (Number(settings.x) < 6 ? null : Number(settings.x)))
  expect(rounds.map(xs)).toEqual([
    [0, 1, 2, 3, 4, 5, 6, 7],
    [7, 6],
    [7, 6],
  ])
  expect(play(successiveHalving(draws), () => null).flat()).toHaveLength(8)
})

test('halving has at least one left for all iterations', () => {
  const rounds = play(successiveHalving(draws.slice(0, 2)), ({ settings }) => Number(settings.x))
  expect(rounds.map(xs)).toEqual([[0, 1], [1], [1]])
})
