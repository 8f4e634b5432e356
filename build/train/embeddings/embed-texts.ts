import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import type { EmbeddingsConfig } from '#core/schemas/config.ts'
import { hashFile } from '../../io/files.ts'
import type { StepHandles } from '../../io/handles.ts'
import type { Catalog } from '../../nouns.ts'
import { openEmbeddingCache } from './embedding-cache.ts'
import { openSentenceEncoder } from './sentence-encoder.ts'

/** Texts of about the same length go together, so little of a batch is padding. */
const BATCH = 16
/** Of an overview: small models read a few hundred words at most, and take time for each. */
const MAX_OVERVIEW = 700

/** What a language model makes of the movies' texts. */
export interface Embeddings {
  width: number
  /** row-major (numItems × width), rows of length 1; zeros for a movie of which only the title is known */
  rows: Float32Array
}

/**
 * Vectors of all movies with texts; those embedded before by the same model come from the cache.
 * @param cacheFolder gets a file a model
 * @returns null where the config wants none, or no movie has texts
 * @throws {DataError} as `openSentenceEncoder` and `openEmbeddingCache`
 */
export async function embedTexts(
  catalog: Catalog,
  config: EmbeddingsConfig,
  cacheFolder: string,
  { log, progress, signal }: StepHandles,
  open = openSentenceEncoder,
): Promise<Embeddings | null> {
  const texts = catalog.titles.map((_, item) => textOf(catalog, item))
  if (config.type === 'none' || texts.every((text) => text === '')) return null
  const encoder = await open(config)
  try {
    const { width } = encoder
    const cache = openEmbeddingCache(join(cacheFolder, `${await modelKey(config)}.bin`), width)
    try {
      const wanted = [...new Set(texts)].filter((text) => text !== '' && cache.get(text) === null)
      wanted.sort((a, b) => a.length - b.length || (a < b ? -1 : 1))
      log.info(`train: ${wanted.length} texts to embed by ${config.model}, the others are known`)
      for (let at = 0; at < wanted.length; at += BATCH) {
        signal.throwIfAborted()
        const batch = wanted.slice(at, at + BATCH)
        const vectors = await encoder.encode(batch)
        for (const [position, text] of batch.entries())
          cache.put(text, vectors.slice(position * width, (position + 1) * width))
        progress.update('embed texts', at + batch.length, wanted.length)
      }
      const rows = new Float32Array(texts.length * width)
      for (const [item, text] of texts.entries()) if (text !== '') rows.set(cache.get(text)!, item * width)
      return { width, rows }
    } finally {
      cache.close()
    }
  } finally {
    await encoder.close()
  }
}

/** Files of a local model, each with its hash: they count for the build id. None for a model of the hub. */
export async function hashSentenceModel({
  type,
  model,
}: EmbeddingsConfig): Promise<{ file: string; sha256: string }[]> {
  const folder = resolve(model)
  if (type === 'none' || !existsSync(join(folder, 'config.json'))) return []
  const entries = await readdir(folder, { withFileTypes: true, recursive: true })
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
  return Promise.all(files.sort().map(async (file) => ({ file, sha256: (await hashFile(file)).sha256 })))
}

/** The same for the same model and numbers: a folder's contents, or the name at the hub. */
async function modelKey(config: EmbeddingsConfig): Promise<string> {
  const files = await hashSentenceModel(config)
  const model = files.length > 0 ? files.map(({ sha256 }) => sha256) : config.model
  return createHash('sha256')
    .update(JSON.stringify([model, config.dtype]))
    .digest('hex')
    .slice(0, 16)
}

/** Title, genres, keywords, tagline and overview; empty where there is only a title. */
function textOf({ titles, genres, texts }: Catalog, item: number): string {
  const { keywords, tagline, overview } = texts[item]!
  const told = [genres[item]!.join(', '), keywords.join(', '), tagline, overview.slice(0, MAX_OVERVIEW)]
  return told.some((part) => part !== '') ? [titles[item]!, ...told].filter((part) => part !== '').join('. ') : ''
}
