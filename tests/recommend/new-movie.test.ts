import { describe, expect, test } from 'vitest'
import { openPlacement } from '#core/format/placement.ts'
import { openToldRows, RATING_NETWORK_TOLD_FILE } from '#core/format/rating-network.ts'
import { historyOf } from '#core/history.ts'
import { type NewMovie, nearestToPlaced, placeMovie, rankOfPlaced, starsOfPlaced } from '#recommend/new-movie.ts'
import { predictStars, starViewer } from '#recommend/predict-stars.ts'
import { servingSettings } from '../../build/evaluate/index.ts'
import { openArtifacts } from '../../build/evaluate/open-artifacts.ts'
import { encodeRatingNetwork } from '../../build/export/index.ts'
import type { Trained } from '../../build/nouns.ts'
import { TINY_BLEND, TINY_CONFIG, tinyFiles } from '../helpers/tiny-model.ts'
import { tinyPlacement } from '../helpers/tiny-placement.ts'
import { INPUTS, tinyRatingNetwork } from '../helpers/tiny-rating-network.ts'
import { TINY_TOWER, tinyTower } from '../helpers/tiny-tower.ts'

const SHAPE = { numTerms: 2, factors: 8, starSize: 8 }
const files = tinyFiles(tinyPlacement())
const model = openArtifacts(files, servingSettings(TINY_CONFIG, TINY_BLEND))
const placement = openPlacement(files.get('placement.arrow')!, SHAPE)
const viewer = historyOf([{ itemIndex: 0, rating: 5, timestamp: 1 }])

const movie = (told: Partial<NewMovie>): NewMovie => ({
  ...{ genres: [], overview: '', tagline: '', keywords: [], cast: [], directors: [], year: 0, runtime: 0 },
  ...told,
})
const placed = (told: Partial<NewMovie>) => placeMovie(movie(told), placement, model.content)

describe('placeMovie', () => {
  test('gives a movie the rows of those of which the same is told', () => {
    const { terms, factors, stars } = placed({ overview: 'Space!' })
    expect([...terms.terms]).toEqual([1])
    expect([...terms.weights]).toEqual([1])
    // int8 of a row whose largest is 1
    expect(factors[0]).toBeCloseTo(1, 2)
    expect([stars[0], stars[1], stars[2]].map((value) => value!.toFixed(2))).toEqual(['0.50', '1.00', '1.00'])
  })

  test('lies between movies of two kinds when it is of both', () => {
    const { factors, stars } = placed({ overview: 'Love in space' })
    // a row of two terms is scaled to length 1: each counts 1/√2
    expect(factors[0]).toBeCloseTo(Math.SQRT1_2, 2)
    expect(factors[1]).toBeCloseTo(Math.SQRT1_2, 2)
    expect(stars[2]).toBeCloseTo(0, 2)
  })

  test('without a known term it has no factors', () => {
    expect([...placed({ overview: 'robots' }).factors]).toEqual(new Array(8).fill(0))
  })
})

describe('a placed movie', () => {
  test('is predicted as the movies that it is like, and less surely', () => {
    const seen = starViewer(viewer, model.stars!, null)
    const { stars, sd } = starsOfPlaced(placed({ keywords: ['space'] }), seen, model.stars!, placement)
    const known = predictStars(viewer, [1], model.stars!, null)
    expect(stars).toBeCloseTo(known.stars[0]!, 2)
    // its squared star more
    expect(sd ** 2).toBeCloseTo(known.deviations[0]! ** 2 + 1, 1)
  })

  test('goes some of the way to what a rating network says of its genre and director', () => {
    // two inputs of what the movie is: 0.25 for a drama, and 1 for a director
    const network = tinyRatingNetwork(0, { [INPUTS.is]: 1, [INPUTS.is + 1]: 1 })
    const withNetwork = new Map([...files, ...encodeRatingNetwork(network)])
    const opened = openArtifacts(withNetwork, servingSettings(TINY_CONFIG, TINY_BLEND))
    const told = openToldRows(withNetwork.get(RATING_NETWORK_TOLD_FILE)!, { numTerms: 2, width: 8 })
    const both = openPlacement(files.get('placement.arrow')!, SHAPE, told)
    const drama = movie({
      keywords: ['space'],
      genres: ['Drama'],
      directors: ['Agnès Varda'],
    })
    const { stars, sd } = starsOfPlaced(
      placeMovie(drama, both, opened.content),
      starViewer(viewer, opened.stars!, null),
      opened.stars!,
      both,
    )
    const linear = starsOfPlaced(
      placed({ keywords: ['space'] }),
      starViewer(viewer, model.stars!, null),
      model.stars!,
      placement,
    )
    // half of the way to 3, 2/11 for the viewer, a quarter, and 1
    expect(stars).toBeCloseTo((linear.stars + 3 + 2 / 11 + 0.25 + 1) / 2, 2)
    expect(sd).toBe(linear.sd)
  })

  test('stands above what the viewer has no taste for, and is one of all that is not seen', () => {
    const space = rankOfPlaced(placed({ keywords: ['space'] }), viewer, model)!
    const love = rankOfPlaced(placed({ keywords: ['love'] }), viewer, model)!
    expect(space.of).toBe(10)
    expect(space.position).toBeLessThan(love.position)
    expect(love.position).toBeLessThanOrEqual(love.of)
  })

  test('stands among the shares of two towers by its own', () => {
    const weights = { cf: 1, next: 0, neighbours: 0, content: 0, popularity: 0 }
    const settings = { ...servingSettings(TINY_CONFIG, [{ minLikes: 0, weights }]), tower: TINY_TOWER }
    const towers = openArtifacts(tinyFiles({ ...tinyPlacement(), tower: tinyTower() }), settings)
    // the tiny tower likes what is not of the viewer's kind: products of 1 with love, 0 with space and 0.71 with both
    const positions = [{ keywords: ['love'] }, { keywords: ['love', 'space'] }, { keywords: ['space'] }].map(
      (told) => rankOfPlaced(placed(told), viewer, towers)!.position,
    )
    expect(positions[0]).toBeLessThanOrEqual(positions[1]!)
    expect(positions[1]).toBe(5)
    expect(positions[2]).toBeGreaterThan(5)
  })

  test('has no rank for a viewer without likes, or without a known term', () => {
    expect(rankOfPlaced(placed({ keywords: ['space'] }), historyOf([]), model)).toBeNull()
    expect(rankOfPlaced(placed({}), viewer, model)).toBeNull()
  })

  test('is nearest to the movies with its terms', () => {
    const nearest = nearestToPlaced(placed({ keywords: ['love'] }), 3, model)
    expect(nearest.map(({ itemIndex, terms }) => [itemIndex, terms])).toEqual([
      [4, ['love']],
      [5, ['love']],
      [6, ['love']],
    ])
  })
})

describe('openPlacement', () => {
  test.each([
    [{ ...SHAPE, numTerms: 3 }, 'placement.arrow: rows 80, expected 81'],
    [{ ...SHAPE, factors: 16 }, 'placement.arrow: factors of length 8, expected 16'],
    [{ ...SHAPE, starSize: 16 }, 'placement.arrow: stars of length 8, expected 16'],
  ])('refuses one of another model: %o', (shape, message) => {
    expect(() => openPlacement(files.get('placement.arrow')!, shape)).toThrow(message)
  })

  test.each([-1, Number.NaN])('refuses a starVariance of %d', (starVariance) => {
    const { content, placement: learned } = tinyPlacement()
    const broken: Partial<Trained> = { content, placement: { ...learned!, starVariance } }
    const bytes = tinyFiles(broken).get('placement.arrow')!
    expect(() => openPlacement(bytes, SHAPE)).toThrow(`starVariance is ${starVariance}, expected a number from 0 up`)
  })
})
