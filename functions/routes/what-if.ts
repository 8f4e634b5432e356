import { LIKED_STARS } from '#core/feedback/counted.ts'
import { type History, historyOf } from '#core/history.ts'
import type { Model } from '#core/model.ts'
import { type Locale, type Move, type Shares, WhatIf, type WhatIfOptions, WhatIfRequest } from '#core/schemas/api.ts'
import { SOURCES } from '#core/schemas/config.ts'
import { movieName, nameOf } from '#recommend/movie-name.ts'
import { type Moved, whatIf } from '#recommend/what-if.ts'
import type { OpenedModel } from '../open-model.ts'
import { movieSummary, nowSeconds, recommendedMovies } from './present.ts'
import { replayOf } from './replay-receipt.ts'
import { listLength, type Route, route } from './route.ts'
import { type ViewerHistory, viewerHistory } from './viewer.ts'

type Changes = Pick<WhatIfOptions, 'add' | 'remove' | 'change'>

/**
 * What the what-if route answers with.
 * @param time of the request, in seconds since 1970
 */
export function whatIfAnswer(
  served: OpenedModel,
  viewer: ViewerHistory,
  options: WhatIfOptions,
  time: number = nowSeconds(),
): WhatIf {
  const { model, modelId, manifest } = served
  const { add, remove, change, replay, ...asked } = options
  const { history, starred } = changed(viewer, options, model)
  const { before, after, blended, reasons, moved } = whatIf(
    viewer.history,
    history,
    asked,
    listLength(options.k, manifest),
    model,
  )
  const told = ({ rung, weights, taste }: typeof before, { itemIndices }: History) => ({
    rung,
    weights,
    ratings: itemIndices.length,
    likes: taste.likes.length,
  })
  const known = new Set([...viewer.history.itemIndices, ...(viewer.history.hidden ?? [])])
  const isKnown = (movieId: number) => known.has(model.catalog.itemIndexOf(movieId))
  const added = add.map(({ movieId }) => movieId)
  return {
    modelId,
    seed: null,
    rung: after.rung,
    before: told(before, viewer.history),
    after: told(after, history),
    unknownMovieIds: [...viewer.unknownMovieIds, ...added.filter((movieId) => model.catalog.itemIndexOf(movieId) < 0)],
    ignoredMovieIds: [...remove, ...change.map(({ movieId }) => movieId)].filter((movieId) => !isKnown(movieId)),
    degraded: viewer.degraded,
    items: recommendedMovies(model, blended, reasons, starred, time, options.locale),
    moved: moved.map((move) => presentMove(move, history, model, options.locale)),
    ...(replay && { replay: replayOf(served, time, [viewer], { whatIf: { ...asked, add, remove, change } }) }),
  }
}

/** The viewer's history after the changes, and its part with stars. What is added without a time was rated last. */
function changed(
  viewer: ViewerHistory,
  { add, remove, change }: Changes,
  { catalog }: Model,
): Pick<ViewerHistory, 'history' | 'starred'> {
  const removed = new Set(remove.map((movieId) => catalog.itemIndexOf(movieId)))
  const stars = new Map(change.map(({ movieId, rating }) => [catalog.itemIndexOf(movieId), rating]))
  const apply = ({ itemIndices, ratings, timestamps }: History, added: Changes['add']) => {
    const now = timestamps.at(-1) ?? 0
    const kept = Array.from(itemIndices, (itemIndex, at) => ({
      itemIndex,
      rating: stars.get(itemIndex) ?? ratings[at]!,
      timestamp: timestamps[at]!,
    })).filter(({ itemIndex }) => !removed.has(itemIndex))
    const rows = added.map(({ movieId, rating = LIKED_STARS, timestamp = now }) => ({
      itemIndex: catalog.itemIndexOf(movieId),
      rating,
      timestamp,
    }))
    return historyOf([...kept, ...rows.filter(({ itemIndex }) => itemIndex >= 0)])
  }
  const hidden = viewer.history.hidden?.filter((item) => !removed.has(item))
  return {
    history: { ...apply(viewer.history, add), ...(hidden && { hidden }) },
    starred: apply(
      viewer.starred,
      add.filter(({ rating }) => rating !== undefined),
    ),
  }
}

/** Of a score, where a ranker took part. */
const PARTS = [...SOURCES, 'ranker'] as const

function presentMove(
  { itemIndex, kind, before, after, because }: Moved,
  history: History,
  { catalog }: Model,
  locale: Locale | undefined,
): Move {
  const parts = before?.shares.ranker === undefined && after?.shares.ranker === undefined ? SOURCES : PARTS
  const change = (part: keyof Shares) => (after!.shares[part] ?? 0) - (before!.shares[part] ?? 0)
  const named = because.map((entry) => ({ ...movieName(entry.itemIndex, catalog, locale), effect: entry.effect }))
  return {
    ...movieSummary(catalog, itemIndex, locale),
    kind,
    before,
    after,
    scoreChange: before && after && after.score - before.score,
    shareChanges: before && after && (Object.fromEntries(parts.map((part) => [part, change(part)])) as Shares),
    text: textOf({ kind, before, after }, named.map(nameOf), history.itemIndices.includes(itemIndex)),
    because: named,
  }
}

const DIRECTION = { entered: 'Comes in', left: 'Drops out', up: 'Rises', down: 'Falls' } as const

function textOf(
  { kind, before, after }: Pick<Moved, 'kind' | 'before' | 'after'>,
  because: string[],
  isInHistory: boolean,
): string {
  if (after === null) return isInHistory ? 'Is in the history now.' : 'May not be recommended now.'
  if (before === null) return 'Is not in the history any more.'
  const rises = after.rank < before.rank
  // a movie may fall although its score grew: then others have moved past it
  if (because.length > 0 && rises === after.score > before.score)
    return `${DIRECTION[kind]} because of ${because.join(' and ')}.`
  return rises ? `${DIRECTION[kind]}: others have fallen behind it.` : `${DIRECTION[kind]}: others have moved past it.`
}

export const whatIfRoutes: Route[] = [
  route({
    method: 'post',
    path: '/what-if',
    scope: 'read',
    tag: 'recommend',
    summary: 'What a change of a history would do to the list; nothing is stored',
    body: WhatIfRequest,
    answer: WhatIf,
    errors: [501],
    async handle({ body: { userId, history, taste, ...options }, ...handles }) {
      return whatIfAnswer(handles.served, await viewerHistory({ userId, history, taste }, handles), options)
    },
  }),
]
