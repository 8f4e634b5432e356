import { prefixOfApiKey, SCOPES, type Scope } from '#core/api-key.ts'
import type { Caller } from '../context.ts'
import { ProblemError } from '../routes/errors.ts'
import { sha256 } from '../sha256.ts'
import { within } from '../within.ts'

/** While the database does not answer, a key found this lately is good. */
const STALE_MS = 600_000
/** Longest wait for the database. */
const LOOKUP_MS = 2000
/** Keys kept; an app has a handful. */
const MAX_KEPT = 1000

interface KeyRow {
  prefix: string
  /** comma-separated */
  scopes: string
  /** seconds since 1970, null: never */
  expires_at: number | null
  revoked_at: number | null
}

// found keys by hash; unknown ones are not kept, so that guesses do not push out what is in use
const kept = new Map<string, { row: KeyRow; readAt: number }>()

/**
 * Who an API key stands for. The database holds only hashes: whoever reads it cannot use what it finds.
 * @param checkMs a key that was found is not looked up again for this long
 * @throws {ProblemError} unauthorized for a key that is unknown, revoked or expired; unavailable when it is not
 *   known here and the database does not answer
 */
export async function callerOfKey(key: string, database: D1Database, checkMs: number): Promise<Caller> {
  const row = prefixOfApiKey(key) === null ? null : await findKey(key, database, checkMs)
  if (row === null) throw new ProblemError('unauthorized', 'the API key is not known')
  if (row.revoked_at !== null) throw new ProblemError('unauthorized', 'the API key was revoked')
  if (row.expires_at !== null && Date.now() >= row.expires_at * 1000)
    throw new ProblemError('unauthorized', 'the API key has expired')
  const granted = row.scopes.split(',')
  return {
    scopes: SCOPES.filter((scope: Scope) => granted.includes(scope)),
    userId: null,
    keyPrefix: row.prefix,
  }
}

async function findKey(key: string, database: D1Database, checkMs: number): Promise<KeyRow | null> {
  const hash = await sha256(new TextEncoder().encode(key))
  const known = kept.get(hash)
  const ageMs = known ? Math.abs(Date.now() - known.readAt) : Number.POSITIVE_INFINITY
  if (known && ageMs < checkMs) return known.row
  try {
    const row = await within(
      LOOKUP_MS,
      database
        .prepare('SELECT prefix, scopes, expires_at, revoked_at FROM api_keys WHERE hash = ?1')
        .bind(hash)
        .first<KeyRow>(),
    )
    kept.delete(hash)
    if (row) keep(hash, row)
    return row
  } catch (error) {
    if (known && ageMs < STALE_MS) return known.row
    console.error(JSON.stringify({ event: 'API key not looked up', reason: String(error) }))
    throw new ProblemError('unavailable', 'the API key could not be looked up')
  }
}

function keep(hash: string, row: KeyRow): void {
  if (kept.size >= MAX_KEPT) kept.delete(kept.keys().next().value!)
  kept.set(hash, { row, readAt: Date.now() })
}
