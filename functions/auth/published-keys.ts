import * as z from 'zod'
import { ProblemError } from '../routes/errors.ts'

/** The issuer's keys are read again after this long. */
const FRESH_MS = 600_000
/** An unknown kid may mean a new key, and is asked for this often at most, whatever is sent. */
const COOLDOWN_MS = 30_000
/** While the issuer does not answer, keys read this lately are good. */
const STALE_MS = 86_400_000
/** Longest wait for the issuer. */
const FETCH_MS = 3000

const Jwk = z.looseObject({ kty: z.enum(['RSA', 'EC']), kid: z.string() })
const KeySet = z.object({ keys: z.array(z.unknown()) })

// the configured issuer's keys by kid
let kept: { keys: Map<string, JsonWebKey>; readAt: number } | null = null
let askedAt = 0

/**
 * The key that signed, from the issuer's JWKS. Only the configured address is asked, and no redirect followed.
 * @returns null when the set has no such kid
 * @throws {ProblemError} unavailable when no keys are to be had
 */
export async function publishedKey(kid: string | undefined, jwksUrl: string): Promise<JsonWebKey | null> {
  if (kid === undefined) return null
  const now = Date.now()
  const isFresh = kept !== null && Math.abs(now - kept.readAt) < FRESH_MS
  const isCool = Math.abs(now - askedAt) >= COOLDOWN_MS
  if (kept === null || (isCool && !(isFresh && kept.keys.has(kid)))) {
    askedAt = now
    try {
      kept = { keys: await readKeys(jwksUrl), readAt: now }
    } catch (error) {
      console.error(JSON.stringify({ event: 'JWKS not read', reason: String(error) }))
    }
  }
  if (kept === null || Math.abs(now - kept.readAt) >= STALE_MS)
    throw new ProblemError('unavailable', 'the keys that tokens are verified with could not be read')
  return kept.keys.get(kid) ?? null
}

async function readKeys(jwksUrl: string): Promise<Map<string, JsonWebKey>> {
  const response = await fetch(jwksUrl, { redirect: 'manual', signal: AbortSignal.timeout(FETCH_MS) })
  if (!response.ok) throw new Error(`status ${response.status}`)
  const { keys } = KeySet.parse(await response.json())
  const found = new Map<string, JsonWebKey>()
  for (const key of keys) {
    // a set may hold keys of other kinds and uses, which are not ours to judge
    const jwk = Jwk.safeParse(key)
    if (jwk.success && (jwk.data.use === undefined || jwk.data.use === 'sig'))
      found.set(jwk.data.kid, jwk.data as JsonWebKey)
  }
  return found
}
