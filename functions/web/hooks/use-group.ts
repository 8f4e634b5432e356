import type { GroupMember, GroupRecommendations } from '../../client/index.ts'
import type { Address } from '../address.ts'
import type { Client } from '../client.ts'
import { inLanguage } from '../strings.ts'
import { type Load, useLoad } from './use-load.ts'
import type { Marks } from './use-marks.ts'
import type { Ratings } from './use-ratings.ts'
import { listFilter, viewerRequest } from './use-recommendations.ts'

/** fewer are no group */
export const MIN_MEMBERS = 2

/**
 * One list for who watches together, asked again whenever a member, a filter or this browser's own taste changes.
 * @param ratings of this browser
 * @param marks of this browser
 * @param onUpdate when a list has come
 */
export function useGroup(
  client: Client,
  address: Address,
  ratings: Ratings,
  marks: Marks,
  onUpdate: (answer: GroupRecommendations) => void,
): Load<GroupRecommendations> {
  const { group, strategy } = address
  const { weights: _ofOne, ...narrowed } = listFilter(address)
  const filter = { ...narrowed, ...inLanguage() }
  const own = group?.includes('me') ? `${ratings.version};${marks.version}` : ''
  const isComplete = group !== null && group.length >= MIN_MEMBERS
  const key = isComplete ? JSON.stringify([group, strategy, filter, own]) : null
  return useLoad(`group ${group}`, key, async (signal) => {
    const me = viewerRequest(null, ratings, marks)
    const members = (group ?? []).map(
      (member): GroupMember => (member === 'me' ? { history: me.history } : { userId: member }),
    )
    const exclude = group?.includes('me') ? me.exclude : []
    const answer = await client.recommendForGroup({ members, strategy, ...filter, exclude }, { signal })
    onUpdate(answer)
    return answer
  })
}
