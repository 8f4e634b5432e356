import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { posterDesign, SCENES, titleSize } from '../../functions/web/placeholder.ts'

test('a movie gets the same poster every time, whatever the order of its genres', () => {
  expect(posterDesign('Heat', ['Crime', 'Action'])).toEqual(posterDesign('Heat', ['Action', 'Crime']))
})

test('the design of a known title does not change by accident', () => {
  const { palette, scene, lettering } = posterDesign('Toy Story', ['Animation', 'Comedy'])
  expect({ palette, scene, lettering }).toMatchInlineSnapshot(`
    {
      "lettering": "sans",
      "palette": [
        "#101f26",
        "#34708a",
        "#f6c2a0",
      ],
      "scene": "confetti",
    }
  `)
})

test('titles spread over all palettes and letterings', () => {
  const designs = Array.from({ length: 400 }, (_, number) => posterDesign(`Movie ${number}`, []))
  expect(new Set(designs.map(({ palette }) => palette[0])).size).toBe(12)
  expect(new Set(designs.map(({ scene }) => scene)).size).toBe(SCENES.length)
  expect(new Set(designs.map(({ lettering }) => lettering)).size).toBe(3)
})

test('a western stands before mountains or a sun', () => {
  for (const title of ['Unforgiven', 'Tombstone', 'High Noon', 'Rio Bravo', 'True Grit'])
    expect(['sun', 'peaks']).toContain(posterDesign(title, ['Western']).scene)
})

test('a title’s longest word fits the poster’s width', () => {
  // 'Shawshank' and 'Redemption': 10 letters × 0.74 em × 11.6 hundredths = 86 of the 100 that a poster is wide
  expect(titleSize('The Shawshank Redemption')).toBeLessThanOrEqual(11.6)
  expect(titleSize('Heat')).toBe(17)
  // 7 letters, two of them M: (7 + 2 × 0.5) × 0.74 em × 14.5 hundredths = 86
  expect(titleSize('Memento')).toBeCloseTo(14.5, 1)
})

test('a second name in brackets is not lettered on the poster, a title in brackets is', () => {
  expect(posterDesign('Seven (a.k.a. Se7en)', []).shownTitle).toBe('Seven')
  expect(posterDesign('(500) Days of Summer', []).shownTitle).toBe('(500) Days of Summer')
  expect(posterDesign('(Untitled)', []).shownTitle).toBe('(Untitled)')
})

test('any title gets a size in range and dice in [0, 1)', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), fc.array(fc.string()), (title, genres) => {
      const { titleSize: size, dice } = posterDesign(title, genres)
      expect(size).toBeGreaterThanOrEqual(6)
      expect(size).toBeLessThanOrEqual(17)
      expect(dice.every((value) => value >= 0 && value < 1)).toBe(true)
    }),
  )
})
