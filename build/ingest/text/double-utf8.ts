const UTF8 = new TextDecoder('utf-8', { fatal: true })
/** character → its byte in windows-1252; as WHATWG has it, undefined bytes are the control characters of that number */
const BYTES = new Map(
  [...new TextDecoder('windows-1252').decode(Uint8Array.from({ length: 256 }, (_, byte) => byte))].map(
    (character, byte) => [character, byte] as const,
  ),
)

/**
 * Undo that a UTF-8 text was taken for windows-1252 and encoded again: "GonzÃ¡lez" is "González", "Bondâ€™s" is "Bond’s".
 * A text that could not have come about so is returned as it is; right text almost never could.
 */
export function undoDoubleUtf8(text: string): string {
  if (/^[\0-\x7f]*$/u.test(text)) return text
  const bytes: number[] = []
  for (const character of text) {
    const byte = BYTES.get(character)
    if (byte === undefined) return text
    bytes.push(byte)
  }
  try {
    return UTF8.decode(Uint8Array.from(bytes))
  } catch {
    return text
  }
}
