import type * as z from 'zod'
import { TrackerError } from '../tracker.ts'

/** Of one request; a server that answers later is taken for one that hangs. */
const REQUEST_MS = 10_000
/** Bytes a millisecond that a large file is allowed to take beyond that. */
const SLOWEST_UPLOAD = 500

/** Where MLflow is, as its own clients read it from the environment. */
export interface MlflowServer {
  /** without a slash at its end */
  uri: string
  headers: Record<string, string>
}

/** MLflow refused, and said so in its own words. */
export class MlflowError extends TrackerError {
  readonly status: number
  /** such as RESOURCE_DOES_NOT_EXIST */
  readonly code: string

  constructor(message: string, status: number, code: string) {
    super(message)
    this.status = status
    this.code = code
  }
}

/**
 * `MLFLOW_TRACKING_URI` with `MLFLOW_TRACKING_TOKEN`, or with `MLFLOW_TRACKING_USERNAME` and `_PASSWORD`.
 * @returns null without an address; @throws {TrackerError} for one that is not of a server
 */
export function serverOf(env: NodeJS.ProcessEnv): MlflowServer | null {
  const address = env.MLFLOW_TRACKING_URI
  if (!address) return null
  const url = URL.canParse(address) ? new URL(address) : null
  if (url?.protocol !== 'http:' && url?.protocol !== 'https:')
    throw new TrackerError(`MLFLOW_TRACKING_URI: found ${JSON.stringify(address)}; must begin with http:// or https://`)
  const { MLFLOW_TRACKING_TOKEN: token, MLFLOW_TRACKING_USERNAME: user, MLFLOW_TRACKING_PASSWORD: password } = env
  const basic = Buffer.from(
    `${user || decodeURIComponent(url.username)}:${password || decodeURIComponent(url.password)}`,
  )
  const authorization = token ? `Bearer ${token}` : basic.length > 1 ? `Basic ${basic.toString('base64')}` : null
  return {
    uri: `${url.origin}${url.pathname}`.replace(/\/+$/, ''),
    headers: authorization === null ? {} : { authorization },
  }
}

/**
 * A call of the REST API 2.0, `experiments/create`, say.
 * @throws {MlflowError} when it refuses, {TrackerError} when nothing or something else answers; the signal's reason
 */
export async function callMlflow<T>(
  server: MlflowServer,
  method: 'GET' | 'POST' | 'PATCH',
  path: string,
  fields: Record<string, unknown>,
  schema: z.ZodType<T>,
  signal: AbortSignal,
): Promise<T> {
  const query = new URLSearchParams(fields as Record<string, string>)
  const url = `${server.uri}/api/2.0/mlflow/${path}${method === 'GET' ? `?${query}` : ''}`
  const headers = { ...server.headers, 'content-type': 'application/json' }
  const body = method === 'GET' ? {} : { body: JSON.stringify(fields) }
  const text = await ask(url, { method, headers, ...body }, REQUEST_MS, signal)
  const reply = schema.safeParse(jsonOf(text))
  if (!reply.success) throw new TrackerError(`${url}: found ${excerpt(text)}; expected an answer of MLflow`)
  return reply.data
}

/** Through the server's own artifact store. @param path below its root, as the run's artifact URI has it */
export async function uploadArtifact(
  server: MlflowServer,
  path: string,
  content: Blob,
  signal: AbortSignal,
): Promise<void> {
  const name = path.split('/').map(encodeURIComponent).join('/')
  const headers = { ...server.headers, 'content-type': 'application/octet-stream' }
  const timeoutMs = REQUEST_MS + Math.ceil(content.size / SLOWEST_UPLOAD)
  const url = `${server.uri}/api/2.0/mlflow-artifacts/artifacts/${name}`
  await ask(url, { method: 'PUT', headers, body: content }, timeoutMs, signal)
}

async function ask(url: string, request: RequestInit, timeoutMs: number, signal: AbortSignal): Promise<string> {
  const late = AbortSignal.timeout(timeoutMs)
  try {
    // not followed: a page to sign in at is no answer, and the credentials are for this server alone
    const options = { ...request, redirect: 'manual' as const, signal: AbortSignal.any([signal, late]) }
    const response = await fetch(url, options)
    const text = await response.text()
    if (response.ok) return text
    throw refusalOf(url, response, text)
  } catch (error) {
    signal.throwIfAborted()
    if (error instanceof TrackerError) throw error
    if (late.aborted) throw new TrackerError(`${url}: no answer in ${Math.round(timeoutMs / 1000)} s`)
    const { message, cause } = error as Error & { cause?: Error }
    throw new TrackerError(`${url}: ${cause?.message || message}`, { cause: error })
  }
}

function refusalOf(url: string, { status, headers }: Response, text: string): TrackerError {
  const { error_code: code, message } = (jsonOf(text) ?? {}) as { error_code?: unknown; message?: unknown }
  if (status === 401 || status === 403)
    return new TrackerError(`${url}: ${status}; see MLFLOW_TRACKING_USERNAME and _PASSWORD, or MLFLOW_TRACKING_TOKEN`)
  if (typeof code === 'string') return new MlflowError(`${url}: ${status} ${code}: ${message}`, status, code)
  const where = headers.get('location')
  return new TrackerError(`${url}: ${status} ${where === null ? excerpt(text) : `to ${where}`}; expected MLflow`)
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function excerpt(text: string): string {
  return JSON.stringify(text.length > 80 ? `${text.slice(0, 80)}…` : text)
}
