import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { openSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { answerTokens, CHAT_TEMPLATE, writeRandomFolder } from '../../llm/random-folder.ts'
import { freePort } from '../../port.ts'
import { pythonWith } from '../../python-environment.ts'

/** The servers that scripts/integration/llm.ts starts beside ours, each with the arguments that its model needs. */

export interface Model {
  gguf: string
  /** random weights, Qwen3's form; else a model that does not think */
  isRandom: boolean
}

export interface Wanted {
  model: Model
  /** the server's program, or the Python that has it; undefined: from PATH, or installed where it is small */
  program: string | undefined
  threads: number
  /** for what it writes */
  scratch: string
  port: number
}

/** A server's command, and how the Worker is told of it. */
interface Command {
  command: string
  args: string[]
  env?: Record<string, string>
  /** answers when the server is ready */
  readyPath: string
  vars: Record<string, string>
}

const XLLAMACPP = ['xllamacpp==2026.10.11549']
/** As the Worker names it where it is not told. */
const SERVED_NAME = 'Qwen/Qwen3-1.7B'
/** vLLM on a CPU takes a minute and more. */
const READY_MS = 300_000
/** Characters of what a server said that an error shows. */
const LOG_SHOWN = 3000

export const SERVERS = {
  llamacpp({ model, program, threads, scratch, port }: Wanted): Command {
    const python = program ?? pythonWith(join(scratch, 'xllamacpp'), XLLAMACPP)
    const script = join(import.meta.dirname, 'llamacpp.py')
    return {
      command: python,
      args: [script, model.gguf, String(port), String(threads), model.isRandom ? CHAT_TEMPLATE : ''],
      readyPath: '/health',
      vars: { LLM_DIALECT: 'llamacpp', ...templateOf(model) },
    }
  },
  vllm({ program = 'python3', threads, scratch, port }: Wanted): Command {
    const folder = randomFolder(scratch)
    return {
      command: program,
      args: [
        ...['-m', 'vllm.entrypoints.openai.api_server', '--model', folder, '--served-model-name', SERVED_NAME],
        ...['--host', '127.0.0.1', '--port', String(port), '--dtype', 'float32', '--enforce-eager'],
        // without it the grammar lets white space go on for ever, and random weights take it
        ...['--structured-outputs-config', '{"backend":"xgrammar","disable_any_whitespace":true}'],
      ],
      env: {
        OMP_NUM_THREADS: String(threads),
        VLLM_CPU_KVCACHE_SPACE: '1',
        VLLM_NO_USAGE_STATS: '1',
        HF_HUB_OFFLINE: '1',
      },
      readyPath: '/health',
      vars: { LLM_DIALECT: 'vllm', ...randomVars() },
    }
  },
} satisfies Record<string, (wanted: Wanted) => Command>
export type ServerName = keyof typeof SERVERS

export interface Started {
  child: ChildProcess
  url: string
  /** of the Worker */
  vars: Record<string, string>
}

/** @throws {Error} where it ends before it answers, or does not answer in five minutes */
export async function startServer(name: ServerName, wanted: Omit<Wanted, 'port'>): Promise<Started> {
  const port = await freePort()
  const { command, args, env, readyPath, vars } = SERVERS[name]({ ...wanted, port })
  const log = join(wanted.scratch, `${name}.log`)
  const said = openSync(log, 'w')
  const child = spawn(command, args, {
    stdio: ['ignore', said, said],
    env: { ...process.env, ...env },
    // with all that it starts, it ends as one
    detached: true,
  })
  endWithUs(child)
  const url = `http://127.0.0.1:${port}`
  try {
    await ready(child, url + readyPath)
    return { child, url, vars }
  } catch (error) {
    await stopServer(child)
    const reason = error instanceof Error ? error.message : error
    throw new Error(`${name}: ${reason}\n${readFileSync(log, 'utf8').slice(-LOG_SHOWN)}`, { cause: error })
  }
}

/** A server of its own process group gets none of the signals that end this process. */
export function endWithUs(child: ChildProcess): void {
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => void stopServer(child).then(() => process.exit(1)))
}

/** With the processes that it started. */
export async function stopServer(child: ChildProcess): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return
  const ended = once(child, 'exit')
  process.kill(-child.pid, 'SIGTERM')
  const late = setTimeout(() => process.kill(-child.pid!, 'SIGKILL'), 10_000)
  await ended
  clearTimeout(late)
}

async function ready(child: ChildProcess, url: string): Promise<void> {
  const failed = once(child, 'error').then(([error]) => {
    throw error
  })
  const ended = once(child, 'exit').then(([code]) => {
    throw new Error(`ended with code ${code} before it answered`)
  })
  const latest = Date.now() + READY_MS
  const answers = async () => {
    while (
      !(await fetch(url).then(
        ({ ok }) => ok,
        () => false,
      ))
    ) {
      if (Date.now() > latest) throw new Error(`no answer at ${url} in ${READY_MS / 1000} s`)
      await new Promise((done) => setTimeout(done, 200))
    }
  }
  for (const other of [failed, ended]) other.catch(() => {}) // later it is meant to
  await Promise.race([answers(), failed, ended])
}

function templateOf({ isRandom }: Model): Record<string, string> {
  return isRandom ? {} : { LLM_TEMPLATE: 'chatml' }
}

function randomFolder(scratch: string): string {
  const folder = join(scratch, 'random-qwen3')
  writeRandomFolder(folder)
  return folder
}

/** Its vocabulary is not Qwen3's. */
function randomVars(): Record<string, string> {
  const { yes, no } = answerTokens()
  return { LLM_YES_TOKENS: yes, LLM_NO_TOKENS: no }
}
