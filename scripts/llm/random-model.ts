import { randomSource } from '#core/random.ts'

/**
 * A GGUF of Qwen3's architecture with random weights and a vocabulary of bytes: a language model that says nothing of
 * sense, loads in milliseconds and weighs a quarter of a megabyte. Its replies are what a client must survive.
 * Format: github.com/ggml-org/ggml, docs/gguf.md, version 3, little-endian.
 */

export const HIDDEN = 64
export const HEAD = 32
export const HEADS = 2
export const KV_HEADS = 1
export const FEED_FORWARD = 128
export const ROPE_BASE = 1_000_000
export const NORM_EPSILON = 1e-6
const ALIGNMENT = 32
const CONTEXT = 4096

/** Types of values, by GGUF's numbers. */
const UINT32 = 4
const INT32 = 5
const FLOAT32 = 6
const STRING = 8
const ARRAY = 9
/** Of tensors. */
const F32 = 0
/** Of tokens. */
const NORMAL = 1
const CONTROL = 3

export const SPECIAL = ['<|endoftext|>', '<|im_start|>', '<|im_end|>', '<think>', '</think>']
/** So that the model can say what a yes/no question asks for; each is merged from the two before it or letters. */
export const MERGED: readonly (readonly [string, string])[] = [
  ['y', 'e'],
  ['ye', 's'],
  ['n', 'o'],
  ['Y', 'e'],
  ['Ye', 's'],
  ['N', 'o'],
]

export interface Tensor {
  name: string
  /** the fastest first */
  shape: number[]
  values: Float32Array
}

/** Bytes, then what is merged of them, then what chat templates are written in. */
export function vocabulary(): string[] {
  return [...byteLetters(), ...MERGED.map(([left, right]) => left + right), ...SPECIAL]
}

export function randomModel(seed = 1): Uint8Array {
  const tokens = vocabulary()
  const end = (name: string) => tokens.indexOf(name)
  const metadata: [key: string, type: number, value: unknown][] = [
    ['general.architecture', STRING, 'qwen3'],
    ['general.name', STRING, `random-qwen3-${seed}`],
    ['qwen3.block_count', UINT32, 1],
    ['qwen3.context_length', UINT32, CONTEXT],
    ['qwen3.embedding_length', UINT32, HIDDEN],
    ['qwen3.feed_forward_length', UINT32, FEED_FORWARD],
    ['qwen3.attention.head_count', UINT32, HEADS],
    ['qwen3.attention.head_count_kv', UINT32, KV_HEADS],
    ['qwen3.attention.key_length', UINT32, HEAD],
    ['qwen3.attention.value_length', UINT32, HEAD],
    ['qwen3.attention.layer_norm_rms_epsilon', FLOAT32, NORM_EPSILON],
    ['qwen3.rope.freq_base', FLOAT32, ROPE_BASE],
    ['tokenizer.ggml.model', STRING, 'gpt2'],
    ['tokenizer.ggml.pre', STRING, 'qwen2'],
    ['tokenizer.ggml.tokens', ARRAY, { type: STRING, values: tokens }],
    [
      'tokenizer.ggml.token_type',
      ARRAY,
      { type: INT32, values: tokens.map((token) => (SPECIAL.includes(token) ? CONTROL : NORMAL)) },
    ],
    ['tokenizer.ggml.merges', ARRAY, { type: STRING, values: MERGED.map((pair) => pair.join(' ')) }],
    ['tokenizer.ggml.eos_token_id', UINT32, end('<|im_end|>')],
    ['tokenizer.ggml.padding_token_id', UINT32, end('<|endoftext|>')],
  ]
  return write(metadata, tensorsOf(tokens.length, seed))
}

/** By GGUF's names. */
export function tensorsOf(numTokens: number, seed: number): Tensor[] {
  const random = randomSource(seed)
  const drawn = (name: string, ...shape: number[]): Tensor => {
    const length = shape.reduce((product, size) => product * size, 1)
    const scale = 1 / Math.sqrt(shape[0]!)
    return { name, shape, values: Float32Array.from({ length }, () => random.normal() * scale) }
  }
  const ones = (name: string, length: number): Tensor => ({
    name,
    shape: [length],
    values: new Float32Array(length).fill(1),
  })
  return [
    drawn('token_embd.weight', HIDDEN, numTokens),
    ones('blk.0.attn_norm.weight', HIDDEN),
    drawn('blk.0.attn_q.weight', HIDDEN, HEADS * HEAD),
    drawn('blk.0.attn_k.weight', HIDDEN, KV_HEADS * HEAD),
    drawn('blk.0.attn_v.weight', HIDDEN, KV_HEADS * HEAD),
    drawn('blk.0.attn_output.weight', HEADS * HEAD, HIDDEN),
    ones('blk.0.attn_q_norm.weight', HEAD),
    ones('blk.0.attn_k_norm.weight', HEAD),
    ones('blk.0.ffn_norm.weight', HIDDEN),
    drawn('blk.0.ffn_gate.weight', HIDDEN, FEED_FORWARD),
    drawn('blk.0.ffn_up.weight', HIDDEN, FEED_FORWARD),
    drawn('blk.0.ffn_down.weight', FEED_FORWARD, HIDDEN),
    ones('output_norm.weight', HIDDEN),
    drawn('output.weight', HIDDEN, numTokens),
  ]
}

function write(metadata: [key: string, type: number, value: unknown][], tensors: readonly Tensor[]): Uint8Array {
  const parts: Uint8Array[] = []
  let size = 0
  const bytes = (part: Uint8Array) => {
    parts.push(part)
    size += part.length
  }
  const uint32 = (value: number) => bytes(new Uint8Array(Uint32Array.of(value).buffer))
  const int32 = (value: number) => bytes(new Uint8Array(Int32Array.of(value).buffer))
  const float32 = (value: number) => bytes(new Uint8Array(Float32Array.of(value).buffer))
  const uint64 = (value: number) => bytes(new Uint8Array(BigUint64Array.of(BigInt(value)).buffer))
  const pad = () => bytes(new Uint8Array((ALIGNMENT - (size % ALIGNMENT)) % ALIGNMENT))
  const string = (text: string) => {
    const encoded = new TextEncoder().encode(text)
    uint64(encoded.length)
    bytes(encoded)
  }
  const value = (type: number, one: unknown): void => {
    if (type === STRING) string(one as string)
    else if (type === UINT32) uint32(one as number)
    else if (type === INT32) int32(one as number)
    else if (type === FLOAT32) float32(one as number)
    else {
      const { type: inner, values } = one as { type: number; values: unknown[] }
      uint32(inner)
      uint64(values.length)
      for (const each of values) value(inner, each)
    }
  }

  bytes(new TextEncoder().encode('GGUF'))
  uint32(3)
  uint64(tensors.length)
  uint64(metadata.length)
  for (const [key, type, one] of metadata) {
    string(key)
    uint32(type)
    value(type, one)
  }
  let offset = 0
  for (const { name, shape, values } of tensors) {
    string(name)
    uint32(shape.length)
    for (const length of shape) uint64(length)
    uint32(F32)
    uint64(offset)
    offset += Math.ceil(values.byteLength / ALIGNMENT) * ALIGNMENT
  }
  pad()
  for (const { values } of tensors) {
    bytes(new Uint8Array(values.buffer))
    pad()
  }
  const file = new Uint8Array(size)
  let at = 0
  for (const part of parts) {
    file.set(part, at)
    at += part.length
  }
  return file
}

/** The letter that GPT-2 writes for each byte: itself where it can be seen, else one from U+0100 on. */
function byteLetters(): string[] {
  const isSeen = (byte: number) => (byte >= 33 && byte <= 126) || (byte >= 161 && byte <= 255 && byte !== 173)
  let hidden = 0
  return Array.from({ length: 256 }, (_, byte) => String.fromCodePoint(isSeen(byte) ? byte : 256 + hidden++))
}
