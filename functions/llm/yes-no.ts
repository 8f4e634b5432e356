import { DIALECTS } from './dialects.ts'
import { malformed } from './failure.ts'
import { field } from './replies.ts'
import type { LlmSettings } from './settings.ts'

/** A request that asks for the odds of yes against no, an item each, and how its reply is read. */
export interface YesNoRequest {
  path: string
  body: object
  /** @throws {LlmError} malformed */
  read(reply: unknown): number[]
}

/** No answer is more certain than this: a server rounds, and a logit must stay finite. */
const MIN_PROBABILITY = 1e-6
const TOP_TOKENS = 20

/** In the way of the dialect. The prompts are raw, so the chat template is written here. */
export function yesNoRequest(settings: LlmSettings, prefix: string, items: readonly string[]): YesNoRequest {
  const { model, yesTokens, noTokens, template } = settings
  // a line break between the two keeps the tokens of one out of the other
  const query = `<|im_start|>user\n${prefix}\n\n`
  const thought = template === 'qwen3' ? '<think>\n\n</think>\n\n' : ''
  const questions = items.map((item) => `${item}<|im_end|>\n<|im_start|>assistant\n${thought}`)
  switch (DIALECTS[settings.dialect].scoring) {
    case 'generativeScoring':
      return {
        path: '/generative_scoring',
        // the score is of the first token against all of them, so there can be one of each
        body: { model, query, items: questions, label_token_ids: [yesTokens[0], noTokens[0]], apply_softmax: true },
        read: (reply) => inOrder(field(reply, 'data'), items.length).map((one) => logit(numberIn(field(one, 'score')))),
      }
    case 'score':
      return {
        path: '/v1/score',
        body: {
          model,
          query,
          items: questions,
          label_token_ids: [...yesTokens, ...noTokens],
          apply_softmax: true,
        },
        read: (reply) => listOf(field(reply, 'scores'), items.length).map((scores) => logit(share(scores, settings))),
      }
    case 'logprobs':
      return {
        path: '/v1/completions',
        body: {
          model,
          prompt: questions.map((question) => query + question),
          max_tokens: 1,
          temperature: 0,
          logprobs: TOP_TOKENS,
        },
        read: (reply) => oddsOfAll(inOrder(choicesOf(reply), items.length)),
      }
    case null:
      throw new TypeError(`${settings.dialect}: has no log-odds`)
  }
}

/** Of the tokens that say yes, where all together have 1. */
function share(scores: unknown, { yesTokens, noTokens }: LlmSettings): number {
  const values = listOf(scores, yesTokens.length + noTokens.length).map(numberIn)
  const yes = values.slice(0, yesTokens.length).reduce((sum, value) => sum + value, 0)
  const all = values.reduce((sum, value) => sum + value, 0)
  if (!(all > 0)) throw malformed()
  return yes / all
}

function logit(probability: number): number {
  const p = Math.min(1 - MIN_PROBABILITY, Math.max(MIN_PROBABILITY, probability))
  return Math.log(p / (1 - p))
}

/** llama.cpp of before 2026 may answer a list of prompts by a list of answers. */
function choicesOf(reply: unknown): unknown {
  return Array.isArray(reply) ? reply.flatMap((one) => field(one, 'choices') ?? []) : field(reply, 'choices')
}

function oddsOfAll(choices: unknown[]): number[] {
  const odds = choices.map((choice) => oddsOf(topTokens(choice)))
  // a model that says neither to anything was asked in words that are not its own
  if (odds.length > 0 && odds.every((each) => each === null)) throw malformed()
  return odds.map((each) => each ?? 0)
}

/**
 * Log of P(yes) over P(no), whatever their spelling. What is not among the likeliest tokens is no likelier than the last
 * of them: that is its floor.
 * @returns null when neither is among them
 */
function oddsOf(tokens: readonly { token: string; logprob: number }[]): number | null {
  const floor = Math.min(...tokens.map(({ logprob }) => logprob))
  const [yes, no] = ['yes', 'no'].map((word) =>
    tokens.filter(({ token }) => spelling(token) === word).reduce((sum, { logprob }) => sum + Math.exp(logprob), 0),
  ) as [number, number]
  if (yes === 0 && no === 0) return null
  const least = Math.exp(floor)
  return Math.log(Math.max(yes || least, MIN_PROBABILITY) / Math.max(no || least, MIN_PROBABILITY))
}

/** ` Yes` of one server is `Ġyes` or `▁Yes` of another. */
function spelling(token: string): string {
  return token
    .replace(/^[\sĠ▁]+/, '')
    .trim()
    .toLowerCase()
}

/** OpenAI's old form is a map, its new one (llama.cpp) a list. */
function topTokens(choice: unknown): { token: string; logprob: number }[] {
  const logprobs = field(choice, 'logprobs')
  const old = field(field(logprobs, 'top_logprobs'), 0)
  const list = field(field(field(logprobs, 'content'), 0), 'top_logprobs')
  const tokens = Array.isArray(list)
    ? list.map((one) => ({ token: String(field(one, 'token')), logprob: numberIn(field(one, 'logprob')) }))
    : Object.entries(old ?? {}).map(([token, logprob]) => ({ token, logprob: numberIn(logprob) }))
  if (tokens.length === 0) throw malformed()
  return tokens
}

/** Results by their `index`, where they have one. */
function inOrder(results: unknown, length: number): unknown[] {
  const list = listOf(results, length)
  const byIndex = list.toSorted((a, b) => Number(field(a, 'index')) - Number(field(b, 'index')))
  return byIndex.every((one, at) => field(one, 'index') === at) ? byIndex : list
}

function listOf(value: unknown, length: number): unknown[] {
  if (!Array.isArray(value) || value.length !== length) throw malformed()
  return value
}

function numberIn(value: unknown): number {
  if (typeof value !== 'number' || !Number.isFinite(value)) throw malformed()
  return value
}
