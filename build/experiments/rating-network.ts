import { openRatingNetwork } from '#core/format/rating-network.ts'
import { openStars } from '#core/format/stars.ts'
import { randomSource } from '#core/random.ts'
import type { Config } from '#core/schemas/config.ts'
import type { RatingNetworkCard } from '#core/schemas/manifest.ts'
import type { RatingModel } from '#core/scoring/fold-in-ratings.ts'
import { predictStars, starsOf, starViewer } from '#recommend/predict-stars.ts'
import { judgeNetwork, keepEntries, type RatedUser, ratedUsers } from '../evaluate/index.ts'
import { encodeRatingNetwork, encodeStars } from '../export/index.ts'
import type { StepHandles } from '../io/handles.ts'
import {
  type Interactions,
  PART,
  type Part,
  type PreparedRatings,
  type TermMatrix,
  type TrainedStarNetwork,
} from '../nouns.ts'
import { placedStars, trainPlacement, trainStarNetwork, trainStars } from '../train/index.ts'

/** Of the movies with ratings: taken out of the draft whole, to see how it does with movies that nobody has rated. */
const TOLD_SHARE = 0.1
/** With fewer validation ratings a network is not tried. */
const FEWEST_RATINGS = 200

/** What was learned; null where it has not proved itself. */
export interface StarNetworkResult {
  network: TrainedStarNetwork | null
  /** null where none was tried */
  card: RatingNetworkCard | null
}

export interface StarNetworkInput {
  ratings: PreparedRatings
  /** that the shipped network learns from */
  parts: readonly Part[]
  content: TermMatrix
  config: Config
}

/**
 * A network that takes predicted stars some of the way to its own, in two steps. A draft that has seen neither the validation
 * part nor any rating of a tenth of the movies is judged on exported bytes by the code that serves them, beside the linear
 * predictor of the same ratings: on the validation ratings of movies that both know, and on those of the others by what is
 * told of them. Where the interval of a difference lies below 0 the network ships, learned again from all the parts.
 * @param checkpoint a file of each; @param resume whether to go on from it
 */
export async function learnStarNetwork(
  { ratings: prepared, parts, content, config }: StarNetworkInput,
  { threads, checkpoint, resume }: { threads: number; checkpoint: (name: string) => string; resume: boolean },
  handles: StepHandles,
): Promise<StarNetworkResult> {
  const { model } = config
  const { seed } = config.project
  if (model.ratingNetwork.type === 'none' || model.stars.type === 'none') return { network: null, card: null }
  const { catalog } = prepared
  const numItems = catalog.movieIds.length
  const options = (name: string) => ({ threads, checkpointFile: checkpoint(name), resume })
  const interactions = draftRatings(prepared.interactions, numItems, seed)
  const known = ratedUsers(interactions, PART.validation)
  const told = ratedUsers(interactions, PART.test)
  if (countOf(known) < FEWEST_RATINGS) return { network: null, card: null }

  const learned = { interactions, parts: [PART.train], model, seed }
  const linear = await trainStars({ ...learned, numItems }, handles, threads)
  const draft =
    linear && (await trainStarNetwork({ ...learned, catalog, content }, known, handles, options('network-draft')))
  if (!linear || !draft) return { network: null, card: null }
  const files = new Map([...encodeStars(linear), ...encodeRatingNetwork(draft.network)])
  const { network, ...stars } = openedStars((file) => files.get(file)!, numItems)
  const whole = { ...stars, network }
  const judged = { numUsers: interactions.userIds.length, bootstrapSamples: config.evaluation.bootstrapSamples, seed }
  const all = (users: RatedUser[], from: RatingModel) =>
    users.map(({ history, itemIndices, time }) => predictStars(history, itemIndices, from, time).stars)
  const ofKnown = judgeNetwork(known, all(known, stars), all(known, whole), judged)
  const ofTold = countOf(told) < FEWEST_RATINGS ? null : await judgeTold()

  const shares = { known: shareOf(ofKnown), told: shareOf(ofTold) }
  const card = { shipped: shares.known + shares.told > 0, known: ofKnown, told: ofTold, epochs: draft.epochs }
  handles.log.info(
    `rating network: ${card.shipped ? 'shipped' : 'not shipped'}, RMSE ${ofKnown.rmse.linear.toFixed(4)} without it, ` +
      `${ofKnown.rmse.mixed.toFixed(4)} with ${ofKnown.share} of the way to its own`,
  )
  if (!card.shipped) return { network: null, card }
  const again = { ...model, ratingNetwork: { ...model.ratingNetwork, stopAfter: draft.epochs } }
  const input = { catalog, interactions: prepared.interactions, parts, content, model: again, seed }
  const final = await trainStarNetwork(input, [], handles, options('network-final'))
  return { network: final && { ...final.network, shares }, card }

  /** The linear predictor places the movies; the network knows of them what is told. */
  async function judgeTold(): Promise<RatingNetworkCard['told']> {
    const placing = { itemFactors: new Float32Array(numItems), factors: 1, stars: linear!, content, catalog }
    const placement = await trainPlacement({ ...placing, interactions, parts: [PART.train] }, model, handles)
    if (!placement) return null
    const rows = placedStars(placement, { content, catalog }, linear!.size)
    const placed = { ...stars, items: rows, itemUnits: new Float32Array(numItems).fill(1) }
    const allPlaced = (from: RatingModel, by: RatingModel) =>
      told.map(({ history, itemIndices, time }) => starsOf(starViewer(history, from, time), itemIndices, by).stars)
    return judgeNetwork(told, allPlaced(stars, placed), allPlaced(whole, { ...placed, network }), judged)
  }
}

/** Of the way that predictions go. */
function shareOf(evidence: RatingNetworkCard['told']): number {
  return evidence?.shipped ? evidence.share : 0
}

/** The stars as they are served, with the network the whole way. */
function openedStars(
  read: (file: string) => Uint8Array,
  numItems: number,
): RatingModel & { network: NonNullable<RatingModel['network']> } {
  return { ...openStars(read)!, network: openRatingNetwork(read, numItems) }
}

/**
 * The ratings without the test part, and without all of a drawn tenth of the movies: those of these that may be learned from
 * are its new test part.
 */
function draftRatings(interactions: Interactions, numItems: number, seed: number): Interactions {
  const { uniform } = randomSource(seed)
  const isTold = Uint8Array.from({ length: numItems }, () => (uniform() < TOLD_SHARE ? 1 : 0))
  const { parts, itemIndices } = interactions
  const isLearned = (entry: number) => parts[entry] === PART.train || parts[entry] === PART.validation
  const kept = keepEntries(
    interactions,
    (entry) => parts[entry] !== PART.test && (isTold[itemIndices[entry]!] === 0 || isLearned(entry)),
  )
  return {
    ...kept,
    parts: kept.parts.map((part, entry) => (isTold[kept.itemIndices[entry]!] === 1 ? PART.test : part)),
  }
}

function countOf(users: RatedUser[]): number {
  return users.reduce((sum, { ratings }) => sum + ratings.length, 0)
}
