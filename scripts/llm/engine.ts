import { grammarOf, type JsonSchema } from './grammar.ts'
import type { Llama, LlamaModel, LlamaModule, Sequence, Token } from './llama.ts'

/** What may be asked of a model; all of it is done one after the other. */
export interface Engine {
  name: string
  contextSize: number
  /** Generate, a text at a time. @returns why it ended, and tokens */
  generate(prompt: string, options: GenerateOptions): AsyncGenerator<string, Ended>
  /** Log-probabilities of the likeliest next tokens, by their text. */
  nextTokens(prompt: string, count: number, signal: AbortSignal): Promise<{ tokens: Map<string, number>; usage: Usage }>
  /** Chat messages as the model was trained on them. */
  chatPrompt(messages: readonly { role: string; content: string }[], thinks: boolean): string
}

export interface GenerateOptions {
  maxTokens: number
  temperature: number
  topK?: number
  topP?: number
  minP?: number
  seed?: number
  /** of the JSON wanted */
  schema?: JsonSchema
  signal: AbortSignal
}
export interface Usage {
  promptTokens: number
  completionTokens: number
}
export interface Ended {
  reason: 'stop' | 'length'
  usage: Usage
}

/** The request asks for more than the model takes: the caller's slip. */
export class PromptError extends Error {
  override name = 'PromptError'
}

export interface EngineOptions {
  modelPath: string
  contextSize: number
  threads: number
}

/** Load a GGUF into this process. What prompts begin with alike is evaluated once. */
export async function openEngine(module: LlamaModule, options: EngineOptions): Promise<Engine> {
  const llama = await module.getLlama({ gpu: false, build: 'never', skipDownload: true, logLevel: 'error' })
  const model = await llama.loadModel({ modelPath: options.modelPath })
  const { contextSize } = options
  const context = await model.createContext({ contextSize, sequences: 1, threads: options.threads, batchSize: 512 })
  const sequence = context.getSequence()
  const { general } = model.fileInfo.metadata
  const oneAtATime = turns()

  return {
    name: general.name ?? general.architecture,
    contextSize,
    async *generate(prompt, { maxTokens, schema, signal, ...sampling }) {
      const leave = await oneAtATime(signal)
      try {
        const tokens = fitting(model, prompt, maxTokens, contextSize)
        const rest = await unevaluated(sequence, tokens)
        const grammar = schema && (await grammarState(module, llama, model, schema))
        const answer: Token[] = []
        let sent = ''
        for await (const token of sequence.evaluate(rest, {
          ...sampling,
          ...(grammar && { grammarEvaluationState: grammar }),
        })) {
          if (signal.aborted || model.isEogToken(token)) break
          answer.push(token)
          const text = model.detokenize(answer, false)
          // a character may be several tokens; what is cut within one is not sent
          if (!text.endsWith('\ufffd') && text.length > sent.length) {
            yield text.slice(sent.length)
            sent = text
          }
          // the grammar has an end that some models do not see
          if ((schema && isJson(text)) || answer.length >= maxTokens) break
        }
        // one that ends with its last token is said to be cut off, as other servers say it
        const reason = answer.length >= maxTokens ? 'length' : 'stop'
        return { reason, usage: { promptTokens: tokens.length, completionTokens: answer.length } }
      } finally {
        leave()
      }
    },
    async nextTokens(prompt, count, signal) {
      const leave = await oneAtATime(signal)
      try {
        const tokens = fitting(model, prompt, 1, contextSize)
        const rest = await unevaluated(sequence, tokens)
        const results = await sequence.controlledEvaluate([
          ...rest.slice(0, -1),
          [rest.at(-1)!, { generateNext: { probabilities: true } }],
        ])
        const likeliest = new Map<string, number>()
        // sorted, the likeliest first; of two tokens with the same text that one counts
        for (const [token, probability] of results.at(-1)?.next.probabilities ?? []) {
          if (likeliest.size >= count) break
          const text = model.detokenize([token], true)
          if (!likeliest.has(text)) likeliest.set(text, Math.log(Math.max(probability, 1e-30)))
        }
        return { tokens: likeliest, usage: { promptTokens: tokens.length, completionTokens: 1 } }
      } finally {
        leave()
      }
    },
    chatPrompt(messages, thinks) {
      const turns = messages.map(({ role, content }) => `<|im_start|>${role}\n${content}<|im_end|>\n`)
      // Qwen3 thinks unless its thought is there already
      const thought = general.architecture.startsWith('qwen3') && !thinks ? '<think>\n\n</think>\n\n' : ''
      return `${turns.join('')}<|im_start|>assistant\n${thought}`
    },
  }
}

/** @throws {PromptError} when prompt and answer are longer than the context */
function fitting(model: LlamaModel, prompt: string, maxTokens: number, contextSize: number): Token[] {
  const tokens = model.tokenize(prompt, true)
  if (tokens.length === 0) throw new PromptError('the prompt is empty')
  if (tokens.length + maxTokens > contextSize)
    throw new PromptError(
      `the prompt has ${tokens.length} tokens, with max_tokens ${maxTokens} more than the context of ${contextSize}`,
    )
  return tokens
}

/** Forgets what the prompt does not begin with. @returns the tokens still to be evaluated, at least one */
async function unevaluated(sequence: Sequence, tokens: Token[]): Promise<Token[]> {
  await sequence.adaptStateToTokens(tokens.slice(0, -1), false)
  return tokens.slice(sequence.nextTokenIndex)
}

async function grammarState(module: LlamaModule, llama: Llama, model: LlamaModel, schema: JsonSchema): Promise<object> {
  const grammar = await llama.createGrammar({ grammar: grammarOf(schema) })
  return new module.LlamaGrammarEvaluationState({ model, grammar })
}

function isJson(text: string): boolean {
  if (!/[}\]"\d]\s*$/.test(text)) return false
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

/** Lets one in after the other; who left while waiting is passed over. */
function turns(): (signal: AbortSignal) => Promise<() => void> {
  let last = Promise.resolve()
  return async (signal) => {
    const before = last
    const { promise, resolve } = Promise.withResolvers<void>()
    last = promise
    await before
    if (signal.aborted) {
      resolve()
      throw signal.reason
    }
    return resolve
  }
}
