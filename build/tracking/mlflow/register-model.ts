import * as z from 'zod'
import type { RunRecord } from '../record.ts'
import { callMlflow, MlflowError, type MlflowServer } from './client.ts'

const Nothing = z.object({})
const Version = z.object({
  name: z.string(),
  version: z.string(),
  tags: z.array(z.object({ key: z.string(), value: z.string() })).default([]),
})
const CreatedVersion = z.object({ model_version: Version })
const FoundVersions = z.object({ model_versions: z.array(Version).default([]) })

/** Which build a version is: one that was made again is the same version. */
const BUILD = 'marquee.build'
/** When the run began that a version is of: an alias does not go back to an older one that was sent later. */
const STARTED = 'marquee.startedAt'

/**
 * A version of the registered model for what the run made, and its alias: champion for the one that is served, challenger
 * for one that is not.
 * @returns the version
 */
export async function registerModel(
  server: MlflowServer,
  name: string,
  { model, startedAt }: RunRecord,
  { runId, artifactUri }: { runId: string; artifactUri: string },
  signal: AbortSignal,
): Promise<string> {
  const { buildId, alias } = model!
  const post = <T>(path: string, fields: Record<string, unknown>, schema: z.ZodType<T>) =>
    callMlflow(server, 'POST', path, fields, schema, signal)
  const get = <T>(path: string, fields: Record<string, unknown>, schema: z.ZodType<T>) =>
    callMlflow(server, 'GET', path, fields, schema, signal)

  await unlessCode('RESOURCE_ALREADY_EXISTS', post('registered-models/create', { name }, Nothing))
  // by a run before, or by a request whose answer was lost
  const found = await versionsOf(server, buildId, signal)
  const tags = [
    { key: BUILD, value: buildId },
    { key: STARTED, value: startedAt },
  ]
  const fields = { name, source: `${artifactUri}/model`, run_id: runId, tags }
  const { version } =
    found.find((one) => one.name === name) ??
    (await post('model-versions/create', fields, CreatedVersion)).model_version
  const current = await unlessCode(
    ['RESOURCE_DOES_NOT_EXIST', 'INVALID_PARAMETER_VALUE'],
    get('registered-models/alias', { name, alias }, CreatedVersion),
  )
  const since = current?.model_version.tags.find(({ key }) => key === STARTED)?.value ?? ''
  if (since <= startedAt) await post('registered-models/alias', { name, alias, version }, Nothing)
  return version
}

/** Make the version of a build the champion of its model. @returns false when there is none */
export async function promoteModel(server: MlflowServer, buildId: string, signal: AbortSignal): Promise<boolean> {
  const versions = await versionsOf(server, buildId, signal)
  for (const { name, version } of versions)
    await callMlflow(server, 'POST', 'registered-models/alias', { name, alias: 'champion', version }, Nothing, signal)
  return versions.length > 0
}

async function versionsOf(server: MlflowServer, buildId: string, signal: AbortSignal) {
  const search = { filter: `tags."${BUILD}" = '${buildId}'`, max_results: '100' }
  return (await callMlflow(server, 'GET', 'model-versions/search', search, FoundVersions, signal)).model_versions
}

/** @returns null when MLflow answers with one of these codes */
async function unlessCode<T>(codes: string | readonly string[], request: Promise<T>): Promise<T | null> {
  try {
    return await request
  } catch (error) {
    if (error instanceof MlflowError && codes.includes(error.code)) return null
    throw error
  }
}
