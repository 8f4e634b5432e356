import { appendFileSync, mkdtempSync, readdirSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { EmbeddingsConfig } from '#core/schemas/config.ts'
import type { Catalog } from '../../../../build/nouns.ts'
import { embedTexts, hashSentenceModel } from '../../../../build/train/embeddings/embed-texts.ts'
import { openEmbeddingCache } from '../../../../build/train/embeddings/embedding-cache.ts'
import { openSentenceEncoder, type SentenceEncoder } from '../../../../build/train/embeddings/sentence-encoder.ts'
import { stepHandles } from '../../../helpers/step-handles.ts'

const SENTENCE = EmbeddingsConfig.parse({ type: 'sentence', model: 'someone/some-model' })

function catalogOf(overviews: string[]): Catalog {
  const numItems = overviews.length
  return {
    movieIds: Int32Array.from(overviews, (_, item) => item + 1),
    titles: overviews.map((_, item) => `Movie ${item}`),
    years: new Int16Array(numItems),
    genres: overviews.map(() => []),
    imdbIds: new Int32Array(numItems),
    tmdbIds: new Int32Array(numItems),
    runtimes: new Int16Array(numItems),
    texts: overviews.map((overview) => ({
      ...{ overview, tagline: '', keywords: [], cast: [], directors: [], poster: '', source: '' },
    })),
  }
}

/** A vector of a text's length, and all the texts that it was asked for. */
function encoder(): { open: () => Promise<SentenceEncoder>; asked: string[] } {
  const asked: string[] = []
  const open = async (): Promise<SentenceEncoder> => ({
    width: 2,
    async encode(texts) {
      asked.push(...texts)
      return Float32Array.from(texts.flatMap(({ length }) => [length, -length]))
    },
    async close() {},
  })
  return { open, asked }
}

function folder(): string {
  return mkdtempSync(join(tmpdir(), 'marquee-embeddings-'))
}

describe('embedTexts', () => {
  test('gives every movie with texts its vector, and zeros to one with a title alone', async () => {
    const { open, asked } = encoder()
    const found = await embedTexts(catalogOf(['A ghost.', '']), SENTENCE, folder(), stepHandles(), open)
    expect(asked).toEqual(['Movie 0. A ghost.'])
    expect(found).toEqual({ width: 2, rows: Float32Array.of(17, -17, 0, 0) })
  })

  test('asks for no text twice, in one run or another', async () => {
    const cache = folder()
    const first = encoder()
    await embedTexts(catalogOf(['A ghost.', 'A ship.']), SENTENCE, cache, stepHandles(), first.open)
    const second = encoder()
    const found = await embedTexts(catalogOf(['A ghost.', 'A shipwreck.']), SENTENCE, cache, stepHandles(), second.open)
    expect(second.asked).toEqual(['Movie 1. A shipwreck.'])
    expect(Array.from(found!.rows)).toEqual([17, -17, 21, -21])
  })

  test('keeps the vectors of two models apart', async () => {
    const cache = folder()
    for (const model of ['a/one', 'a/two'])
      await embedTexts(catalogOf(['A ghost.']), { ...SENTENCE, model }, cache, stepHandles(), encoder().open)
    expect(readdirSync(cache)).toHaveLength(2)
  })

  test('what was embedded before a stop is there afterwards', async () => {
    const cache = folder()
    const stop = new AbortController()
    const { open, asked } = encoder()
    const stopping = async (): Promise<SentenceEncoder> => {
      const opened = await open()
      const encode = async (texts: string[]) => {
        stop.abort(new Error('stopped'))
        return opened.encode(texts)
      }
      return { ...opened, encode }
    }
    const catalog = catalogOf(Array.from({ length: 40 }, (_, item) => `Overview ${item}.`))
    await expect(embedTexts(catalog, SENTENCE, cache, stepHandles(stop.signal), stopping)).rejects.toThrow('stopped')
    await embedTexts(catalog, SENTENCE, cache, stepHandles(), open)
    expect(asked).toHaveLength(40)
    expect(new Set(asked).size).toBe(40)
  })

  test.each([
    ['type none', EmbeddingsConfig.parse({}), ['A ghost.']],
    ['a catalogue without texts', SENTENCE, ['', '']],
  ])('loads no model with %s', async (_, config, overviews) => {
    const open = () => Promise.reject(new Error('loaded'))
    expect(await embedTexts(catalogOf(overviews), config, folder(), stepHandles(), open)).toBeNull()
  })
})

describe('the cache', () => {
  test('drops a record that was cut short, and goes on', () => {
    const file = join(folder(), 'vectors.bin')
    const before = openEmbeddingCache(file, 3)
    before.put('one', Float32Array.of(1, 2, 3))
    before.put('two', Float32Array.of(4, 5, 6))
    before.close()
    truncateSync(file, statSync(file).size - 5)
    const after = openEmbeddingCache(file, 3)
    expect(after.get('one')).toEqual(Float32Array.of(1, 2, 3))
    expect(after.get('two')).toBeNull()
    after.put('two', Float32Array.of(7, 8, 9))
    after.close()
    expect(openEmbeddingCache(file, 3).get('two')).toEqual(Float32Array.of(7, 8, 9))
  })

  test('refuses vectors of another width, and other files, by name', () => {
    const file = join(folder(), 'vectors.bin')
    openEmbeddingCache(file, 3).close()
    expect(() => openEmbeddingCache(file, 4)).toThrow(`${file}: found vectors of 3 numbers, expected 4`)
    const other = join(folder(), 'notes.txt')
    writeFileSync(other, '')
    appendFileSync(other, 'not a cache at all')
    expect(() => openEmbeddingCache(other, 3)).toThrow(`${other}: found no embeddings`)
  })
})

describe('hashSentenceModel', () => {
  test('a local folder counts by its files, a model of the hub by its name', async () => {
    const model = folder()
    writeFileSync(join(model, 'config.json'), '{}')
    expect(await hashSentenceModel({ ...SENTENCE, model })).toEqual([
      { file: join(model, 'config.json'), sha256: '44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a' },
    ])
    expect(await hashSentenceModel(SENTENCE)).toEqual([])
    expect(await hashSentenceModel({ ...SENTENCE, type: 'none', model })).toEqual([])
  })
})

const isInstalled = await import(String('@huggingface/transformers')).then(
  () => true,
  () => false,
)

describe.skipIf(isInstalled)('without the optional package', () => {
  test('the message says how to install it', async () => {
    await expect(openSentenceEncoder(SENTENCE)).rejects.toThrow(
      'found no usable @huggingface/transformers; install it with "ONNXRUNTIME_NODE_INSTALL=skip npm install',
    )
  })
})
