import { createRequire } from 'node:module'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'

/** node-llama-cpp, which `npm ci` leaves out: as much of it as is used here, as its version below declares it. */
export interface LlamaModule {
  getLlama(options: { gpu: false; build: 'never'; skipDownload: true; logLevel: 'error' }): Promise<Llama>
  LlamaGrammarEvaluationState: new (options: { model: LlamaModel; grammar: object }) => object
}
interface Llama {
  loadModel(options: { modelPath: string }): Promise<LlamaModel>
  createGrammar(options: { grammar: string }): Promise<object>
}
/** A number in a vocabulary. */
export type Token = number
export interface LlamaModel {
  fileInfo: { metadata: { general: { architecture: string; name?: string } } }
  trainContextSize: number
  createContext(options: { contextSize: number; sequences: 1; threads: number; batchSize: number }): Promise<Context>
  tokenize(text: string, specialTokens: boolean): Token[]
  detokenize(tokens: readonly Token[], specialTokens: boolean): string
  isEogToken(token: Token): boolean
}
interface Context {
  contextSize: number
  getSequence(): Sequence
}
interface Sequence {
  /** tokens that are evaluated already */
  nextTokenIndex: number
  adaptStateToTokens(tokens: Token[], allowShift: boolean): Promise<void>
  evaluate(tokens: Token[], options: Sampling): AsyncGenerator<Token>
  controlledEvaluate(
    input: (Token | [Token, { generateNext: { probabilities: true } }])[],
  ): Promise<({ next: { probabilities?: Map<Token, number> } } | undefined)[]>
}
interface Sampling {
  temperature: number
  topK?: number
  topP?: number
  minP?: number
  seed?: number
  grammarEvaluationState?: object
}

export type { Context, Llama, Sequence }

const ROOT = join(import.meta.dirname, '../..')
/** Models, and the package beside them; git ignores it. */
export const LLM_FOLDER = join(ROOT, 'artifacts/llm')
const VERSION = '3.22.1'

/** Said where the package is missing. Without its optional parts it is 85 MB, and nothing is compiled or downloaded. */
const INSTALL = `npm install --prefix artifacts/llm --no-save --omit=optional node-llama-cpp@${VERSION} @node-llama-cpp/${binaryOf()}@${VERSION}`

export class MissingLlamaError extends Error {
  override name = 'MissingLlamaError'
}

/** Where it may have been put: the folder named in MARQUEE_LLM_PACKAGES, beside the models, among our own packages. */
function places(): string[] {
  const named = process.env.MARQUEE_LLM_PACKAGES
  return [...(named ? [resolve(named)] : []), LLM_FOLDER, ROOT]
}

/**
 * Load the package from the first folder that has it.
 * @throws {MissingLlamaError} with the command that installs it
 */
export async function importLlama(folders: readonly string[] = places()): Promise<LlamaModule> {
  for (const folder of folders) {
    let entry: string
    try {
      entry = createRequire(join(folder, 'any.js')).resolve('node-llama-cpp')
    } catch {
      continue
    }
    return (await import(pathToFileURL(entry).href)) as LlamaModule
  }
  throw new MissingLlamaError(`node-llama-cpp is not installed. This installs it beside the models:\n  ${INSTALL}`)
}

function binaryOf(): string {
  const { platform, arch } = process
  if (platform === 'darwin') return arch === 'arm64' ? 'mac-arm64-metal' : 'mac-x64'
  return `${platform === 'win32' ? 'win' : 'linux'}-${arch}`
}
