import { mkdir, open, readFile, rename } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { Log } from '../io/handles.ts'
import type { AlsState } from './als/als-problem.ts'

const FORMAT = 'marquee-checkpoint'
const VERSION = 1
/** The header is padded with blanks to this, so that the factors after it are aligned. */
const HEADER_BYTES = 65_536
/** Saving costs a copy of the factors: not more often than this. */
const SAVE_EVERY_MS = 10_000

/** What training goes on from. */
export interface TrainingState {
  /** one each iteration done */
  losses: number[]
  state: AlsState
  /** nothing is left to do */
  isDone: boolean
}

/** A state of training on disk: whole or not there. */
export interface Checkpoint {
  /** null when there is none */
  load(): Promise<TrainingState | null>
  /** Asks for the state and writes it, if the last one is old enough; the end of a long training is always written. */
  save(isDone: boolean, state: () => Promise<Omit<TrainingState, 'isDone'>>): Promise<void>
}

/**
 * A header of JSON and three blocks of little-endian f32. A file that is damaged or of another version is as good as none,
 * and the log says so: training then starts anew.
 * @param resume whether a state that is there counts
 */
export function openCheckpoint(
  file: string,
  { resume, log, now = () => performance.now() }: { resume: boolean; log: Log; now?: () => number },
): Checkpoint {
  let savedAt = now()
  let hasSaved = false
  return {
    async load() {
      const bytes = await readFile(file).catch((error: NodeJS.ErrnoException) => {
        if (error.code === 'ENOENT') return null
        throw error
      })
      if (!bytes) return null
      if (!resume) {
        log.info(`${file}: left by an earlier run; --resume would go on from it, this one starts anew`)
        return null
      }
      try {
        return decode(bytes)
      } catch (error) {
        log.warn(`${file}: ${(error as Error).message}; training starts anew`)
        return null
      }
    },
    async save(isDone, state) {
      if (now() - savedAt < SAVE_EVERY_MS && !(isDone && hasSaved)) return
      await mkdir(dirname(file), { recursive: true })
      const unfinished = `${file}.part`
      const { header, blocks } = encode({ ...(await state()), isDone })
      const handle = await open(unfinished, 'w')
      try {
        for (const block of [header, ...blocks]) await handle.write(block)
        await handle.sync()
      } finally {
        await handle.close()
      }
      await rename(unfinished, file)
      savedAt = now()
      hasSaved = true
    },
  }
}

function encode({ losses, state, isDone }: TrainingState): { header: Uint8Array; blocks: Uint8Array[] } {
  const blocks = [state.userFactors, state.itemFactors, state.previousItemFactors]
  const header = { format: FORMAT, version: VERSION, losses, isDone, lengths: blocks.map(({ length }) => length) }
  return {
    header: new TextEncoder().encode(JSON.stringify(header).padEnd(HEADER_BYTES)),
    blocks: blocks.map(({ buffer, byteOffset, byteLength }) => new Uint8Array(buffer, byteOffset, byteLength)),
  }
}

function decode(bytes: Buffer): TrainingState {
  const { format, version, losses, isDone, lengths } = JSON.parse(bytes.toString('utf8', 0, HEADER_BYTES))
  if (format !== FORMAT || version !== VERSION)
    throw new Error(`found ${format} version ${version}, this version knows ${FORMAT} version ${VERSION}`)
  const [users, items, previous] = lengths as [number, number, number]
  const expected = HEADER_BYTES + 4 * (users + items + previous)
  if (bytes.length !== expected) throw new Error(`${bytes.length} bytes, expected ${expected}`)
  const floats = (start: number, count: number) => {
    const begin = bytes.byteOffset + HEADER_BYTES + 4 * start
    return new Float32Array(bytes.buffer.slice(begin, begin + 4 * count))
  }
  return {
    losses,
    isDone,
    state: {
      userFactors: floats(0, users),
      itemFactors: floats(users, items),
      previousItemFactors: floats(users + items, previous),
    },
  }
}
