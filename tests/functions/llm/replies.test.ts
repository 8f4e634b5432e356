import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { LlmError } from '../../../functions/llm/failure.ts'
import { chatText, jsonIn, plainText, usageOf, withoutThoughts } from '../../../functions/llm/replies.ts'

const pieces = fc.array(
  fc.oneof(
    fc.constantFrom('<think>', '</think>', '{', '}', '"', '\\', '```json', '{"a":1}', ' ', '\n', 'x', '<|im_end|>'),
    fc.string(),
  ),
  { maxLength: 30 },
)

describe('a thought', () => {
  test.each([
    ['<think>a</think>b', 'b'],
    ['a<think>b</think>c<think>d</think>e', 'ace'],
    ['a</think>b', 'b'],
    ['b<think>a', 'b'],
    ['no thought', 'no thought'],
    ['', ''],
  ])('of %j leaves %j', (text, left) => {
    expect(withoutThoughts(text)).toBe(left)
  })

  test('takes no longer for many than for one', () => {
    const startedAt = performance.now()
    for (const text of ['<think>'.repeat(100_000), '</think>'.repeat(100_000), '<think></think>'.repeat(50_000)])
      withoutThoughts(text)
    expect(performance.now() - startedAt).toBeLessThan(200)
  })
})

describe('JSON in a reply', () => {
  test.each([
    ['{"a":1}', { a: 1 }],
    ['[1,2]', [1, 2]],
    ['Sure! {"a":"}{"} — enjoy', { a: '}{' }],
    ['{"a":"\\""} {"b":2}', { a: '"' }],
    ['<think>{"a":0}</think>{"a":1}', { a: 1 }],
  ])('%j', (text, value) => {
    expect(jsonIn(text)).toEqual(value)
  })

  test('is found whatever white space, fences or thoughts are around it', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), fc.nat(50), (object, spaces) => {
        const json = JSON.stringify(object)
        fc.pre(!json.includes('think>'))
        const padding = ' '.repeat(spaces)
        for (const text of [json + padding, `<think>hm</think>${json}`, `\`\`\`json\n${json}\n\`\`\``])
          expect(JSON.stringify(jsonIn(text))).toBe(json)
      }),
    )
  })

  test('gives a value or is malformed, whatever comes', () => {
    fc.assert(
      fc.property(pieces, (parts) => {
        for (const read of [jsonIn, plainText])
          try {
            read(parts.join(''))
          } catch (error) {
            expect(error).toBeInstanceOf(LlmError)
          }
      }),
    )
  })
})

test('a sentence is one line without controls or thoughts', () => {
  expect(plainText('<think>x</think>\n Vì bạn\u0000\u2028thích   phim. \n')).toBe('Vì bạn thích phim.')
  expect(() => plainText('<think>x')).toThrow('malformed')
})

test('whatever a server sends as a chat, there is a text or it is malformed', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (reply) => {
      expect(() => chatText(reply)).toThrow(LlmError)
      const { promptTokens, completionTokens } = usageOf(reply)
      expect(promptTokens + completionTokens).toBeGreaterThanOrEqual(0)
    }),
  )
})
