import type { StepHandles } from '../../build/io/handles.ts'

/** What a step said and how far it was, beside the handles that it is given. */
export interface Told extends StepHandles {
  /** of the log */
  lines: string[]
  /** `label done/total` of each progress update */
  labels: string[]
  /** `done` of each */
  steps: number[]
  notes: (string | undefined)[]
  /** measures, with the step that they belong to */
  tracked: { metrics: Record<string, number>; step: number | undefined }[]
}

export function stepHandles(signal: AbortSignal = new AbortController().signal): Told {
  const told: Omit<Told, keyof StepHandles> = { lines: [], labels: [], steps: [], notes: [], tracked: [] }
  const log = (message: string) => void told.lines.push(message)
  return {
    ...told,
    signal,
    log: { error: log, warn: log, info: log, debug: log },
    track: (metrics, step) => void told.tracked.push({ metrics, step }),
    progress: {
      update(label, done, total, note) {
        told.labels.push(`${label} ${done}/${total}`)
        told.steps.push(done)
        told.notes.push(note)
      },
    },
  }
}
