import { Replay, Replayed } from '#core/schemas/api.ts'
import { experimentModel } from '../experiment/running.ts'
import type { OpenedModel } from '../open-model.ts'
import { withStoredModel } from '../stored-model.ts'
import { groupRecommendations } from './group.ts'
import { recommendations } from './present.ts'
import { viewerOfReceipt } from './replay-receipt.ts'
import { type Route, route } from './route.ts'
import { whatIfAnswer } from './what-if.ts'

/** The answer that a receipt is of, with the receipt in it again. */
function replayed(opened: OpenedModel, { viewers, time, experiment, recommend, group, whatIf }: Replay): Replayed {
  const known = viewers.map((viewer) => viewerOfReceipt(viewer, opened))
  const [first] = known
  if (group) {
    const { members, ...options } = group
    return groupRecommendations(opened, known, members, { ...options, replay: true }, time)
  }
  if (whatIf) return whatIfAnswer(opened, first!, { ...whatIf, replay: true }, time)
  return recommendations(opened, first!.history, { ...recommend, replay: true }, { ...first!, experiment }, time)
}

export const replayRoutes: Route[] = [
  route({
    method: 'post',
    path: '/replay',
    scope: 'read',
    tag: 'recommend',
    summary: 'An answer again, byte for byte, from the `replay` that it carried, by the model that gave it',
    body: Replay,
    answer: Replayed,
    errors: [404, 409],
    async handle({ body, served, ...handles }) {
      const open = body.modelId === served.modelId ? served : experimentModel(body.modelId)
      return open
        ? replayed(open, body)
        : withStoredModel(body.modelId, served, handles, (opened) => replayed(opened, body))
    },
  }),
]
