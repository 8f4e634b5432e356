import { availableParallelism } from 'node:os'
import { Command, InvalidArgumentError } from 'commander'
import { createLog } from '../build/io/log.ts'
import { createProgress } from '../build/io/progress.ts'
import { openEngine } from './llm/engine.ts'
import { importLlama } from './llm/llama.ts'
import { downloadModel, findModel } from './llm/model-file.ts'
import { createLlmServer } from './llm/server.ts'
import { isPortTaken } from './port.ts'

/** A language model at home: an OpenAI-compatible server over a GGUF, for development. */

interface Flags {
  port: number
  host: string
  model?: string
  context: number
  threads: number
  download: boolean
}

const flags = readFlags()
const stop = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => stop.abort())

try {
  await serve(flags)
  process.exit(0)
} catch (error) {
  if (stop.signal.aborted) process.exit(0)
  console.error(`llm: ${error instanceof Error ? error.message : error}`)
  process.exit(1)
}

async function serve({ port, host, model, context, threads, download }: Flags): Promise<void> {
  if (await isPortTaken(port, host)) throw new Error(`port ${port} is taken by another program; --port takes another`)
  const module = await importLlama()
  const progress = createProgress(process.stderr)
  const log = createLog({ level: 'info', beforeLine: progress.clear })
  const modelPath = download
    ? await downloadModel({ log, progress, track() {}, signal: stop.signal }, process.env.HUGGINGFACE_HOST)
    : findModel(model)
  const startedAt = performance.now()
  const engine = await openEngine(module, { modelPath, contextSize: context, threads })
  const server = createLlmServer(engine)
  await new Promise<void>((done) => server.listen(port, host, done))
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1)
  console.log(`${engine.name} (${modelPath}, loaded in ${seconds} s) answers on http://${host}:${port}/v1
Let the Worker ask it:
  LLM_BASE_URL=http://${host}:${port}  LLM_DIALECT=completions${engine.name.toLowerCase().includes('qwen') ? '' : '  LLM_TEMPLATE=chatml'}`)
  // also where it was stopped while the model loaded
  await new Promise<void>((done) => {
    if (stop.signal.aborted) done()
    else stop.signal.addEventListener('abort', () => done(), { once: true })
  })
  server.closeAllConnections()
}

function readFlags(): Flags {
  return (
    new Command('npm run llm --')
      .description('Serves a GGUF of artifacts/llm as an OpenAI-compatible API: chat with JSON schemas, completions.')
      .option('--port <number>', 'where to listen', wholeNumber(1, 65_535), 8080)
      .option('--host <address>', 'address to listen on', '127.0.0.1')
      .option('--model <file>', 'the GGUF, where artifacts/llm has several or it lies elsewhere')
      .option('--context <tokens>', 'longest prompt with its answer', wholeNumber(256, 131_072), 4096)
      // llama.cpp's threads spin while they wait: more than there are free cores makes everything slow
      .option('--threads <number>', 'cores to use', wholeNumber(1, 256), Math.max(1, availableParallelism() - 1))
      .option('--download', 'fetch Qwen3-1.7B from Hugging Face first (1.8 GB)', false)
      .showHelpAfterError('Try "npm run llm -- --help".')
      .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : 2))
      .parse()
      .opts<Flags>()
  )
}

function wholeNumber(least: number, most: number): (text: string) => number {
  return (text) => {
    const value = Number(text)
    if (!/^\d+$/.test(text) || value < least || value > most)
      throw new InvalidArgumentError(`Expected a whole number, ${least} to ${most}.`)
    return value
  }
}
