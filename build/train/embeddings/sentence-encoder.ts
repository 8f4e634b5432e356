import { existsSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import type { EmbeddingsConfig } from '#core/schemas/config.ts'
import { DataError } from '../../io/files.ts'

/** A variable, so that neither the compiler nor a bundler asks for a package that most installations do without. */
const PACKAGE = '@huggingface/transformers'

/** A language model that turns texts into vectors. */
export interface SentenceEncoder {
  width: number
  /** @returns texts × width, rows of length 1 */
  encode(texts: string[]): Promise<Float32Array>
  close(): Promise<void>
}

/** What is used of the package. */
interface Transformers {
  env: { allowRemoteModels: boolean; localModelPath: string }
  pipeline(task: 'feature-extraction', model: string, options: { dtype: string }): Promise<FeatureExtraction>
}

interface FeatureExtraction {
  (texts: string[], options: { pooling: 'mean'; normalize: true }): Promise<{ data: Float32Array; dims: number[] }>
  dispose(): Promise<unknown>
}

/**
 * Load the configured model: from its folder where that is one, and then nothing is asked of the network, else from the
 * hub's cache or the hub. A vector is the mean over the tokens, at length 1.
 * @throws {DataError} when the package is not installed, or the model cannot be loaded
 */
export async function openSentenceEncoder({ model, dtype }: EmbeddingsConfig): Promise<SentenceEncoder> {
  const { env, pipeline } = await loadTransformers()
  const folder = resolve(model)
  const isFolder = existsSync(join(folder, 'config.json'))
  if (isFolder) {
    env.allowRemoteModels = false
    env.localModelPath = dirname(folder)
  }
  try {
    const extract = await pipeline('feature-extraction', isFolder ? basename(folder) : model, { dtype })
    const encode = async (texts: string[]) => extract(texts, { pooling: 'mean', normalize: true })
    const { dims } = await encode(['a'])
    return {
      width: dims.at(-1)!,
      encode: async (texts) => (await encode(texts)).data,
      close: async () => {
        await extract.dispose()
      },
    }
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new DataError(
      `model.content.embeddings.model: ${model} (${dtype}) could not be loaded: ${reason.split('\n')[0]}`,
      { cause },
    )
  }
}

async function loadTransformers(): Promise<Transformers> {
  try {
    return (await import(PACKAGE)) as Transformers
  } catch (cause) {
    throw new DataError(
      `model.content.embeddings: found no usable ${PACKAGE}; install it with ` +
        `"ONNXRUNTIME_NODE_INSTALL=skip npm install --no-save ${PACKAGE}@4.3.1", or set type: none`,
      { cause },
    )
  }
}
