import type { History } from '#core/history.ts'
import { METRICS } from '#core/metrics.ts'
import type { Model } from '#core/model.ts'
import type { Config, GateConfig } from '#core/schemas/config.ts'
import { rank } from '#recommend/index.ts'
import { expectedStars } from '#recommend/predict-stars.ts'
import type { StepHandles } from '../../io/handles.ts'
import { PART, type PairedJudgement, type PreparedRatings } from '../../nouns.ts'
import { estimate, type Resamples, resampleUsers } from '../bootstrap.ts'
import { judge } from '../judge.ts'
import { type JudgedUser, judgedUsers } from '../judged-users.ts'
import { sampleOf } from '../sample-of.ts'
import { ratedUsers } from '../stars/rated-users.ts'
import { withoutKnown } from './known-to-served.ts'
import { worseByChance } from './worse-by-chance.ts'

/**
 * Judge the served model and the one that would take its place on the same users of the test part, each with the history
 * that stands before it, as both would have answered. Movies meet by their movieId: what only one catalogue has the other
 * cannot recommend, and finds nothing by it. With a split by time neither model has learned from what is to be found, once
 * what was rated again is left out; the served one has not seen the ratings between its own test part and this one either,
 * which is what a rebuild is for.
 * @param served with its histories
 * @param gate `maxUsers`: as many are judged at most, drawn by the seed; `toleratedLoss`: a share of the served model's value,
 * of which it is asked whether chance explains what a metric loses beyond
 * @returns null where nobody has anything to be found
 */
export async function judgePair(
  served: Model,
  candidate: Model,
  { interactions: all, catalog }: PreparedRatings,
  { project: { seed }, evaluation }: Pick<Config, 'project' | 'evaluation'>,
  { maxUsers, toleratedLoss }: Pick<GateConfig, 'maxUsers' | 'toleratedLoss'>,
  handles: StepHandles,
): Promise<PairedJudgement | null> {
  const { interactions, ratedAgain } = await withoutKnown({ interactions: all, catalog }, served)
  const { cutoffs, relevantFrom, bootstrapSamples } = evaluation
  const users = sampleOf(judgedUsers(interactions, PART.test, relevantFrom).judged, maxUsers, seed)
  if (users.length === 0) return null
  const resamples = resampleUsers(users.length, bootstrapSamples, seed)
  const judgements = [served, candidate].map((model, index) => {
    handles.progress.update('judging both models', index, 2)
    const { toModel, fromModel } = itemMaps(catalog.movieIds, model)
    const lists = users.map((user) => {
      handles.signal.throwIfAborted()
      const { blended } = rank(mapped(user.history, toModel), {}, Math.max(...cutoffs), model)
      return blended.map(({ itemIndex }) => fromModel[itemIndex]!)
    })
    return judge(users, lists, cutoffs, NO_TRAITS, model.catalog.numItems)
  })
  const [old, now] = judgements as [ReturnType<typeof judge>, ReturnType<typeof judge>]
  const names = cutoffs.flatMap((cutoff) => METRICS.map((metric) => `${metric}@${cutoff}`))
  const stars = compareStars(served, candidate, { interactions, catalog }, maxUsers, { seed, bootstrapSamples })
  const compared = names.map((name) => paired(name, old.byMetric.get(name)!, now.byMetric.get(name)!, resamples, false))
  const others = stars ? [stars] : []
  const untolerated = ({ metric, loss }: Compared) => loss.map((value) => value - toleratedLoss * metric.served.mean)
  const byChance = worseByChance([compared.map(untolerated), others.map(untolerated)], seed).flat()
  return {
    users: users.length,
    ratedAgain,
    unknownToServed: shareUnknown(users, itemMaps(catalog.movieIds, served).toModel),
    metrics: [...compared, ...others].map(({ metric }, at) => ({ ...metric, byChance: byChance[at]! })),
    coverage: cutoffs.map((cutoff) => {
      const name = `coverage@${cutoff}`
      return { name, served: old.coverage[name]!, candidate: now.coverage[name]! }
    }),
  }
}

/** Variety is no part of what a model may not lose. */
const NO_TRAITS = { novelty: () => 0, intraListDiversity: () => 0 }

/** −1 where the other side has no such movie. */
function itemMaps(movieIds: Int32Array, { catalog }: Model): { toModel: Int32Array; fromModel: Int32Array } {
  const toModel = movieIds.map((movieId) => catalog.itemIndexOf(movieId))
  const fromModel = new Int32Array(catalog.numItems).fill(-1)
  for (const [item, inModel] of toModel.entries()) if (inModel >= 0) fromModel[inModel] = item
  return { toModel, fromModel }
}

/** A history in a model's own item indices, without the movies that it lacks. */
function mapped({ itemIndices, ratings, timestamps }: History, toModel: Int32Array): History {
  const isKnown = (_: number, at: number) => toModel[itemIndices[at]!]! >= 0
  return {
    itemIndices: itemIndices.filter(isKnown).map((item) => toModel[item]!),
    ratings: ratings.filter(isKnown),
    timestamps: timestamps.filter(isKnown),
  }
}

function shareUnknown(users: readonly JudgedUser[], toServed: Int32Array): number {
  let [unknown, all] = [0, 0]
  for (const { relevant } of users)
    for (const item of relevant) {
      all++
      if (toServed[item]! < 0) unknown++
    }
  return unknown / all
}

/** A metric of both models, and what the candidate loses in it, a value a user. */
interface Compared {
  metric: Omit<PairedJudgement['metrics'][number], 'byChance'>
  loss: Float64Array
}

function paired(
  name: string,
  served: Float64Array,
  candidate: Float64Array,
  resamples: Resamples,
  lowerIsBetter: boolean,
): Compared {
  const difference = candidate.map((value, user) => value - served[user]!)
  return {
    metric: {
      name,
      served: estimate(served, resamples),
      candidate: estimate(candidate, resamples),
      difference: estimate(difference, resamples),
      lowerIsBetter,
    },
    loss: lowerIsBetter ? difference : difference.map((value) => -value),
  }
}

/**
 * Mean over users of the root mean squared error of predicted stars, on the movies that both catalogues have.
 * @returns null where a model predicts none, or there is nothing to predict
 */
function compareStars(
  served: Model,
  candidate: Model,
  { interactions, catalog }: PreparedRatings,
  maxUsers: number,
  { seed, bootstrapSamples }: { seed: number; bootstrapSamples: number },
): Compared | null {
  if (!served.stars || !candidate.stars) return null
  const maps = [served, candidate].map((model) => itemMaps(catalog.movieIds, model).toModel)
  const isKnown = (item: number) => maps.every((toModel) => toModel[item]! >= 0)
  const users = sampleOf(ratedUsers(interactions, PART.test), maxUsers, seed)
    .map(({ itemIndices, ratings, ...user }) => ({
      ...user,
      itemIndices: itemIndices.filter(isKnown),
      ratings: ratings.filter((_, at) => isKnown(itemIndices[at]!)),
    }))
    .filter(({ ratings }) => ratings.length > 0)
  if (users.length === 0) return null
  const [old, now] = [served.stars, candidate.stars].map((stars, side) =>
    Float64Array.from(users, ({ history, itemIndices, ratings, time }) => {
      const toModel = maps[side]!
      const items = itemIndices.map((item) => toModel[item]!)
      const predicted = expectedStars(mapped(history, toModel), items, stars, time)
      const squares = predicted.reduce((sum, value, at) => sum + (value - ratings[at]!) ** 2, 0)
      return Math.sqrt(squares / ratings.length)
    }),
  )
  return paired('rmseByUser', old!, now!, resampleUsers(users.length, bootstrapSamples, seed), true)
}
