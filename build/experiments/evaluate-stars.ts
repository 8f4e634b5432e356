import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { openRatingNetwork } from '#core/format/rating-network.ts'
import { openStars } from '#core/format/stars.ts'
import { randomSource } from '#core/random.ts'
import type { Config, StarsConfig } from '#core/schemas/config.ts'
import type { StarsEvaluation } from '#core/schemas/manifest.ts'
import type { RatingModel } from '#core/scoring/fold-in-ratings.ts'
import type { StarNetwork } from '#core/scoring/rating-network.ts'
import {
  predictFold,
  rmseOn,
  STAR_PROTOCOLS,
  type StarFold,
  type StarProtocol,
  type StarProtocolName,
  starsEvaluation,
} from '../evaluate/index.ts'
import { encodeRatingNetwork, encodeStars } from '../export/index.ts'
import { DataError } from '../io/files.ts'
import type { StepHandles } from '../io/handles.ts'
import { type Interactions, PART, type Part, type PreparedRatings, type SourceReport } from '../nouns.ts'
import { drawValidation, splitAsGiven, splitRatings } from '../prepare/index.ts'
import { trainContent, trainStars } from '../train/index.ts'
import { readRatings } from './named-split.ts'
import { learnStarNetwork } from './rating-network.ts'

/** Tried in each fold: more cost time and no longer gain, with a hundred thousand ratings as with a million. */
const FACTORS = [14, 22]
/** Of the ratings that a fold is learned from, the share on which it chooses. */
const VALIDATION = 0.1

export interface StarsReport extends StarsEvaluation {
  protocol: string
  seed: number
  /**
   * of each what was chosen on a part of its own training ratings, and what came out; where the config wants a rating network,
   * how much of the way to it proved good there, 0 where it does without
   */
  folds: { factors: number; learnedFrom: number; ratings: number; rmse: number; networkShare?: number }[]
  files: SourceReport[]
}

/**
 * RMSE and MAE of predicted stars by a published protocol, on exported bytes by the code that serves them. In every fold
 * the number of factors is chosen on a tenth of its training ratings, then all of them are learned from, and each test
 * user is folded in from his own.
 * @param inputs folders or files, in place of the configured sources; among them the folder with the folds' files
 * @throws {DataError} when there is no such file, a fold has nothing to predict, or every rating is the same
 */
export async function evaluateStars(
  name: StarProtocolName,
  inputs: string[] | null,
  config: Config,
  threads: number = availableParallelism(),
  handles: StepHandles,
): Promise<StarsReport> {
  const protocol: StarProtocol = STAR_PROTOCOLS[name]
  const { seed } = config.project
  const sources = inputs?.map((path) => ({ path, format: 'auto' as const })) ?? config.data.sources
  const prepared = await readRatings({ ...config, data: { ...config.data, sources } }, handles)
  const folders = sources.map(({ path }) => path)

  const folds: StarFold[] = []
  const reports: StarsReport['folds'] = []
  const files = [...prepared.files]
  for (let fold = 1; fold <= protocol.folds; fold++) {
    const divided = await divide(protocol, fold, folders, prepared, config, handles)
    files.push(...divided.files)
    const { interactions } = divided
    const learn = learner(interactions, prepared.catalog.movieIds.length, seed, threads, handles)
    const factors = await chooseFactors(config.model.stars, interactions, learn, handles)
    const stars = { ...config.model.stars, factors }
    const linear = await learn(stars, [PART.train, PART.validation])
    const settings = { ...config, model: { ...config.model, stars } }
    const network = await learnNetwork({ ...prepared, interactions }, settings, threads, handles)
    const served = network ? { ...linear, network } : linear
    const predicted = predictFold(served, interactions)
    const { rmse } = predicted
    const ratings = predicted.ratings.actual.length
    if (ratings === 0) throw new DataError(`fold ${fold} of ${name} has no rating to predict`)
    folds.push(predicted)
    const learnedFrom = interactions.parts.reduce((sum, part) => sum + (isLearned(part) ? 1 : 0), 0)
    const networkShare = network?.shares.known ?? 0
    const wantsNetwork = config.model.ratingNetwork.type !== 'none'
    reports.push({ factors, learnedFrom, ratings, rmse, ...(wantsNetwork && { networkShare }) })
    handles.log.info(`fold ${fold} of ${protocol.folds}: RMSE ${rmse.toFixed(4)} with ${factors} factors`)
  }
  return {
    protocol:
      `${name}: ${protocol.words}; the number of factors is chosen in each fold on ${100 * VALIDATION} % of its training ` +
      'ratings; metrics are means over the folds, with a user’s ratings of all folds drawn together',
    seed,
    ...starsEvaluation(folds, config.evaluation.bootstrapSamples, seed)!,
    folds: reports,
    files,
  }
}

function isLearned(part: number): boolean {
  return part === PART.train || part === PART.validation
}

/** The ratings with the parts of one fold; a tenth of what it learns from is its validation part. */
async function divide(
  { folds, files }: StarProtocol,
  fold: number,
  folders: string[],
  { catalog, interactions }: PreparedRatings,
  config: Config,
  handles: StepHandles,
): Promise<{ interactions: Interactions; files: SourceReport[] }> {
  const { seed } = config.project
  if (files) {
    const named = files(fold)
    const folder = folders.find((path) => existsSync(join(path, named.test)))
    if (folder === undefined)
      throw new DataError(`${named.test}: no such file, expected it in one of the folders of --input`)
    const given = { train: join(folder, named.train), validation: null, test: join(folder, named.test) }
    const split = { ...config.split, strategy: 'given' as const, validation: VALIDATION, given }
    const { parts, sources } = await splitAsGiven(interactions, catalog, split, seed, handles)
    return { interactions: { ...interactions, parts }, files: sources }
  }
  const used = new Uint8Array(interactions.itemIndices.length).fill(1)
  const split = { ...config.split, strategy: 'kFold' as const, folds, fold: fold - 1 }
  const parts = splitRatings({ ...interactions, used }, split, seed)
  for (const [entry, part] of parts.entries()) if (part === PART.validation) parts[entry] = PART.train
  drawValidation(parts, VALIDATION, randomSource(seed))
  return { interactions: { ...interactions, parts }, files: [] }
}

type Learn = (stars: StarsConfig, parts: Part[]) => Promise<RatingModel>

/** Learn, export and open again: what is judged is what would be served. */
function learner(
  interactions: Interactions,
  numItems: number,
  seed: number,
  threads: number,
  handles: StepHandles,
): Learn {
  return async (stars, parts) => {
    const type = 'svdpp' as const
    const input = { interactions, numItems, parts, model: { stars: { ...stars, type } }, seed }
    const files = new Map(encodeStars(await trainStars(input, handles, threads)))
    const served = openStars((file) => files.get(file)!)
    if (!served) throw new DataError('every rating is the same: there are no stars to predict')
    return served
  }
}

/** As the config wants one and validation agrees; as it is served. */
async function learnNetwork(
  ratings: PreparedRatings,
  config: Config,
  threads: number,
  handles: StepHandles,
): Promise<StarNetwork | null> {
  const { catalog } = ratings
  const folder = await mkdtemp(join(tmpdir(), 'marquee-network-'))
  try {
    const { network } = await learnStarNetwork(
      { ratings, parts: [PART.train, PART.validation], content: trainContent(catalog, config.model.content), config },
      { threads, checkpoint: (name) => join(folder, name), resume: false },
      handles,
    )
    const files = new Map(encodeRatingNetwork(network))
    return network && openRatingNetwork((file) => files.get(file)!, catalog.movieIds.length)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

async function chooseFactors(
  stars: StarsConfig,
  interactions: Interactions,
  learn: Learn,
  { log }: StepHandles,
): Promise<number> {
  const errors: number[] = []
  for (const factors of FACTORS) {
    errors.push(rmseOn(PART.validation, await learn({ ...stars, factors }, [PART.train]), interactions))
    log.debug(`${factors} factors: validation RMSE ${errors.at(-1)!.toFixed(4)}`)
  }
  return FACTORS[errors.indexOf(Math.min(...errors))]!
}
