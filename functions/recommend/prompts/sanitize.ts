/** Line breaks and the like, controls, marks that turn the direction of writing or show nothing. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Co}\p{Cn}\p{Cs}]+/gu
/** What chat templates are written in: `<|im_start|>` of ChatML and Qwen's own tags. */
const MARKUP = /<\|[^<>]{0,60}\|>|<\s*\/?\s*(?:think|tool_call|tool_response|tools)\s*>/gi

/** Printable ASCII without angle brackets, as most titles are: there is nothing to take out. */
const HARMLESS = /^[ -;=?-~]*$/

/**
 * Text that others wrote, as it may stand in a prompt: in one line, in Unicode's compatible form (NFKC: full-width
 * look-alikes of `<|` become it, and go), without control characters or anything that a chat template would obey.
 * Tones stay. Linear but for nested markup, which each pass makes shorter.
 * @param maxLength in characters; what is behind is cut off
 */
export function sanitize(text: string, maxLength: number): string {
  if (text.length <= maxLength && HARMLESS.test(text)) return text.replace(/ {2,}/g, ' ').trim()
  let clean = text
    .slice(0, maxLength * 4)
    .normalize('NFKC')
    .replace(UNSEEN, ' ')
  // what is left of `<|<|x|>|>` may be markup again
  for (let before = ''; before !== clean; ) {
    before = clean
    clean = clean.replace(MARKUP, ' ')
  }
  clean = clean.replace(/\s+/g, ' ').trim()
  return [...clean].slice(0, maxLength).join('').trim()
}

/** The same between quotation marks, with those inside escaped: where it ends is beyond doubt. */
export function quoted(text: string, maxLength: number): string {
  return JSON.stringify(sanitize(text, maxLength))
}
