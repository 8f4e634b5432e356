import type { Degraded, ExperimentMark, Rung } from '#core/schemas/api.ts'
import type { HonoContext } from '../context.ts'
import { answersTotal, degradedTotal } from './counts.ts'

/** What log, metrics and headers tell of an answer. */
export interface Noted {
  rung?: Rung
  degraded?: Degraded
  experiment?: ExperimentMark | null
  /** of a profile, which has its list within it */
  recommendations?: Noted
}

/** Count an answer, and leave what the log line, the data point and the headers say of it. */
export function noteAnswer(context: HonoContext, answer: Noted): void {
  const { rung, degraded = [], experiment } = answer.recommendations ?? answer
  if (rung !== undefined) {
    context.set('rung', rung)
    answersTotal.add({ rung })
  }
  context.set('degraded', degraded)
  for (const part of degraded) degradedTotal.add({ part })
  if (!experiment) return
  context.set('experiment', experiment)
  context.header('X-Experiment', `${experiment.name}/${experiment.arm}`)
}

/** Count what a streamed answer found missing after its first event. */
export function countLate(context: HonoContext, { degraded = [] }: Noted): void {
  const known = context.get('degraded') ?? []
  for (const part of degraded) if (!known.includes(part)) degradedTotal.add({ part })
}
