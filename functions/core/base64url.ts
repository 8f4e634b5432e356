const DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
const VALUES = new Map(Array.from(DIGITS, (digit, value) => [digit, value]))

/** RFC 4648, 5: safe in an address as it is; no padding. */
export function encodeBase64Url(bytes: Uint8Array): string {
  let text = ''
  for (let at = 0; at < bytes.length; at += 3) {
    const bits = (bytes[at]! << 16) | ((bytes[at + 1] ?? 0) << 8) | (bytes[at + 2] ?? 0)
    const digits = Math.min(4, bytes.length - at + 1)
    for (let digit = 0; digit < digits; digit++) text += DIGITS[(bits >> (18 - 6 * digit)) & 63]
  }
  return text
}

/** @returns null for what `encodeBase64Url` never writes, so that no two texts mean the same bytes */
export function decodeBase64Url(text: string): Uint8Array | null {
  const bytes = new Uint8Array(Math.floor((text.length * 3) / 4))
  let bits = 0
  let numBits = 0
  let size = 0
  for (const digit of text) {
    const value = VALUES.get(digit)
    if (value === undefined) return null
    bits = ((bits << 6) | value) & 0xfff
    numBits += 6
    if (numBits < 8) continue
    numBits -= 8
    bytes[size++] = bits >> numBits
  }
  const rest = bits & ((1 << numBits) - 1)
  return rest === 0 && text.length % 4 !== 1 ? bytes : null
}
