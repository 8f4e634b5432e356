import { chmodSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { type Tracker, trackersOf } from '../../../build/tracking/index.ts'
import { stepHandles } from '../../helpers/step-handles.ts'
import { beginRun, runsFolder } from '../../helpers/tracked-run.ts'

/** The real client is put to the test by scripts/integration/wandb.ts; here stands a program in its place. */

const runs = runsFolder()
let programs = 0

/** An interpreter that is asked for the bridge, or for `-m wandb sync`. */
function python(bridge: string, sync: string): string {
  const file = join(runs, `python-${programs++}`)
  writeFileSync(file, `#!/bin/sh\nif [ "$1" = -m ]; then shift 3; ${sync}\nelse folder=$2; ${bridge}\nfi\n`)
  chmodSync(file, 0o755)
  return file
}

const WRITES = 'mkdir -p $folder/wandb/offline-1; echo "{\\"folder\\": \\"$folder/wandb/offline-1\\"}"'
const UPLOADS = 'for folder; do :; done; touch $folder/run-1.wandb.synced'

function trackerBy(interpreter: string, env: NodeJS.ProcessEnv = {}): Tracker[] {
  const given = { PATH: process.env.PATH, WANDB_API_KEY: 'k'.repeat(40), MARQUEE_PYTHON: interpreter, ...env }
  return trackersOf(given, stepHandles().log)
}

async function ended(trackers: Tracker[], patienceMs = 5000) {
  const told = stepHandles()
  const run = await beginRun(runs, trackers, {}, told)
  await run.end('done', null, patienceMs)
  return { folder: run.folder!, isPending: trackers[0]!.isPending(run.folder!), lines: told.lines }
}

test('a run that has ended is written as an offline run, and uploaded', async () => {
  const { folder, isPending, lines } = await ended(trackerBy(python(WRITES, UPLOADS)))
  expect([isPending, lines]).toEqual([false, []])
  expect(JSON.parse(readFileSync(join(folder, 'wandb.json'), 'utf8'))).toEqual({
    offline: 'wandb/offline-1',
    isDone: true,
  })
})

test('an upload that was refused is tried again, from the offline run that is there', async () => {
  const trackers = trackerBy(python(WRITES, 'echo "wandb: ERROR invalid API key" >&2'))
  const { folder, isPending, lines } = await ended(trackers)
  expect(isPending).toBe(true)
  expect(lines).toEqual([expect.stringMatching(/^wandb: not uploaded: wandb: ERROR invalid API key; kept in /)])
  await trackerBy(python('exit 1', UPLOADS))[0]!.send(folder, AbortSignal.timeout(5000))
  expect(trackers[0]!.isPending(folder)).toBe(false)
})

test('an upload that hangs is ended in time, and so is what it started', async () => {
  const began = performance.now()
  const { isPending, lines } = await ended(trackerBy(python(WRITES, 'sleep 30 & wait')), 400)
  expect(performance.now() - began).toBeLessThan(3000)
  expect(isPending).toBe(true)
  expect(lines).toEqual([expect.stringMatching(/^wandb: no answer in time; kept in /)])
})

test('an interpreter without wandb, and one that is not there, are named', async () => {
  const without = await ended(
    trackerBy(python('echo "ModuleNotFoundError: No module named \'wandb\'" >&2; exit 1', '')),
  )
  expect(without.lines).toEqual([expect.stringMatching(/found no package wandb; install it, or set MARQUEE_PYTHON/)])
  const missing = await ended(trackerBy('/no/such/python'))
  expect(missing.lines).toEqual([expect.stringMatching(/\/no\/such\/python: .*ENOENT; see MARQUEE_PYTHON/)])
})

test('offline nothing is uploaded; disabled, or without a key, there is no tracker', async () => {
  const { isPending } = await ended(trackerBy(python(WRITES, 'exit 1'), { WANDB_MODE: 'offline' }))
  expect(isPending).toBe(false)
  expect(trackerBy('python', { WANDB_MODE: 'disabled' })).toEqual([])
  expect(trackerBy('python', { WANDB_API_KEY: '' })).toEqual([])
})
