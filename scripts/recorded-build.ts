import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { noteBuild } from '../build/commands/run-notes.ts'
import { hashCode } from '../build/identity.ts'
import { type BuildOptions, type BuildResult, build } from '../build/index.ts'
import { startRun, trackersOf } from '../build/tracking/index.ts'

const ROOT = join(import.meta.dirname, '..')
/** A tracker gets so long when the build has ended: somebody waits for the server. */
const PATIENCE_MS = 3000

/**
 * `build` for a server that is about to start: a run in runs/ and for the trackers that the environment names, as of
 * `marquee build`, where a model is made; one that is taken over leaves none.
 */
export async function recordedBuild(options: BuildOptions, commandLine: string): Promise<BuildResult> {
  const { config, handles } = options
  const { name, notes } = config.experiment
  const run = await startRun({
    ...{ kind: 'build', name, notes, commandLine, config, isDeferred: true, codeHash: hashCode(), checkout: ROOT },
    ...{ runs: resolve(process.env.MARQUEE_RUNS || join(ROOT, 'runs')), log: handles.log },
    trackers: trackersOf(process.env, handles.log),
  })
  try {
    const result = await build({
      ...options,
      handles: { ...handles, track: run.track },
      onIdentified({ buildId, inputs }) {
        if (!existsSync(join(config.project.artifacts, buildId, 'model/manifest.json'))) run.begin()
        run.note({ buildId, data: inputs })
      },
    })
    if (run.folder !== null) noteBuild(run, result, {}, process.cwd())
    await run.end('done', null, PATIENCE_MS)
    return result
  } catch (error) {
    const isStopped = handles.signal.aborted
    await run.end(isStopped ? 'stopped' : 'failed', isStopped ? null : (error as Error).message, PATIENCE_MS)
    throw error
  }
}
