import { closeSync, mkdirSync, openSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'
import type { Log } from './handles.ts'

export type Level = 'error' | 'warn' | 'info' | 'debug'

const LEVELS: readonly Level[] = ['error', 'warn', 'info', 'debug']

export interface LogOptions {
  /** lines below this level are dropped, from the file too */
  level: Level
  /** also write each line there, as JSON; appended to, its folder made when missing */
  file?: string | null
  /** where a person reads; stderr, so that stdout is left to results */
  stream?: { write(text: string): unknown }
  /** called before a line goes to the stream: a progress bar steps aside */
  beforeLine?: () => void
  now?: () => Date
}

/**
 * Lines for a person (`12:03:04 info   ingest: 100,836 ratings`) and, when a file is named, for a machine
 * (`{"time":"…","level":"info","message":"…"}`). Written at once: nothing is lost when the process dies.
 * @throws what opening the file throws
 */
export function createLog(options: LogOptions): Log & { close(): void } {
  const { level, file, stream = process.stderr, beforeLine, now = () => new Date() } = options
  const shown = LEVELS.indexOf(level)
  let descriptor = file ? openForAppend(file) : null

  const write = (at: Level) => (message: string) => {
    if (LEVELS.indexOf(at) > shown) return
    const time = now()
    beforeLine?.()
    stream.write(`${clockTime(time)} ${at.padEnd(5)}  ${message}\n`)
    if (descriptor !== null)
      writeSync(descriptor, `${JSON.stringify({ time: time.toISOString(), level: at, message })}\n`)
  }
  return {
    error: write('error'),
    warn: write('warn'),
    info: write('info'),
    debug: write('debug'),
    close() {
      if (descriptor !== null) closeSync(descriptor)
      descriptor = null
    },
  }
}

function openForAppend(file: string): number {
  mkdirSync(dirname(file), { recursive: true })
  return openSync(file, 'a')
}

/** Local time of day, hh:mm:ss. */
function clockTime(time: Date): string {
  return [time.getHours(), time.getMinutes(), time.getSeconds()].map((part) => String(part).padStart(2, '0')).join(':')
}
