import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import * as z from 'zod'
import type { Log } from '../../build/io/handles.ts'
import { DownloadError } from './download-error.ts'

const KaggleKey = z.object({ username: z.string().min(1), key: z.string().min(1) })

const HOW_TO =
  'Make a key at https://www.kaggle.com/settings ("Create New Token", it is free) and either put the kaggle.json that it gives into ~/.kaggle, or set KAGGLE_USERNAME and KAGGLE_KEY.'

/**
 * What Kaggle's API is asked with: KAGGLE_USERNAME and KAGGLE_KEY, or else `kaggle.json` in KAGGLE_CONFIG_DIR or
 * `~/.kaggle`. Warns when others on this machine can read that file.
 * @returns the Authorization header
 * @throws {DownloadError} when there is none; the message never holds what the file does
 */
export async function kaggleAuthorization(env: NodeJS.ProcessEnv, home: string, log: Log): Promise<string> {
  const { KAGGLE_USERNAME: username, KAGGLE_KEY: key } = env
  if (username && key) return basic({ username, key })
  if (username || key)
    throw new DownloadError(
      `${username ? 'KAGGLE_KEY' : 'KAGGLE_USERNAME'} is not set, expected it beside ${username ? 'KAGGLE_USERNAME' : 'KAGGLE_KEY'}`,
    )

  const file = join(env.KAGGLE_CONFIG_DIR || join(home, '.kaggle'), 'kaggle.json')
  const text = await readFile(file, 'utf8').catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === 'ENOENT' || cause.code === 'ENOTDIR')
      throw new DownloadError(`this data set is on Kaggle, which wants a key, and ${file} is not there. ${HOW_TO}`)
    throw new DownloadError(`${file}: cannot be read (${cause.code})`, { cause })
  })
  // Windows has no such modes: there every file says 0o666
  if (process.platform !== 'win32' && (await stat(file)).mode & 0o077)
    log.warn(`${file} can be read by others on this machine; make it yours alone: chmod 600 ${file}`)
  const parsed = KaggleKey.safeParse(parseJson(text))
  if (!parsed.success)
    throw new DownloadError(`${file}: expected {"username": "…", "key": "…"} and found something else. ${HOW_TO}`)
  return basic(parsed.data)
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

/** RFC 7617 */
function basic({ username, key }: z.infer<typeof KaggleKey>): string {
  return `Basic ${Buffer.from(`${username}:${key}`).toString('base64')}`
}
