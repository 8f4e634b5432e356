import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { openContent } from '#core/format/content.ts'
import { openPlacement } from '#core/format/placement.ts'
import { openToldRows, RATING_NETWORK_TOLD_FILE } from '#core/format/rating-network.ts'
import { randomSource } from '#core/random.ts'
import { Config } from '#core/schemas/config.ts'
import { placeMovie } from '#recommend/new-movie.ts'
import { learnStarNetwork } from '../../../build/experiments/rating-network.ts'
import { encodeArtifacts, encodeRatingNetwork } from '../../../build/export/index.ts'
import { compileKernel } from '../../../build/io/kernels.ts'
import { type Catalog, type Interactions, PART, type PreparedRatings } from '../../../build/nouns.ts'
import { openDevice, train, trainContent, trainStarNetwork } from '../../../build/train/index.ts'
import { stepHandles } from '../../helpers/step-handles.ts'

const folder = mkdtempSync(join(tmpdir(), 'marquee-rating-network-test-'))
afterAll(() => rmSync(folder, { recursive: true }))

const [USERS, MOVIES, EACH] = [80, 60, 24]
const GENRES = ['Action', 'Comedy', 'Drama', 'Horror']

const CONFIG = Config.parse({
  model: {
    ...{ cf: { factors: 8, iterations: 2 }, next: { type: 'none' }, neighbours: { type: 'none' } },
    stars: { factors: 6, iterations: 5 },
    content: { maxDocumentShare: 1 },
    ratingNetwork: { type: 'attention', width: 8, heads: 1, hidden: [16], reach: 24, buckets: 16, epochs: 3 },
  },
  evaluation: { bootstrapSamples: 100 },
})

/** Everybody likes one genre and the films of one director, the last movie is rated by nobody; a tenth of it is validation. */
function prepared(): PreparedRatings {
  const { uniform } = randomSource(3)
  const movies = Array.from({ length: MOVIES }, (_, item) => item)
  const catalog: Catalog = {
    movieIds: Int32Array.from(movies),
    titles: movies.map((item) => `Movie ${item}`),
    years: Int16Array.from(movies, (item) => 1950 + item),
    genres: movies.map((item) => [GENRES[item % 4]!]),
    imdbIds: new Int32Array(MOVIES),
    tmdbIds: new Int32Array(MOVIES),
    runtimes: Int16Array.from(movies, (item) => 80 + item),
    texts: movies.map((item) => ({
      ...{ overview: `of number ${item % 7}`, tagline: '', keywords: [], cast: [`Actor ${item % 9}`] },
      ...{ directors: [`Director ${item % 5}`], poster: '', source: '' },
    })),
  }
  const rows = Array.from({ length: USERS }, () =>
    movies
      .slice(0, -1)
      .map((item) => ({ item, order: uniform() }))
      .sort((a, b) => a.order - b.order)
      .slice(0, EACH)
      .map(({ item }) => item),
  )
  const interactions: Interactions = {
    userIds: Int32Array.from({ length: USERS }, (_, user) => user),
    indptr: Uint32Array.from({ length: USERS + 1 }, (_, user) => user * EACH),
    itemIndices: Int32Array.from(rows.flat()),
    ratings: Float32Array.from(
      rows.flatMap((row, user) =>
        row.map((item) => 2 + 2 * Number(item % 4 === user % 4) + Number(item % 5 === user % 5)),
      ),
    ),
    timestamps: Uint32Array.from({ length: USERS * EACH }, (_, at) => 1000 + at),
    parts: Uint8Array.from({ length: USERS * EACH }, (_, at) =>
      at % EACH < 18 ? PART.train : at % EACH < 22 ? PART.validation : PART.test,
    ),
  }
  return { catalog, interactions }
}

const input = (config = CONFIG) => {
  const ratings = prepared()
  const content = trainContent(ratings.catalog, config.model.content)
  return { ratings, parts: [PART.train, PART.validation], content, config }
}
const compute = { threads: 1, checkpoint: (name: string) => join(folder, name), resume: false }

describe('learnStarNetwork', () => {
  test('ships a network only where its interval says so, and tells why', async () => {
    const { network, card } = await learnStarNetwork(input(), compute, stepHandles())
    expect(card!.known.ratings).toBeGreaterThan(200)
    expect(card!.known.rmse.linear).toBeGreaterThan(0)
    for (const evidence of [card!.known, card!.told!]) expect(evidence.shipped).toBe(evidence.difference.high < 0)
    expect(card!.shipped).toBe(card!.known.shipped || card!.told!.shipped)
    expect(network !== null).toBe(card!.shipped)
    expect(card!.told!.ratings).toBeGreaterThan(100)
    if (network) expect(network.shares.known).toBe(card!.known.shipped ? card!.known.share : 0)
  })

  test('the test part has no say in it', async () => {
    const other = input()
    for (const [entry, part] of other.ratings.interactions.parts.entries())
      if (part === PART.test) other.ratings.interactions.ratings[entry] = 1
    const [one, two] = await Promise.all([
      learnStarNetwork(input(), compute, stepHandles()),
      learnStarNetwork(other, { ...compute, checkpoint: (name) => join(folder, `other-${name}`) }, stepHandles()),
    ])
    expect(two).toEqual(one)
  })

  test('is not tried where the config wants none, or there is too little to judge by', async () => {
    const nothing = { network: null, card: null }
    const none = Config.parse({ model: { ratingNetwork: { type: 'none' } } })
    expect(await learnStarNetwork(input(none), compute, stepHandles())).toEqual(nothing)
    const few = input()
    few.ratings.interactions.parts.fill(PART.train, 100)
    expect(await learnStarNetwork(few, compute, stepHandles())).toEqual(nothing)
  })
})

test('a movie that is told of has the vector that training gives one which nobody rated', async () => {
  const { ratings, content } = input()
  const { catalog } = ratings
  const options = { threads: 1, checkpointFile: join(folder, 'told'), resume: false }
  const learned = (await trainStarNetwork(
    { ...ratings, parts: [PART.train], content, model: CONFIG.model, seed: 1 },
    [],
    stepHandles(),
    options,
  ))!
  const size = 5 * 8
  const unrated = MOVIES - 1
  const device = await openDevice('cpu', 1, stepHandles().log)
  const trained = await train(ratings, [PART.train], { model: CONFIG.model, seed: 1 }, stepHandles(), {
    ...options,
    device,
  })
  device.close()
  const files = new Map([...encodeArtifacts(trained, ratings, () => false), ...encodeRatingNetwork(learned.network)])
  const opened = openContent(files.get('content.arrow')!, files.get('terms.arrow')!, compileKernel('serve'))
  const told = openToldRows(files.get(RATING_NETWORK_TOLD_FILE)!, { numTerms: content.terms.length, width: 8 })
  const shape = { numTerms: content.terms.length, factors: 8, starSize: 8 }
  const placement = openPlacement(files.get('placement.arrow')!, shape, told)
  const movie = {
    ...catalog.texts[unrated]!,
    ...{ genres: catalog.genres[unrated]!, year: catalog.years[unrated]!, runtime: catalog.runtimes[unrated]! },
  }
  const placed = placeMovie(movie, placement, opened)
  // a sum of int8 rows, each off by half a unit
  for (const [k, value] of placed.told!.entries())
    expect(Math.abs(value - learned.network.items[unrated * size + k]!)).toBeLessThan(0.02)
})
