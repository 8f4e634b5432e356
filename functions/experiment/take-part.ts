import { armOf } from '#core/experiment-arm.ts'
import type { ExperimentMark, RecommendOptions } from '#core/schemas/api.ts'
import type { ArmOptions, Experiment } from '#core/schemas/experiment.ts'
import type { RequestLog } from '../context.ts'
import type { Env } from '../env.ts'
import { experimentAnswersTotal } from '../metrics/counts.ts'
import type { ServedModel } from '../open-model.ts'
import { modelOfArm, runningExperiment } from './running.ts'
import { dayOf, type Unit, unitText, writeExposure } from './store.ts'

/** What of a request an experiment goes by. */
export interface Participant {
  served: ServedModel
  env: Env
  log: RequestLog
  /** of X-Viewer-Id; null: none was sent */
  viewerKey: string | null
  /** let work go on after the answer has left */
  defer(work: Promise<unknown>): void
}

/** What an answer is made by. */
export interface Part {
  served: ServedModel
  options: RecommendOptions
  experiment?: ExperimentMark
}

/** Viewers whose exposure of a day is stored already are not stored again; after so many they are forgotten. */
const MAX_KNOWN = 20_000
const known = new Set<string>()

/**
 * Answer as the viewer's arm of the running experiment does, and note that it did. Nobody is in it who is known by
 * nothing that lasts, and no request that says itself what an arm would say: in any arm, so that the arms stay alike.
 */
export async function inExperiment<Answer>(
  userId: number | undefined,
  options: RecommendOptions,
  participant: Participant,
  answer: (part: Part) => Promise<Answer>,
): Promise<Answer> {
  const { served, viewerKey } = participant
  const experiment = runningExperiment()
  const unit = unitOf(userId, viewerKey)
  if (!experiment || !unit || decidesItself(options, experiment)) return answer({ served, options })
  const arm = armOf(experiment, unitText(unit))
  const mark = { name: experiment.name, arm: arm.name }
  const given = await answer({
    served: modelOfArm(arm, served),
    options: { ...options, ...arm.options },
    experiment: mark,
  })
  noteExposure(mark, unit, participant)
  return given
}

/** Whose request it is; null: nobody's that could be known again. */
export function unitOf(userId: number | undefined, viewerKey: string | null): Unit | null {
  if (userId !== undefined) return { userId }
  return viewerKey === null ? null : { key: viewerKey }
}

function decidesItself(options: RecommendOptions, { arms }: Experiment): boolean {
  return arms.some((arm) =>
    (Object.keys(arm.options ?? {}) as (keyof ArmOptions)[]).some((name) => options[name] !== undefined),
  )
}

/** An answer does not wait for it; where it fails, one of the day's later answers stores it. */
function noteExposure(mark: ExperimentMark, unit: Unit, { env, log, defer }: Participant): void {
  experimentAnswersTotal.add({ experiment: mark.name, arm: mark.arm })
  const now = Math.floor(Date.now() / 1000)
  const key = [mark.name, mark.arm, unitText(unit), dayOf(now)].join('\n')
  if (known.has(key)) return
  if (known.size >= MAX_KNOWN) known.clear()
  known.add(key)
  defer(
    writeExposure(env.DB, mark, unit, now).catch((error: unknown) => {
      known.delete(key)
      log({ event: 'exposure not stored', reason: String(error) })
    }),
  )
}
