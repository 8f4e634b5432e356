import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as z from 'zod'
import { writeJsonWhole } from '../run-folder.ts'

/** `mlflow.json` in a run's folder: how far it was sent, and where to. */
export const Cursor = z.strictObject({
  /** of the server */
  uri: z.string(),
  /** nulls until the server has given them */
  runId: z.string().nullable(),
  artifactUri: z.string().nullable(),
  /** SHA-256 over the tags and parameters that were sent last */
  factsHash: z.string().nullable(),
  /** of metrics.jsonl */
  linesSent: z.int().min(0),
  /** `path sha256` each */
  artifactsSent: z.array(z.string()),
  modelVersion: z.string().nullable(),
  /** what the server does not take, in its words; not asked again */
  refused: z.array(z.string()),
  /** all of a run that has ended */
  isDone: z.boolean(),
})
export type Cursor = z.infer<typeof Cursor>

const FILE = 'mlflow.json'

export function newCursor(uri: string): Cursor {
  return {
    ...{ uri, runId: null, artifactUri: null, factsHash: null, linesSent: 0, artifactsSent: [] },
    ...{ modelVersion: null, refused: [], isDone: false },
  }
}

/** @returns null when there is none, or none that is of use: the run is sent from its beginning then */
export function readCursor(folder: string): Cursor | null {
  const file = join(folder, FILE)
  if (!existsSync(file)) return null
  try {
    return Cursor.parse(JSON.parse(readFileSync(file, 'utf8')))
  } catch {
    return null
  }
}

export function writeCursor(folder: string, cursor: Cursor): void {
  writeJsonWhole(join(folder, FILE), cursor)
}
