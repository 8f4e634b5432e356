import {
  type Degraded,
  type GroupedMovie,
  type GroupOptions,
  GroupRecommendations,
  GroupRequest,
  Rung,
} from '#core/schemas/api.ts'
import { type GroupRanking, type Member, rankGroup } from '#recommend/group.ts'
import { expectedStars } from '#recommend/predict-stars.ts'
import type { OpenedModel } from '../open-model.ts'
import { pageOf } from './paging.ts'
import { movieSummary, nowSeconds, round } from './present.ts'
import { replayOf } from './replay-receipt.ts'
import { listLength, type Route, route } from './route.ts'
import { type ViewerHistory, viewerHistory } from './viewer.ts'

/** What a member asks for, but for who they are. */
export type MemberTerms = Omit<Member, 'history'>

/**
 * What the group route answers with.
 * @param terms one a viewer
 * @param time of the request, in seconds since 1970
 */
export function groupRecommendations(
  served: OpenedModel,
  viewers: ViewerHistory[],
  terms: MemberTerms[],
  options: GroupOptions,
  time: number = nowSeconds(),
): GroupRecommendations {
  const { model, modelId, manifest } = served
  const { shown, numShown, fields } = pageOf(options.cursor, served)
  const members = viewers.map(({ history }, member) => ({ ...terms[member]!, history }))
  const ranking = rankGroup(members, options, listLength(options.k, manifest), model, shown)
  const { list, diversity, hasMore } = ranking
  const items = list.map(({ itemIndex }) => itemIndex)
  const predicted = viewers.map(({ starred }) => model.stars && expectedStars(starred, items, model.stars, time))
  const { replay, ...asked } = options
  return {
    modelId,
    seed: null,
    rung: lowest(ranking.members.map(({ rung }) => rung)),
    strategy: options.strategy,
    members: ranking.members.map(({ rung, weights, likes }, member) => ({
      rung,
      weights,
      ratings: viewers[member]!.history.itemIndices.length,
      likes,
      unknownMovieIds: viewers[member]!.unknownMovieIds,
      meanFit: mean(list.map(({ fits }) => fits[member]!)),
      degraded: viewers[member]!.degraded,
    })),
    fairness: fairnessOf(list),
    ...(diversity && { diversity }),
    degraded: [...new Set<Degraded[number]>(viewers.flatMap(({ degraded }) => degraded))].sort(),
    ...fields(items, hasMore),
    items: list.map(
      ({ itemIndex, score, fits, shares }, position): GroupedMovie => ({
        rank: numShown + position + 1,
        ...movieSummary(model.catalog, itemIndex, options.locale),
        score,
        members: fits.map((fit, member) => {
          const stars = predicted[member]
          return {
            fit,
            share: shares[member]!,
            predictedStars: stars ? round(stars[position]!, 2) : null,
            seen: ranking.members[member]!.seen.has(itemIndex),
          }
        }),
      }),
    ),
    ...(replay && { replay: replayOf(served, time, viewers, { group: { ...asked, members: terms } }) }),
  }
}

function fairnessOf(list: GroupRanking['list']): GroupRecommendations['fairness'] {
  const numMembers = list[0]?.fits.length ?? 0
  const means = Array.from({ length: numMembers }, (_, member) => mean(list.map(({ fits }) => fits[member]!)))
  return {
    meanFit: mean(means),
    leastMeanFit: least(means),
    leastFit: least(list.flatMap(({ fits }) => fits)),
  }
}

function lowest(rungs: Rung[]): Rung {
  return Rung.options.toReversed().find((rung) => rungs.includes(rung))!
}

function mean(values: number[]): number {
  return values.length > 0 ? values.reduce((sum, value) => sum + value, 0) / values.length : 0
}

function least(values: number[]): number {
  return values.length > 0 ? Math.min(...values) : 0
}

export const groupRoutes: Route[] = [
  route({
    method: 'post',
    path: '/recommend/group',
    scope: 'read',
    tag: 'recommend',
    summary: 'One list for two to eight viewers, with how well each movie fits each of them',
    body: GroupRequest,
    answer: GroupRecommendations,
    errors: [501],
    async handle({ body: { members, ...options }, ...handles }) {
      const viewers = await Promise.all(members.map((member) => viewerHistory(member, handles)))
      const terms = members.map(({ weight, vetoMovies, vetoGenres }) => ({ weight, vetoMovies, vetoGenres }))
      return groupRecommendations(handles.served, viewers, terms, options)
    },
  }),
]
