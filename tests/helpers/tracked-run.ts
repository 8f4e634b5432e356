import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll } from 'vitest'
import type { RunStart } from '../../build/tracking/index.ts'
import { startRun, type Tracker } from '../../build/tracking/index.ts'
import { stepHandles, type Told } from './step-handles.ts'

/** A folder for runs, gone after the tests of the file. */
export function runsFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'marquee-tracking-'))
  afterAll(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

export const RUN_CONFIG = { project: { name: 'cinema', seed: 42 }, model: { cf: { factors: 64 } } }

/** A run that begins now. */
export function beginRun(
  runs: string,
  trackers: readonly Tracker[] = [],
  changes: Partial<RunStart> = {},
  { log }: Pick<Told, 'log'> = stepHandles(),
) {
  return startRun({
    ...{ kind: 'build', name: 'default', commandLine: 'npx marquee build', config: RUN_CONFIG, codeHash: 'c0de' },
    ...{ runs, checkout: runs, trackers, log },
    ...changes,
  })
}
