import fc from 'fast-check'
import { expect, test } from 'vitest'
import { decodeBase64Url, encodeBase64Url } from '#core/base64url.ts'

test('any bytes come back, and are what Node writes', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 50 }), (bytes) => {
      const text = encodeBase64Url(bytes)
      expect(text).toBe(Buffer.from(bytes).toString('base64url'))
      expect(decodeBase64Url(text)).toEqual(bytes)
    }),
  )
})

test.each(['A', 'AAAAA', 'A=', 'A+/A', 'AAé', 'AB'])('"%s" is nobody’s bytes', (text) => {
  // AB: the last four bits belong to no byte, so AA and AB would be the same
  expect(decodeBase64Url(text)).toBeNull()
})
