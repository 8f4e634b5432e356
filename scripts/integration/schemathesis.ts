import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { pythonWith } from '../python-environment.ts'
import { startSampleWorker } from '../sample-worker.ts'

/**
 * The API against its own description, by Schemathesis: requests of every shape that /openapi.json allows, and of shapes
 * that it does not, to every operation, alone and after one another. Fails on a status of 500 or above, on an answer that is
 * not as described, and on a bad request that is not refused.
 *   node scripts/integration/schemathesis.ts [--venv DIR] [--seed 42] [--examples 50] [--url URL] [-- what Schemathesis takes]
 * --venv is a Python environment to use and, where there is none yet, to make (about 100 MB, from PyPI); without it, one
 * is made in the system's temporary folder and removed. --url is a Worker that runs already, and stores what it is sent;
 * without it, one is started on a model of the sample's most active users, and removed.
 */
const PACKAGES = ['schemathesis==4.32.5']

/** A secret of nobody's, so that tastes are signed. */
const TASTE_SECRET = 'only-for-schemathesis-0123456789abcdef'

const { values: options, positionals } = parseArgs({
  options: {
    venv: { type: 'string' },
    seed: { type: 'string', default: '42' },
    examples: { type: 'string', default: '50' },
    url: { type: 'string' },
  },
  allowPositionals: true,
})

const scratch = mkdtempSync(join(tmpdir(), 'integration-schemathesis-'))
try {
  const python = pythonWith(resolve(options.venv ?? join(scratch, 'venv')), PACKAGES)
  const worker = options.url === undefined ? await startSampleWorker(scratch, { TASTE_SECRET }) : null
  try {
    process.exitCode = await test(python, new URL('/openapi.json', options.url ?? worker!.url))
  } finally {
    await worker?.stop()
  }
} finally {
  rmSync(scratch, { recursive: true, force: true })
}

/** @returns its exit code: 0 when it found nothing */
async function test(python: string, description: URL): Promise<number> {
  const { seed, examples } = options
  const configFile = join(import.meta.dirname, 'schemathesis.toml')
  const args = ['-m', 'schemathesis.cli', '--config-file', configFile, 'run', description.href]
  args.push('--seed', seed, '--max-examples', examples, '--continue-on-failure')
  const child = spawn(python, [...args, ...positionals], { cwd: scratch, stdio: 'inherit' })
  const [code] = (await once(child, 'exit')) as [number | null]
  return code ?? 1
}
