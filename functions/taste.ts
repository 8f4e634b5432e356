import { decodeBase64Url, encodeBase64Url } from '#core/base64url.ts'
import { decodeTaste, encodeTaste, type TasteEntry } from '#core/taste.ts'

/**
 * A taste as a text that can be kept anywhere: base64url of
 *
 * | bytes | are |
 * |---|---|
 * | 1  | version |
 * | 16 | HMAC-SHA-256 of version and entries, its first half |
 * | …  | entries, `encodeTaste` |
 *
 * Movies stand in it by movieId, so that it outlives models.
 */
const VERSION = 1
const SIGNATURE_BYTES = 16
/** Before what is signed, so that a secret that also signs something else signs nothing twice. */
const PURPOSE = new TextEncoder().encode('marquee taste ')

// one an isolate and secret; a CryptoKey tells nothing of its secret
const keys = new Map<string, Promise<CryptoKey>>()

export async function signTaste(entries: readonly TasteEntry[], secret: string): Promise<string> {
  const body = encodeTaste(entries)
  const signature = await crypto.subtle.sign('HMAC', await keyOf(secret), signed(VERSION, body))
  const token = new Uint8Array(1 + SIGNATURE_BYTES + body.length)
  token[0] = VERSION
  token.set(new Uint8Array(signature, 0, SIGNATURE_BYTES), 1)
  token.set(body, 1 + SIGNATURE_BYTES)
  return encodeBase64Url(token)
}

export type OpenedTaste = { ok: true; entries: TasteEntry[] } | { ok: false; reason: string }

/** @param secrets any of them may have signed */
export async function openTaste(token: string, secrets: readonly string[]): Promise<OpenedTaste> {
  const bytes = decodeBase64Url(token)
  if (bytes === null || bytes.length <= SIGNATURE_BYTES) return { ok: false, reason: 'it is not one of POST /taste' }
  if (bytes[0] !== VERSION) return { ok: false, reason: `its version is ${bytes[0]}, this Worker knows ${VERSION}` }
  const body = bytes.subarray(1 + SIGNATURE_BYTES)
  for (const secret of secrets) {
    const signature = new Uint8Array(await crypto.subtle.sign('HMAC', await keyOf(secret), signed(VERSION, body)))
    if (!isSame(bytes.subarray(1, 1 + SIGNATURE_BYTES), signature)) continue
    const entries = decodeTaste(body)
    return entries ? { ok: true, entries } : { ok: false, reason: 'it is not one of POST /taste' }
  }
  return { ok: false, reason: 'its signature is not valid' }
}

function signed(version: number, body: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(PURPOSE.length + 1 + body.length)
  bytes.set(PURPOSE)
  bytes[PURPOSE.length] = version
  bytes.set(body, PURPOSE.length + 1)
  return bytes
}

/** In the same time wherever they differ. */
function isSame(found: Uint8Array, signature: Uint8Array): boolean {
  let difference = 0
  for (let at = 0; at < found.length; at++) difference |= found[at]! ^ signature[at]!
  return difference === 0
}

function keyOf(secret: string): Promise<CryptoKey> {
  let key = keys.get(secret)
  if (!key) {
    const hash = { name: 'HMAC', hash: 'SHA-256' }
    key = crypto.subtle.importKey('raw', new TextEncoder().encode(secret), hash, false, ['sign'])
    keys.set(secret, key)
  }
  return key
}
