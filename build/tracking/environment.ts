import { execFile } from 'node:child_process'
import { arch, availableParallelism, cpus, homedir, release, totalmem, type } from 'node:os'
import type { RunRecord } from './record.ts'

/** git answers at once or not at all: a lock or a slow disk must not hold up a run. */
const GIT_MS = 5000

/** What a run is computed by; no name of a machine or a person. */
export function environment(): RunRecord['environment'] {
  return {
    node: process.versions.node,
    os: `${type()} ${release()} ${arch()}`,
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: availableParallelism(),
    memoryBytes: totalmem(),
  }
}

/** Which code it is: the commit, and whether files were changed since; nulls where git or the checkout is missing. */
export async function gitState(folder: string): Promise<Pick<RunRecord['code'], 'commit' | 'dirty'>> {
  const commit = await git(folder, 'rev-parse', 'HEAD')
  const changes = commit === null ? null : await git(folder, 'status', '--porcelain', '--untracked-files=no')
  return { commit: commit?.trim() ?? null, dirty: changes === null ? null : changes !== '' }
}

function git(folder: string, ...args: string[]): Promise<string | null> {
  return new Promise((resolve) =>
    execFile('git', ['-C', folder, ...args], { timeout: GIT_MS }, (error, stdout) => resolve(error ? null : stdout)),
  )
}

/** The same with `~` for the home folder in every text: a path there has the name of a person in it. */
export function withoutHome<T>(value: T, home = homedir()): T {
  if (home.length < 2) return value
  return JSON.parse(JSON.stringify(value, (_key, inner) => (typeof inner === 'string' ? hide(inner, home) : inner)))
}

/** Where a path ends: /home/anna is not a part of /home/annabel. */
function hide(text: string, home: string): string {
  const escaped = home.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
  return text.replace(new RegExp(`${escaped}(?=$|[/\\\\\\s'":,;])`, 'g'), '~')
}
