import { mkdir, open, readFile, rename } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { Log } from '../io/handles.ts'

const FORMAT = 'marquee-checkpoint'
const VERSION = 2
/** The header is padded with blanks to this, so that the factors after it are aligned. */
const HEADER_BYTES = 65_536
/** Saving costs a copy of the factors: not more often than this. */
const SAVE_EVERY_MS = 10_000

/** Blocks of numbers by name. */
export type Blocks<State> = { [Name in keyof State]: Float32Array }

/** What training goes on from. */
export interface TrainingState<State extends Blocks<State>> {
  /** one each iteration done */
  losses: number[]
  state: State
  /** nothing is left to do */
  isDone: boolean
}

/** A state of training on disk: whole or not there. */
export interface Checkpoint<State extends Blocks<State>> {
  /** null when there is none */
  load(): Promise<TrainingState<State> | null>
  /** Asks for the state and writes it, if the last one is old enough; the end of a long training is always written. */
  save(isDone: boolean, state: () => Promise<Omit<TrainingState<State>, 'isDone'>>): Promise<void>
}

/**
 * A header of JSON and the state's blocks of little-endian f32. A file that is damaged or of another version is as good as none,
 * and the log says so: training then starts anew.
 * @param names of the state's blocks, in the order of the file
 * @param resume whether a state that is there counts
 */
export function openCheckpoint<State extends Blocks<State>>(
  file: string,
  names: readonly (keyof State & string)[],
  { resume, log, now = () => performance.now() }: { resume: boolean; log: Log; now?: () => number },
): Checkpoint<State> {
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
        return decode(bytes, names)
      } catch (error) {
        log.warn(`${file}: ${(error as Error).message}; training starts anew`)
        return null
      }
    },
    async save(isDone, state) {
      if (now() - savedAt < SAVE_EVERY_MS && !(isDone && hasSaved)) return
      await mkdir(dirname(file), { recursive: true })
      const unfinished = `${file}.part`
      const { header, blocks } = encode({ ...(await state()), isDone }, names)
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

function encode<State extends Blocks<State>>(
  { losses, state, isDone }: TrainingState<State>,
  names: readonly (keyof State & string)[],
): { header: Uint8Array; blocks: Uint8Array[] } {
  const lengths = Object.fromEntries(names.map((name) => [name, state[name].length]))
  return {
    header: new TextEncoder().encode(
      JSON.stringify({ format: FORMAT, version: VERSION, losses, isDone, lengths }).padEnd(HEADER_BYTES),
    ),
    blocks: names.map((name) => {
      const { buffer, byteOffset, byteLength } = state[name]
      return new Uint8Array(buffer, byteOffset, byteLength)
    }),
  }
}

function decode<State extends Blocks<State>>(
  bytes: Buffer,
  names: readonly (keyof State & string)[],
): TrainingState<State> {
  const { format, version, losses, isDone, lengths } = JSON.parse(bytes.toString('utf8', 0, HEADER_BYTES))
  if (format !== FORMAT || version !== VERSION)
    throw new Error(`found ${format} version ${version}, this version knows ${FORMAT} version ${VERSION}`)
  if (Object.keys(lengths).join() !== names.join())
    throw new Error(`found the blocks ${Object.keys(lengths).join(', ')}, expected ${names.join(', ')}`)
  const expected = names.reduce((sum, name) => sum + 4 * lengths[name], HEADER_BYTES)
  if (bytes.length !== expected) throw new Error(`${bytes.length} bytes, expected ${expected}`)
  let begin = bytes.byteOffset + HEADER_BYTES
  const blocks = names.map((name) => {
    const end = begin + 4 * lengths[name]
    const block = new Float32Array(bytes.buffer.slice(begin, end))
    begin = end
    return [name, block] as const
  })
  return { losses, isDone, state: Object.fromEntries(blocks) as unknown as State }
}
