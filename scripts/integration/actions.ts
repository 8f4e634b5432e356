import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { openLiveDatabase } from '../../build/publish/live-database.ts'
import { openObjectStore } from '../../build/publish/open-store.ts'
import { readPointer } from '../../build/publish/pointer.ts'
import { goProgram } from '../go-program.ts'
import { npmFolder } from '../npm-folder.ts'
import { freePort } from '../port.ts'
import { copyRepository } from '../repository-copy.ts'
import { startLocalCloudflare } from './servers/local-cloudflare.ts'

/**
 * .github/workflows, run to their end by act (Go) on this machine itself, in a copy of this checkout: rebuild.yml with a model
 * that is published, and with one that the gate refuses, whose report becomes an issue; ci.yml as it is, tests and all. R2 and D1
 * are Miniflare's. What else stands in for a runner's is in scripts/integration/actions: `gh` writes down what it is asked,
 * `sudo apt-get install` only says what it would do, and what would be uploaded is listed.
 *   node scripts/integration/actions.ts [--only published,refused,ci] [--tools DIR] [--actions DIR]
 * --tools keeps act, which is made with Go where the PATH has none. actions/setup-node comes from GitHub; --actions is a folder
 * that has it, for a machine that does not reach GitHub. actions/checkout is act's own copying.
 */
const ACT = 'github.com/nektos/act'
const ACT_VERSION = 'v0.2.89'
const STAND_INS = join(import.meta.dirname, 'actions')

const { values: options } = parseArgs({
  options: { only: { type: 'string' }, tools: { type: 'string' }, actions: { type: 'string' } },
})
const scratch = mkdtempSync(join(tmpdir(), 'integration-actions-'))
const [copy, cache] = [join(scratch, 'marquee'), join(scratch, 'act')]
const asked = join(scratch, 'gh.txt')
try {
  const act = goProgram(resolve(options.tools ?? join(scratch, 'tools')), ACT, ACT_VERSION)
  copyRepository(copy)
  const git = (...args: string[]) =>
    execFileSync('git', ['-c', 'user.name=nobody', '-c', 'user.email=@', ...args], { cwd: copy })
  git('init', '--quiet', '--initial-branch', 'main')
  git('add', '--all')
  git('commit', '--quiet', '--message', 'as it lies there')
  layDownNode(cache)
  mkdirSync(join(scratch, 'home/.config/act'), { recursive: true })
  writeFileSync(join(scratch, 'home/.config/act/actrc'), '')
  for (const [name, run] of Object.entries({ published, refused, ci }))
    if (options.only?.split(',').includes(name) ?? true) {
      console.log(`${name}:`)
      await run(act)
    }
} finally {
  rmSync(scratch, { recursive: true, force: true })
}

/** On an empty bucket, with an event of feedback. */
async function rebuild(act: string, variables: Record<string, string>): Promise<string | undefined> {
  const cloudflare = await startLocalCloudflare(mkdtempSync(join(scratch, 'state-')))
  try {
    const database = await openLiveDatabase({ target: 'remote', env: cloudflare.env })
    await database.run([
      {
        sql: 'INSERT INTO live_feedback (user_id, movie_id, kind, half_stars, updated_at) VALUES (?, ?, ?, ?, ?)',
        params: [1, 1, 'rated', 2, Math.floor(Date.now() / 1000)],
      },
    ])
    const { CLOUDFLARE_API_BASE_URL, S3_ENDPOINT, S3_BUCKET, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, ...secrets } =
      cloudflare.env
    await job(act, 'rebuild.yml', 'workflow_dispatch', [
      ...entries('--env', { CLOUDFLARE_API_BASE_URL, S3_ENDPOINT, S3_BUCKET, GH_ASKED: asked }),
      ...entries('--secret', { R2_ACCESS_KEY_ID: AWS_ACCESS_KEY_ID, R2_SECRET_ACCESS_KEY: AWS_SECRET_ACCESS_KEY }),
      ...entries('--secret', secrets),
      ...entries('--var', variables),
    ])
    const { pointer } = await readPointer(await openObjectStore({ target: 'remote', env: cloudflare.env }))
    return pointer?.buildId
  } finally {
    await cloudflare.stop()
  }
}

async function published(act: string): Promise<void> {
  if ((await rebuild(act, {})) === undefined) throw new Error('rebuild.yml: found no current model, expected one')
}

async function refused(act: string): Promise<void> {
  const strict = 'config/strict.yml'
  writeFileSync(join(copy, strict), 'rebuild:\n  gate:\n    residentMb: 1\n')
  const current = await rebuild(act, { REBUILD_CONFIG: strict })
  if (current !== undefined) throw new Error(`rebuild.yml: ${current} became current, expected it to be refused`)
  const issue = existsSync(asked) ? readFileSync(asked, 'utf8') : 'nothing'
  if (!/^issue create .* --title Rebuild refused on \d{4}-\d\d-\d\d .*memory of an isolate/s.test(issue))
    throw new Error(`gh: found ${issue}, expected an issue with the report`)
}

function ci(act: string): Promise<void> {
  return job(act, 'ci.yml', 'push')
}

/** Node and npm where setup-node looks first, as in the image of a runner. */
function layDownNode(cache: string): void {
  const folder = join(cache, 'tool_cache/node', process.versions.node)
  const programs = join(folder, 'x64/bin')
  mkdirSync(programs, { recursive: true })
  symlinkSync(process.execPath, join(programs, 'node'))
  for (const program of ['npm', 'npx'])
    symlinkSync(join(npmFolder(), 'bin', `${program}-cli.js`), join(programs, program))
  writeFileSync(join(folder, 'x64.complete'), '')
}

/** @throws {Error} when a step fails */
async function job(act: string, workflow: string, event: string, args: string[] = []): Promise<void> {
  const home = join(scratch, 'home')
  const steps = readFileSync(join(copy, '.github/workflows', workflow), 'utf8')
  const local = (name: string, folder: string) => {
    const version = new RegExp(`actions/${name}@\\S+`).exec(steps)
    return version === null ? [] : ['--local-repository', `${version[0]}=${realpathSync(join(folder, name))}`]
  }
  const startedAt = performance.now()
  const child = spawn(
    act,
    [
      ...[event, '--workflows', join('.github/workflows', workflow), '--platform', 'ubuntu-latest=-self-hosted'],
      ...['--artifact-server-path', join(scratch, 'uploads'), '--artifact-server-addr', '127.0.0.1'],
      ...['--artifact-server-port', String(await freePort()), '--cache-server-addr', '127.0.0.1'],
      ...['--cache-server-path', join(scratch, 'cache'), '--action-cache-path', cache],
      ...['--secret', 'GITHUB_TOKEN=of-nobody', '--no-recurse'],
      ...local('upload-artifact', STAND_INS),
      ...(options.actions ? local('setup-node', options.actions) : []),
      ...args,
    ],
    {
      cwd: copy,
      env: { ...process.env, HOME: home, PATH: `${STAND_INS}${delimiter}${process.env.PATH}` },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  )
  const [[code], printed, said] = await Promise.all([
    once(child, 'close'),
    child.stdout.toArray(),
    child.stderr.toArray(),
  ])
  const text = Buffer.concat([...printed, ...said]).toString()
  if (code !== 0) throw new Error(`${workflow}: act ended with ${code}:\n${text.slice(-6000)}`)
  const done = text.match(/✅ {2}Success - \S.*/g) ?? []
  console.log(`${workflow}: ${done.length} steps succeeded in ${((performance.now() - startedAt) / 1000).toFixed(0)} s`)
  for (const step of done) console.log(`  ${step.slice(13)}`)
}

function entries(flag: string, values: Record<string, string | undefined>): string[] {
  return Object.entries(values).flatMap(([name, value]) => [flag, `${name}=${value}`])
}
