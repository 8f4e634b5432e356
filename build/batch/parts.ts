import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/**
 * Finished lists wait in a folder, some thousand users a file, until all are there: so a run that was stopped goes on where
 * it was. A part is users × k movieIds, int32 as the machine has them, 0 behind the last of a shorter list.
 */

export const PART_USERS = 2048
/** Goes up with any change of how lists are made or written: parts of another version are made anew. */
const VERSION = 2
const NOTE_FILE = 'parts.json'

/** What parts depend on. */
export interface PartsOf {
  modelId: string
  k: number
}

/**
 * Make the folder ready: parts of anything else that lie there go.
 * @returns the numbers of those that are done
 */
export function openParts(folder: string, of: PartsOf): Set<number> {
  const note = JSON.stringify({ version: VERSION, partUsers: PART_USERS, ...of })
  const noteFile = join(folder, NOTE_FILE)
  if (!existsSync(noteFile) || readFileSync(noteFile, 'utf8') !== note) {
    rmSync(folder, { recursive: true, force: true })
    mkdirSync(folder, { recursive: true })
    writeFileSync(noteFile, note)
  }
  return new Set(readdirSync(folder).flatMap((name) => /^part-(\d+)\.bin$/.exec(name)?.slice(1).map(Number) ?? []))
}

/** Whole or not at all: a process may be stopped at any time. */
export function writePart(folder: string, part: number, movieIds: Int32Array): void {
  const file = fileOf(folder, part)
  writeFileSync(`${file}.unfinished`, movieIds)
  renameSync(`${file}.unfinished`, file)
}

/** @throws {RangeError} when the file has not as many lists */
export function readPart(folder: string, part: number, numUsers: number, k: number): Int32Array {
  const bytes = readFileSync(fileOf(folder, part))
  if (bytes.length !== numUsers * k * 4)
    throw new RangeError(
      `${fileOf(folder, part)}: ${bytes.length} bytes, expected ${numUsers * k * 4}; remove the folder and start again`,
    )
  return new Int32Array(new Uint8Array(bytes).buffer)
}

export function numPartsOf(numUsers: number): number {
  return Math.ceil(numUsers / PART_USERS)
}

/** User indices of a part: from, and up to before. */
export function usersOf(part: number, numUsers: number): [from: number, to: number] {
  return [part * PART_USERS, Math.min((part + 1) * PART_USERS, numUsers)]
}

function fileOf(folder: string, part: number): string {
  return join(folder, `part-${String(part).padStart(5, '0')}.bin`)
}
