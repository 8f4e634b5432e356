import { spawn } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import * as z from 'zod'
import { isRunning } from '../liveness.ts'
import { projectOf } from '../record.ts'
import { readRecord, writeJsonWhole } from '../run-folder.ts'
import { type Tracker, TrackerError } from '../tracker.ts'

/** `wandb.json` in a run's folder. */
const State = z.strictObject({
  /** folder of the offline run, from the run's folder; null before it is written */
  offline: z.string().nullable(),
  isDone: z.boolean(),
})
type State = z.infer<typeof State>

const FILE = 'wandb.json'
const BRIDGE = join(import.meta.dirname, 'bridge.py')

const Written = z.object({ folder: z.string() })

/**
 * Weights & Biases, when `WANDB_API_KEY` is set: their JavaScript client does not keep up with the Python one, so a run that has
 * ended is turned into an offline run by their Python one, and uploaded by its `wandb sync`. `MARQUEE_PYTHON` is an
 * interpreter that has it (default: python3); `WANDB_PROJECT`, `WANDB_ENTITY` and `WANDB_BASE_URL` count as they do
 * there; with `WANDB_MODE=offline` nothing is uploaded.
 * @returns null without a key; with WANDB_MODE=disabled too
 */
export function wandbTracker(env: NodeJS.ProcessEnv): Tracker | null {
  const isOffline = env.WANDB_MODE === 'offline'
  if ((!env.WANDB_API_KEY && !isOffline) || env.WANDB_MODE === 'disabled') return null
  return {
    name: 'wandb',
    mark(folder) {
      // a run that is gone on with is written anew
      rmSync(join(folder, 'wandb'), { recursive: true, force: true })
      writeState(folder, { offline: null, isDone: false })
    },
    isPending: (folder) => readState(folder)?.isDone === false,
    async send(folder, signal) {
      const record = readRecord(folder)
      if (record === null) throw new TrackerError(`${folder}: found no record of a run`)
      if (isRunning(record)) return
      const project = env.WANDB_PROJECT || projectOf(record)
      const offline = readState(folder)?.offline ?? (await writeOffline(folder, project, env, signal))
      writeState(folder, { offline, isDone: isOffline })
      if (isOffline) return
      const told = await python(
        ['-m', 'wandb', 'sync', '--yes', '--project', project, join(folder, offline)],
        env,
        signal,
      )
      // it ends with 0 when it was refused, too
      if (!readdirSync(join(folder, offline)).some((file) => file.endsWith('.wandb.synced')))
        throw new TrackerError(`not uploaded: ${told.stderr.trim().split('\n').at(-1)}`)
      writeState(folder, { offline, isDone: true })
    },
  }
}

async function writeOffline(
  folder: string,
  project: string,
  env: NodeJS.ProcessEnv,
  signal: AbortSignal,
): Promise<string> {
  rmSync(join(folder, 'wandb'), { recursive: true, force: true })
  const { stdout } = await python([BRIDGE, folder, folder, project], env, signal)
  const written = Written.parse(JSON.parse(stdout.trim().split('\n').at(-1)!))
  return written.folder.slice(folder.length + 1)
}

/** @throws {TrackerError} when it is not there, has no wandb, or fails; the signal's reason when aborted, and it is ended */
function python(
  args: string[],
  env: NodeJS.ProcessEnv,
  signal: AbortSignal,
): Promise<{ stdout: string; stderr: string }> {
  const interpreter = env.MARQUEE_PYTHON || 'python3'
  return new Promise((resolve, reject) => {
    signal.throwIfAborted()
    const child = spawn(interpreter, args, {
      env: { ...env, WANDB_ERROR_REPORTING: 'false' },
      stdio: ['ignore', 'pipe', 'pipe'],
      // of its own group: what it starts is ended with it
      detached: true,
    })
    const output = { stdout: '', stderr: '' }
    child.stdout.on('data', (chunk: Buffer) => (output.stdout += chunk))
    child.stderr.on('data', (chunk: Buffer) => (output.stderr += chunk))
    const end = () => {
      if (child.pid !== undefined && child.exitCode === null) process.kill(-child.pid, 'SIGKILL')
    }
    signal.addEventListener('abort', end, { once: true })
    child.on('error', (cause) =>
      reject(new TrackerError(`${interpreter}: ${cause.message}; see MARQUEE_PYTHON`, { cause })),
    )
    child.on('close', (code) => {
      signal.removeEventListener('abort', end)
      if (signal.aborted) reject(signal.reason)
      else if (code === 0) resolve(output)
      else reject(new TrackerError(whyOf(interpreter, output.stderr)))
    })
  })
}

function whyOf(interpreter: string, stderr: string): string {
  if (stderr.includes("No module named 'wandb'"))
    return `${interpreter}: found no package wandb; install it, or set MARQUEE_PYTHON to an interpreter that has it`
  return `${interpreter}: ${stderr.trim().split('\n').at(-1)}`
}

function readState(folder: string): State | null {
  const file = join(folder, FILE)
  if (!existsSync(file)) return null
  try {
    return State.parse(JSON.parse(readFileSync(file, 'utf8')))
  } catch {
    return { offline: null, isDone: false }
  }
}

function writeState(folder: string, state: State): void {
  writeJsonWhole(join(folder, FILE), state)
}
