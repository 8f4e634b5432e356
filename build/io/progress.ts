import type { Progress } from './handles.ts'

const BAR_WIDTH = 24
/** A bar redrawn more often than this only flickers. */
const REDRAW_MS = 80
/** Without a terminal, how long a step may be silent. */
const PLAIN_LINE_MS = 5000

export interface ProgressStream {
  isTTY?: boolean
  columns?: number
  write(text: string): unknown
}

/**
 * How far a step is. On a terminal one line redrawn in place, `train  ████████░░░░  66 %  4 of 6, 3 s left, loss 0.02`,
 * gone when the step is done; elsewhere plain lines: the end of every label, and every few seconds before it.
 * `clear` takes the bar off the screen so that other lines can be written; the next update draws it again.
 */
export function createProgress(
  stream: ProgressStream = process.stderr,
  now: () => number = () => performance.now(),
): Progress & { clear(): void } {
  let label = ''
  let startedAt = 0
  let writtenAt = 0
  let lastDone = 0
  let finished = false
  let drawn = false

  const clear = () => {
    if (drawn) stream.write('\r\x1b[2K')
    drawn = false
  }
  return {
    clear,
    update(nextLabel, done, total, note) {
      const time = now()
      // a count that goes back is the same work begun again
      if (nextLabel !== label || done < lastDone) {
        label = nextLabel
        startedAt = time
        writtenAt = stream.isTTY ? Number.NEGATIVE_INFINITY : time
        finished = false
      }
      lastDone = done
      if (finished) return
      finished = done >= total
      if (stream.isTTY) {
        if (finished) return clear()
        if (drawn && time - writtenAt < REDRAW_MS) return
        stream.write(`\r\x1b[2K${barLine(label, done, total, time - startedAt, note, stream.columns ?? 80)}`)
        drawn = true
      } else {
        if (!finished && time - writtenAt < PLAIN_LINE_MS) return
        stream.write(`${label}: ${counted(done, total)} (${percent(done, total)} %)${noted(note)}\n`)
      }
      writtenAt = time
    },
  }
}

function barLine(
  label: string,
  done: number,
  total: number,
  elapsedMs: number,
  note: string | undefined,
  columns: number,
): string {
  const filled = Math.round((BAR_WIDTH * percent(done, total)) / 100)
  const bar = '█'.repeat(filled) + '░'.repeat(BAR_WIDTH - filled)
  const left = done > 0 ? `, ${duration((elapsedMs * (total - done)) / done)} left` : ''
  // one column short of the edge: a full line would wrap, and only its last row could be redrawn
  return `${label}  ${bar}  ${percent(done, total)} %  ${counted(done, total)}${left}${noted(note)}`.slice(
    0,
    columns - 1,
  )
}

function noted(note: string | undefined): string {
  return note ? `, ${note}` : ''
}

function percent(done: number, total: number): number {
  return total > 0 ? Math.floor((100 * Math.min(done, total)) / total) : 100
}

function counted(done: number, total: number): string {
  return `${done.toLocaleString('en')} of ${total.toLocaleString('en')}`
}

function duration(ms: number): string {
  const seconds = Math.ceil(ms / 1000)
  return seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`
}
