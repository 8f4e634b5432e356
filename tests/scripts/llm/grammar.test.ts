import { describe, expect, test } from 'vitest'
import { parseReplySchema, replyJsonSchema } from '#core/schemas/llm.ts'
import { grammarOf, type JsonSchema } from '../../../scripts/llm/grammar.ts'

const INT: JsonSchema = { type: 'integer', minimum: 0, maximum: 9999 }

describe('a grammar', () => {
  test('of one required property', () => {
    expect(grammarOf({ type: 'object', properties: { a: INT }, required: ['a'] })).toBe(
      [
        'root ::= r3',
        String.raw`r0 ::= [^"\\\x00-\x1f] | "\\" (["\\/bfnrt] | "u" [0-9a-fA-F]{4})`,
        'r1 ::= ("0" | [1-9] [0-9]{0,3})',
        String.raw`r2 ::= "\"a\":" r1`,
        'r3 ::= "{" r2 "}"',
        '',
      ].join('\n'),
    )
  })

  test('lets what is not required be left out, and nothing else', () => {
    const lines = grammarOf({ type: 'object', properties: { a: INT, b: INT, c: INT }, required: ['b'] }).split('\n')
    // c alone; b, then perhaps c; a, then b …, or b … at once
    expect(lines.filter((line) => /^r[456] /.test(line))).toEqual([
      String.raw`r4 ::= "\"c\":" r3`,
      String.raw`r5 ::= "\"b\":" r2 ("," r4)?`,
      String.raw`r6 ::= "\"a\":" r1 "," r5 | r5`,
    ])
    expect(lines).toContain('r7 ::= "{" r6 "}"')
  })

  test('of lists, names and nulls', () => {
    const grammar = grammarOf({ type: 'array', maxItems: 3, items: { anyOf: [{ enum: ['a "b"'] }, { type: 'null' }] } })
    expect(grammar).toContain(String.raw`::= "\"a \\\"b\\\"\""`)
    expect(grammar).toContain('("," r3){0,2})? "]"')
  })

  test('is made of the reply that a wish is read into', () => {
    const schema = replyJsonSchema(parseReplySchema(['Comedy', 'Sci-Fi'])) as JsonSchema
    expect(grammarOf(schema)).toContain(String.raw`"\"Comedy\"" | "\"Sci-Fi\""`)
  })

  test('is refused for what it cannot say', () => {
    expect(() => grammarOf({ type: 'tuple' })).toThrow('schema: found {"type":"tuple"}')
    expect(() => grammarOf({ type: 'array' })).toThrow('schema: found an array without items')
  })
})
