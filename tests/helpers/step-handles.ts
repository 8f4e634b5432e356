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
}

export function stepHandles(signal: AbortSignal = new AbortController().signal): Told {
  const told: Pick<Told, 'lines' | 'labels' | 'steps' | 'notes'> = { lines: [], labels: [], steps: [], notes: [] }
  const log = (message: string) => void told.lines.push(message)
  return {
    ...told,
    signal,
    log: { error: log, warn: log, info: log, debug: log },
    progress: {
      update(label, done, total, note) {
        told.labels.push(`${label} ${done}/${total}`)
        told.steps.push(done)
        told.notes.push(note)
      },
    },
  }
}
