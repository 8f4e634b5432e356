import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  FEED_FORWARD,
  HEAD,
  HEADS,
  HIDDEN,
  KV_HEADS,
  MERGED,
  NORM_EPSILON,
  ROPE_BASE,
  SPECIAL,
  type Tensor,
  tensorsOf,
  vocabulary,
} from './random-model.ts'

/** Tokens of a prompt with its answer; a token is a byte. */
const CONTEXT = 16_384

/** Hugging Face's names of GGUF's tensors. */
const NAMES: Readonly<Record<string, string>> = {
  'token_embd.weight': 'model.embed_tokens.weight',
  'blk.0.attn_norm.weight': 'model.layers.0.input_layernorm.weight',
  'blk.0.attn_q.weight': 'model.layers.0.self_attn.q_proj.weight',
  'blk.0.attn_k.weight': 'model.layers.0.self_attn.k_proj.weight',
  'blk.0.attn_v.weight': 'model.layers.0.self_attn.v_proj.weight',
  'blk.0.attn_output.weight': 'model.layers.0.self_attn.o_proj.weight',
  'blk.0.attn_q_norm.weight': 'model.layers.0.self_attn.q_norm.weight',
  'blk.0.attn_k_norm.weight': 'model.layers.0.self_attn.k_norm.weight',
  'blk.0.ffn_norm.weight': 'model.layers.0.post_attention_layernorm.weight',
  'blk.0.ffn_gate.weight': 'model.layers.0.mlp.gate_proj.weight',
  'blk.0.ffn_up.weight': 'model.layers.0.mlp.up_proj.weight',
  'blk.0.ffn_down.weight': 'model.layers.0.mlp.down_proj.weight',
  'output_norm.weight': 'model.norm.weight',
  'output.weight': 'lm_head.weight',
}

/** Of Qwen3's, what decides where an answer begins. */
export const CHAT_TEMPLATE =
  '{% for message in messages %}<|im_start|>{{ message.role }}\n{{ message.content }}<|im_end|>\n{% endfor %}{% if add_generation_prompt %}<|im_start|>assistant\n{% if enable_thinking is defined and not enable_thinking %}<think>\n\n</think>\n\n{% endif %}{% endif %}'

/** What says yes and no in this vocabulary, as LLM_YES_TOKENS and LLM_NO_TOKENS want it. */
export function answerTokens(): { yes: string; no: string } {
  const tokens = vocabulary()
  const idsOf = (...words: string[]) => words.map((word) => tokens.indexOf(word)).join(',')
  return { yes: idsOf('yes', 'Yes'), no: idsOf('no', 'No') }
}

/** The model of random-model.ts as a folder in Hugging Face's form: what vLLM and SGLang load. */
export function writeRandomFolder(folder: string, seed = 1): void {
  mkdirSync(folder, { recursive: true })
  const tokens = vocabulary()
  const json = (name: string, value: object) => writeFileSync(join(folder, name), JSON.stringify(value))
  json('config.json', {
    architectures: ['Qwen3ForCausalLM'],
    model_type: 'qwen3',
    vocab_size: tokens.length,
    hidden_size: HIDDEN,
    intermediate_size: FEED_FORWARD,
    num_hidden_layers: 1,
    num_attention_heads: HEADS,
    num_key_value_heads: KV_HEADS,
    head_dim: HEAD,
    max_position_embeddings: CONTEXT,
    rms_norm_eps: NORM_EPSILON,
    rope_theta: ROPE_BASE,
    hidden_act: 'silu',
    attention_bias: false,
    tie_word_embeddings: false,
    use_sliding_window: false,
    torch_dtype: 'float32',
    bos_token_id: tokens.indexOf('<|endoftext|>'),
    eos_token_id: tokens.indexOf('<|im_end|>'),
  })
  json('generation_config.json', { eos_token_id: [tokens.indexOf('<|im_end|>'), tokens.indexOf('<|endoftext|>')] })
  json('tokenizer.json', tokenizer(tokens))
  json('tokenizer_config.json', {
    tokenizer_class: 'PreTrainedTokenizerFast',
    eos_token: '<|im_end|>',
    pad_token: '<|endoftext|>',
    model_max_length: CONTEXT,
    clean_up_tokenization_spaces: false,
    chat_template: CHAT_TEMPLATE,
  })
  writeFileSync(join(folder, 'model.safetensors'), safetensors(tensorsOf(tokens.length, seed)))
}

function tokenizer(tokens: readonly string[]): object {
  return {
    version: '1.0',
    truncation: null,
    padding: null,
    added_tokens: SPECIAL.map((content) => ({
      id: tokens.indexOf(content),
      content,
      single_word: false,
      lstrip: false,
      rstrip: false,
      normalized: false,
      special: true,
    })),
    normalizer: null,
    pre_tokenizer: { type: 'ByteLevel', add_prefix_space: false, trim_offsets: false, use_regex: true },
    post_processor: null,
    decoder: { type: 'ByteLevel', add_prefix_space: false, trim_offsets: false, use_regex: true },
    model: {
      type: 'BPE',
      dropout: null,
      unk_token: null,
      continuing_subword_prefix: null,
      end_of_word_suffix: null,
      fuse_unk: false,
      byte_fallback: false,
      vocab: Object.fromEntries(tokens.slice(0, -SPECIAL.length).map((token, id) => [token, id])),
      merges: MERGED.map((pair) => pair.join(' ')),
    },
  }
}

/** Its header's length, its header, its numbers: github.com/huggingface/safetensors. */
function safetensors(tensors: readonly Tensor[]): Uint8Array {
  let end = 0
  const header = Object.fromEntries(
    tensors.map(({ name, shape, values }) => {
      const start = end
      end += values.byteLength
      // GGUF has the fastest first, this format last: the numbers lie the same
      return [NAMES[name]!, { dtype: 'F32', shape: shape.toReversed(), data_offsets: [start, end] }]
    }),
  )
  const text = JSON.stringify(header)
  // aligned for who reads it in place
  const head = new TextEncoder().encode(text.padEnd(Math.ceil(text.length / 8) * 8))
  const parts = [
    new Uint8Array(BigUint64Array.of(BigInt(head.length)).buffer),
    head,
    ...tensors.map(({ values }) => new Uint8Array(values.buffer)),
  ]
  return Buffer.concat(parts)
}
