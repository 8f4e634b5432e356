import { decode, verify } from 'hono/jwt'
import * as z from 'zod'
import { SCOPES, type Scope } from '#core/api-key.ts'
import { UserId } from '#core/schemas/api.ts'
import type { Caller } from '../context.ts'
import type { Auth } from '../env.ts'
import { ProblemError } from '../routes/errors.ts'
import { publishedKey } from './published-keys.ts'

/** Clocks of the issuer and of this machine may differ by so much. */
const LEEWAY_SECONDS = 30
/** Longest token looked at. */
const MAX_LENGTH = 8192

const Header = z.object({ alg: z.string(), kid: z.string().optional(), typ: z.string().optional() })

const Claims = z.object({
  sub: z
    .string()
    .regex(/^[1-9]\d*$/, 'must be a userId in digits')
    .transform(Number)
    .pipe(UserId),
  exp: z.number(),
  nbf: z.number().optional(),
  iss: z.string(),
  aud: z.union([z.string().transform((one) => [one]), z.array(z.string())]),
  /** OAuth 2's: names with spaces between them; left out, the user may read and write what is theirs */
  scope: z.string().optional(),
})

/**
 * Who a JSON Web Token stands for: its `sub`, and nobody else. The algorithm is the configured one whatever the
 * token says, and keys that it brings along (`jwk`, `jku`, `x5u`) are not looked at.
 * @throws {ProblemError} unauthorized, saying what is wrong with the token; unavailable without the issuer's keys
 */
export async function callerOfToken(token: string, { issuer, audience, key }: JwtAuth): Promise<Caller> {
  if (token.length > MAX_LENGTH) throw refused(`it is longer than ${MAX_LENGTH} characters`)
  const { alg, kid, typ } = headerOf(token)
  if (alg !== key.algorithm) throw refused(`its algorithm must be ${key.algorithm}`)
  const verifyingKey = key.algorithm === 'HS256' ? await hmacKey(key.secret) : await publishedKey(kid, key.jwksUrl)
  if (verifyingKey === null) throw refused('no published key has its kid')
  // what it claims is judged below; here only the signature counts
  const options = { alg: key.algorithm, exp: false, nbf: false, iat: false, ...(typ && { typ: ['JWT', 'at+jwt'] }) }
  const payload = await verify(token, verifyingKey, options).catch(() => {
    throw refused('its signature is not valid')
  })

  const claims = Claims.safeParse(payload)
  if (!claims.success) {
    const { path, message } = claims.error.issues[0]!
    throw refused(`${path.join('.')}: ${message}`)
  }
  const { sub, exp, nbf, iss, aud, scope } = claims.data
  const now = Date.now() / 1000
  if (exp + LEEWAY_SECONDS <= now) throw refused('it has expired')
  if (nbf !== undefined && nbf - LEEWAY_SECONDS > now) throw refused('it is not valid yet')
  if (iss !== issuer) throw refused('its issuer is not the expected one')
  if (!aud.includes(audience)) throw refused('it is for another audience')
  const granted = scope?.split(' ') ?? ['read', 'write']
  return { scopes: SCOPES.filter((each: Scope) => granted.includes(each)), userId: sub, keyPrefix: null }
}

type JwtAuth = Extract<Auth, { mode: 'jwt' }>

function headerOf(token: string): z.infer<typeof Header> {
  try {
    return Header.parse(decode(token).header)
  } catch {
    throw refused('it is not a JSON Web Token')
  }
}

function hmacKey(secret: string): Promise<CryptoKey> {
  return crypto.subtle.importKey('raw', new TextEncoder().encode(secret), { name: 'HMAC', hash: 'SHA-256' }, false, [
    'verify',
  ])
}

function refused(reason: string): ProblemError {
  return new ProblemError('unauthorized', `the token was refused: ${reason}`)
}
