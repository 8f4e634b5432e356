/** What a caller may do: ask, give and take back ratings, see what is for operators only. None includes another. */
export const SCOPES = ['read', 'write', 'admin'] as const
export type Scope = (typeof SCOPES)[number]

/** `mq_` 8 hexadecimal digits, the key's name in lists and logs, `_` 256 random bits in base64url. */
const API_KEY = /^mq_([0-9a-f]{8})_[A-Za-z0-9_-]{43}$/

export function formatApiKey(prefix: string, secret: string): string {
  return `mq_${prefix}_${secret}`
}

/** @returns the prefix; null for a text that is no key of ours, which need not be looked up */
export function prefixOfApiKey(text: string): string | null {
  return API_KEY.exec(text)?.[1] ?? null
}
