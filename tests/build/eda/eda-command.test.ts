import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { run } from '../../../build/cli.ts'
import type { Surroundings } from '../../../build/commands/index.ts'
import { ML_TINY, temporaryFolder } from '../ingest/workspace.ts'

/** `marquee eda` in a folder; nothing is built or published. */
async function eda(cwd: string, ...args: string[]) {
  const written = { stdout: '', stderr: '' }
  const never = async () => {
    throw new Error('eda needs neither a build nor a store')
  }
  const surroundings: Surroundings = {
    stdout: { write: (text) => (written.stdout += text) },
    stderr: { write: (text) => (written.stderr += text) },
    signal: new AbortController().signal,
    cwd,
    build: never,
    prepareTables: never,
    openStore: never,
  }
  return { code: await run(['eda', ...args], surroundings), ...written }
}

test('writes the report where it is asked to, named by the input, and says so', async () => {
  const cwd = temporaryFolder()
  const { code, stdout } = await eda(cwd, '--input', ML_TINY, '--output', 'reports/tiny.html')
  expect(code).toBe(0)
  expect(stdout).toContain(`The report is in ${join(cwd, 'reports/tiny.html')} (`)
  expect(readFileSync(join(cwd, 'reports/tiny.html'), 'utf8')).toContain('<h1>What is in ml-tiny</h1>')
  expect(readdirSync(join(cwd, 'reports'))).toEqual(['tiny.html'])
})

test('an input that is not there ends with 1, says so and writes nothing', async () => {
  const cwd = temporaryFolder()
  const { code, stderr } = await eda(cwd, '--input', 'nowhere', '--output', 'eda.html')
  expect(code).toBe(1)
  expect(stderr).toContain('nowhere')
  expect(existsSync(join(cwd, 'eda.html'))).toBe(false)
})
