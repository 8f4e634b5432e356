import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { answerTokens, writeRandomFolder } from '../../../scripts/llm/random-folder.ts'
import { tensorsOf, vocabulary } from '../../../scripts/llm/random-model.ts'

const folder = mkdtempSync(join(tmpdir(), 'random-folder-'))
beforeAll(() => writeRandomFolder(folder))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const json = (name: string) => JSON.parse(readFileSync(join(folder, name), 'utf8'))

test('every number of the GGUF stands in the safetensors under its other name', () => {
  const file = readFileSync(join(folder, 'model.safetensors'))
  const length = Number(file.readBigUInt64LE(0))
  const header = JSON.parse(file.subarray(8, 8 + length).toString())
  const tensors = tensorsOf(vocabulary().length, 1)
  expect(Object.keys(header)).toHaveLength(tensors.length)
  const down = header['model.layers.0.mlp.down_proj.weight']
  // GGUF says how many come in first, safetensors how many go out
  expect(down).toMatchObject({ dtype: 'F32', shape: [64, 128] })
  const start = 8 + length + down.data_offsets[0]
  const values = new Float32Array(new Uint8Array(file.subarray(start, 8 + length + down.data_offsets[1])).buffer)
  expect(values).toEqual(tensors.find(({ name }) => name === 'blk.0.ffn_down.weight')!.values)
  expect(file).toHaveLength(8 + length + tensors.reduce((sum, { values }) => sum + values.byteLength, 0))
})

test('its tokens have the numbers that the GGUF gives them', () => {
  const { model, added_tokens: added } = json('tokenizer.json')
  for (const [id, token] of vocabulary().entries())
    expect(model.vocab[token] ?? added.find(({ content }: { content: string }) => content === token).id).toBe(id)
  expect(json('config.json').vocab_size).toBe(vocabulary().length)
})

test('the tokens of yes and no are those of its vocabulary, the small ones first', () => {
  const words = (ids: string) => ids.split(',').map((id) => vocabulary()[Number(id)])
  expect(words(answerTokens().yes)).toEqual(['yes', 'Yes'])
  expect(words(answerTokens().no)).toEqual(['no', 'No'])
})
