import { describe, expect, test } from 'vitest'
import { SettingsError, settingsOf } from '../../../functions/env.ts'
import { chatBody, type DialectName } from '../../../functions/llm/dialects.ts'
import type { LlmSettings } from '../../../functions/llm/settings.ts'
import { yesNoRequest } from '../../../functions/llm/yes-no.ts'

const settings = (vars: Record<string, string> = {}) =>
  settingsOf({ AUTH: 'none', LLM_BASE_URL: 'http://llm:8000', ...vars } as never).llm!
const of = (dialect: DialectName): LlmSettings => settings({ LLM_DIALECT: dialect })
const REQUEST = { messages: [], maxTokens: 160, seed: 1, temperature: 0, schema: { name: 'query', json: {} } }

describe('a chat', () => {
  test.each<[DialectName, boolean, object]>([
    ['vllm', true, { chat_template_kwargs: { enable_thinking: false } }],
    ['sglang', true, { chat_template_kwargs: { enable_thinking: false } }],
    ['llamacpp', true, { chat_template_kwargs: { enable_thinking: false }, reasoning_effort: 'none' }],
    ['ollama', false, { reasoning_effort: 'none' }],
    ['completions', true, { chat_template_kwargs: { enable_thinking: false } }],
    ['chat', false, {}],
  ])('in the words of %s', (dialect, hasTopK, switches) => {
    const body = chatBody(of(dialect), REQUEST) as { chat_template_kwargs?: object; reasoning_effort?: string }
    expect(body).toMatchObject({ max_tokens: 160, response_format: { type: 'json_schema' } })
    expect('top_k' in body).toBe(hasTopK)
    const { chat_template_kwargs, reasoning_effort } = body
    expect({
      ...(chat_template_kwargs && { chat_template_kwargs }),
      ...(reasoning_effort && { reasoning_effort }),
    }).toEqual(switches)
    // gone from vLLM since 0.12
    expect(Object.keys(body).some((key) => key.startsWith('guided_'))).toBe(false)
  })

  test('switches thoughts off as a var says', () => {
    const both = settings({ LLM_DIALECT: 'sglang', LLM_THINKING_OFF: 'both' })
    expect(chatBody(both, REQUEST)).toMatchObject({ reasoning_effort: 'none' })
  })
})

describe('yes and no', () => {
  test('of vLLM: the share of the first token', () => {
    const { path, body, read } = yesNoRequest(of('vllm'), 'Viewer', ['A?', 'B?'])
    expect(path).toBe('/generative_scoring')
    expect(body).toMatchObject({ query: '<|im_start|>user\nViewer\n\n', label_token_ids: [9693, 2152] })
    const odds = read({
      data: [
        { index: 1, score: 0.5 },
        { index: 0, score: 0.9 },
      ],
    })
    expect(odds[0]).toBeCloseTo(Math.log(9))
    expect(odds[1]).toBe(0)
    // a certain answer stays finite
    expect(read({ data: [{ score: 1 }, { score: 0 }] }).every(Number.isFinite)).toBe(true)
  })

  test('of SGLang: both spellings', () => {
    const { path, body, read } = yesNoRequest(of('sglang'), 'Viewer', ['A?'])
    expect(path).toBe('/v1/score')
    expect(body).toMatchObject({ label_token_ids: [9693, 9454, 2152, 2753], apply_softmax: true })
    expect(read({ scores: [[0.5, 0.25, 0.2, 0.05]] })[0]).toBeCloseTo(Math.log(3))
    expect(() => read({ scores: [[0.5]] })).toThrow('malformed')
  })

  test('of llama.cpp: a list of answers, in the new form', () => {
    const { read } = yesNoRequest(of('llamacpp'), 'Viewer', ['A?', 'B?'])
    const answer = (yes: number) => ({
      choices: [
        {
          index: 0,
          logprobs: {
            content: [
              {
                top_logprobs: [
                  { token: 'yes', logprob: Math.log(yes) },
                  { token: 'No', logprob: Math.log(1 - yes) },
                ],
              },
            ],
          },
        },
      ],
    })
    const odds = read([answer(0.8), answer(0.2)])
    expect(odds[0]).toBeCloseTo(Math.log(4))
    expect(odds[1]).toBeCloseTo(-Math.log(4))
  })

  test('a word that is not among the likeliest has the last one’s odds at most', () => {
    const { read } = yesNoRequest(of('completions'), 'Viewer', ['A?'])
    const tokens = { yes: Math.log(0.9), maybe: Math.log(0.06), '.': Math.log(0.04) }
    expect(read({ choices: [{ logprobs: { top_logprobs: [tokens] } }] })[0]).toBeCloseTo(Math.log(0.9 / 0.04))
  })

  test('of a model that does not think: without an empty thought', () => {
    const { body } = yesNoRequest(settings({ LLM_TEMPLATE: 'chatml' }), 'Viewer', ['A?'])
    expect(body).toMatchObject({
      prompt: ['<|im_start|>user\nViewer\n\nA?<|im_end|>\n<|im_start|>assistant\n'],
    })
  })
})

describe('the vars', () => {
  test('give an address with /v1 or without', () => {
    for (const url of [
      'https://llm.example',
      'https://llm.example/',
      'https://llm.example/v1',
      'https://llm.example/v1/',
    ])
      expect(settings({ LLM_BASE_URL: url }).baseUrl).toBe('https://llm.example')
  })

  test('without an address there is no model', () => {
    expect(settingsOf({ AUTH: 'none', LLM_BASE_URL: '' } as never).llm).toBeNull()
  })

  test.each([
    [{ LLM_BASE_URL: 'ftp://llm' }, 'LLM_BASE_URL: must be an http or https address'],
    [{ LLM_API_KEY: 'k' }, 'LLM_BASE_URL: must be an https address, as there is an LLM_API_KEY'],
    [{ LLM_KEEP_SECONDS: '30' }, 'LLM_KEEP_SECONDS: must be 0 or at least 60'],
    [{ LLM_YES_TOKENS: 'yes' }, 'LLM_YES_TOKENS: must be token ids with commas between them'],
  ])('that cannot be obeyed are refused: %j', (vars, message) => {
    expect(() => settings(vars)).toThrow(new SettingsError(message))
  })
})
