import type { Estimate } from '#core/schemas/manifest.ts'

/** Numbers as the report writes them. */

/** `0.1072`; four decimals, as differences between models are in the third. */
export function decimal(value: number, digits = 4): string {
  return value.toFixed(digits).replace('-', '−')
}

/** `+0.0078` */
export function signed(value: number, digits = 4): string {
  return `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(digits)}`
}

/** `+0.0078 (95 % interval +0.0013 to +0.0145)` */
export function signedWithInterval({ mean, low, high }: Estimate): string {
  return `${signed(mean)} (95\u00a0% interval ${signed(low)} to ${signed(high)})`
}

/** What an interval says of a difference. */
export function verdict({ low, high }: Estimate): 'ahead' | 'behind' | 'open' {
  return low > 0 ? 'ahead' : high < 0 ? 'behind' : 'open'
}

/** `als`, `als and ease`, `als, ease and content` */
export function listed(names: readonly string[]): string {
  return names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`
}

/** A sentence of words that began in the middle of one. */
export function capitalized(words: string): string {
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}`
}
