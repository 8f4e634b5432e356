import type { Caller, HonoContext } from '../context.ts'
import { type Env, settingsOf } from '../env.ts'
import { ProblemError } from '../routes/errors.ts'
import type { Route } from '../routes/route.ts'

/** `period` of every [[ratelimits]] in wrangler.toml: after so long a count begins anew. */
export const RATE_PERIOD_SECONDS = 60

type Limiter = 'LIMIT_READS' | 'LIMIT_WRITES' | 'LIMIT_KEYS' | 'LIMIT_REFUSED'

/**
 * Count a request for who sent it: an API key by itself, a user by their id, anybody else by address.
 * @throws {ProblemError} rate_limited
 */
export async function limitPerson(context: HonoContext, scope: Route['scope'], caller: Caller | null): Promise<void> {
  if (!settingsOf(context.env).rateLimits) return
  if (caller?.keyPrefix) return count(context, 'LIMIT_KEYS', `key:${caller.keyPrefix}`)
  const person = caller?.userId ? `user:${caller.userId}` : `address:${addressOf(context)}`
  return count(context, scope === 'write' ? 'LIMIT_WRITES' : 'LIMIT_READS', person)
}

/** Count refused credentials for their address: guessing ends soon. @throws {ProblemError} rate_limited */
export async function limitRefused(context: HonoContext): Promise<void> {
  if (!settingsOf(context.env).rateLimits) return
  return count(context, 'LIMIT_REFUSED', `address:${addressOf(context)}`)
}

async function count(context: HonoContext, limiter: Limiter, key: string): Promise<void> {
  const env: Env = context.env
  const { success } = await env[limiter]!.limit({ key }).catch((error: unknown) => {
    // a limiter that fails must not take the API with it
    context.get('log')({ event: 'rate not limited', limiter, reason: String(error) })
    return { success: true }
  })
  if (!success) throw new ProblemError('rate_limited', 'too many requests; try again after Retry-After seconds')
}

/** Set by Cloudflare, and not to be forged there. An IPv6 customer has 2⁶⁴ addresses, so their network counts. */
function addressOf(context: HonoContext): string {
  const address = context.req.header('CF-Connecting-IP') ?? 'unknown'
  return address.includes(':') ? ipv6Network(address) : address
}

/** The first 64 bits: `2001:db8::1` → `2001:db8:0:0` */
function ipv6Network(address: string): string {
  const [head = '', tail] = address.split('::').map((half) => half.split(':').filter(Boolean))
  const zeros = tail === undefined ? 0 : 8 - head.length - tail.length
  return [...head, ...Array<string>(Math.max(0, zeros)).fill('0'), ...(tail ?? [])].slice(0, 4).join(':')
}
