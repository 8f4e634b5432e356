import { mkdtemp, rm } from 'node:fs/promises'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Config } from '#core/schemas/config.ts'
import { coldSplit, judgeNewMovies, type NewMoviesJudgement } from '../evaluate/index.ts'
import { encodeArtifacts, encodeRatingNetwork } from '../export/index.ts'
import type { Compute } from '../index.ts'
import type { StepHandles } from '../io/handles.ts'
import { type Catalog, PART, type SourceReport } from '../nouns.ts'
import { openDevice, train } from '../train/index.ts'
import { readMovies } from './evaluate-cold.ts'
import { learnStarNetwork } from './rating-network.ts'

export interface NewMoviesReport extends NewMoviesJudgement {
  protocol: string
  seed: number
  newMovies: number
  files: SourceReport[]
}

/** Nothing is told of a movie that is not there yet. */
const NO_TEXT = { overview: '', tagline: '', keywords: [], cast: [], directors: [], poster: '', source: '' }

/**
 * How well stars are predicted for movies that are not in the catalogue: a fifth of the movies is taken out whole, ratings
 * and texts, and each is then asked about as `POST /predict/new-movie` would be. With the configured settings, on exported
 * bytes by the code that serves them. Tags are what viewers say, so no keyword comes from them here.
 * @param inputs folders or files, in place of the configured sources
 * @throws {DataError} when the data has no texts, or no stars
 */
export async function evaluateNewMovies(
  inputs: string[] | null,
  config: Config,
  { device = 'auto', threads = availableParallelism() }: Partial<Compute>,
  handles: StepHandles,
): Promise<NewMoviesReport> {
  const { seed } = config.project
  const sources = inputs?.map((path) => ({ path, format: 'auto' as const })) ?? config.data.sources
  const folder = await mkdtemp(join(tmpdir(), 'marquee-new-movies-'))
  const trainDevice = await openDevice(device, threads, handles.log)
  try {
    const { ratings, files } = await readMovies({ ...config, data: { ...config.data, sources } }, folder, handles)
    const { catalog } = ratings
    const split = coldSplit(ratings.interactions, catalog.movieIds.length, seed)
    const prepared = { catalog: without(catalog, split.coldItems), interactions: split.interactions }
    // stars and texts alone are judged: the other sources are not learned
    const model = {
      ...config.model,
      neighbours: { ...config.model.neighbours, type: 'none' as const },
      next: { ...config.model.next, type: 'none' as const },
    }
    const options = { device: trainDevice, checkpointFile: join(folder, 'checkpoint'), resume: false }
    const trained = await train(prepared, [PART.train, PART.validation], { model, seed }, handles, options)
    const { network } = await learnStarNetwork(
      { ratings: prepared, parts: [PART.train, PART.validation], content: trained.content, config },
      { threads, checkpoint: (name) => join(folder, name), resume: false },
      handles,
    )
    const judgement = judgeNewMovies(
      new Map([...encodeArtifacts(trained, prepared, () => false), ...encodeRatingNetwork(network)]),
      catalog,
      split,
      { ...config, model },
    )
    return {
      protocol:
        `new-movies: a fifth of the movies, drawn by seed ${seed}, is in no training part, no history and no text index; ` +
        `the ratings of these ${split.coldItems.length} are predicted, whenever given, from what is told of each; settings as configured`,
      seed,
      newMovies: split.coldItems.length,
      ...judgement,
      files,
    }
  } finally {
    trainDevice.close()
    await rm(folder, { recursive: true, force: true })
  }
}

/** The catalogue with nothing told of some movies. */
function without(catalog: Catalog, items: Int32Array): Catalog {
  const gone = new Set(items)
  return {
    ...catalog,
    years: catalog.years.map((year, item) => (gone.has(item) ? 0 : year)),
    runtimes: catalog.runtimes.map((minutes, item) => (gone.has(item) ? 0 : minutes)),
    genres: catalog.genres.map((genres, item) => (gone.has(item) ? [] : genres)),
    texts: catalog.texts.map((text, item) => (gone.has(item) ? NO_TEXT : text)),
  }
}
