import type { RecommendedMovie } from '../../client/index.ts'
import type { Client } from '../client.ts'
import { inLanguage } from '../strings.ts'
import { type Load, useLoad } from './use-load.ts'
import type { Viewer } from './use-recommendations.ts'

/** A movie that the viewer loved. */
export type Loved = Pick<RecommendedMovie, 'movieId' | 'title' | 'localTitle'>

/** near enough to be of its kind, and enough of them to leave a row when those are out that are seen or shown already */
const NEAR = 60

/** Movies near one that was loved, those first that suit the viewer most; what the viewer has seen is not among them. */
export function useBecause(client: Client, loved: Loved | null, viewer: Viewer): Load<RecommendedMovie[]> {
  const asked = inLanguage()
  const key = loved === null ? null : `${viewer.userId ?? 'fresh'} ${loved.movieId} ${asked.locale}`
  return useLoad(`because ${key}`, key, async (signal) => {
    const near = await client.similarMovies(loved!.movieId, { k: NEAR }, { signal })
    const only = near.items.map(({ movieId }) => movieId)
    if (only.length === 0) return []
    const { userId, history = [], exclude } = viewer
    const { items } =
      userId === undefined
        ? await client.recommendForHistory({ history, exclude, only, k: NEAR, ...asked }, { signal })
        : await client.recommendForUser(userId, { only, k: NEAR, ...asked }, { signal })
    return items
  })
}
