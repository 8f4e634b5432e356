import fc from 'fast-check'
import { expect, test } from 'vitest'
import { PythonLiteralError, parsePythonLiteral } from '../../../build/ingest/text/python-literal.ts'

test.each([
  ["[{'id': 16, 'name': 'Animation'}]", [{ id: 16, name: 'Animation' }]],
  [`[{'name': "based on children's book"}]`, [{ name: "based on children's book" }]],
  [String.raw`'It\'s "so"'`, `It's "so"`],
  [String.raw`'a\\b\n\t\x41\u00e9\U0001F600'`, 'a\\b\n\tAé😀'],
  [String.raw`'unknown \d stays'`, String.raw`unknown \d stays`],
  ['\'side\' "by side"', 'sideby side'],
  ['[None, True, False]', [null, true, false]],
  ['[1, -2.5, 1e3, .5, 7.]', [1, -2.5, 1000, 0.5, 7]],
  ["{'a': [], 'b': {}, 'c': ()}", { a: [], b: {}, c: [] }],
  ['[1, 2,]', [1, 2]],
  [' [ 1 ,\n 2 ] ', [1, 2]],
])('%s is read', (text, value) => {
  expect(parsePythonLiteral(text)).toEqual(value)
})

test.each([
  ['', 'found the end at character 0, expected a value'],
  ["[{'id': 16", 'found the end at character 10, expected , or }'],
  ["'open", "found the end at character 5, expected ' to close the string"],
  ["'\\", "found the end at character 2, expected ' to close the string"],
  ['[1 2]', 'found "2]" at character 3, expected , or ]'],
  ['[,]', 'found ",]" at character 1, expected a value'],
  ["{1: 'a'}", 'found "1: \'a\'}" at character 1, expected a key in quotes'],
  ['__import__("os")', 'found "__import__(\\"os\\")" at character 0, expected a value'],
  ['open(1)', 'found "open(1)" at character 0, expected a value'],
  ["'a' + 'b'", `found "+ 'b'" at character 4, expected the end`],
  ["'\\xg1'", 'found "xg1\'" at character 2, expected 2 hexadecimal digits of a character'],
  ['nan', 'found "nan" at character 0, expected a value'],
])('%s is refused', (text, message) => {
  expect(() => parsePythonLiteral(text)).toThrow(PythonLiteralError)
  expect(() => parsePythonLiteral(text)).toThrow(message)
})

test('lists too deep inside each other are refused before the stack is full', () => {
  expect(() => parsePythonLiteral('['.repeat(100_000))).toThrow('expected at most 32 lists inside each other')
})

test('a key named __proto__ is only a key', () => {
  const value = parsePythonLiteral("{'__proto__': {'polluted': True}}") as object
  expect(Object.keys(value)).toEqual(['__proto__'])
  expect(({} as { polluted?: boolean }).polluted).toBeUndefined()
})

/** As Python's repr writes it. */
function repr(value: unknown): string {
  if (value === null) return 'None'
  if (typeof value === 'boolean') return value ? 'True' : 'False'
  if (typeof value === 'number') return String(value)
  if (Array.isArray(value)) return `[${value.map(repr).join(', ')}]`
  if (typeof value === 'object')
    return `{${Object.entries(value)
      .map(([key, item]) => `${repr(key)}: ${repr(item)}`)
      .join(', ')}}`
  const quote = String(value).includes("'") && !String(value).includes('"') ? '"' : "'"
  const escaped = String(value).replaceAll('\\', '\\\\').replaceAll(quote, `\\${quote}`).replaceAll('\n', '\\n')
  return `${quote}${escaped}${quote}`
}

test('what repr wrote is read back', () => {
  const { value } = fc.letrec((tie) => ({
    value: fc.oneof(
      { maxDepth: 4 },
      fc.string({ unit: fc.constantFrom("'", '"', '\\', '\n', 'x', 'é', '😀', ',', ']') }),
      fc.oneof(fc.integer(), fc.boolean(), fc.constant(null)),
      fc.array(tie('value')),
      fc.dictionary(fc.string(), tie('value'), { noNullPrototype: true }),
    ),
  }))
  fc.assert(
    fc.property(value, (value) => {
      expect(parsePythonLiteral(repr(value))).toEqual(value)
    }),
  )
})

test('any text gives a value or a PythonLiteralError', () => {
  const unit = fc.constantFrom(...`[]{}()'"\\:,. -+eE0Nx1uU\n`, 'None', 'True', 'é')
  fc.assert(
    fc.property(fc.string({ unit, maxLength: 60 }), (text) => {
      try {
        parsePythonLiteral(text)
      } catch (error) {
        expect(error).toBeInstanceOf(PythonLiteralError)
      }
    }),
    { numRuns: 1000 },
  )
})

test('time is linear in the text', () => {
  const entry = `{'id': 1, 'name': "it's \\\\ a name"}, `
  const start = performance.now()
  expect(parsePythonLiteral(`[${entry.repeat(100_000)}]`)).toHaveLength(100_000)
  expect(performance.now() - start).toBeLessThan(3000) // 4 MB; 0.1 s on 2 idle cores
})
