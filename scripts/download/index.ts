import { mkdir, readdir, rename, rm, rmdir, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { DataError } from '../../build/io/files.ts'
import type { StepHandles } from '../../build/io/handles.ts'
import { bytes } from '../../build/io/table.ts'
import { DiskSpaceError, freeBytesAt, unzip } from '../../build/io/zip.ts'
import { checkGzip, checkMd5, fetchMd5 } from './checksum.ts'
import { DATASETS, type DataSet, HOSTS } from './datasets.ts'
import { DownloadError } from './download-error.ts'
import { type Attempt, explain, needs } from './explain.ts'
import { discard, fetchFile } from './fetch-file.ts'
import { kaggleAuthorization } from './kaggle-key.ts'
import { lock, unlock } from './lock.ts'
import { showMegabytes } from './megabytes.ts'
import { filesReceived, type ReceivedFile, writeReceipt } from './receipt.ts'
import { retry } from './retry.ts'

/** what macOS adds to archives */
const NOT_DATA = /(?:^|\/)(?:__MACOSX|\.DS_Store)(?:\/|$)/

export interface DownloadOptions {
  /** folder that receives one folder a data set */
  output: string
  /** download again, and replace what is there */
  force: boolean
  env: NodeJS.ProcessEnv
  /** the user's folder, where Kaggle's key lies */
  home: string
  /** how long a connection may be silent */
  stallMs: number
  /** wait after a first failure; it doubles */
  retryMs: number
  /** bytes free at a folder; tests put their own in place */
  freeBytes?: (folder: string) => Promise<number>
}

export interface Downloaded {
  folder: string
  files: ReceivedFile[]
  /** it was there before */
  found: boolean
}

/**
 * Fetch → check → unpack → move into place, as OUTPUT/NAME. Until it is complete everything lies in OUTPUT/NAME.part, and
 * what is left there after a failure or Ctrl-C is only what the next run can go on with.
 * @throws {DownloadError} with a message for a person
 */
export async function download(name: string, options: DownloadOptions, handles: StepHandles): Promise<Downloaded> {
  const dataset = DATASETS.get(name)
  if (dataset === undefined) throw new DownloadError(`unknown data set ${JSON.stringify(name)}`)
  const folder = join(options.output, name)
  const attempt = { name, dataset, folder, host: baseUrl(dataset, options.env) }
  try {
    const files = options.force ? null : await filesReceived(folder)
    if (files !== null) return { folder, files, found: true }
    return { folder, files: await downloadInto(attempt, options, handles), found: false }
  } catch (error) {
    if (handles.signal.aborted) throw error
    const message = error instanceof DataError ? error.message : explain(error, attempt)
    throw message === null ? error : new DownloadError(message, { cause: error })
  }
}

async function downloadInto(attempt: Attempt, options: DownloadOptions, handles: StepHandles): Promise<ReceivedFile[]> {
  const { dataset, folder } = attempt
  const part = `${folder}.part`
  const files = join(part, 'files')
  const authorization = dataset.host === 'kaggle' ? await authorizationFor(attempt, options, handles) : null
  // a folder that cannot be made is found here, before any byte is fetched
  const made = await mkdir(part, { recursive: true })
  await lock(part)
  try {
    if (options.force) for (const path of dataset.paths) await discard(join(part, basename(path)))
    // left by a run that was killed
    await rm(files, { recursive: true, force: true })
    await mkdir(files)
    for (const path of dataset.paths) await fetchAndCheck(path, part, authorization, attempt, options, handles)
    for (const path of dataset.paths) await unpack(join(part, basename(path)), files, attempt, options, handles)
    const complete = await onlyRoot(files)
    const received = await writeReceipt(complete, attempt.name, attempt.host)
    await install(complete, folder, part)
    return received
  } catch (error) {
    await tidy(files, part, made)
    throw error
  }
}

async function fetchAndCheck(
  path: string,
  part: string,
  authorization: string | null,
  attempt: Attempt,
  { stallMs, retryMs, freeBytes = freeBytesAt }: DownloadOptions,
  handles: StepHandles,
): Promise<void> {
  const { dataset, name, host } = attempt
  const url = `${host}/${path}`
  const file = join(part, basename(path))
  const label = dataset.paths.length === 1 ? name : basename(path)
  const publishedMd5 = () => fetchMd5(url, { stallMs, signal: handles.signal })
  const published = dataset.host === 'grouplens' ? await retry(publishedMd5, { label, retryMs }, handles) : null
  const beforeBody = async (bytesToCome: number) => {
    const free = await freeBytes(part)
    if (bytesToCome + dataset.unpackedBytes > free)
      throw new DownloadError(
        `${bytes(free)} are free at ${dirname(part)}, too few for ${name}: ${needs(dataset, bytesToCome)}. Free some, or choose another disk with --output`,
      )
  }
  const expectedBytes = dataset.downloadBytes / dataset.paths.length
  const { md5 } = await fetchFile(
    { url, file, authorization, label, expectedBytes, stallMs, retryMs, beforeBody },
    handles,
  )
  try {
    const expected = published ?? md5
    if (expected !== null) await checkMd5(file, expected, label, handles)
    else handles.log.info(`${label}: no MD5 is published; its length and the CRC in it are checked`)
    if (isGzip(file)) await checkGzip(file, label, handles)
  } catch (error) {
    if (!handles.signal.aborted) await discard(file)
    if (!(error instanceof DownloadError)) throw error
    throw new DownloadError(`${error.message}. It was thrown away; run the same command again`, { cause: error })
  }
}

/** Archives are unpacked, .gz files stay as they are: every reader of them takes them so. */
async function unpack(
  file: string,
  folder: string,
  { name }: Attempt,
  { freeBytes }: DownloadOptions,
  { progress, signal }: StepHandles,
): Promise<void> {
  if (isGzip(file)) return rename(file, join(folder, basename(file)))
  try {
    const entries = await unzip(file, folder, {
      signal,
      select: (path) => !NOT_DATA.test(path),
      onProgress: (done, total) => showMegabytes(progress, `${name}: unpacking`, done, total),
      ...(freeBytes && { freeBytes }),
    })
    if (entries.length === 0) throw new DataError(`${file}: found an empty archive, expected files`)
  } catch (error) {
    // an archive that is no good is no start for the next run
    if (error instanceof DataError && !(error instanceof DiskSpaceError)) await discard(file)
    throw error
  }
}

/** Most archives hold one folder with everything in it: that folder. */
async function onlyRoot(folder: string): Promise<string> {
  const entries = await readdir(folder, { withFileTypes: true })
  const [root] = entries
  return entries.length === 1 && root.isDirectory() ? join(folder, root.name) : folder
}

/** One rename: there is the old folder, or none, or the whole new one. */
async function install(complete: string, folder: string, part: string): Promise<void> {
  const old = join(part, 'old')
  const replaces = (await stat(folder).catch(() => null)) !== null
  await rm(old, { recursive: true, force: true })
  if (replaces) await rename(folder, old)
  try {
    await rename(complete, folder)
  } catch (error) {
    if (replaces) await rename(old, folder)
    throw error
  }
  await rm(part, { recursive: true, force: true })
}

/** Leaves what the next run can go on with, and no trace when there is nothing of that kind. */
async function tidy(files: string, part: string, made: string | undefined): Promise<void> {
  await rm(files, { recursive: true, force: true })
  await unlock(part)
  if ((await readdir(part)).length > 0) return
  await rmdir(part)
  // the output folder, where it was made for this and is empty
  if (made !== undefined && made !== part) await rmdir(dirname(part)).catch(() => {})
}

async function authorizationFor({ host }: Attempt, { env, home }: DownloadOptions, { log }: StepHandles) {
  const { protocol, hostname } = new URL(host)
  if (protocol === 'http:' && !['127.0.0.1', 'localhost', '[::1]'].includes(hostname))
    throw new DownloadError(`${HOSTS.kaggle.variable}: found ${host}, which would send your key unencrypted: use https`)
  return kaggleAuthorization(env, home, log)
}

/** @throws {DownloadError} when the variable holds no address */
function baseUrl({ host }: DataSet, env: NodeJS.ProcessEnv): string {
  const { variable, url } = HOSTS[host]
  const base = (env[variable] || url).replace(/\/+$/, '')
  if (!/^https?:\/\//.test(base) || !URL.canParse(base))
    throw new DownloadError(`${variable}: found ${JSON.stringify(base)}, expected an http(s) address`)
  return base
}

function isGzip(file: string): boolean {
  return file.endsWith('.gz')
}
