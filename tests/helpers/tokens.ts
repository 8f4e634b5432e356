import { createHmac, createSign, generateKeyPairSync, type KeyObject } from 'node:crypto'

/** JSON Web Tokens made by hand, so that wrong ones can be made too. */

export const ISSUER = 'https://issuer.example'
export const AUDIENCE = 'marquee'
export const SECRET = 'a secret of at least 32 characters'

export function nowSeconds(): number {
  return Math.floor(Date.now() / 1000)
}

/** Claims that are accepted for a user; undefined takes one away. */
export function claims(sub: unknown, change: Record<string, unknown> = {}): Record<string, unknown> {
  return { sub, iss: ISSUER, aud: AUDIENCE, exp: nowSeconds() + 300, ...change }
}

/** HS256 with `secret`, whatever the header says. */
export function hmacToken(payload: object, options: { secret?: string; header?: object } = {}): string {
  const { secret = SECRET, header = { alg: 'HS256', typ: 'JWT' } } = options
  const signed = `${part(header)}.${part(payload)}`
  return `${signed}.${createHmac('sha256', secret).update(signed).digest('base64url')}`
}

export interface SigningKey {
  kid: string
  jwk: object
  sign(payload: object, header?: object): string
}

/** A pair of keys as an issuer has them: one signs, the other is published. */
export function signingKey(kid: string, alg: 'RS256' | 'ES256'): SigningKey {
  const { privateKey, publicKey } =
    alg === 'RS256'
      ? generateKeyPairSync('rsa', { modulusLength: 2048 })
      : generateKeyPairSync('ec', { namedCurve: 'P-256' })
  return {
    kid,
    jwk: { ...publicKey.export({ format: 'jwk' }), kid, alg, use: 'sig' },
    sign: (payload, header = {}) => signed({ alg, kid, typ: 'at+jwt', ...header }, payload, privateKey),
  }
}

function signed(header: object, payload: object, key: KeyObject): string {
  const text = `${part(header)}.${part(payload)}`
  const signature = createSign('sha256').update(text).sign({ key, dsaEncoding: 'ieee-p1363' })
  return `${text}.${signature.toString('base64url')}`
}

function part(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url')
}
