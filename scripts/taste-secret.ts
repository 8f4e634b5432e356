import { randomBytes } from 'node:crypto'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/**
 * What this machine's server signs tastes with: made at its first start and kept beside its databases, so that a taste
 * is good after the next one too.
 */
export async function tasteSecret(stateDir: string): Promise<string> {
  const file = join(stateDir, 'taste-secret')
  await mkdir(stateDir, { recursive: true })
  const made = randomBytes(32).toString('base64url')
  try {
    await writeFile(file, `${made}\n`, { flag: 'wx', mode: 0o600 })
    return made
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    return (await readFile(file, 'utf8')).trim()
  }
}
